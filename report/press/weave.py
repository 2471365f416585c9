"""Put a chapter and its executed notebook together: Pandoc markdown, shaped like Quarto's, one for all formats.

    ::: {.cell}
    ```{.python .cell-code code-fold="true" code-summary="…"}      where the code is shown
    ::: {.cell-output .cell-output-stdout}                         see `outputs`
    :::

A cell labelled `fig-x` or `tbl-x` has its outputs in the div `::: {#fig-x}`, the caption as last paragraph; where these
are several pictures or tables, each in a div `::: {#fig-x-1}` of its own. A cell with
`output: asis` adds what it prints and no div. Inline expressions stand in the text as their result.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import nbformat

from analysis.facts.escape import attribute
from report.press.execute.notebook import runnable
from report.press.markdown import div, fenced
from report.press.outputs import (
    Look,
    Resources,
    as_is,
    inline_result,
    is_frame,
    is_picture,
    is_table,
    shown_outputs,
    visible,
)
from report.press.source.blocks import Cell, Chapter, Inline
from report.press.source.defaults import defaults_of, effective
from report.press.source.floats import without_float
from report.press.source.problems import Problem, SourceError
from report.press.woven import Woven
from report.rendering.project import Project


def weave(project: Project, chapter: Chapter, notebook: nbformat.NotebookNode) -> Woven:
    """The chapter as markdown; images that its cells displayed are written below the project's `.press/`."""
    defaults = defaults_of(project, chapter)
    stem = chapter.ref.stem
    folder = project.root / ".press" / "resources" / stem
    shutil.rmtree(folder, ignore_errors=True)
    resources = Resources(folder, f"{stem}_files")
    outputs = {
        id(part): cell.get("outputs", [])
        for part, cell in zip(runnable(chapter, defaults), notebook.cells, strict=True)
    }
    attributes = f" {{{chapter.attributes}}}" if chapter.attributes else ""
    text = [f"# {chapter.title}{attributes}\n\n"]
    problems: list[Problem] = []
    for number, part in enumerate(chapter.parts):
        try:
            if isinstance(part, Inline):
                text.append(_inline(part, outputs[id(part)]))
            elif isinstance(part, Cell):
                text.append("\n" + _cell(part, defaults, outputs.get(id(part), []), f"cell-{number}", resources))
            else:
                text.append(part.text)
        except SourceError as error:
            problems += error.problems
    if problems:
        raise SourceError(problems)
    return Woven(chapter.ref, chapter.metadata, "".join(text), resources.files)


def _inline(part: Inline, outputs: list[Any]) -> str:
    text = inline_result(outputs)
    if not text:
        what = f"inline `{{python}} {part.expression}` gives an empty text, for which Quarto would show the expression"
        raise SourceError([Problem(part.place, what, "give it something to show")])
    return text


def _cell(cell: Cell, defaults: Mapping[str, Any], outputs: list[Any], unnamed: str, resources: Resources) -> str:
    def option(name: str) -> Any:
        return effective(cell, defaults, name)

    if not option("include"):
        return ""
    code = _code(cell, option) if option("echo") and cell.code else ""
    look = _look(cell, unnamed, option)
    outputs = visible(outputs, option("warning"))
    if option("eval") and option("output"):
        _refuse_lost_captions(cell, look, outputs)
    if option("output") == "asis":
        shown = as_is(outputs, look, resources)
        around = _attributes(cell, (*LAYOUT, *WIDE)).strip()
        return "".join([div(".cell", code) if code else "", "\n", div(around, shown) if around else shown, "\n"])
    ran = option("eval") and cell.code
    shown = _shown(cell, outputs, look, resources) if ran and option("output") else []
    content = "\n".join([code, *shown]).strip("\n")
    label = f"#{cell.label} " if cell.label and not _is_float(cell) else ""
    return div(f"{label}.cell{_attributes(cell, WIDE)}", content) if content else ""


def _look(cell: Cell, unnamed: str, option: Callable[[str], Any]) -> Look:
    # Without a number the captions go to the images or the tables themselves, as in Quarto.
    figures, tables = ([], []) if _is_float(cell) else (_texts(cell, "fig-cap"), _texts(cell, "tbl-cap"))
    align = option("fig-align")
    return Look(cell.label or unnamed, tuple(figures), tuple(_texts(cell, "fig-alt")), tuple(tables), align)


def _texts(cell: Cell, name: str) -> list[str]:
    """The texts of an option that takes one or a list of them."""
    value = cell.options.get(name)
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _is_float(cell: Cell) -> bool:
    return (cell.label or "").startswith(("fig-", "tbl-"))


