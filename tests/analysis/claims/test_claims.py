"""The sources' claims: what becomes of each, and that the tables decide it."""

import pytest

from analysis.claims import CLAIM_TABLES, PREDICATES, ClaimError, evaluate
from analysis.facts import Value
from tests.analysis.reported import altered, read, score

EXPECTED = {
    "s0-accuracy-rises-to-last-layer": "unverifiable",
    "s0-openhathi-error-grows": "unverifiable",
    "s0-openllama-error-falls-then-rises": "unverifiable",
    "s0-each-model-wins-one-task": "unverifiable",
    "s1-fine-tuning-raises-accuracy": "holds",
    "s1-few-trainable-parameters": "holds",
    "s1-exact-match-and-f1-fall": "holds",
    "s1-difference-is-significant": "unverifiable",
    "s1-bleu-improves": "holds",
    "s1-rouge-and-meteor-improve": "unverifiable",
    "s1-same-number-of-parameters": "unverifiable",
    "s2-fine-tuning-raises-accuracy": "holds",
    "s2-total-is-the-model": "fails",
    "s2-share-follows-from-counts": "holds",
    "s2-corrected-case-was-contradiction": "fails",
    "s2-uncorrected-case-was-contradiction": "fails",
    "s3-count-agrees-with-paper": "holds",
    "s3-head-explains-the-difference": "holds",
    "s3-only-the-head-is-trained": "unverifiable",
    "s3-fine-tuning-raises-scores": "unverifiable",
    "s4-scores-rise-with-the-layer": "fails",
    "s4-only-the-last-layer-answers": "holds",
}


def outcome(claim, reader=read):
    return next(verdict.outcome for verdict in evaluate(reader) if verdict.claim == claim)


def test_every_claim_gets_its_verdict_with_evidence():
    verdicts = evaluate(read)
    assert {verdict.claim: verdict.outcome for verdict in verdicts} == EXPECTED
    for verdict in verdicts:
        assert verdict.values
        assert all(isinstance(value, Value) and value.origins for value in verdict.values.values())
        assert verdict.statement.origins[0].table == f"published-{verdict.source}/claims"


def test_claims_and_predicates_name_each_other():
    called = [row["predicate"].data for table in CLAIM_TABLES for row in read(table)]
    assert sorted(called) == sorted(PREDICATES)


def test_the_falling_curves_are_counted():
    verdict = next(verdict for verdict in evaluate(read) if verdict.claim == "s4-scores-rise-with-the-layer")
    assert {name: value.data for name, value in verdict.values.items()} == {"all": 18, "rising": 5, "falling": 13}


def s0(**scores):
    """A reader in which these S0 scores are printed; names as in accuracy_openllama_first."""
    models = {"openllama": "openllama-7b", "openhathi": "openhathi-7b"}
    quantities = {"accuracy": "certificate-accuracy", "mse": "rating-mse"}
    changes = {}
    for name, value in scores.items():
        quantity, model, layer = name.split("_")
        changes[f"s0-{models[model]}-{quantities[quantity]}-{layer}-layer"] = score(value, 0.005)
    return altered("published-s0/figures", changes)


