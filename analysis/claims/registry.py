"""The predicates by the names that the claim tables call them."""

from analysis.claims.predicates import (
    exits,
    exits_of_ours,
    inference,
    probes,
    probes_of_ours,
    sst2_and_answers,
    transfer,
)
from analysis.claims.ruling import Predicate
from analysis.claims.trials import Attempt

PREDICATES: dict[str, Predicate] = {
    "accuracy-rises-first-to-last": probes.accuracy_rises_first_to_last,
    "openhathi-error-grows": probes.openhathi_error_grows,
    "openllama-error-falls-then-rises": probes.openllama_error_falls_then_rises,
    "each-model-wins-one-task": probes.each_model_wins_one_task,
    "sst2-accuracy-rises": sst2_and_answers.fine_tuning_raises_accuracy,
    "few-trainable-parameters": sst2_and_answers.few_trainable_parameters,
    "exact-match-and-f1-fall": sst2_and_answers.exact_match_and_f1_fall,
    "difference-is-significant": sst2_and_answers.difference_is_significant,
    "bleu-improves": sst2_and_answers.bleu_improves,
    "rouge-and-meteor-improve": sst2_and_answers.rouge_and_meteor_improve,
    "same-number-of-parameters": sst2_and_answers.same_number_of_parameters,
    "snli-accuracy-rises": inference.fine_tuning_raises_accuracy,
    "total-is-the-model": inference.total_is_the_model,
    "share-follows-from-counts": inference.share_follows_from_counts,
    "corrected-case-was-contradiction": inference.corrected_case_was_contradiction,
    "uncorrected-case-was-contradiction": inference.uncorrected_case_was_contradiction,
    "count-agrees-with-paper": transfer.count_agrees_with_paper,
    "head-explains-the-difference": transfer.head_explains_the_difference,
    "only-the-head-is-trained": transfer.only_the_head_is_trained,
    "fine-tuning-raises-scores": transfer.fine_tuning_raises_scores,
    "scores-rise-with-the-layer": exits.scores_rise_with_the_layer,
    "only-the-last-layer-answers": exits.only_the_last_layer_answers,
}

ATTEMPTS: dict[str, Attempt] = {
    "accuracy-rises-first-to-last": probes_of_ours.accuracy_rises_first_to_last,
    "openhathi-error-grows": probes_of_ours.error_grows,
    "openllama-error-falls-then-rises": probes_of_ours.error_falls_then_rises,
    "each-model-wins-one-task": probes_of_ours.each_model_wins_one_task,
    "scores-rise-with-the-layer": exits_of_ours.scores_rise_with_the_layer,
    "only-the-last-layer-answers": exits_of_ours.only_the_last_layer_answers,
}
"""The claims that can also be tried on models of our own, by the same names."""
