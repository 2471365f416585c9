"""What Quarto was asked to render, as it tells its hooks: in environment variables, and by its own command line.

And how a hook answers it: with its exit code, and a line for each problem.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil

from experiments.tables.errors import UserError
from experiments.tables.outcome import unwritable
from report.rendering.project import SOURCES, Project, load_project
from report.rendering.resolved import quarto_of_hook, resolve_project, with_files

_PARAMETERS = ("-P", "--execute-param")
# Quarto's own formats, with the ending of the house style's name for each.
_PLAIN = {"html": "html", "typst": "typst", "pdf": "typst"}


def run_hook(find_problems: Callable[[], list[str]]) -> int:
    """Print the problems that a hook finds, a line each; returns its exit code, 1 where there are any."""
    try:
        found = find_problems()
    except UserError as error:
        found = [str(error)]
    except OSError as error:
        line = unwritable(error)
        if line is None:
            raise
        found = [line]
    for problem in found:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if found else 0


def hook_project(root: Path) -> Project:
    """The project that is being rendered, with every file that Quarto says it reads. Raises ProjectError."""
    quarto = quarto_of_hook()
    project = load_project(root) if quarto is None else resolve_project(root, quarto)
    sources = (_source(project, page) for page in _named("OUTPUT") if page.endswith(".html"))
    return with_files(project, [*_named("INPUT"), *filter(None, sources)])


def written(project: Project) -> set[Path]:
    """The files that Quarto says it wrote."""
    return {(project.root / name).resolve() for name in _named("OUTPUT")}


def _named(which: str) -> list[str]:
    """A list of files below the project; a long one comes in a file."""
    beside = os.environ.get(f"QUARTO_USE_FILE_FOR_PROJECT_{which}_FILES")
    if beside and Path(beside).is_file():
        return Path(beside).read_text("utf-8").splitlines()
    return os.environ.get(f"QUARTO_PROJECT_{which}_FILES", "").splitlines()


def _source(project: Project, page: str) -> str | None:
    """The file below the project that a page was made from; None where it is no page of the output."""
    path = (project.root / page).resolve()
    if not path.is_relative_to(project.output_dir):
        return None
    name = path.relative_to(project.output_dir).as_posix().removesuffix(".html")
    if any(name == chapter.href.removesuffix(".html") for chapter in project.chapters):
        return None
    return next((f"{name}{suffix}" for suffix in SOURCES if (project.root / f"{name}{suffix}").is_file()), None)


def plain_formats(project: Project) -> list[str]:
    """A line for each format asked for in which Quarto would silently leave the house style of `_quarto.yml`."""
    found = []
    formats = project.metadata.get("format")
    own = list(formats) if isinstance(formats, Mapping) else [str(formats)]
    for name in _formats_of_command():
        house = next((key for key in own if name in _PLAIN and key.endswith(f"-{_PLAIN[name]}")), None)
        if house and name not in own:
            found.append(f"--to {name} is Quarto's own format, without the house style; write --to {house}")
    return found


def parameters() -> list[str]:
    """A line where Quarto was told to render with other parameters.

    It needs papermill for that, which is in no lock file; and it would keep the pages for those without parameters.
    """
    given = [word.partition("=")[0] for word in _command() if word.startswith(_PARAMETERS)]
    what = "parameters are not supported: a page that was kept would not tell which it was made with"
    return [f"{given[0]}: {what}; write the value in the chapter, or in _variables.yml"] if given else []


def _formats_of_command() -> Iterator[str]:
    """What follows `--to` in the command line of the Quarto that runs this hook."""
    words = _command()
    for place, word in enumerate(words):
        value = (
            words[place + 1 : place + 2] if word in ("--to", "-t") else [word[5:]] if word.startswith("--to=") else []
        )
        for name in ",".join(value).split(","):
            yield name.strip()


def _command() -> list[str]:
    """The command line of the Quarto that runs this hook; empty where it cannot be read."""
    try:
        return psutil.Process(os.getppid()).cmdline()
    except psutil.Error:
        return []
