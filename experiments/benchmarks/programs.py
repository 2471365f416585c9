"""What studies say of programs of the project: commands, the modules that these try, and the files that they are."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field

from experiments.tables.digest import code_closure
from experiments.tables.locations import project_root

Module = Annotated[str, Field(pattern=r"^(experiments|report)(\.[a-z_]+)+$")]
Command = Annotated[
    list[str], Field(min_length=1, description="{project}, {scratch}, {python} and {model} are filled in")
]


def scripts_in(words: Iterable[str]) -> dict[str, Path]:
    """The scripts of this project among the words of commands, and what they import from beside them."""
    found = {}
    for word in sorted({word for word in words if word.endswith(".py")}):
        script = project_root() / word
        if script.is_file():
            beside = tuple(path.stem for path in script.parent.glob("*.py"))
            imported = code_closure(script.stem, script.parent, within=beside)
            found |= {path.relative_to(project_root()).as_posix(): path for path in imported.values()}
    return found


def files_of(named: Iterable[str]) -> dict[str, Path]:
    """The Python files of programs that a study names by folder or file, by their paths below the project's root."""
    root = project_root()
    paths = [root / name for name in named]
    files = [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    return {file.relative_to(root).as_posix(): file for file in files}
