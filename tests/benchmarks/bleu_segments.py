"""The segments that both sides of the BLEU benchmark score, and how they print what it took."""

import json
import random
import time
from collections.abc import Callable

import sacrebleu.metrics  # noqa: F401  here, so that neither side is charged for the import

SEGMENTS, RESAMPLES, SEED = 300, 1000, 0
TEXT = "the a small large model layer token answer question score falls rises with before after each every"


def segments() -> tuple[list[str], list[str]]:
    """Hypotheses and references: each hypothesis keeps most words of its reference."""
    chance, known = random.Random(SEED), TEXT.split()
    references = [[chance.choice(known) for _ in range(chance.randint(8, 24))] for _ in range(SEGMENTS)]
    hypotheses = [[w if chance.random() < 0.7 else chance.choice(known) for w in words] for words in references]
    return [" ".join(words) for words in hypotheses], [" ".join(words) for words in references]


def measured(work: Callable[[list[str], list[str]], tuple[float, float]]) -> None:
    """Print the CPU time of the work, and the interval that it found."""
    hypotheses, references = segments()
    start = time.process_time()
    interval = work(hypotheses, references)
    print(json.dumps({"seconds": time.process_time() - start, "outcome": list(interval)}))
