"""Run Pandoc: the executable that pypandoc_binary brings."""

import os
import subprocess
from functools import cache
from pathlib import Path

import pypandoc

from experiments.tables.errors import UserError, printable


class PandocError(UserError):
    """Pandoc stopped, or is not there."""


@cache
def executable() -> str:
    """Path of the Pandoc executable."""
    try:
        return pypandoc.get_pandoc_path()
    except OSError:
        raise PandocError("Pandoc was not found; install the packages of lockfiles/report.txt") from None


def file_option(name: str, path: Path, root: Path) -> str:
    """A file as an option of a Pandoc that runs in `root`.

    Pandoc takes `%41` in a path for an A, and finds no path whose bytes are no letters, which folders above a project
    may have.
    """
    return f"--{name}={os.path.relpath(path, root).replace('%', '%25')}"


def run(text: str, *arguments: str, root: Path | None = None) -> tuple[str, list[str]]:
    """Pandoc's output for `text`, and its warnings. Raises PandocError with Pandoc's own words, in one line."""
    done = subprocess.run(
        [executable(), *arguments],
        input=text,
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},  # or it cannot open a file whose name is not ASCII
        check=False,
        timeout=600,
    )
    messages = done.stderr.strip().splitlines()
    if done.returncode:
        said = " ".join(line.strip() for line in messages) or f"exit code {done.returncode}"
        raise PandocError(f"pandoc: {printable(said, 300)}")
    return done.stdout, [line.removeprefix("[WARNING] ") for line in messages if line.startswith("[WARNING]")]
