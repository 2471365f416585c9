"""A chapter while it runs: the tables it reads, and the values it shows, each of which goes into its fact log."""

import json
import os
import re
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.facts import choices, place, reads
from analysis.facts.comparison import Comparison
from analysis.facts.data_files import data_file, describe_data
from analysis.facts.dependencies import depends_on, find_source
from analysis.facts.errors import FactError
from analysis.facts.escape import part_braces
from analysis.facts.fact import Fact, Form
from analysis.facts.fact_log import FactLogWriter, engine_name, fact_log_path
from analysis.facts.floats import check_label, check_new, figure_float, provenance, table_float
from analysis.facts.formatting import formatted
from analysis.facts.frames import show_frames
from analysis.facts.origins import Kind
from analysis.facts.read_once import read_once
from analysis.facts.speech import Markdown, fill, gaps_of, without_spans
from analysis.facts.values import Value, derived, kind_of
from analysis.facts.views import View
from experiments.tables.digest import sha256_bytes
from experiments.tables.files import replace_file
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import project_root, table_ids

if TYPE_CHECKING:
    from analysis.figures.drawn import Drawn
    from analysis.tables import ColumnSpec, Source

FIGURES = Path("report") / "figures"
MOST_ROWS = 500
"""How many rows of a table a page shows, unless it asks for more."""
_WORD = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


def open_chapter(name: str, *, unmarked: Kind = "computed") -> "Chapter":
    """Begin the chapter in `report/<name>.qmd` (or `<name>.qmd` beside `_quarto.yml`) and empty its fact log.

    A chapter in another folder is named with it: `open_chapter("chapters/costs")`.

    Numbers of the kind `unmarked` stand without the letter of their kind; a chapter whose numbers are nearly all of one
    kind says so in its first paragraph, and reads more easily.

    Raises FactError where there is no such chapter in the project around the current folder.
    """
    project = project_root().resolve()
    source = find_source(project, name)
    if source is None:
        raise FactError(
            f"no chapter {name!r}: neither {name}.qmd nor report/{name}.qmd below the project; "
            "open a chapter in another folder by its path, without the suffix"
        )
    place.begin(source, source.relative_to(project).as_posix())
    log = FactLogWriter(fact_log_path(project, engine_name(), name))
    with reads.paused():
        static = depends_on(project, source)
    log.append("open", chapter=name, source=source.relative_to(project).as_posix(), **static)
    opened = weakref.ref(log)

    def record(path: str, digest: str) -> None:
        if (open_log := opened()) is not None:
            open_log.append("file", path=path, digest=digest)

    def record_choice(made: choices.Choices, asked_in: str, line: int) -> None:
        if (open_log := opened()) is not None:
            among = [{"words": words, "relations": [each.as_json() for each in compared]} for words, compared in made]
            roots = [root for root in (project, PACKAGE_ROOT) if Path(asked_in).is_relative_to(root)]  # none in a cell
            asked = [Path(asked_in).relative_to(roots[0]).as_posix(), line] if roots else None
            open_log.append("choice", among=among, asked=asked)

    reads.record(project, record)
    choices.record(record_choice)
    chapter = Chapter(name, project, source, log, unmarked)
    show_frames(chapter.show)
    return chapter


reads.watch()


