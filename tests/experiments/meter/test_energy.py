"""Energy is counted where it can be read, estimated only on request, and says which."""

import pytest

from experiments.meter.energy import NoCounter, RaplCounter, RatedPower, start_energy
from experiments.meter.meter import Meter
from experiments.tables.errors import UserError


@pytest.fixture
def powercap(tmp_path):
    """The layout of Linux' powercap: two packages, a part of one of them, and another kind of zone."""
    for zone, energy, span in (("intel-rapl:0", 900, 1000), ("intel-rapl:1", 50, 1000), ("intel-rapl:0:0", 5, 1000)):
        (tmp_path / zone).mkdir()
        (tmp_path / zone / "energy_uj").write_text(f"{energy}\n")
        (tmp_path / zone / "max_energy_range_uj").write_text(f"{span}\n")
    (tmp_path / "dtpm").mkdir()
    return tmp_path


def test_packages_are_summed_and_a_counter_that_starts_again_is_followed(powercap):
    counter = RaplCounter(powercap)
    (powercap / "intel-rapl:0" / "energy_uj").write_text("100\n")  # 900 -> 1000 -> 100: 200 microjoules
    counter.sample()
    (powercap / "intel-rapl:0" / "energy_uj").write_text("950\n")
    (powercap / "intel-rapl:1" / "energy_uj").write_text("80\n")
    (powercap / "intel-rapl:0:0" / "energy_uj").write_text("900\n")  # a part of package 0, already counted
    assert counter.joules() == pytest.approx((200 + 850 + 30) / 1e6)
    assert counter.source == "rapl"


def test_a_readable_counter_is_chosen_before_an_estimate(powercap, monkeypatch):
    monkeypatch.setenv("COLOPHON_RATED_WATTS", "65")
    assert isinstance(start_energy(powercap), RaplCounter)


def test_an_unreadable_counter_is_as_good_as_none(powercap):
    for zone in powercap.glob("intel-rapl:*"):
        (zone / "energy_uj").unlink()
    assert isinstance(start_energy(powercap), NoCounter)


def test_an_estimate_is_made_only_on_request_and_says_so(tmp_path, monkeypatch):
    with Meter(powercap=tmp_path) as none:
        pass
    assert (none.usage.energy_joules, none.usage.energy_source) == (None, "none")
    monkeypatch.setenv("COLOPHON_RATED_WATTS", "65")
    with Meter(powercap=tmp_path) as rated:
        sum(range(100_000))
    assert rated.usage.energy_source == "tdp-estimate"
    assert rated.usage.energy_joules == pytest.approx(65.0 * rated.usage.wall_seconds, abs=65.0 * 0.5)
    assert isinstance(start_energy(tmp_path), RatedPower)


@pytest.mark.parametrize("given", ["many", "-65", "0", "nan", "inf"])
def test_a_rated_power_that_is_none_is_refused_in_one_line(tmp_path, monkeypatch, given):
    monkeypatch.setenv("COLOPHON_RATED_WATTS", given)
    with pytest.raises(UserError, match=f"COLOPHON_RATED_WATTS is {given}, ") as refused:
        start_energy(tmp_path)
    assert len(str(refused.value).splitlines()) == 1


def test_the_meter_counts_energy_without_the_warm_up(powercap):
    counter = powercap / "intel-rapl:1" / "energy_uj"
    with Meter(powercap=powercap) as meter:
        with meter.warm_up():
            counter.write_text("500\n")
        counter.write_text("520\n")
    assert (meter.usage.energy_joules, meter.usage.energy_source) == (pytest.approx(20 / 1e6), "rapl")


def test_nvml_counts_the_devices_in_use():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("no accelerator")
    with Meter() as meter:
        square = torch.rand(4096, 4096, device="cuda")
        for _ in range(200):
            square = square @ square / 4096
    assert meter.usage.energy_source == "nvml"
    assert meter.usage.energy_joules > 0
