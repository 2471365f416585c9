"""The choices between sentences that a chapter makes, for its fact log: what was compared for each, chosen or not."""

from collections.abc import Callable, Iterable, Sequence

from analysis.facts.comparison import Comparison

Choices = Sequence[tuple[str, Sequence[Comparison]]]

_tell: Callable[[Choices], None] | None = None


def record(append: Callable[[Choices], None]) -> None:
    """Give `append` each choice to come."""
    global _tell
    _tell = append


def note(choices: Iterable[tuple[str, Iterable[Comparison]]]) -> None:
    """Tell the open chapter, if there is one, between which words is chosen, each with the comparisons it needs."""
    if _tell is not None:
        _tell([(words, list(compared)) for words, compared in choices])
