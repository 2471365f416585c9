"""The choices between sentences that a chapter makes, for its fact log: what was compared for each, chosen or not."""

import sys
from collections.abc import Callable, Iterable, Sequence

from analysis.facts.comparison import Comparison

Choices = Sequence[tuple[str, Sequence[Comparison]]]

_tell: Callable[[Choices, str, int], None] | None = None


def record(append: Callable[[Choices, str, int], None]) -> None:
    """Give `append` each choice to come, with the file and the line that ask for it."""
    global _tell
    _tell = append


def note(choices: Iterable[tuple[str, Iterable[Comparison]]]) -> None:
    """Tell the open chapter, if there is one, between which words is chosen, each with the comparisons it needs.

    What asks for the choice is the first call from another module than the one that notes it.
    """
    if _tell is None:
        return
    frame = sys._getframe(1)
    module = frame.f_code.co_filename
    while frame.f_back is not None and frame.f_code.co_filename == module:
        frame = frame.f_back
    _tell([(words, list(compared)) for words, compared in choices], frame.f_code.co_filename, frame.f_lineno)
