"""Refuses cells labelled `fig-` or `tbl-` that show no figure or table.

They are refused once they ran, and told before where the code alone says so.
"""

import ast
from collections.abc import Iterator

from report.press.source import subset
from report.press.source.blocks import Cell, Chapter
from report.press.source.defaults import defaults_of, effective
from report.press.source.problems import Problem
from report.rendering.project import Project

_WAYS = {
    "fig": "end it with what draws one (plt.show(), a figure), or take 'fig-' off its label (a table is a 'tbl-')",
    "tbl": "end it with the DataFrame, or with IPython's Markdown or HTML of a table; or take 'tbl-' off its label",
}
_PLAIN = frozenset({"bool", "float", "int", "len", "print", "repr", "str"})
"""Functions that draw nothing, and give a number, a text or nothing."""
_WRITTEN = frozenset({"to_csv", "to_html", "to_json", "to_latex", "to_markdown", "to_string"})
"""Methods of pandas that give a table as a text."""
_READ = frozenset({"DataFrame", "Series", "read_csv"})
"""What else draws and shows nothing."""


def without_float(cell: Cell, *, shows: bool) -> Problem:
    """What is wrong with a labelled cell that shows no figure or table; `shows`: it shows something else."""
    kind = cell.label[:3]
    noun = subset.REFERENCE_TYPES[kind]
    what = f"cell '{cell.label}' is to be a numbered {noun}, and shows {'none' if shows else 'nothing'}"
    return Problem(cell.place, what, _WAYS[kind])


def float_problems(project: Project, chapters: list[Chapter]) -> Iterator[Problem]:
    """The cells that can show no figure or table, whatever their names stand for: they end in a number or a text."""
    for chapter in chapters:
        defaults = defaults_of(project, chapter)
        for cell in chapter.cells:
            shown = all(effective(cell, defaults, name) is True for name in ("include", "eval", "output"))
            if shown and cell.code and (cell.label or "").startswith(tuple(f"{kind}-" for kind in _WAYS)):
                ends = _ends(cell.code)
                if ends is not None:
                    yield without_float(cell, shows=ends)


def _ends(code: str) -> bool | None:
    """Whether what the code shows is a number or a text (True) or nothing (False); None where it may be something else.

    It may be where anything is called that is not known to give a number or a text, or a value is shown by its name.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return None  # a command of IPython's, or an error that the run tells
    known: set[str] = set()
    shown = []
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node.decorator_list:
                return None
            case ast.Call() if not _is_plain_call(node) and _called(node) not in _READ:
                return None
            case ast.With() | ast.AsyncWith() | ast.AsyncFor() | ast.Await():
                return None
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known = known | {name} if _is_plain(value, known) else known - {name}
            case ast.Expr(value=value):
                if not _is_plain(value, known):
                    return None
                shown.append(not (isinstance(value, ast.Constant) and value.value is None))
            case _:
                inside = list(ast.walk(statement))
                if any(isinstance(node, ast.Expr) and not _is_plain(node.value, known) for node in inside):
                    return None
                known = known - {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return any(shown)


def _is_plain_call(node: ast.Call) -> bool:
    return _called(node) in (_PLAIN if isinstance(node.func, ast.Name) else _WRITTEN)


def _called(node: ast.Call) -> str | None:
    """The name of a function or a method."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _is_plain(value: ast.expr, known: set[str]) -> bool:
    """Whether an expression is a number, a text or nothing."""
    match value:
        case ast.Constant() | ast.JoinedStr():
            return True
        case ast.Name(id=name):
            return name in known
        case ast.Call():
            return _is_plain_call(value)
        case ast.BinOp(left=left, right=right):
            return _is_plain(left, known) and _is_plain(right, known)
        case ast.UnaryOp(operand=operand):
            return _is_plain(operand, known)
    return False
