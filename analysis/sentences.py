"""Words that depend on the numbers: plurals and lists. Gaps for values are filled by `page.say`."""

from collections.abc import Sequence

from analysis.facts.choices import note
from analysis.facts.comparison import Comparison
from analysis.facts.escape import markdown
from analysis.facts.formatting import listed, plural
from analysis.facts.speech import Markdown
from analysis.facts.values import Value


def noun(count: Value | int, one: str, many: str | None = None) -> Markdown:
    """The noun that follows a count: `table` after 1, `tables` after any other."""
    many = many or plural(one)
    if isinstance(count, Value):
        note([(one, [count == 1]), (many, [])])
        count = count.number()
    return Markdown(one if count == 1 else many)


def verb(count: Value | int, one: str, many: str) -> Markdown:
    """The verb that agrees with a count: `verb(n, "is", "are")`."""
    return noun(count, one, many)


def series(parts: Sequence[object], last: str = "and") -> Markdown:
    """`a, b and c` of shown values, trusted markdown, or plain strings, which are escaped. Empty for no parts."""
    return Markdown(listed((markdown(part) if type(part) is str else str(part) for part in parts), last))


def capitalise(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def whether(condition: bool | Comparison, then: str, otherwise: str = "") -> Markdown:
    """One of two phrases of the chapter, or of two parts of a template, chosen by a comparison of values."""
    if isinstance(condition, Comparison):
        note([(then, [condition]), (otherwise, [])])
    return Markdown(then if condition else otherwise)
