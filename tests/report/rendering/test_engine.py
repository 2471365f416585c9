"""Which engine is chosen, and how Quarto is called; a small program stands in for Quarto."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from report.rendering.engine import Engine, EngineError, choose_engine, run_quarto
from report.rendering.project import load_project


@pytest.fixture
def quarto(tmp_path, monkeypatch):
    """`quarto(version, exit_code=0)` puts a program in place that notes its arguments; returns the file of notes."""

    def install(version: str, exit_code: int = 0):
        notes = tmp_path / "notes"
        program = tmp_path / "quarto"
        program.write_text(
            f'#!/bin/sh\nif [ "$1" = --version ]; then echo {version}; exit; fi\n'
            f'echo "$@ [$QUARTO_PYTHON $COLOPHON_ENGINE $PWD]" >> {notes}\nexit {exit_code}\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("QUARTO_PATH", str(program))
        return notes

    return install


def test_new_enough_quarto_is_taken(quarto):
    quarto("1.9.38")
    engine = choose_engine("auto")
    assert (engine.name, engine.because) == ("quarto", "rendering with Quarto 1.9.38")
    assert choose_engine("press").name == "press"


@pytest.mark.parametrize("version", ["1.8.27", "0.9", "nonsense"])
def test_otherwise_the_press_says_why(quarto, version):
    quarto(version)
    engine = choose_engine("auto")
    assert engine.name == "press"
    assert engine.because.endswith("rendering with the embedded renderer")
    with pytest.raises(EngineError, match="--engine press"):
        choose_engine("quarto")


def test_quarto_is_found_in_the_environment_where_the_path_has_none(tmp_path):
    venv.create(tmp_path / "environment", symlinks=True)
    programs = tmp_path / "environment" / "bin"
    code = (
        "from report.rendering.engine import choose_engine\n"
        "from report.rendering.locate import quarto_in_reach\n"
        "print(choose_engine('auto').program, quarto_in_reach().partition(' ')[0])"
    )

    def found() -> str:
        kept = {name: value for name, value in os.environ.items() if name != "QUARTO_PATH"}
        environment = {**kept, "PATH": str(tmp_path), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [programs / "python", "-c", code]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    def install(folder: Path) -> Path:
        program = folder / "quarto"
        program.write_text("#!/bin/sh\necho 1.9.38\n")
        program.chmod(0o755)
        return program

    assert found() == "None"
    own = install(programs)
    assert found() == f"{own} {own}"
    on_path = install(tmp_path)
    assert found() == f"{on_path} {on_path}"


def test_quarto_renders_in_this_interpreter(quarto, write_book):
    notes = quarto("1.10.1")
    root = write_book({"report/one.qmd": "# One\n"}, format={"own-html": "default", "own-typst": "default"})
    project = load_project(root)
    engine = choose_engine("quarto")
    run_quarto(project, engine, ("html", "pdf"), [])
    run_quarto(project, engine, ("html",), [project.chapter("one")])
    run_quarto(project, engine, ("pdf",), [])
    said = f"[{sys.executable} quarto {root.resolve()}]"
    assert notes.read_text().splitlines() == [
        f"render {said}",
        f"render report/one.qmd --to own-html --no-clean {said}",
        f"render --to own-typst --no-clean {said}",
    ]


def test_failure_of_quarto_is_an_error(quarto, write_book):
    quarto("1.9.0", exit_code=1)
    with pytest.raises(EngineError, match="exit code 1"):
        run_quarto(load_project(write_book({})), choose_engine("auto"), ("html", "pdf"), [])


def test_kernels_of_quarto_find_no_old_bytecode(tmp_path, write_book):
    """A module changes and keeps size and time; its chapter imports it before it opens itself, and never ran before."""
    chapter = "# One\n\n```{python}\nimport words\nfrom analysis.facts import open_chapter\n```\n"
    root = write_book({"report/one.qmd": chapter, "words.py": "said = 'old'\n"})
    program, module, notes = tmp_path / "quarto", root / "words.py", tmp_path / "notes"
    program.write_text(f"#!/bin/sh\n{sys.executable} -c 'import words; print(words.said)' >> {notes}\n")
    program.chmod(0o755)
    engine = Engine("quarto", "asked", program)
    run_quarto(load_project(root), engine, ("html", "pdf"), [])
    status = module.stat()
    module.write_text("said = 'new'\n")
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    run_quarto(load_project(root), engine, ("html", "pdf"), [])
    assert notes.read_text() == "old\nnew\n"
