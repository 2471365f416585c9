"""A chapter as a notebook: every cell and every inline expression that runs, in order."""

from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from report.press.execute.kernel import KERNELSPEC
from report.press.source.blocks import Cell, Chapter, Inline, Part
from report.press.source.defaults import effective


def runnable(chapter: Chapter, defaults: dict[str, Any]) -> list[Part]:
    """The parts of the chapter that a kernel runs; the notebook has one code cell for each."""

    def runs(part: Part) -> bool:
        # A cell without code is not counted as executed, which jupyter-cache takes for a fault.
        return isinstance(part, Cell) and bool(part.code.strip()) and effective(part, defaults, "eval")

    return [part for part in chapter.parts if isinstance(part, Inline) or runs(part)]


def build_notebook(chapter: Chapter, defaults: dict[str, Any], dependencies: dict[str, Any]) -> nbformat.NotebookNode:
    """The notebook to run. `dependencies` stands in its kernelspec, the metadata that jupyter-cache hashes."""
    notebook = new_notebook(metadata={"kernelspec": {**KERNELSPEC, "colophon": dependencies}})
    for part in runnable(chapter, defaults):
        if isinstance(part, Inline):
            # In parentheses the value is shown whatever it is; a comment in it ends with its line.
            notebook.cells.append(new_code_cell(f"({part.expression}\n)"))
        else:
            tags = ["raises-exception"] if effective(part, defaults, "error") else []
            notebook.cells.append(new_code_cell(part.code, metadata={"tags": tags}))
    return notebook
