"""Put a chapter and its executed notebook together: Pandoc markdown, shaped like Quarto's, one for all formats.

    ::: {.cell}
    ```{.python .cell-code code-fold="true" code-summary="…"}      where the code is shown
    ::: {.cell-output .cell-output-stdout}                         see `outputs`
    :::

A cell labelled `fig-x` or `tbl-x` has its outputs in the div `::: {#fig-x}`, the caption as last paragraph. A cell with
`output: asis` adds what it prints and no div. Inline expressions stand in the text as their result.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

import nbformat

from analysis.facts.escape import attribute
from report.press.execute.notebook import runnable
from report.press.markdown import div, fenced
from report.press.outputs import Look, Resources, as_is, inline_result, shown_outputs
from report.press.project import Project, Woven
from report.press.source.blocks import Cell, Chapter, Inline
from report.press.source.defaults import defaults_of, effective


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
            text.append(inline_result(outputs[id(part)]))
        elif isinstance(part, Cell):
            text.append("\n" + _cell(part, defaults, outputs.get(id(part), []), f"cell-{number}", resources))
        else:
            text.append(part.text)
    return Woven(chapter.ref, chapter.metadata, "".join(text), resources.files)


def _cell(cell: Cell, defaults: Mapping[str, Any], outputs: list[Any], unnamed: str, resources: Resources) -> str:
    def option(name: str) -> Any:
        return effective(cell, defaults, name)

    if not option("include"):
        return ""
    code = _code(cell, option) if option("echo") and cell.code else ""
    output = option("output")
    look = _look(cell, unnamed, option("warning"))
    if output == "asis":
        rest = [result for result in outputs if result.output_type == "error" or result.get("name") == "stderr"]
        shown = shown_outputs(rest, look, resources)
        return "".join([div(".cell", code) if code else "", "\n", as_is(outputs), "\n\n", *shown])
    shown = shown_outputs(outputs, look, resources) if output else []
    content = "\n".join([code, *_captioned(cell, shown)]).strip("\n")
    return div(".cell", content) if content else ""


def _look(cell: Cell, unnamed: str, warnings: bool) -> Look:
    # A figure without a number has its caption in the image, as in Quarto.
    caption = "" if _is_float(cell) else cell.options.get("fig-cap", "")
    return Look(cell.label or unnamed, warnings, caption, cell.options.get("fig-alt"))


def _is_float(cell: Cell) -> bool:
    return (cell.label or "").startswith(("fig-", "tbl-"))


def _code(cell: Cell, option: Any) -> str:
    attributes = [".python", ".cell-code"]
    for name in ("code-fold", "code-summary"):
        value = option(name)
        if value is not None:
            attributes.append(f'{name}="{attribute(str(value).lower() if isinstance(value, bool) else value)}"')
    return fenced(cell.code, "{" + " ".join(attributes) + "}")


def _captioned(cell: Cell, shown: list[str]) -> list[str]:
    """The outputs of a cell that makes a figure or table, in the div that the book numbers; others as they are."""
    if not shown:
        return []
    kind = cell.label[:3] if _is_float(cell) else "tbl"
    caption = cell.options.get(f"{kind}-cap", "")
    together = [*shown, *([caption + "\n"] if caption else [])]
    return [div(f"#{cell.label}", "\n".join(together))] if _is_float(cell) else together
