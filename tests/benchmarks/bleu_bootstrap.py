"""The 95 % bootstrap interval of corpus BLEU from the sufficient statistics of each segment."""

from bleu_segments import RESAMPLES, SEED, measured

from experiments.metrics.bleu import bleu_of_totals, bleu_statistics
from experiments.statistics.bootstrap import bootstrap

if __name__ == "__main__":
    measured(
        lambda hypotheses, references: bootstrap(
            bleu_statistics(hypotheses, [[reference] for reference in references]),
            bleu_of_totals,
            resamples=RESAMPLES,
            seed=SEED,
        )
    )
