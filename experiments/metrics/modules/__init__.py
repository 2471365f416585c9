"""Our scores as `evaluate.Metric`s: loading one works offline, and asks the hub for nothing.

A metric gives scores of the whole corpus. Loaded with `each`, it gives lists instead, with one entry for each segment:
what the tables of a run hold, and what scores of any corpus follow from.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import evaluate

NAMES = ("classification", "squad", "bleu", "rouge", "meteor_exact_stem", "bertscore")
EACH = "each"
"""The configuration in which a metric gives one value for each segment; `classification` has none."""


def path_of(name: str) -> str:
    """The file to give to `evaluate.load`. Raises ValueError for a name that is not among `NAMES`."""
    if name not in NAMES:
        raise ValueError(f"there is no metric {name}; known: {', '.join(NAMES)}")
    return str(Path(__file__).with_name(f"{name}.py"))


def load_each(*names: str) -> "evaluate.CombinedEvaluations":
    """The metrics, combined, with one value for each segment. Raises ValueError for an unknown name."""
    import evaluate

    return evaluate.combine([evaluate.load(path_of(name), EACH, keep_in_memory=True) for name in names])
