"""Two ways in which a generated text can fail without any score saying so: it is empty, or it goes round in circles."""

TIMES, CHARACTERS = 3, 12


def is_empty(text: str) -> bool:
    """Whether it has no visible character."""
    return not text.strip()


def is_repeated(text: str) -> bool:
    """Whether a piece of it, of any length, stands `TIMES` in a row or more, in `CHARACTERS` or more altogether.

    "no no no no no" does, and so does "............", but not "ha ha ha" or "3.3.3.": they are too short to be a loop.
    """
    return any(_longest_run(text, period) >= max(TIMES * period, CHARACTERS) for period in _periods(text))


def _periods(text: str) -> range:
    return range(1, len(text) // TIMES + 1)


def _longest_run(text: str, period: int) -> int:
    """The length of the longest part of `text` in which every character is the one `period` before it."""
    longest = run = 0
    for before, after in zip(text, text[period:], strict=False):
        run = run + 1 if before == after else 0
        longest = max(longest, run)
    return longest + period
