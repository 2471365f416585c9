"""Our scores as `evaluate.Metric`s: loading one works offline, and asks the hub for nothing.

Beside the scores of the whole corpus, a metric of texts gives `segments`: what each text scores by itself, from which
the scores of any corpus follow. That is what a run keeps.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import evaluate

NAMES = ("classification", "squad", "bleu", "rouge", "meteor_exact_stem", "bertscore")


def path_of(name: str) -> str:
    """The file to give to `evaluate.load`. Raises ValueError for a name that is not among `NAMES`."""
    if name not in NAMES:
        raise ValueError(f"there is no metric {name}; known: {', '.join(NAMES)}")
    return str(Path(__file__).with_name(f"{name}.py"))


def load(*names: str) -> "evaluate.CombinedEvaluations":
    """The metrics as one; where several give `segments`, each name is that of the metric and `_segments`.

    Raises ValueError for an unknown name.
    """
    import evaluate

    return evaluate.combine([evaluate.load(path_of(name), keep_in_memory=True) for name in names])
