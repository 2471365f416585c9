"""Each book rendered once by each engine, for all tests here. Without Quarto they are skipped."""

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from report.rendering.engine import OLDEST_QUARTO
from tests.report.equivalence.books import Rendered, copy_report, copy_sample, quarto, report_render


def quarto_version() -> tuple[int, ...]:
    """Of the Quarto on the PATH; empty where there is none."""
    if not shutil.which("quarto"):
        return ()
    said = subprocess.run(["quarto", "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in said.strip().split(".")[:2] if part.isdigit())


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same one for all its workers."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def sources(shelf: Path) -> dict[str, Path]:
    """The books, copied at one moment: both engines get the same."""
    folder = shelf / "sources"
    with FileLock(shelf / "sources.lock"):
        if not folder.is_dir():
            folder.mkdir()
            copy_report(folder / "report")
            copy_sample(folder / "sample")
    return {name: folder / name for name in ("report", "sample")}


@pytest.fixture(scope="session")
def by_quarto(sources: dict[str, Path], shelf: Path) -> dict[str, Rendered]:
    """The books by a bare `quarto render`: by whichever worker needs them first, for all."""
    oldest = ".".join(map(str, OLDEST_QUARTO))
    if quarto_version() < OLDEST_QUARTO:
        pytest.skip(f"both engines are needed to compare them: no Quarto >= {oldest} on the PATH")
    folder = shelf / "quarto"
    with FileLock(shelf / "quarto.lock"):
        if not (folder / "said.json").is_file():
            roots = {name: shutil.copytree(source, folder / name) for name, source in sources.items()}
            # Side by side, because each waits for its kernels most of the time.
            with ThreadPoolExecutor() as pool:
                ended = dict(zip(roots, pool.map(quarto, roots.values()), strict=True))
            rendered = {name: _rendered(roots[name], *each) for name, each in ended.items()}
            said = {name: each.said for name, each in rendered.items()}
            (folder / "said.json").write_text(json.dumps(said), "utf-8")
        said = json.loads((folder / "said.json").read_text("utf-8"))
    return {name: Rendered(folder / name, said[name]) for name in sources}


@pytest.fixture(scope="session")
def by_press(sources: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rendered]:
    """The books by the embedded press."""
    folder = tmp_path_factory.mktemp("press")
    roots = {name: shutil.copytree(source, folder / name) for name, source in sources.items()}
    # The sample has one of each construct, and no tables that its numbers could come from.
    return {
        name: _rendered(root, *report_render(root, "press", strict=name != "sample")) for name, root in roots.items()
    }


def _rendered(root: Path, status: int, said: str) -> Rendered:
    assert status == 0, said
    return Rendered(root, said)
