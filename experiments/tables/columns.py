"""Short ways to write down a column."""

from experiments.tables.sidecar import Column


def text(name: str, meaning: str, **more) -> Column:
    """A column of texts; `more` are other fields of `Column`, such as `nullable`."""
    return Column(name=name, type="string", meaning=meaning, **more)


def integer(name: str, meaning: str, **more) -> Column:
    """A column of whole numbers."""
    return Column(name=name, type="integer", meaning=meaning, **more)


def number(name: str, meaning: str, decimals: int | None = 6, **more) -> Column:
    """A column of numbers, which are rounded to six decimals where nothing else is asked; None keeps all digits."""
    return Column(name=name, type="number", decimals=decimals, meaning=meaning, **more)


def flag(name: str, meaning: str, **more) -> Column:
    """A column of yes and no."""
    return Column(name=name, type="boolean", meaning=meaning, **more)
