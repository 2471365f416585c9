"""The functions that a project adds, in Python modules below its root: predicates of claims, and derived tables.

A claim or a study names one as `module.function`; the module is a file of the project, such as `predicates.py` beside
`_quarto.yml`, or one of `experiments`. It is read when the function is asked for: a chapter opens it like any file, and
is made again when it changes.
"""

import ast
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from experiments.tables.errors import UserError, printable
from experiments.tables.locations import PACKAGE_ROOT, project_root, shown_path


def missing_function(named: str) -> str | None:
    """What keeps a function from being called, None where it is there. Runs nothing of the module."""
    path, name = _place(named)
    try:
        known = [node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    except FileNotFoundError:
        return f"there is no module {path.stem}: write the function {name} in {shown_path(path)}"
    except (OSError, ValueError, SyntaxError) as error:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) else ""
        return f"{shown_path(path)}{line}: cannot be read as Python: {printable(str(error), 200)}"
    near = get_close_matches(name, known, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return None if name in known else f"{shown_path(path)} has no function {name}{hint}"


def own_function(named: str) -> Callable[..., Any]:
    """The function called `named`. Raises UserError where there is none, or where its module fails."""
    if (why := missing_function(named)) is not None:
        raise UserError(why)
    path, name = _place(named)
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.path.insert(0, str(project_root()))  # for other modules of the project that it imports
    try:
        exec(compile(path.read_text("utf-8"), str(path), "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        raise UserError(f"{shown_path(path)}: {type(error).__name__}: {printable(str(error), 200)}") from error
    finally:
        del sys.path[0]
    return module.__dict__[name]


def _place(named: str) -> tuple[Path, str]:
    """The file of a function's module, in the project or in our packages, and the function's name."""
    module, _, name = named.rpartition(".")
    below = Path(*module.split(".")).with_suffix(".py")
    here, ours = project_root() / below, PACKAGE_ROOT / below
    return (ours if ours.is_file() and not here.is_file() else here), name