def _code(cell: Cell, option: Callable[[str], Any]) -> str:
    attributes = [".python", ".cell-code"]
    for name in ("code-fold", "code-summary", "code-line-numbers"):
        value = option(name)
        if value is not None:
            attributes.append(f'{name}="{attribute(str(value).lower() if isinstance(value, bool) else value)}"')
    return fenced(cell.code, "{" + " ".join(attributes) + "}")


LAYOUT = ("layout-ncol", "layout-nrow")
WIDE = ("tbl-colwidths", "column")


def _attributes(cell: Cell, names: Sequence[str]) -> str:
    """Options as attributes of a div, `column` as its class, a space before each."""
    given = {name: attribute(str(cell.options[name])) for name in names if name in cell.options}
    return "".join(f" .column-{value}" if name == "column" else f' {name}="{value}"' for name, value in given.items())


def _shown(cell: Cell, outputs: list[Any], look: Look, resources: Resources) -> list[str]:
    """The outputs of a cell; of one that makes a figure or table in the div that the book numbers."""
    if not _is_float(cell):
        shown = shown_outputs(outputs, look, resources)
        layout = _attributes(cell, LAYOUT).strip()
        return [div(layout, "\n".join(shown))] if shown and layout else shown
    kind = cell.label[:3]
    _refuse_without_float(cell, kind, outputs)
    parts = [place for place, output in enumerate(outputs) if (is_picture if kind == "fig" else is_table)(output)]
    # As in Quarto, what a figure's cell prints is no part of the figure.
    inside = slice(parts[0], parts[-1] + 1) if parts else slice(None)
    before, after = (outputs[: inside.start], outputs[inside.stop :]) if parts else ([], [])
    if len(parts) > 1 or (parts and f"{kind}-subcap" in cell.options):
        content = _divided(cell, kind, [outputs[place] for place in parts], look, resources)
        after = [output for place, output in enumerate(outputs) if place > parts[0] and place not in parts]
    else:
        content = shown_outputs(outputs[inside], look, resources)
    caption = cell.options.get(f"{kind}-cap", "")
    content += [caption + "\n"] if caption else []
    return [
        *shown_outputs(before, look, resources),
        div(f"#{cell.label}{_attributes(cell, LAYOUT)}", "\n".join(content)),
        *shown_outputs(after, look, resources),
    ]


def _divided(cell: Cell, kind: str, outputs: list[Any], look: Look, resources: Resources) -> list[str]:
    """The parts (a), (b), … of a figure or table, each with a label and a caption of its own."""
    captions = _texts(cell, f"{kind}-subcap")
    if len(captions) > len(outputs):
        shown = f"cell '{cell.label}' has {len(captions)} sub-captions, and shows {len(outputs)} {NOUNS[kind]}s"
        raise SourceError([Problem(cell.place, shown, "give as many as it shows")])
    content = []
    for number, shown in enumerate(shown_outputs(outputs, look, resources), 1):
        caption = captions[number - 1] + "\n" if number <= len(captions) else ""
        content.append(div(f"#{cell.label}-{number}", f"{shown}\n{caption}"))
    return content


NOUNS = {"fig": "picture", "tbl": "table"}


def _refuse_lost_captions(cell: Cell, look: Look, outputs: list[Any]) -> None:
    """Refuse captions of pictures or tables that a cell does not show: nothing would be said of them."""
    if not outputs or any(output.output_type == "error" for output in outputs):
        return
    for kind, captions, is_one in (("fig", look.captions, is_picture), ("tbl", look.table_captions, is_table)):
        shown = sum(map(is_one, outputs))
        if len(captions) > shown:
            what = f"'{kind}-cap' has {_number(len(captions), 'caption')}, and the cell shows "
            what += f"{_number(shown, NOUNS[kind])}; what is too much would be lost"
            other = "tbl" if kind == "fig" else "fig"
            remedy = f"leave it out, write '{other}-cap' over a {NOUNS[other]}, or label the cell '{kind}-…'"
            raise SourceError([Problem(cell.place, what, remedy)])


def _number(n: int, noun: str) -> str:
    return f"{n or 'no'} {noun}{'' if n == 1 else 's'}"


def _refuse_without_float(cell: Cell, kind: str, outputs: list[Any]) -> None:
    """Refuse a figure or table in which there is none: its caption would stand over a text, or over nothing."""
    if any(is_picture(output) or _may_be(kind, output) for output in outputs):
        return
    if any(output.output_type == "error" for output in outputs):
        return
    raise SourceError([without_float(cell, shows=bool(outputs))])


def _may_be(kind: str, output: Any) -> bool:
    """Whether the output may be a figure or table, though not a picture: a table, a widget, a formula, markdown."""
    data = output.get("data", {})
    if kind == "fig" and is_frame(output):
        return False
    return is_table(output) or "text/latex" in data or (kind == "fig" and "text/html" in data)