@pytest.mark.parametrize(
    ("claim", "scores", "expected"),
    [
        ("s0-openhathi-error-grows", {"mse_openhathi_first": 1.0, "mse_openhathi_last": 1.2}, "holds"),
        ("s0-openhathi-error-grows", {"mse_openhathi_first": 1.2, "mse_openhathi_last": 1.0}, "fails"),
        ("s0-openhathi-error-grows", {"mse_openhathi_first": 1.2, "mse_openhathi_last": 1.205}, "unverifiable"),
        ("s0-openhathi-error-grows", {"mse_openhathi_first": 1.2}, "unverifiable"),
        (
            "s0-openllama-error-falls-then-rises",
            {"mse_openllama_first": 1.2, "mse_openllama_middle": 0.8, "mse_openllama_last": 0.9},
            "holds",
        ),
        (
            "s0-openllama-error-falls-then-rises",
            {"mse_openllama_first": 1.2, "mse_openllama_middle": 0.8, "mse_openllama_last": 0.7},
            "fails",
        ),
        (
            "s0-each-model-wins-one-task",
            {
                "accuracy_openhathi_last": 0.6,
                "accuracy_openllama_last": 0.5,
                "mse_openhathi_last": 1.1,
                "mse_openllama_last": 0.9,
            },
            "holds",
        ),
        (
            "s0-accuracy-rises-to-last-layer",
            {
                "accuracy_openllama_first": 0.4,
                "accuracy_openllama_last": 0.6,
                "accuracy_openhathi_first": 0.6,
                "accuracy_openhathi_last": 0.5,
            },
            "fails",
        ),
    ],
)
def test_the_probe_claims_are_decided_as_soon_as_there_are_numbers(claim, scores, expected):
    assert outcome(claim) == "unverifiable"
    assert outcome(claim, s0(**scores)) == expected


@pytest.mark.parametrize(
    ("claim", "table", "changes", "expected"),
    [
        ("s1-fine-tuning-raises-accuracy", "s1/figures", {"s1-sst2-accuracy-fine-tuned": score(0.1)}, "fails"),
        ("s1-few-trainable-parameters", "s1/figures", {"s1-trainable-parameters": score(8e8)}, "fails"),
        ("s1-exact-match-and-f1-fall", "s1/figures", {"s1-qa-f1-fine-tuned": score(0.9)}, "fails"),
        ("s1-bleu-improves", "s1/figures", {"s1-qa-bleu-fine-tuned": score(0.0045, 0.0005)}, "unverifiable"),
        ("s2-total-is-the-model", "s2/figures", {"s2-total-parameters": score(2_700_000_000.0)}, "holds"),
        ("s2-share-follows-from-counts", "s2/figures", {"s2-total-parameters": score(2e9)}, "fails"),
        ("s2-corrected-case-was-contradiction", "s2/cases", {"corrected": {"printed": "2,0,0"}}, "unverifiable"),
        ("s3-count-agrees-with-paper", "s3/figures", {"s3-total-parameters-paper": score(1.0e9)}, "fails"),
        ("s3-head-explains-the-difference", "s3/figures", {"s3-head-parameters": score(4097.0)}, "fails"),
        ("s4-only-the-last-layer-answers", "s4/figures", {"s4-judged-correct-24": score(0.1)}, "fails"),
    ],
)
def test_another_number_is_another_verdict(claim, table, changes, expected):
    assert outcome(claim) != expected
    assert outcome(claim, altered(f"published-{table}", changes)) == expected


def test_all_curves_must_rise():
    risen = {
        row["figure"].data: score(0.1 + row["layer"].data / 100)
        for row in read("published-s4/figures").where(quantity=("bleu", "rouge_l", "bertscore"))
    }
    assert outcome("s4-scores-rise-with-the-layer", altered("published-s4/figures", risen)) == "holds"
    risen["s4-phi-2-base-bleu-16"] = score(0.0)
    assert outcome("s4-scores-rise-with-the-layer", altered("published-s4/figures", risen)) == "fails"


def test_a_claim_without_its_predicate_is_an_error():
    reader = altered("published-s1/claims", {"s1-bleu-improves": {"predicate": "bleu-soars"}})
    with pytest.raises(ClaimError, match="s1-bleu-improves: there is no predicate 'bleu-soars'"):
        evaluate(reader)


def test_a_predicate_that_errs_is_an_error_and_no_skip():
    reader = altered("published-s2/cases", {"corrected": {"printed": None}})
    with pytest.raises(ClaimError, match=r"s2-corrected-case-was-contradiction: the predicate .+ failed: MissingValue"):
        evaluate(reader)
