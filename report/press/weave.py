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
from report.press.outputs import Resources, as_is, div, fenced, inline_result, shown_outputs
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
    if output == "asis":
        text = as_is(outputs)
        rest = [result for result in outputs if result.output_type == "error" or result.get("name") == "stderr"]
        shown = shown_outputs(rest, unnamed, None, resources, option("warning"))
        return "".join([div(".cell", code) if code else "", "\n", text, "\n\n", *shown])
    name = cell.label or unnamed
    shown = shown_outputs(outputs, name, cell.options.get("fig-alt"), resources, option("warning")) if output else []
    content = "\n".join([code, *_floated(cell, shown)]).strip("\n")
    return div(".cell", content) if content else ""


def _code(cell: Cell, option: Any) -> str:
    attributes = [".python", ".cell-code"]
    for name in ("code-fold", "code-summary"):
        value = option(name)
        if value is not None:
            attributes.append(f'{name}="{attribute(str(value).lower() if isinstance(value, bool) else value)}"')
    return fenced(cell.code, "{" + " ".join(attributes) + "}")


def _floated(cell: Cell, shown: list[str]) -> list[str]:
    """The outputs of a cell that makes a figure or table, in the div that the book numbers; others as they are."""
    kind = (cell.label or "").partition("-")[0]
    caption = cell.options.get(f"{kind}-cap") or cell.options.get("fig-cap") or cell.options.get("tbl-cap")
    if kind in ("fig", "tbl") and "-" in cell.label and shown:
        return [div(f"#{cell.label}", "\n".join([*shown, caption or ""]))]
    # A caption without a label is an unnumbered line below the output, as in Quarto.
    return [*shown, f"\n{caption}\n"] if caption and shown else shown
