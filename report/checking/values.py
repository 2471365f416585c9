"""Whether shown values round from the cells of their tables, as these are now."""

from collections.abc import Iterable, Iterator

from analysis.facts.escape import clean
from analysis.facts.formatting import MISSING
from experiments.tables.errors import TableError
from report.checking.cells import Cells
from report.checking.lexicon import find_comparatives
from report.checking.nearest import numbers_of
from report.checking.numbers import find_numbers
from report.checking.vocabulary import stems
from report.ledger.model import Fact, Interval, Origin, PValue

_OF_A_CLAIM = "named in "
"""How a value begins that is worked out from a setting of a claim."""


def misrounded(facts: Iterable[Fact]) -> Iterator[tuple[Fact, str]]:
    """The facts whose text is not their value, or whose value is not their cell's, each with what is wrong."""
    facts = list(facts)
    cells = Cells(fact.origins[0] for fact in facts if len(fact.origins) == 1)
    for fact in facts:
        if problem := _text_problem(fact) or _cell_problem(fact, cells) or _name_problem(fact, cells):
            yield fact, problem


def _text_problem(fact: Fact) -> str | None:
    value = fact.value
    if isinstance(value, Interval) and value.estimate is None and None in (value.low, value.high):
        value = None
    if value is None or (fact.text == MISSING and not isinstance(value, str)):
        return None if value is None and fact.text == MISSING else f"reads {fact.text}; its value is {value}"
    if isinstance(value, bool):
        return None if fact.text == ("yes" if value else "no") else f"reads {fact.text}; its value is {value}"
    if isinstance(value, str):
        return None if fact.text == value or fact.text == clean(value) else f"reads {fact.text}; its value is {value}"
    known = list(numbers_of(fact))
    if isinstance(value, PValue):
        known.append(0.001)  # below it a p-value is shown as below it
    for number in find_numbers(fact.text):
        if not any(number.equals(each) for each in known):
            return f"reads {fact.text}; its value is {', '.join(f'{each:g}' for each in known)}"
    return None


def _cell_problem(fact: Fact, cells: Cells) -> str | None:
    """A value that is one cell's own, and is not what the cell holds now."""
    if len(fact.origins) != 1 or not isinstance(fact.value, int | float) or isinstance(fact.value, bool):
        return None
    origin = fact.origins[0]
    if origin.column.startswith("@") or not _is_named(origin, fact.how):
        return None
    try:
        cell = cells.cell(origin)
    except TableError as error:
        return str(error)
    if not isinstance(cell, int | float):
        return f"its row is no longer in {origin.table}, or is empty there"
    if cell != fact.value:
        return f"reads {fact.text}; {origin.table} has {cell:g} there now"
    return None


def _name_problem(fact: Fact, cells: Cells) -> str | None:
    """A number in a name that is made from the text of one cell, and stands neither there nor in the key of its row.

    What is worked out from a setting of a claim (“named in …”), such as one over the number of classes, is no name.
    """
    if not isinstance(fact.value, str) or len(fact.origins) != 1 or fact.how.startswith(_OF_A_CLAIM):
        return None
    origin = fact.origins[0]
    numbers = [number for number in find_numbers(fact.value) if number.value is not None]
    if not numbers or origin.column.startswith("@"):
        return None
    try:
        cell = cells.cell(origin)
    except TableError as error:
        return str(error)
    if not isinstance(cell, str) or fact.value.removesuffix("…") in cell:
        return None
    behind = (cell, origin.table, *origin.row.values())
    known = [float(each) for each in behind if isinstance(each, int | float)]
    texts = (each for each in behind if isinstance(each, str))
    known += [number.value for text in texts for number in find_numbers(text) if number.value is not None]
    wrong = next((number for number in numbers if not any(map(number.equals, known))), None)
    return wrong and f"reads {fact.text}; the cell behind it, {cell!r}, has no {wrong.text.strip()}"


def added_words(facts: Iterable[Fact]) -> dict[str, frozenset[str]]:
    """By the id of each shown text, its words that compare and that no cell or row says from which it is made.

    Code that calls a cell by another name has added them, so that no table is behind them.
    """
    texts = [fact for fact in facts if isinstance(fact.value, str) and _is_name(fact)]
    compared = [(fact, {word.text for word in words}) for fact in texts if (words := find_comparatives(fact.text))]
    cells = Cells(origin for fact, _ in compared for origin in fact.origins)
    added = {fact.id: words - _words_behind(fact, words, cells) for fact, words in compared}
    return {identity: frozenset(words) for identity, words in added.items() if words}


def _is_name(fact: Fact) -> bool:
    """Whether a text is made from cells of tables alone, and not from records of sidecars or a setting of a claim."""
    records = any(origin.column.startswith("@") for origin in fact.origins)
    return bool(fact.origins) and not records and not fact.how.startswith(_OF_A_CLAIM)


def _words_behind(fact: Fact, words: Iterable[str], cells: Cells) -> set[str]:
    """The words among these that stand in a cell behind a text, or in the key of its row."""
    behind: set[str] = set()
    for origin in fact.origins:
        try:
            cell = cells.cell(origin)
        except TableError:
            return set(words)  # a damaged table is told as such
        behind.update(*(stems(str(each)) for each in ("none" if cell in (None, "") else cell, *origin.row.values())))
    return {word for word in words if behind.issuperset(stems(word))}


def _is_named(origin: Origin, how: str) -> bool:
    """Whether a derivation is the name of the cell and no more."""
    if not how.startswith(origin.column):
        return False
    name = f"{origin.column}[{', '.join('–' if part is None else str(part) for part in origin.row.values())}]"
    return how == name or how == clean(name)
