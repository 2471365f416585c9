"""Figures and tables as the markdown floats that both engines number, with the line that names their tables."""

import re
from collections.abc import Iterable

from analysis.facts.errors import FactError
from analysis.facts.escape import attribute
from analysis.facts.formatting import closed_up
from analysis.facts.marks import named
from analysis.facts.origins import Kind
from analysis.facts.speech import Markdown
from analysis.facts.values import Value

MOST_NAMED = 2
"""Tables of one kind that a caption names."""
MOST_LISTED = 12
"""Of the others, those that the note on their number lists."""
NO_BREAK = "\N{NO-BREAK SPACE}"
_LABEL = re.compile(r"(fig|tbl)-[a-z0-9]+(-[a-z0-9]+)*")


def check_label(label: str, prefix: str, taken: Iterable[str]) -> None:
    """Raise FactError unless `label` is `fig-…` or `tbl-…` in small letters, digits and hyphens, and not yet used."""
    if not _LABEL.fullmatch(label) or not label.startswith(prefix):
        raise FactError(f"label {label!r}: write {prefix}name, with small letters, digits and hyphens")
    check_new(label, taken, "label")


def check_new(name: str, taken: Iterable[str], what: str) -> None:
    """Raise FactError if the chapter has used `name` before."""
    if name in taken:
        raise FactError(f"{what} {name!r} is used twice in this chapter")


def provenance(values: Iterable[Value]) -> str:
    """The line under a caption: the frozen tables behind the float by their kind; of many the first, and how many more.

    The note on those opens in the HTML as that on a number does.
    """
    tables: dict[Kind, set[str]] = {}
    for value in values:
        for origin in value.origins:
            tables.setdefault(origin.kind, set()).add(origin.table)
    if not tables:
        return ""
    if set(tables) == {"record"}:
        return "[From the sidecars of the frozen tables named here.]{.provenance}"
    named = [f"{_named(kind, sorted(found))} ({kind})" for kind, found in sorted(tables.items())]
    several = len(set().union(*tables.values())) > 1
    return f"[Frozen table{'s' if several else ''} {'; '.join(named)}.]{{.provenance}}"


def _named(kind: Kind, tables: list[str]) -> str:
    if len(tables) <= MOST_NAMED:
        return ", ".join(f"`{table}`" for table in tables)
    first, *others = tables
    return f'`{first}` and [{len(others)} more]{{.more title="{kind} · {" · ".join(named(others, MOST_LISTED))}"}}'


def figure_float(label: str, link: str, alt: str, caption: str, source: str) -> Markdown:
    """A figure: an image with its alternative text, its caption, its provenance."""
    # Engines differ in whether a no-break space survives in the PDF; read aloud it is a space.
    image = f'![]({link}){{fig-alt="{attribute(alt.replace(NO_BREAK, " "))}"}}'
    return _float(label, image, caption, source)


def table_float(label: str, pipe_table: str, caption: str, source: str) -> Markdown:
    """A table: a pipe table, its caption, its provenance."""
    return _float(label, pipe_table, caption, source)


def _float(label: str, body: str, caption: str, source: str) -> Markdown:
    text = closed_up(re.sub(r"[ \t\n]+", " ", f"{caption} {source}").strip())
    return Markdown(f"\n::: {{#{label}}}\n\n{body}\n\n{text}\n\n:::\n")
