"""The sample book, rendered by Quarto once."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from tests.report.press.pdf.conftest import HERE, REPOSITORY, SAMPLE, SETTINGS
from tests.report.quarto import quarto_render

# A hook like that of the report: it writes what the title page shows, and nothing of it is there before.
HOOK = """
from pathlib import Path
Path("_ledger").mkdir()
Path("_ledger/version.yml").write_text('version: "0.1.0 · 1234567"\\nbook:\\n  date: 2026-11-20\\n', "utf-8")
"""


@pytest.fixture(scope="session")
def quarto_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's folder after the first `quarto render` in it, with the settings of this repository's own."""
    if not shutil.which("quarto"):
        pytest.skip("Quarto is not on the PATH")
    root = tmp_path_factory.mktemp("quarto") / "book"
    config = yaml.safe_load((REPOSITORY / "_quarto.yml").read_text("utf-8"))
    config["project"] |= {"pre-render": "hook.py"}
    del config["project"]["post-render"]
    config["book"] |= {key: value for key, value in SETTINGS["book"].items() if key != "date"}
    config["bibliography"] = SETTINGS["bibliography"]
    files = {**SAMPLE, "hook.py": HOOK, "bars.svg": (HERE / "bars.svg").read_text("utf-8")}
    files |= {"_quarto.yml": yaml.safe_dump(config), "references.csl": (REPOSITORY / config["csl"]).read_text("utf-8")}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "report").mkdir()
    shutil.move(root / "references.csl", root / config["csl"])
    shutil.copytree(REPOSITORY / "_extensions", root / "_extensions")
    environment = {**os.environ, "QUARTO_PYTHON": sys.executable}
    done = quarto_render(root, environment=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    warnings = re.findall(r"WARN: (.*)", done.stderr)
    # Quarto would check the PDF with a program that has to be installed beside it.
    assert not [warning for warning in warnings if "verapdf" not in warning], done.stderr
    return root
