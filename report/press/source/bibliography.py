"""Do the bibliography and the citation style of the book read? Pandoc says; here it is told with file and line."""

import os
import re
from pathlib import Path

from experiments.tables.digest import sha256_file
from experiments.tables.memo import memo
from experiments.tables.stamps import seen
from report.press.pandoc import PandocError, executable, file_option, run
from report.press.source.problems import Place, Problem
from report.rendering.project import Project

_ALL = '---\nnocite: "@*"\n---\n'
_LINE = re.compile(r"line (\d+)|errorPosition = (\d+)")
# What stands before the reason in Pandoc's messages, and after it.
_BEFORE = re.compile(
    r'^pandoc: (?:Error reading bibliography file [^:]*: (?:\(line \d+, column \d+\): )?|.*errorMessage = ")?'
)
_AFTER = re.compile(r'", errorPosition.*')


def bibliography_problems(project: Project) -> list[Problem]:
    """A problem for each file that Pandoc cannot read.

    Reading one takes it a tenth of a second, so that one which it could read is not read again as long as it stays.
    """
    files = [(path, "bibliography") for path in project.bibliography]
    files += [(project.csl, "csl")] if project.csl else []
    return [problem for path, option in files if (problem := _problem(project.root, path, option))]


def _problem(root: Path, path: Path, option: str) -> Problem | None:
    known, key = memo("bibliography"), _key(path, option)
    if known[key]:
        return None
    try:
        run(_ALL, "--from=markdown", "--to=plain", "--citeproc", file_option(option, path, root), root=root)
    except PandocError as error:
        said = str(error)
    else:
        if key:
            known[key] = True
        return None
    line = _LINE.search(said)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    what = "bibliography" if option == "bibliography" else "citation style (CSL)"
    reason = _AFTER.sub("", _BEFORE.sub("", said.replace(os.path.relpath(path, root), path.name)))
    return Problem(Place(name, int(line[1] or line[2]) if line else 1), f"cannot be read as a {what}: {reason}")


def _key(path: Path, option: str) -> str:
    """What tells the file and Pandoc from changed ones; nothing where one of them is not there."""
    try:
        return f"{option} {seen(Path(executable()))} {sha256_file(path)}"
    except (OSError, PandocError):
        return ""
