"""What each check asks and recomputes, in words for readers who have not seen its code."""

from functools import lru_cache
from pathlib import Path

from experiments.tables import safe_yaml
from experiments.tables.closed import Closed


class Explained(Closed):
    """A check in words."""

    asks: str
    """The question that it puts to the figures."""
    recomputes: str
    """What it works out to answer it."""


@lru_cache(maxsize=1)
def explanations() -> dict[str, Explained]:
    """By the names of `analysis.audit.CHECKS`; read from `checks.yaml`."""
    text = Path(__file__).with_name("checks.yaml").read_text("utf-8")
    return {name: Explained.model_validate(said) for name, said in safe_yaml.load(text).items()}
