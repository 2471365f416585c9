"""The same interval by a plain loop: sacrebleu scores every resample anew."""

import numpy as np
from bleu_segments import RESAMPLES, SEED, measured
from sacrebleu.metrics import BLEU

from experiments.statistics.bootstrap import draw, percentiles


def loop(hypotheses: list[str], references: list[str]) -> tuple[float, float]:
    scores = []
    for drawn in (row for block in draw(len(hypotheses), RESAMPLES, SEED) for row in block):
        resample = [[texts[index] for index in drawn] for texts in (hypotheses, references)]
        scores.append(BLEU(force=True).corpus_score(resample[0], [resample[1]]).score)
    return percentiles(np.array(scores), 0.95)


if __name__ == "__main__":
    measured(loop)