class Chapter:
    """What a chapter shows. Get one from `open_chapter`; call it `page` in the cells."""

    def __init__(self, name: str, project: Path, source: Path, log: FactLogWriter, unmarked: Kind) -> None:
        self.name = name
        self._project = project
        self._source = source
        self._log = log
        self._unmarked = unmarked
        self._views: dict[str, View] = {}
        self._data_files: dict[tuple[str, str], Path] = {}
        self._found: list[str] | None = None
        self._labels: set[str] = set()
        self._claims: set[str] = set()
        self._count = 0
        self._inline: dict[str, Fact] = {}

    def table(self, table_id: str) -> View:
        """All rows of the frozen table `study/table`, verified. Raises TableError where it does not verify."""
        if table_id not in self._views:
            table = read_once(table_id)
            self._log.append("read", table=table.id, digest=table.digest, sidecar=table.sidecar.digests.sidecar)
            self._views[table_id] = View(table)
        return self._views[table_id]

    def tables(self) -> list[View]:
        """Every frozen table there is, by id; the chapter is then made again when one comes or goes."""
        return [self.table(table_id) for table_id in self.table_ids()]

    def named(self, name: str) -> list[View]:
        """The frozen tables called `name` of all studies, by id; made again as for `tables`."""
        return [self.table(table_id) for table_id in self.table_ids() if table_id.rpartition("/")[2] == name]

    def table_ids(self) -> list[str]:
        """The ids of all frozen tables; the chapter is then made again when one comes or goes."""
        if self._found is None:
            self._found = table_ids()
            self._log.append("listing", tables=self._found)
        return self._found

    def data_file(self, name: str, digest: str) -> Path | None:
        """The data file `name` ("sst2/dev") with this SHA-256, None where it is not on this machine.

        Either is recorded: the chapter is made again when the file comes or goes.
        """
        if (name, digest) not in self._data_files:
            found = data_file(self._project, name, digest)
            self._log.append("data", name=name, digest=digest, found=found is not None)
            if found is None:
                return None
            self._data_files[name, digest] = found
        return self._data_files[name, digest]

    def data_description(self, name: str) -> Mapping:
        """How the project describes the data set of the file `name` ("nli/all") as its YAML has it; else empty."""
        return describe_data(self._project, name.partition("/")[0])

    # --- in running text ----------------------------------------------------------------------------------------------

    def show(self, value: Value, spec: str | None = None, *, unit: bool | str = False) -> Fact:
        """A value in running text, as an inline expression: `page.show(row["total"], ",")`.

        `spec` is a Python format specification; `unit=True` adds the unit of the value. Text is escaped. A missing
        value reads n/a. Raises FactError for a bare number or string, which comes from no table.
        """
        return self._once(value, formatted(_value(value), spec, unit))

    def text(self, value: Value) -> Fact:
        """A name or label out of a table in running text, escaped, without the mark of its kind."""
        return self._once(value, formatted(_value(value)), marked=False)

    def say(
        self, template: str, *, rests_on: Iterable[Comparison] = (), **values: Value | Fact | Markdown | str
    ) -> Markdown:
        """A sentence whose gaps are values: `page.say("{n} of {all} are exact.", n=exact.count(), all=rows.count())`.

        A gap may carry a format: `{share:.1%}`. Plain strings are escaped; bare numbers are refused.

        A sentence that compares says what it rests on: `page.say("{a:.1%} is higher than {b:.1%}.", a=a, b=b,
        rests_on=[a > b])`. It is then a claim of its own, and stands in the list of claims. Raises FactError where one
        of these comparisons does not hold.
        """
        return self._sentence("sentence", template, values, rests_on)

    def caption(
        self, template: str, *, rests_on: Iterable[Comparison] = (), **values: Value | Fact | Markdown | str
    ) -> Markdown:
        """The caption of a figure or table, with values in its gaps as in a sentence of `say`."""
        return self._sentence("caption", template, values, rests_on)

    def claim(
        self,
        name: str,
        verdict: str,
        template: str,
        *,
        rests_on: Iterable[Comparison] = (),
        **values: Value | Fact | Markdown | str,
    ) -> Markdown:
        """A sentence as `say` makes it that tells the verdict on a claim; both are listed under `name`.

        `verdict` is one word, such as `consistent`; it becomes a class of the sentence's span. Raises FactError for a
        name or verdict that is not made of small letters, digits, dots and hyphens, and for a name used twice.
        """
        for word in (name, verdict):
            if not _WORD.fullmatch(word):
                raise FactError(f"claim {name!r}, verdict {verdict!r}: use small letters, digits, dots and hyphens")
        check_new(name, self._claims, "claim")
        self._claims.add(name)
        return self._claimed("sentence", name, verdict, template, values, rests_on)

    def _sentence(
        self, form: Form, template: str, values: Mapping[str, Any], rests_on: Iterable[Comparison]
    ) -> Markdown:
        self._check_gaps(template, values)
        if rests_on := list(rests_on):
            self._count += 1
            return self._claimed(form, f"{self.name}-{self._count}", "holds", template, values, rests_on)
        return fill(template, values, lambda value, spec: self._fact(form, None, value, formatted(value, spec)))

    def _check_gaps(self, template: str, values: Mapping[str, Any]) -> None:
        """Raise FactError for a gap that is called as a column and filled with a cell of another one of that table.

        And for a value that was shown before, or a sentence, for which there is no gap: it would be listed, and stand
        nowhere.
        """
        gaps = gaps_of(template)
        for name, value in values.items():
            if name not in gaps and (isinstance(value, Fact) or (isinstance(value, Markdown) and "data-" in value)):
                raise FactError(f"the sentence {template!r} has no gap {{{name}}} for {without_spans(str(value))!r}")
            if not isinstance(value, Value) or len(value.origins) != 1:
                continue
            table_id, column = value.origins[0].table, value.origins[0].column
            if not value.how.startswith(f"{column}["):  # worked out from the cell, and called by what it is now
                continue
            view = self._views.get(table_id)
            names = {each.name: each.type for each in view.table.sidecar.columns} if view else {}
            if column != name and name in names and names.get(column) == names[name]:
                raise FactError(
                    f"the sentence {template!r} fills {{{name}}} with {column} of {table_id}, which has a column "
                    f"{name}; show that one, or call the gap {{{column}}}"
                )

    def _claimed(
        self,
        form: Form,
        name: str,
        verdict: str,
        template: str,
        values: Mapping[str, Any],
        rests_on: Iterable[Comparison],
    ) -> Markdown:
        """The sentence of a claim, listed with its facts and with the comparisons that it rests on."""
        relations = list(rests_on)
        for relation in relations:
            if not isinstance(relation, Comparison):
                raise FactError(f"claim {name}: rests_on takes comparisons of values (a > b), not {relation!r}")
            if not relation:
                raise FactError(f"the sentence {template!r} rests on {relation.in_words()}, which does not hold")
        facts: list[Fact] = []

        def show(value: Value, spec: str | None) -> Fact:
            facts.append(self._fact(form, name, value, formatted(value, spec)))
            return facts[-1]

        sentence = fill(template, values, show)
        plain = fill(template, values, lambda value, spec: Markdown(formatted(value, spec)), escaped=False)
        self._log.append(
            "claim",
            id=name,
            statement=plain,
            verdict=verdict,
            facts=[fact.id for fact in facts],
            relations=[relation.as_json() for relation in relations],
        )
        return Markdown(f'[{sentence}]{{.claim .{verdict} data-claim="{name}"}}')

    def expect(self, holds: bool, what: str) -> None:
        """State what the prose around takes for granted. Raises FactError, and stops the render, where it is not so.

        Sentences follow the numbers by themselves; this is for a story that makes sense only while something holds.
        """
        if not holds:
            raise FactError(f"the prose of chapter {self.name} takes for granted that {what}; the tables say otherwise")

    # --- floats -------------------------------------------------------------------------------------------------------

    def figure(
        self, drawn: "Drawn", *, label: str, caption: str, alt: str | None = None, shows: Iterable[Value] = ()
    ) -> Markdown:
        """A figure as a markdown float, for a cell with `#| output: asis` that prints it.

        `drawn` comes from a builder in `analysis.figures`, with the alternative text made from its data and the values
        that it shows; `alt` and `shows` replace or extend these. `caption` is markdown (see `page.caption`).
        """
        from analysis.figures.alt import Alt
        from analysis.figures.marks import describe_marks, name_marks  # matplotlib, only in chapters that draw
        from analysis.figures.svg import svg_bytes

        check_label(label, "fig-", self._labels)
        values = [*drawn.shows, *shows]
        if not values:
            raise FactError(f"{label}: say which values the figure shows, so that each is listed as a fact")
        self._labels.add(label)
        path = FIGURES / f"{self.name}-{label.removeprefix('fig-')}.svg"
        name_marks(drawn)
        content = svg_bytes(drawn.figure, salt=f"{self.name}/{label}")
        replace_file(self._project / path, content, synced=False)  # two engines may draw the same figure at once
        self._log.append("artefact", path=path.as_posix(), digest=sha256_bytes(content))
        listed = {id(value): self._fact("point", label, value, formatted(value)).id for value in values}
        told = Alt(part_braces(alt)) if alt else drawn.told
        places = [
            (self._fact("alt", label, value, told.text[start:end]).id, start, end) for value, start, end in told.values
        ]
        holds = describe_marks(drawn, lambda value: listed[id(value)])
        self._log.append("drawn", path=path.as_posix(), label=label, alt=told.text, told=places, **holds)
        return figure_float(label, self._link(path), told.text, caption, provenance(values))

    def tabulate(
        self,
        rows: Iterable[Any],
        *,
        label: str,
        columns: "Mapping[str, Source | ColumnSpec]",
        caption: str,
        limit: int | None = MOST_ROWS,
    ) -> Markdown:
        """A table as a markdown float, for a cell with `#| output: asis` that prints it.

        `rows` is a view or anything that can be iterated; `columns` maps each header to a column name, to a function of
        a row that returns a Value, or to `analysis.tables.column(…)` with format and unit. Cells carry the mark of
        their kind only where the table holds several kinds; otherwise the caption's last line says it once. Rows beyond
        the first `limit` are left out, and the caption says how many.
        """
        from analysis.tables import grid, pipe_table

        check_label(label, "tbl-", self._labels)
        self._labels.add(label)
        rows = list(rows)
        cells = grid(rows[:limit], columns)
        if limit is not None and len(rows) > limit:
            beyond = derived(len(rows) - limit, cells.values[:1], f"rows beyond the first {limit}")
            caption = f"{caption} {self.caption('Further rows, left out here: {n:,}.', n=beyond)}"
        marked = kind_of(cells.values) == "mixed" if cells.values else False
        table = pipe_table(
            cells,
            lambda value, spec: self._fact("cell", label, value, formatted(value, spec.spec, spec.unit), marked=marked),
        )
        return table_float(label, table, caption, provenance(cells.values))

    # --- the fact log -------------------------------------------------------------------------------------------------

    def _once(self, value: Value, text: str, *, marked: bool = True) -> Fact:
        """The fact of an inline expression; shown again, the same value is the same fact.

        Quarto puts the last result of an expression wherever it stands between two cells: a fact of its own for each
        place would leave the others on no page.
        """
        described = Fact("", "inline", None, text, value, marked)
        key = json.dumps([described.as_json(), marked])
        if key not in self._inline:
            self._inline[key] = self._fact("inline", None, value, text, marked=marked)
        return self._inline[key]

    def _fact(self, form: Form, label: str | None, value: Value, text: str, *, marked: bool = True) -> Fact:
        self._count += 1
        marked = marked and value.kind != self._unmarked and not isinstance(value.data, str)
        fact = Fact(f"{self.name}-{self._count}", form, label, text, value, marked)
        self._log.append("fact", **fact.as_json())
        return fact

    def _link(self, path: Path) -> str:
        return Path(os.path.relpath(self._project / path, self._source.parent)).as_posix()


def _value(value: object) -> Value:
    if not isinstance(value, Value):
        raise FactError(f"{value!r} comes from no frozen table; show what page.table(…) or arithmetic on it gives")
    return value
