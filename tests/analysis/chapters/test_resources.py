"""Costs are told with their source, and a range over seeds as one."""

import pytest

from analysis.chapters import resources
from analysis.chapters.resources import Cost
from tests.analysis.chapters.conftest import NUMBER, plain

TEXT = ("run", "stage", "method", "energy_source", "processor")


@pytest.fixture
def cost(page, freeze, monkeypatch):
    """A function: the cost of two runs, with these cells in place of the usual ones."""

    def read(**cells) -> Cost:
        usual = {
            "stage": "training",
            "method": "qlora",
            "energy_source": "none",
            "energy": None,
            "processor": "a CPU",
            "cores": 2,
            "accelerator": None,
            "wall_seconds": 60.0,
            "logical_base": 100,
            "added": 20,
            "trainable": 30,
            "stored": 70,
        }
        rows = [{**usual, "run": f"seed-{i}", **cells, "wall_seconds": 60.0 + 30 * i} for i in range(2)]
        columns = {
            **dict.fromkeys(TEXT, "string"),
            "accelerator": {"type": "string", "nullable": True},
            "energy": NUMBER,
            "wall_seconds": {**NUMBER, "unit": "s"},
            **dict.fromkeys(("cores", "logical_base", "added", "trainable", "stored"), "integer"),
        }
        freeze("sst2-lora/cost", ["run", "stage"], columns, rows)
        found = Cost("SST-2, LoRA", page.table("sst2-lora/cost"))
        monkeypatch.setattr(resources, "costs", lambda page: [found])
        monkeypatch.setattr(resources, "OTHER_COSTS", ())
        return found

    return read


def test_no_energy_is_told_as_none(page, cost):
    cost()
    assert plain(resources.energy(page)).startswith("Nothing on the machine measured the energy (source: none)")
    assert plain(resources.hardware(page)) == (
        "All runs were made on a CPU with 2 cores; none of them used an accelerator."
    )


def test_measured_energy_is_told_with_its_source(page, cost):
    cost(energy_source="nvml", energy=1200.0, accelerator="a GPU")
    assert plain(resources.energy(page)) == "A run took from 1,200 J to 1,200 J, by nvml."
    assert plain(resources.hardware(page)) == "All runs were made on a CPU with 2 cores and a GPU."


def test_packing_and_the_trained_share(page, cost):
    found = cost()
    assert resources.trainable_share(found).data == pytest.approx(30 / 120)
    assert "SST-2, LoRA holds 120 parameters in 70 elements" in plain(resources.packed(page))


def test_nothing_is_packed_without_four_bits(page, cost):
    cost(stored=120)
    assert plain(resources.packed(page)) == "No model of ours is stored in fewer elements than it has parameters."


def test_runs_are_told_by_mean_and_range(cost):
    training = cost().training
    assert resources.spread(training, "wall_seconds", ".0f").data.replace("\xa0", " ") == "60 to 90"
    found = resources.over_runs(training, "wall_seconds", resources.minutes)
    assert (found.value.data, found.low.data, found.high.data, found.value.unit) == (1.25, 1.0, 1.5, "minutes")
    assert resources.spread(training, "cores", "d").data == "2"


def test_probing_tells_its_passes_and_its_tasks_apart(page, freeze):
    rows = [
        {
            "model": "small",
            "weights": weights,
            "stage": stage,
            "tasks": 40 if stage == "probes" else None,
            "cpu_seconds": 3.0 if stage == "probes" else 12.0,
        }
        for weights in ("trained", "random")
        for stage in ("states", "probes")
    ]
    columns = {
        **dict.fromkeys(("model", "weights", "stage"), "string"),
        "cpu_seconds": NUMBER,
        "tasks": {"type": "integer", "nullable": True},
    }
    freeze("layer-probe-movies/cost", ["model", "weights", "stage"], columns, rows)
    told = plain(resources.all_layers_once(page))
    assert "24 seconds of CPU time" in told
    assert "80 probes and control tasks are scored in 6 seconds." in told
    names = [entry["model"] for entry in resources.probing(page)]
    assert [name if isinstance(name, str) else name.data for name in names] == ["small", "", "", ""]
