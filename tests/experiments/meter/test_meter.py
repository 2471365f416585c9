"""The meter sees what happens inside it, and nothing of the warm-up."""

import time

import pytest

from experiments.meter.meter import Meter
from experiments.meter.usage import USAGE_COLUMNS, Usage
from experiments.tables.canonical import encode

MEGABYTE = 2**20


def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))


def test_processor_time_counts_work_and_not_sleep():
    with Meter() as meter:
        spin(0.2)
        time.sleep(0.3)
    usage = meter.usage
    assert usage.cpu_seconds >= 0.1  # the system counts in ticks
    assert usage.wall_seconds >= usage.cpu_seconds + 0.2


def test_the_warm_up_is_apart():
    with Meter() as meter:
        with meter.warm_up():
            meter.count_tokens(1_000)
            ballast = bytearray(200 * MEGABYTE)
            spin(0.3)
            del ballast
        meter.count_tokens(7)
    usage = meter.usage
    assert usage.warm_up_seconds >= 0.3
    assert usage.cpu_seconds < 0.3
    assert usage.tokens == 7


def test_peak_memory_sees_what_was_given_back_and_not_what_came_before():
    before = bytearray(300 * MEGABYTE)
    del before
    with Meter() as small:
        time.sleep(0.05)
    with Meter() as large:
        inside = bytearray(300 * MEGABYTE)
        time.sleep(0.1)
        del inside
    assert large.usage.peak_memory_bytes - small.usage.peak_memory_bytes > 250 * MEGABYTE


def test_tokens_per_second():
    with Meter() as meter:
        time.sleep(0.05)
        meter.count_tokens(20)
        meter.count_tokens(30)
    assert meter.usage.tokens_per_second == pytest.approx(50 / meter.usage.wall_seconds)
    with Meter() as idle:
        pass
    assert idle.usage.tokens_per_second is None


def test_a_running_meter_has_no_usage():
    meter = Meter()
    with meter, pytest.raises(RuntimeError, match="still running"):
        _ = meter.usage


def test_an_error_inside_is_not_swallowed_and_the_meter_stops():
    meter = Meter()
    with pytest.raises(ZeroDivisionError), meter:
        1 / 0  # noqa: B018
    assert meter.usage.wall_seconds >= 0
    assert not meter._sampler.is_alive()


def test_a_row_freezes_as_a_table(monkeypatch):
    monkeypatch.setenv("COLOPHON_RATED_WATTS", "10")
    with Meter() as meter:
        time.sleep(0.02)
    row = meter.usage.row()
    assert list(row) == [column.name for column in USAGE_COLUMNS]
    assert encode(USAGE_COLUMNS, ("processor",), [row], "test/meter").count(b"\n") == 2


def test_hardware_is_named():
    with Meter() as meter:
        pass
    hardware = meter.usage.hardware
    assert hardware.processor
    assert hardware.cores >= 1
    assert hardware.memory_bytes > meter.usage.peak_memory_bytes > MEGABYTE


def test_accelerator_peaks_stand_only_where_one_was_used():
    torch = pytest.importorskip("torch")
    with Meter() as meter:
        on_device = torch.zeros(MEGABYTE, device="cuda") if torch.cuda.is_available() else None
    usage: Usage = meter.usage
    if on_device is None:
        assert (usage.peak_allocated_bytes, usage.peak_reserved_bytes, usage.hardware.accelerators) == (None, None, ())
    else:
        assert 4 * MEGABYTE <= usage.peak_allocated_bytes <= usage.peak_reserved_bytes
        assert usage.hardware.accelerators
