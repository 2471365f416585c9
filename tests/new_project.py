"""A project as `report new` writes it, with chosen chapters."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from report.rendering.cli import main
from report.rendering.stamp import PACKAGES


def start_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chapters: Sequence[str], appendices: Sequence[str] = ()
) -> Path:
    """Write a new project with these chapters alone, and make it the current folder."""
    for variable in ("COLOPHON_FROZEN", "COLOPHON_STUDIES", "COLOPHON_ENGINE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(PACKAGES))
    root = tmp_path / "mine"
    assert main(["new", str(root)]) == 0
    monkeypatch.chdir(root)
    config = yaml.safe_load((root / "_quarto.yml").read_text("utf-8"))
    config["book"] |= {"chapters": [*chapters], "appendices": [*appendices]}
    (root / "_quarto.yml").write_text(yaml.safe_dump(config), "utf-8")
    return root
