"""What a run took is told of all its sessions together."""

from pathlib import Path

import pytest

from experiments.freezing.work import Work

LONG = 1000  # seconds


def session(folder: Path, fingerprint: str, ends: bool = True) -> float:
    """Seconds of wall time that are told in a session that begins; it may be interrupted after a long time."""
    with Work(folder) as work:
        work.open(fingerprint)
        told = work.meter.cost().wall_seconds
        if not ends:
            work.meter.add(LONG, 0)
            raise KeyboardInterrupt
        work.finish()
    return told


def test_sessions_that_were_interrupted_count(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            session(tmp_path / "cpu", "one", ends=False)
    assert session(tmp_path / "cpu", "one") >= 2 * LONG


@pytest.mark.parametrize("finished", [True, False])
def test_another_run_begins_at_nothing(tmp_path: Path, finished: bool) -> None:
    with pytest.raises(KeyboardInterrupt):
        session(tmp_path / "cpu", "one", ends=False)
    if finished:
        assert session(tmp_path / "cpu", "one") >= LONG
    assert session(tmp_path / "cpu", "one" if finished else "another") < LONG
