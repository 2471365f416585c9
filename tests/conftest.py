"""Fixtures for every test: small projects with frozen tables of their own."""

import gc
import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from experiments.freezing.seal import sidecar_bytes, signed
from experiments.tables.sidecar import Column, Cost, Digests, Format, Hardware, Provenance, Sidecar
from experiments.tables.stored import SUFFIXES, encode_rows

ZERO = "0" * 64
FORKED_PYTHON = shlex.join([sys.executable, str(Path(__file__).with_name("forked_python.py"))])
LONG = (
    "tests/experiments/clusters/",
    "tests/experiments/training/test_launch.py",
    "tests/hardening/",
    "tests/faults/",
    "tests/report/publishing/",
    "tests/report/rendering/cli/test_four_kinds.py",
    "tests/report/rendering/test_same_bytes.py",
    "tests/report/template/test_installed.py",
    "tests/test_readme.py",
)
"""Files of few tests that take long, and wait in part: they begin first, so that no process is left with one alone."""

# A change is tested on the same examples wherever it is tested; `--hypothesis-profile=new` looks for many others.
settings.register_profile("same", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("new", deadline=None, max_examples=300)
settings.load_profile("same")

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would every program that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Where several processes test, they and their commands are forked from one, and none has more threads than one:
    such as wait for each other take the time of the other processes."""
    if getattr(config.option, "numprocesses", None):
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        from tests.experiments.smoke import ADDRESS, start_server

        os.environ[ADDRESS] = start_server()
        if sys.platform == "linux":  # elsewhere not all libraries survive a fork
            config.option.tx = [f"popen//python={FORKED_PYTHON}"] * len(config.option.tx)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What tests and the libraries that they import are made of stays: Python need not look through it for garbage,
    and seldom through the rest."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(100_000, 50, 1000)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session", autouse=True)
def _temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What programs leave in the temporary folder, those that tests kill among them, pytest clears away in time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
        patch.setattr(tempfile, "tempdir", None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _forked_renderer() -> Iterator[None]:
    """Where commands are forked, the processes in which a render prints its PDF and runs its cells are forked, too."""
    from tests.experiments.smoke import ADDRESS, Forking
    from tests.forked_kernels import ForkedKernels

    with pytest.MonkeyPatch.context() as patch:
        if ADDRESS in os.environ:
            patch.setattr("report.rendering.beside.multiprocessing", Forking())
            patch.setattr("report.press.execute.warm.subprocess", ForkedKernels)
        yield


@pytest.fixture
def forked_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A program that does what Python does, forked (on Linux) from a process that has imported torch."""
    from tests.experiments.smoke import ADDRESS, start_server

    if sys.platform != "linux":
        return sys.executable
    monkeypatch.setenv(ADDRESS, start_server())
    path = tmp_path / "forked-python"
    path.write_text(f'#!/bin/sh\nexec {FORKED_PYTHON} "$@"\n', "utf-8")
    path.chmod(0o755)
    return str(path)


def freeze_rows(
    root: Path,
    table_id: str,
    kind: str,
    key: Sequence[str],
    columns: Mapping[str, str | Mapping[str, object]],
    rows: Sequence[Mapping[str, object]],
    made_from: Mapping[str, str] | None = None,
    profile: str | None = None,
    stored: Format = "csv",
) -> Path:
    """Freeze one table below `root`: `columns` maps names to a type, or to a mapping of Column fields; `made_from`
    names data files by SHA-256."""
    study, _, table = table_id.partition("/")
    described = tuple(
        Column(**{"name": name, "meaning": f"the {name}"} | ({"type": said} if isinstance(said, str) else said))
        for name, said in columns.items()
    )
    data, content = encode_rows(stored, described, key, rows, table_id)
    digests = Digests(
        **content,
        study=ZERO,
        code=ZERO,
        lockfile=ZERO,
        data=dict(made_from or {}),
    )
    made = Provenance(
        command="experiments run " + study,
        profile=profile,
        environment={"python": "3.11"},
        hardware=Hardware(processor="test", cores=1),
        cost=Cost(wall_seconds=0, cpu_seconds=0),
    )
    sidecar = signed(
        Sidecar(
            table=table,
            study=study,
            kind=kind,
            format=stored,
            title=f"Table {table}",
            key=tuple(key),
            columns=described,
            row_count=len(rows),
            digests=digests,
            provenance=made,
        )
    )
    folder = root / study
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{table}{SUFFIXES[stored]}").write_bytes(data)
    (folder / f"{table}.json").write_bytes(sidecar_bytes(sidecar))
    return folder


@pytest.fixture(scope="session")
def write_table() -> Callable[..., Path]:
    """The function `freeze_rows`: `write_table(root, "study/table", kind, key, columns, rows)`."""
    return freeze_rows
