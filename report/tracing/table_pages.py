"""A page for each frozen table that values come from: what it holds, how it was made, and its rows with an anchor each.

They are the same under either engine, and stand apart from the book: no chapter, no number in the contents.
"""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path

from analysis.facts.escape import clean
from experiments.tables.digest import SHORT
from experiments.tables.sidecar import Column
from report.ledger.model import Build, SiteFacts
from report.rendering.project import Project
from report.template import shared
from report.tracing.rows import Referred

FOLDER = "tables"
LONG = 40
"""Characters from which a cell breaks into lines."""
LONGEST = 240
"""Characters of a cell that are shown; the answers of a model fill pages."""
_STYLES = ("colophon.css", "tables.css")
# What the reader chose on the pages of the book, whichever engine made them, holds here too.
_THEME = (
    'try{let c=localStorage.getItem("colophon-theme")??{default:"light",alternate:"dark"}'
    '[localStorage.getItem("quarto-color-scheme")];if(c)document.documentElement.style.colorScheme=c}catch(e){}'
)


def write_table_pages(
    project: Project, facts: SiteFacts, tables: Mapping[str, Referred], chapters: Mapping[str, str]
) -> None:
    """Write `tables/` into the output; `chapters` gives the page of each chapter that shows facts, by its name."""
    folder = project.output_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    style = "\n".join(_of_the_house(project, name).read_text("utf-8") for name in _STYLES)
    _write(folder / "style.css", style)
    for table, referred in tables.items():
        users = facts.tables[table].chapters if table in facts.tables else ()
        used = {name: chapters[name] for name in users if name in chapters}
        path = project.output_dir / referred.href
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, table_page(project, referred, used, facts.build))


def table_page(project: Project, table: Referred, used: Mapping[str, str], build: Build) -> str:
    """The page of one table; `used` gives the pages of the chapters that read it, `build` the version of the report."""
    sidecar, root = table.sidecar, "../../"
    name = escape(sidecar.id)
    back = f'<a href="{root}index.html">{escape(project.title)}</a>'
    facts = {
        "Kind": f'<span class="badge {sidecar.kind}">{sidecar.kind}</span>',
        "Made": _made(table),
        "Again": f"<code>{escape(table.command)}</code>",
        "Read by": ", ".join(f'<a href="{root}{escape(href)}">{escape(each)}</a>' for each, href in used.items()),
        "SHA-256": f"<code>{sidecar.digests.table[:SHORT]}</code>",
        "Published in": "; ".join(f"{_shown(each.title)}, {_shown(each.place)}" for each in sidecar.sources),
    }
    return f"""<!doctype html>
<html lang="{escape(project.lang or "en")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{_head(build)}
<title>{name} – {escape(project.title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../style.css">
<script>{_THEME}</script>
</head>
<body class="table-page">
<nav aria-label="Report">{back}</nav>
<main>
<h1>{_shown(sidecar.title)} <code>{name}</code></h1>
<dl class="about">
{"".join(f"<div><dt>{term}</dt><dd>{value}</dd></div>" for term, value in facts.items() if value)}
</dl>
{_rows(table)}
<h2>Columns</h2>
<dl class="columns">
{"".join(_column(column) for column in sidecar.columns)}
</dl>
</main>
{_foot(build)}
</body>
</html>
"""


def _head(build: Build) -> str:
    named = {"version": build.shown, "tables-digest": (build.tables or "")[:SHORT]}
    return "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in named.items() if value)


def _foot(build: Build) -> str:
    tables = f" Frozen tables <code>{build.tables[:SHORT]}</code>." if build.tables else ""
    return f'<footer class="colophon-line">Version {escape(build.shown)}.{tables}</footer>'


def _made(table: Referred) -> str:
    if table.sidecar.made == "run":
        return "by a run"
    inputs = sorted(table.sidecar.digests.inputs)
    links = (f'<a href="../{escape(name)}.html">{escape(name)}</a>' if "/" in name else escape(name) for name in inputs)
    return f"derived from {', '.join(links)}" if inputs else "derived"


def _column(column: Column) -> str:
    unit = f" ({_shown(column.unit)})" if column.unit else ""
    return f"<div><dt><code>{_shown(column.name)}</code>{unit}</dt><dd>{_shown(column.meaning)}</dd></div>\n"


@lru_cache(maxsize=512)
def _rows(table: Referred) -> str:
    """The rows of a table as HTML, once for a preview that shows the same ones at each change."""
    sidecar = table.sidecar
    number = len(table.rows)
    if not number:
        return (
            f"<p>No number comes from a single one of the {sidecar.row_count:,} rows of this table, "
            "which are not shown here.</p>"
        )
    shown = (
        f"All {sidecar.row_count:,} rows."
        if number == sidecar.row_count
        else f"{number:,} of {sidecar.row_count:,} rows: the first ones, and those that numbers come from."
    )
    names = [column.name for column in sidecar.columns]
    numeric = {column.name for column in sidecar.columns if column.type in ("integer", "number")}
    head = "".join(f'<th scope="col"{_number(name in numeric)}>{_shown(name)}</th>' for name in names)
    body = "\n".join(
        f'<tr id="row-{place}"><th scope="row"><a href="#row-{place}">{place}</a></th>'
        + "".join(f"<td{_look(row[name], name in numeric)}>{_cell(row[name])}</td>" for name in names)
        + "</tr>"
        for place, row in table.rows.items()
    )
    return (
        f'<h2 id="rows">Rows</h2>\n<p id="shown">{shown}</p>\n'
        '<div class="rows" role="region" aria-labelledby="rows" tabindex="0">\n<table aria-describedby="shown">\n'
        f'<thead><tr><th scope="col">row</th>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table>\n</div>"
    )


def _number(yes: bool) -> str:
    return ' class="number"' if yes else ""


def _look(cell: object, numeric: bool) -> str:
    return ' class="long"' if isinstance(cell, str) and len(cell) > LONG else _number(numeric)


def _cell(cell: object) -> str:
    if cell is None:
        return '<span class="missing">n/a</span>'
    if not isinstance(cell, str):
        return str(cell).lower() if isinstance(cell, bool) else str(cell)
    text = clean(cell)
    return escape(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _shown(text: str) -> str:
    """A text as HTML, in which nothing is invisible or turns the direction of reading."""
    return escape(clean(text))


def _of_the_house(project: Project, name: str) -> Path:
    """A file of the house style: the project's copy, which may be changed there, else the one that comes with us."""
    own = project.root / "_extensions" / "colophon" / name
    return own if own.is_file() else shared(f"_extensions/colophon/{name}")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
