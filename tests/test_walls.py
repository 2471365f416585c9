"""The walls between the packages, and what rendering may not need."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def test_no_import_crosses_a_wall():
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*lint, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "light",
    [
        "import report.press.render",
        "import analysis.chapters.parameters, analysis.chapters.published, analysis.chapters.colophon",
        "import experiments.cli.app",
        "from experiments.parameters.count import count",
    ],
)
def test_rendering_and_counting_load_no_framework(light):
    code = f"{light}; import sys; print(*sorted({{'torch', 'transformers', 'peft', 'datasets'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
