"""What a model says is on the disk batch by batch: after a kill the rest alone is computed, to the same result."""

import json
import os
import signal
import time

import numpy as np
import pytest

from experiments.meter.meter import Meter
from experiments.models.by_batch import by_batch, kept_in, packed, unpacked

BATCHES = [[4, 0], [1], [3, 2]]


@pytest.fixture
def said():
    """`said(path)` goes through the batches and gives what was found, and which batches it took to find it."""

    def go(path, deadly=None, device="cpu", batches=BATCHES):
        computed, found = [], {}

        def find(batch):
            if batch == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            computed.append(batch)
            time.sleep(0.05)
            return [1 / (3 + index) for index in batch]

        with kept_in(path), Meter() as meter:
            with meter.warm_up():
                list(by_batch([[0]], lambda batch: None, device))
            for batch, values in by_batch(batches, find, device):
                found |= zip(batch, values, strict=True)
                meter.count_tokens(len(batch))
        return found, computed, meter

    return go


@pytest.fixture
def killed(tmp_path, said):
    """The file of a part that was killed by SIGKILL in its third batch."""
    path = tmp_path / "part.batches"
    child = os.fork()
    if not child:
        said(path, deadly=BATCHES[2])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return path


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")


@forks
@pytest.mark.parametrize("torn", [b"", b'{"batch": "1.2 of which half a li', b"\0" * 100])
def test_a_killed_part_goes_on_after_its_last_whole_line(killed, said, tmp_path, torn):
    with killed.open("ab") as file:
        file.write(torn)
    straight, _, _ = said(tmp_path / "straight.batches")
    found, computed, _ = said(killed)
    assert computed == [BATCHES[2]]
    assert json.dumps(sorted(found.items())) == json.dumps(sorted(straight.items()))
    assert all(json.loads(line) for line in killed.read_bytes().splitlines())
    assert said(killed)[1] == []


@forks
def test_what_it_took_before_counts(killed, said):
    _, _, meter = said(killed)
    assert meter.interruptions == 1
    assert meter.usage.wall_seconds >= 0.15
    assert meter.usage.tokens == 5
    _, _, again = said(killed)
    assert again.interruptions == 1
    assert again.usage.wall_seconds >= 0.15


@forks
def test_other_rows_and_other_devices_are_computed_anew(killed, said):
    assert said(killed, device="cuda")[1] == BATCHES
    assert said(killed, batches=[[4, 1], [1]])[1] == [[4, 1]]


@forks
def test_a_damaged_line_is_computed_anew(killed, said):
    first, second = killed.read_bytes().splitlines(keepends=True)
    killed.write_bytes(first[:9] + b"?" + first[10:] + second)
    assert said(killed)[1] == [BATCHES[0], BATCHES[2]]


def test_without_a_part_nothing_is_kept_and_a_loop_inside_a_batch_is_no_loop_of_the_part(tmp_path):
    assert [value for _, value in by_batch([1, 2], lambda batch: batch * 2, "cpu")] == [2, 4]
    path = tmp_path / "part.batches"
    for _ in range(2):
        with kept_in(path):
            inner = [v for _, v in by_batch([1], lambda b: [v for _, v in by_batch([5], lambda c: c, "cpu")], "cpu")]
            after = [value for _, value in by_batch([7], lambda batch: batch, "cpu")]
        assert (inner, after) == ([[5]], [7])
        assert len(path.read_bytes().splitlines()) == 2


def test_arrays_come_back_to_the_last_digit():
    array = np.array([[0.1, -np.inf], [np.nan, 1e-45]], np.float32)
    assert unpacked(packed(array)).tobytes() == array.tobytes()
