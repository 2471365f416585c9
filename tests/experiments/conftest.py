"""A small project with a system of its own, in a folder of its own."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest
from filelock import FileLock

from experiments.models.by_batch import kept_in
from experiments.system import SYSTEMS
from experiments.tables.appended import Appended
from tests import shared
from tests.experiments.smoke import experiments as run_in_process
from tests.experiments.smoke import make_project

T = TypeVar("T")
TRAINING_STUDIES = ("sst2-lora", "sst2-head", "snli-qlora", "squad-lora")

SYSTEM = """
from pathlib import Path
from typing import Literal

from experiments.study import StudyBase
from experiments.system import TableResult, TableSpec
from experiments.tables.sidecar import Column
from toysystem import rows


class Study(StudyBase):
    system: Literal["toy"]
    numbers: tuple[int, ...]
    power: int = 2


def _column(name, type, **more):
    return Column(name=name, type=type, meaning=f"the {name}", **more)


KEY = _column("n", "integer")


def tables(study):
    powers = (KEY, _column("power", "integer"))
    needed = (f"{study.study}/powers",)
    sums = (KEY, _column("sum", "integer"), _column("share", "number", decimals=3))
    return [
        TableSpec("powers", "computed", "Powers", ("n",), powers, code=("toysystem.rows",),
                  data={"words": Path("words.txt").resolve()},
                  models={"tiny": Path("model").resolve()}),
        TableSpec("sums", "computed", "Running sums", ("n",), sums, code=("toysystem.rows",), inputs=needed,
                  derive=lambda read: rows.sums(read("powers").rows)),
    ]


def run(study, context):
    yield TableResult("powers", rows.powers(context.progress(study.numbers, "powers"), study.power))
"""

ROWS = '''
"""How the rows are made."""


def powers(numbers, power):
    """Each number to the power."""
    return [{"n": n, "power": n**power} for n in numbers]


def sums(rows):
    total, made = 0, []
    for row in rows:
        total += row["power"]
        made.append({"n": row["n"], "sum": total})
    return [{**row, "share": row["sum"] / total} for row in made]
'''

STUDY = """\
# A study for tests.
study: toy
title: Powers of small numbers
system: toy
numbers: [1, 2, 3]
"""


@pytest.fixture
def shared_models(monkeypatch) -> Path:
    """The shared model folder; the test is skipped where it is not on the machine."""
    if not (shared.MODELS / "stories260K" / "model.safetensors").is_file():
        pytest.skip("no shared model folder")
    monkeypatch.setenv("COLOPHON_MODELS_DIR", str(shared.MODELS))
    return shared.MODELS


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The project, the current folder inside it: `root` of the frozen tables, `study`, `rows` and `words` files."""
    files = {
        "_quarto.yml": "project:\n  type: book\n",
        "lockfiles/report.txt": "numpy==2.0 \\\n    --hash=sha256:00\nPyYAML==6.0.1\n",
        "lockfiles/experiments.txt": "torch==2.13.0\n",
        "experiments/studies/toy.yaml": STUDY,
        "toysystem/__init__.py": "",
        "toysystem/system.py": SYSTEM,
        "toysystem/rows.py": ROWS,
        "words.txt": "one two\n",
        "model/weights/part.bin": "0 1\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLOPHON_FROZEN", raising=False)
    monkeypatch.delenv("COLOPHON_STUDIES", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(SYSTEMS, "toy", "toysystem.system")
    yield SimpleNamespace(
        folder=tmp_path,
        root=tmp_path / "experiments" / "frozen",
        study=tmp_path / "experiments" / "studies" / "toy.yaml",
        rows=tmp_path / "toysystem" / "rows.py",
        words=tmp_path / "words.txt",
        weights=tmp_path / "model" / "weights" / "part.bin",
        lockfile=tmp_path / "lockfiles" / "report.txt",
    )
    for name in [name for name in sys.modules if name.partition(".")[0] == "toysystem"]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[..., Path]:
    """`smoke_run("sst2-head")` is a project after the run of these studies in smoke; not to be changed.

    It is made once for all workers: the first one that needs it runs the studies, the others wait.
    """
    base = tmp_path_factory.getbasetemp()

    def run(*studies: str) -> Path:
        folder = (base if worker_id == "master" else base.parent) / f"smoke-run-{studies[0]}"
        with FileLock(folder.with_suffix(".lock")):
            if not (folder / "done").is_file():
                made = run_in_process(make_project(folder), "run", *studies, "--profile", "smoke")
                assert made.returncode == 0, made.stderr
                (folder / "done").touch()
        return folder

    return run


@pytest.fixture(scope="session")
def smoke_runs(smoke_run: Callable[..., Path]) -> Path:
    """A project after the run of the studies that train a classifier or a reader."""
    return smoke_run(*TRAINING_STUDIES)


@pytest.fixture(scope="session")
def smoke_exits(smoke_run: Callable[..., Path]) -> Path:
    """A project after the run of the study of early exits, and of the one that judges its answers."""
    return smoke_run("early-exit-alpaca", "judge-by-layer")


@pytest.fixture(scope="session")
def smoke_probes(smoke_run: Callable[..., Path]) -> Path:
    """A project after the run of the study that probes layers."""
    return smoke_run("layer-probe-movies")


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`stopped(find)` is what `find` finds in a part of a run that is stopped after two batches and goes on."""

    def find_twice(find: Callable[[], T]) -> T:
        path, kept, append = tmp_path / "part.batches", [], Appended.append

        def stop_at_two(self, lines, every=0.0):
            append(self, lines, every)
            kept.append(self.path)
            if len(kept) == 2:
                raise KeyboardInterrupt

        monkeypatch.setattr(Appended, "append", stop_at_two)
        with pytest.raises(KeyboardInterrupt), kept_in(path):
            find()
        first = path.read_bytes()
        with kept_in(path):
            found = find()
        assert path.read_bytes().startswith(first)
        assert len(kept) == len(path.read_bytes().splitlines()) > 2  # nothing was found twice
        return found

    return find_twice


@pytest.fixture
def experiments(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """The command in this process: `experiments("status")` gives its exit code, output and errors."""
    from experiments.cli import main

    def call(*arguments: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["experiments", *arguments])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        output = capsys.readouterr()
        return SimpleNamespace(code=code, out=output.out, err=output.err)

    return call
