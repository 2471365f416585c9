"""The words that stand in the tables of a study of early exits."""

BLEU, ROUGE_L = "bleu", "rouge_l"
BERTSCORES = ("bertscore_precision", "bertscore_recall", "bertscore_f1")
QUANTITIES = (BLEU, ROUGE_L, *BERTSCORES)
TESTED = (BLEU, ROUGE_L, "bertscore_f1")

BLEU_STATISTICS = (
    "output_length",
    "reference_length",
    *(f"matches_{order}" for order in range(1, 5)),
    *(f"ngrams_{order}" for order in range(1, 5)),
)
"""In the order in which `experiments.metrics.bleu` has them."""

EXIT, SILENCE, ECHO = "exit", "empty", "prompt-echo"
"""Who answers: an exit of the model, or one of the two trivial baselines."""

NEW_TOKENS, WITH_PROMPT = "new-tokens", "with-prompt"
"""What is scored: the answer against the reference, or both with the prompt before them."""
