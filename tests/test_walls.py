"""The walls between the packages, and what rendering may not need."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from pkgutil import iter_modules

import pytest

import analysis

PROJECT = Path(__file__).resolve().parents[1]
# Runs a command where only what a lock file names can be imported, as in the environment that `make report` makes.
ONLY_LOCKED = """
import json, sys
from importlib.machinery import PathFinder
absent = set(json.loads(sys.argv.pop(1)))
class Locked(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in absent else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Locked
from experiments.cli.app import main
main()
"""


def test_no_import_crosses_a_wall():
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*lint, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_part_of_the_analysis_is_behind_the_wall_of_this_report():
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    own = "analysis.this_report"
    (wall,) = (each for each in contracts if own in each.get("forbidden_modules", ()))
    assert {own, *wall["source_modules"]} == {f"analysis.{module.name}" for module in iter_modules(analysis.__path__)}


@pytest.mark.parametrize(
    "light",
    [
        "import report.rendering.render",
        "import analysis.chapters.parameters.show, analysis.chapters.published.show, analysis.chapters.colophon.show",
        "import experiments.cli.app",
        "from experiments.parameters.count import count",
    ],
)
def test_rendering_and_counting_load_no_framework(light):
    code = f"{light}; import sys; print(*sorted({{'torch', 'transformers', 'peft', 'datasets'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("command", "code"),
    [("list", 0), ("status", 1), ("verify", 1), ("count phi-2", 0), ("explain phi-2 --trainable 18350080", 0)],
)
def test_light_commands_work_with_the_packages_of_the_report(command, code, tmp_path, monkeypatch):
    lock = (PROJECT / "lockfiles" / "report.txt").read_text()
    here = {"colophon", *re.findall(r"^([a-z0-9-]+)", lock, flags=re.M)}
    absent = [
        module
        for module, distributions in packages_distributions().items()
        if not {re.sub(r"[-_.]+", "-", name).lower() for name in distributions} & here
    ]
    assert {"torch", "huggingface_hub"} <= set(absent)
    monkeypatch.setenv("COLOPHON_FROZEN", str(tmp_path))  # nothing is frozen, so that every table is looked for
    arguments = [sys.executable, "-c", ONLY_LOCKED, json.dumps(absent), *command.split()]
    done = subprocess.run(arguments, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert not re.search("Traceback|No module named", done.stderr), done.stderr
    assert done.returncode == code
