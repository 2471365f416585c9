"""A real `quarto render` for tests, and what a book needs for one: house style, hooks, environment."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

from report.rendering.stamp import PACKAGES

# Quarto's kernels are told free ports and bind them a moment later: beside other tests one may be taken by then.
_PORT_TAKEN = "Address already in use"


def quarto_render(root: Path, *options: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`quarto render`, once more if a kernel lost its port before it ran a cell."""
    for _ in range(3):
        done = subprocess.run(
            ["quarto", "render", *options],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=3600,
            check=False,
        )
        if not done.returncode or _PORT_TAKEN not in done.stderr:
            break
    return done


def prepare_for_quarto(root: Path) -> None:
    """Give a book of `write_book` what a project has around its chapters."""
    for name in ("_extensions", "report/hooks"):
        shutil.copytree(PACKAGES / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PACKAGES / "_environment", root / "_environment")
    shutil.copyfile(PACKAGES / "report" / "template" / "blank" / "dot-gitignore", root / ".gitignore")
    file = root / "_quarto.yml"
    settings, ours = (yaml.safe_load(path.read_text("utf-8")) for path in (file, PACKAGES / "_quarto.yml"))
    settings["project"] = ours["project"] | settings["project"]
    for key in ("metadata-files", "format"):
        settings[key] = ours[key]
    file.write_text(yaml.safe_dump(settings), "utf-8")
