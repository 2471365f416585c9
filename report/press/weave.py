"""Put a chapter and its executed notebook together: Pandoc markdown, shaped like Quarto's, one for all formats.

    ::: {.cell}
    ```{.python .cell-code code-fold="true" code-summary="…"}      where the code is shown
    ::: {.cell-output .cell-output-stdout}                         see `outputs`
    :::

A cell labelled `fig-x` or `tbl-x` has its outputs in the div `::: {#fig-x}`, the caption as last paragraph. A cell with
`output: asis` adds what it prints and no div. Inline expressions stand in the text as their result.
"""

import shutil
from collections.abc import Mapping
from typing import Any

import nbformat

from analysis.facts.escape import attribute
from report.press.execute.notebook import runnable
from report.press.markdown import div, fenced
from report.press.outputs import Look, Resources, as_is, inline_result, is_picture, shown_outputs, visible
from report.press.source.blocks import Cell, Chapter, Inline
from report.press.source.defaults import defaults_of, effective
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
    for number, part in enumerate(chapter.parts):
        if isinstance(part, Inline):
            text.append(_inline(part, outputs[id(part)]))
        elif isinstance(part, Cell):
            text.append("\n" + _cell(part, defaults, outputs.get(id(part), []), f"cell-{number}", resources))
        else:
            text.append(part.text)
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
    look = _look(cell, unnamed)
    outputs = visible(outputs, option("warning"))
    if option("output") == "asis":
        return "".join([div(".cell", code) if code else "", "\n", as_is(outputs, look, resources), "\n"])
    shown = _shown(cell, outputs, look, resources) if option("output") else []
    content = "\n".join([code, *shown]).strip("\n")
    label = f"#{cell.label} " if cell.label and not _is_float(cell) else ""
    return div(f"{label}.cell", content) if content else ""


def _look(cell: Cell, unnamed: str) -> Look:
    # Without a number the caption goes to the image or the table itself, as in Quarto.
    figure, table = ("", "") if _is_float(cell) else (cell.options.get("fig-cap", ""), cell.options.get("tbl-cap", ""))
    return Look(cell.label or unnamed, figure, cell.options.get("fig-alt"), table)


def _is_float(cell: Cell) -> bool:
    return (cell.label or "").startswith(("fig-", "tbl-"))


def _code(cell: Cell, option: Any) -> str:
    attributes = [".python", ".cell-code"]
    for name in ("code-fold", "code-summary"):
        value = option(name)
        if value is not None:
            attributes.append(f'{name}="{attribute(str(value).lower() if isinstance(value, bool) else value)}"')
    return fenced(cell.code, "{" + " ".join(attributes) + "}")


def _shown(cell: Cell, outputs: list[Any], look: Look, resources: Resources) -> list[str]:
    """The outputs of a cell; of one that makes a figure or table in the div that the book numbers."""
    if not _is_float(cell) or not outputs:
        return shown_outputs(outputs, look, resources)
    pictures = [place for place, output in enumerate(outputs) if is_picture(output)]
    if len(pictures) > 1:
        shown = f"cell '{cell.label}' shows {len(pictures)} pictures"
        what = f"{shown}; sub-figures are not supported by the embedded renderer"
        raise SourceError([Problem(cell.place, what, "make each a figure of its own")])
    # As in Quarto, what a figure's cell prints is no part of the figure.
    inside = slice(pictures[0], pictures[0] + 1) if pictures and cell.label.startswith("fig-") else slice(None)
    before, after = (outputs[: inside.start], outputs[inside.stop :]) if inside.stop else ([], [])
    kind = cell.label[:3]
    caption = cell.options.get(f"{kind}-cap", "")
    float_content = [*shown_outputs(outputs[inside], look, resources), *([caption + "\n"] if caption else [])]
    return [
        *shown_outputs(before, look, resources),
        div(f"#{cell.label}", "\n".join(float_content)),
        *shown_outputs(after, look, resources),
    ]
