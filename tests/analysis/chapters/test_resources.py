"""Costs are shown with their source, and a range over seeds as one."""

from dataclasses import replace

import pytest
import yaml

from analysis.chapters.common import Study
from analysis.chapters.openings import answer_on_cost, tell_kind
from analysis.chapters.resources import costs as resources
from analysis.chapters.resources.costs import Cost
from analysis.chapters.resources.mixed_precision import has_mixed_precision
from tests.analysis.chapters.conftest import plain, shown
from tests.fact_logs import read_fact_logs


@pytest.fixture
def cost(page, freeze):
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
            "logical_base": 100,
            "added": 20,
            "trainable": 30,
            "stored": 70,
        }
        freeze(
            "sst2-lora/cost", [{**usual, "run": f"seed-{i}", "wall_seconds": 60.0 + 30 * i, **cells} for i in range(2)]
        )
        return Cost("Study A", "study A", page.table("sst2-lora/cost"))

    return read


def test_the_machine_is_named_and_no_energy_is_said_to_be_none(page, cost):
    rows = cost().rows.rows
    assert "Energy was not measured" in resources.describe_energy(page, rows)
    assert plain(resources.describe_hardware(page, rows)) == (
        "All runs were made on a CPU with 2 cores; none of them used an accelerator."
    )


def test_measured_energy_is_shown_with_its_source(page, cost):
    rows = cost(energy_source="nvml", energy=1200.0, accelerator="a GPU").rows.rows
    assert shown(resources.describe_energy(page, rows)) == ["1,200"]
    assert "nvml" in resources.describe_energy(page, rows)
    assert shown(resources.describe_hardware(page, rows)) == ["a CPU", "2", "a GPU"]


@pytest.mark.parametrize(
    ("cells", "takes"),
    [({}, "from 60 seconds (Study A) to 90 seconds (Study A)"), ({"wall_seconds": 1.2}, "1 second (Study A)")],
)
def test_trainings_that_take_the_same_are_no_range(book, page, cost, cells, takes):
    told = answer_on_cost(page, [cost(peak_memory=2_000_000_000, **cells)])
    assert plain(told) == f"One training takes {takes}, and 2.0 GB of memory."
    (log,) = read_fact_logs(book, "quarto").values()
    assert [fact["text"] for fact in log.facts] == shown(told), "a value that is logged and not shown stops the render"


def test_trained_and_packed_parameters_read_as_in_a_paper(page, cost):
    found = [cost()]
    assert plain(resources.describe_trained_share(page, found)) == (
        "The share of trainable parameters is 25.000% (Study A)."
    )
    assert plain(resources.describe_packed_parameters(page, found)) == (
        "Because of four-bit packing, the model of study A stores 120 parameters in 70 elements."
    )


def test_packing_and_the_trained_share(page, cost):
    found = cost()
    assert resources.trainable_share(found).data == pytest.approx(30 / 120)
    assert resources.method(found).data == "QLoRA"
    assert shown(resources.describe_trained_share(page, [found])) == ["25.000%"]
    assert shown(resources.describe_packed_parameters(page, [found])) == ["120", "70"]


def test_nothing_is_packed_where_all_elements_are_there(page, cost):
    assert not shown(resources.describe_packed_parameters(page, [cost(stored=120)]))


def trained(mixed: bool, **more) -> dict:
    return {"training": {"method": "lora", **({"mixed_precision": True} if mixed else {})}, **more}


@pytest.mark.parametrize(
    ("profiles", "parts"),
    [
        ({"cpu": trained(True)}, {None: True, "small": True}),
        ({"cpu": trained(False), "full": trained(True)}, {None: False}),
        ({"full": trained(True)}, {None: False}),
        (
            {"cpu": {"approaches": [trained(False, name="one"), trained(True, name="two", model={"name": "small"})]}},
            {"one": False, "two": True, "none": False},
        ),
        (
            {"cpu": {"models": [trained(True, model={"name": "small"}), trained(False, model="large")]}},
            {"small": True, "large": False},
        ),
    ],
)
def test_a_training_has_the_precision_that_its_study_asks_for_in_the_frozen_profile(
    book, page, freeze, profiles, parts
):
    freeze("sst2-lora/cost", [{"run": "seed-0", "stage": "training"}], profile="cpu")
    study = Study(page, "sst2-lora", "Study A")
    assert not has_mixed_precision(study), "there is no file of the study"
    folder = book / "experiments" / "studies"
    folder.mkdir()
    (folder / "sst2-lora.yaml").write_text(yaml.safe_dump({"study": "sst2-lora", "profiles": profiles}))
    assert {part: has_mixed_precision(study, part) for part in parts} == parts


def test_trainings_in_mixed_precision_are_named_and_no_others(page, cost):
    found = cost(dtype="float32")
    assert resources.describe_mixed_precision(page, [found]) == ""
    named = resources.describe_mixed_precision(page, [found, replace(found, title="Study B", mixed=True)])
    assert "Study B" in plain(named)
    assert "Study A" not in plain(named)
    assert shown(named) == ["float32"]


def test_a_range_over_seeds_is_one_text_and_one_estimate(cost):
    training = cost().training
    assert resources.spread(training, "wall_seconds", ".0f").data.replace("\xa0", " ") == "60 to 90"
    found = resources.over_runs(training, "wall_seconds", resources.minutes)
    assert (found.value.data, found.low.data, found.high.data, found.value.unit) == (1.25, 1.0, 1.5, "minutes")
    assert resources.spread(training, "cores", "d").data == "2"


def test_passes_and_probes_are_summed_apart(freeze, probing):
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
    freeze(f"{probing.name}/cost", rows, like="layer-probe-movies/cost")
    assert shown(resources.describe_probing_time([probing])) == ["24", "80", "6.0"]
    names = [entry["model"] for entry in resources.probing_lines(probing)]
    assert [name if isinstance(name, str) else name.data for name in names] == ["small", "", "", ""]


@pytest.mark.parametrize(("ours", "kind"), [([], "measured"), ([True, False], "measured"), ([False], "reported")])
def test_a_chapter_of_adopted_predictions_alone_calls_its_numbers_reported(ours, kind):
    assert [each for each in ("measured", "reported") if f"*{each}*" in tell_kind(ours)] == [kind]
