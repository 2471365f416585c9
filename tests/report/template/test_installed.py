"""From a CSV of a notebook to HTML and PDF, with the package as its wheel installs it, away from the repository."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from report.ledger.site_facts import read_facts

REPOSITORY = Path(__file__).resolve().parents[3]
PACKAGES = ("analysis", "experiments", "report")
BUILT_FROM = (
    *PACKAGES,
    "_environment",
    "_extensions",
    "lockfiles",
    "setup.py",
    "pyproject.toml",
    "MANIFEST.in",
    "README.md",
    "LICENSE",
)
NOT_PACKED = re.compile(
    r"__pycache__|experiments/(frozen|studies)/|analysis/this_report/|report/(columns\.json|figures/|[\w-]+\.qmd|.*\.bib$)"
)
PREDICTIONS = """id,label,zero_shot,tuned
a,neg,neg,neg
b,neg,pos,neg
c,pos,neg,pos
d,pos,pos,pos
e,neg,neg,pos
f,pos,neg,pos
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the sources, so that nothing of an earlier build gets into it."""
    source = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        path = REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=without_tables)
        else:
            shutil.copyfile(path, source / name)
    code = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    command = [sys.executable, "-c", code, str(source / "dist")]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, env=alone(), check=False)
    assert done.returncode == 0, done.stderr
    return next((source / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder like `site-packages`, with the packages of the wheel."""
    folder = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(folder)
    (next(folder.glob("*.dist-info")) / "direct_url.json").write_text(json.dumps({"url": wheel.as_uri()}))
    return folder


def without_tables(folder, names):
    """What is not copied: our frozen tables, which are many, and bytecode."""
    return {"__pycache__", *(["frozen"] if Path(folder) == REPOSITORY / "experiments" else [])} & set(names)


def alone(**more):
    """This environment without what a developer sets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COLOPHON_", "PYTHONPATH"))}
    return {**kept, **more}


def test_the_wheel_has_every_file_of_the_packages(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    here = {path.relative_to(REPOSITORY).as_posix() for name in PACKAGES for path in (REPOSITORY / name).rglob("*.*")}
    wanted = {name for name in here if not NOT_PACKED.search(name) and (REPOSITORY / name).is_file()}
    assert not wanted - packed
    assert not [name for name in packed if "this_report" in name]


def test_the_four_commands_of_the_tour(installed, tmp_path):
    (tmp_path / "predictions.csv").write_text(PREDICTIONS)
    modules = {"report": "report.rendering.cli", "experiments": "experiments.cli"}
    environment = alone(PYTHONPATH=str(installed), QUARTO_PATH="none")
    folder = tmp_path
    for line in tour():
        program, *arguments = shlex.split(line)
        if program == "cd":
            folder /= arguments[0]
        if program not in modules:
            continue
        code = f"import sys; from {modules[program]} import main; sys.exit(main())"
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    site = folder / "_site"
    facts = read_facts(site).facts
    assert (site / "index.html").is_file()
    assert len(PdfReader(site / "report.pdf").pages) > 1
    assert [fact for fact in facts if any(origin.table.startswith("my-notebook/") for origin in fact.origins)]
    makefile = (folder / "Makefile").read_text("utf-8")
    assert re.search(r"^COLOPHON := \S+\.whl$", makefile, flags=re.MULTILINE)


def tour():
    """The lines of the README's block that begins with `report new`."""
    blocks = re.findall(r"```console\n(.*?)```", (REPOSITORY / "README.md").read_text("utf-8"), flags=re.DOTALL)
    block = next(block for block in blocks if block.startswith("report new"))
    return [line.partition(" #")[0] for line in block.splitlines()]


def test_outside_of_a_project_one_line_says_what_to_do(installed, tmp_path):
    code = "from experiments.cli import main; main()"
    command = [sys.executable, "-c", code, "list"]
    environment = alone(PYTHONPATH=str(installed))
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "report new" in done.stderr
    assert not list(tmp_path.iterdir())
