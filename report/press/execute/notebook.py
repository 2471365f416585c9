"""A chapter as a notebook: every cell and every inline expression that runs, in order."""

from collections.abc import Iterable
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


Code = tuple[str, bool | None]
"""What a kernel runs, and whether it may raise; None for an expression."""


def code_of(chapter: Chapter, defaults: dict[str, Any]) -> list[Code]:
    """The code of each part that a kernel runs."""
    # In parentheses the value is shown whatever it is; a comment in it ends with its line.
    return [
        (f"({part.expression}\n)", None)
        if isinstance(part, Inline)
        else (_sizing(part, defaults) + part.code, bool(effective(part, defaults, "error")))
        for part in runnable(chapter, defaults)
    ]


def build_notebook(code: Iterable[Code], dependencies: dict[str, Any]) -> nbformat.NotebookNode:
    """The notebook to run. `dependencies` stands in its kernelspec, the metadata that jupyter-cache hashes."""
    notebook = new_notebook(metadata={"kernelspec": {**KERNELSPEC, "colophon": dependencies}})
    for source, may_raise in code:
        tagged = {} if may_raise is None else {"metadata": {"tags": ["raises-exception"] if may_raise else []}}
        notebook.cells.append(new_code_cell(source, **tagged))
    return notebook


# Sets the size of matplotlib's figures for one cell; all on one line, and no name of it is left in the kernel.
_SIZE = """\
from matplotlib import rcParams
kept = rcParams["figure.figsize"]
def restore(*_):
    rcParams["figure.figsize"] = kept
    shell.events.unregister("post_run_cell", restore)
shell.events.register("post_run_cell", restore)
rcParams["figure.figsize"] = (width or kept[0], height or kept[1])
"""


def _sizing(cell: Cell, defaults: dict[str, Any]) -> str:
    """A line to put in front of a cell whose figures are to have a size of their own; a cell magic stays first."""
    width, height = (effective(cell, defaults, f"fig-{side}") for side in ("width", "height"))
    if (width is None and height is None) or cell.code.startswith("%%"):
        return ""
    return f'exec({_SIZE!r}, {{"shell": get_ipython(), "width": {width!r}, "height": {height!r}}})\n'
