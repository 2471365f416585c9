"""Which program renders: Quarto where there is one that is new enough, else the embedded renderer."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.facts.dependencies import forget_old_bytecode
from experiments.tables.errors import UserError
from experiments.tables.secrets import without_secrets
from report.rendering import FORMATS
from report.rendering.backend import EMBEDDED, has_embedded_renderer
from report.rendering.ipython import ipython_environment
from report.rendering.locate import ENVIRONMENT, find_quarto
from report.rendering.project import ChapterRef, Project

OLDEST_QUARTO = (1, 9)
LENIENT = "COLOPHON_LENIENT"
"""Set for the hooks of a preview, which shows a page although a number on it has no table."""


class EngineError(UserError):
    """The engine asked for is not there, is too old, or failed."""


@dataclass(frozen=True)
class Engine:
    """The engine chosen and why, in one line."""

    name: str
    because: str
    program: Path | None = None


def choose_engine(wanted: str) -> Engine:
    """`wanted` is auto, quarto or press. Raises EngineError where what is wanted is missing or too old."""
    absent = None if has_embedded_renderer() else f"the embedded renderer ({EMBEDDED}) is not here"
    if wanted == "press":
        if absent:
            raise EngineError(f"{absent}; render with --engine quarto")
        return Engine("press", "rendering with the embedded renderer, as asked")
    from quarto.quarto import path as quarto_on_path

    oldest = ".".join(map(str, OLDEST_QUARTO))
    program = find_quarto(quarto_on_path())
    version = _version(program) if program else ()
    if not version:
        problem = f"Quarto (>= {oldest}) is neither on the PATH nor in {ENVIRONMENT}"
    elif version < OLDEST_QUARTO:
        problem = f"{program} is Quarto {'.'.join(map(str, version))}, older than {oldest}"
    else:
        return Engine("quarto", f"rendering with Quarto {'.'.join(map(str, version))}", program)
    if absent:
        raise EngineError(f"{problem}, and {absent}; install Quarto (`make quarto`)")
    if wanted == "quarto":
        raise EngineError(f"{problem}; install it (`make quarto`), or render with --engine press")
    return Engine("press", f"{problem}: rendering with the embedded renderer")


def _version(program: Path) -> tuple[int, ...]:
    """What `quarto --version` says; empty where it says nothing of the kind."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    version = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", answer.strip())
    return tuple(int(part) for part in version.groups("0")) if version else ()


def run_quarto(
    project: Project, engine: Engine, formats: Sequence[str], chapters: Sequence[ChapterRef], *, strict: bool = True
) -> None:
    """Render with Quarto; what it says goes to this terminal. Raises EngineError if it fails.

    Unless `strict`, the hook tells of numbers and comparisons without a table, and does not fail.
    """
    forget_old_bytecode(project.root, [chapter.path for chapter in project.chapters])
    with tempfile.TemporaryDirectory() as scratch:
        # The kernels and the hooks are to run in this interpreter, whatever else is on the PATH.
        told = {} if strict else {LENIENT: "1"}
        own = {
            **told,
            "QUARTO_PYTHON": sys.executable,
            "COLOPHON_ENGINE": "quarto",
            **ipython_environment(Path(scratch)),
        }
        for options in _invocations(project, formats, chapters):
            command = [str(engine.program), "render", *options]
            finished = subprocess.run(command, cwd=project.root, env={**without_secrets(os.environ), **own})
            if finished.returncode:
                raise EngineError(f"quarto render failed (exit code {finished.returncode}); its messages stand above")


def _invocations(project: Project, formats: Sequence[str], chapters: Sequence[ChapterRef]) -> Iterator[list[str]]:
    """The options of each call of `quarto render` that is needed."""
    targets = [chapter.relative for chapter in chapters] or [None]
    asked = [_format_name(project, name) for name in formats] if set(formats) != set(FORMATS) else [None]
    for target in targets:
        for name in asked:
            # Without --no-clean Quarto deletes the output of the formats that it was not asked for.
            yield [*([target] if target else []), *(["--to", name, "--no-clean"] if name else [])]


def _format_name(project: Project, name: str) -> str:
    """The name that `_quarto.yml` gives to the HTML or the PDF (Typst) format."""
    suffix = "html" if name == "html" else "typst"
    return next((key for key in project.metadata.get("format") or {} if key.endswith(suffix)), suffix)
