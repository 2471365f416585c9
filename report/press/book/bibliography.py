"""Do the bibliography and the citation style of the book read? Pandoc says; here it is told with file and line."""

import re
from pathlib import Path

from report.press.book.pandoc import PandocError, run
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
    """A problem for each file that Pandoc cannot read; it takes a tenth of a second for each."""
    files = [(path, "bibliography") for path in project.bibliography]
    files += [(project.csl, "csl")] if project.csl else []
    return [problem for path, option in files if (problem := _problem(project.root, path, option))]


def _problem(root: Path, path: Path, option: str) -> Problem | None:
    try:
        run(_ALL, "--from=markdown", "--to=plain", "--citeproc", f"--{option}={path}")
    except PandocError as error:
        said = str(error)
    else:
        return None
    line = _LINE.search(said)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    what = "bibliography" if option == "bibliography" else "citation style (CSL)"
    reason = _AFTER.sub("", _BEFORE.sub("", said.replace(str(path), path.name)))
    return Problem(Place(name, int(line[1] or line[2]) if line else 1), f"cannot be read as a {what}: {reason}")
