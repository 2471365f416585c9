"""The study: its tables, the verdicts, and settings that cannot be."""

import pytest
from pydantic import ValidationError

from experiments.parameters import system
from experiments.study_files import load_study
from experiments.system import Context

FIGURE_COLUMNS = {
    "figure": "string",
    "printed": "string",
    "value": {"type": "number", "nullable": True},
    "low": {"type": "number", "nullable": True},
    "high": {"type": "number", "nullable": True},
}


def figure(name, printed, value, low=None, high=None):
    return {"figure": name, "printed": printed, "value": value, "low": low or value, "high": high or value}


@pytest.fixture
def run_study(tmp_path, write_table):
    """The tables of a study over one reported table with the given figures."""
    from experiments.tables.read import read_table

    def run(figures, configurations, reports):
        write_table(tmp_path, "published-test/figures", "reported", ["figure"], FIGURE_COLUMNS, figures)
        study = system.Study(
            study="test",
            title="Test",
            system="parameters",
            configurations=configurations,
            reports=[{"table": "published-test/figures", **report} for report in reports],
        )
        context = Context(read=lambda name: read_table(name, tmp_path), progress=lambda items, *rest: iter(items))
        return {result.name: list(result.rows) for result in system.run(study, context)}

    return run


PHI = {"name": "phi", "model": "phi-2"}
QLORA = PHI | {"head": "classification", "labels": 3, "lora": "r=16", "quantization": "nf4"}


def verdicts(tables):
    return {row["figure"]: row["verdict"] for row in tables["validation"]}


def test_the_four_verdicts(run_study):
    tables = run_study(
        [
            figure("exact", "2,779,683,840", 2779683840.0),
            figure("rounded", "2.8B", 2.8e9, 2.75e9, 2.85e9),
            figure("cut-off", "2.7B", 2.7e9, 2.65e9, 2.75e9),
            figure("headless", "2648560640", 2648560640.0),
            figure("wrong", "2,779,683,841", 2779683841.0),
            figure("rounded-up", "1.3B", 1.3e9, 1.25e9, 1.35e9),
        ],
        [PHI, {"name": "llama", "model": "llama-3.2-1b"}],
        [
            *({"configuration": "phi", "total": name} for name in ("exact", "rounded", "cut-off", "headless", "wrong")),
            {"configuration": "llama", "total": "rounded-up"},
        ],
    )
    assert verdicts(tables) == {
        "exact": "exact",
        "rounded": "rounded",
        "cut-off": "explained",
        "headless": "explained",
        "wrong": "not-reproduced",
        "rounded-up": "explained",
    }
    rows = {row["figure"]: row for row in tables["validation"]}
    assert rows["wrong"]["difference"] == 1
    assert "cut off" in rows["cut-off"]["decomposition"]
    assert "rounded up" in rows["rounded-up"]["decomposition"]


def test_total_trainable_and_share_are_explained_together(run_study):
    tables = run_study(
        [
            figure("total", "1408634880", 1408634880.0),
            figure("trainable", "18350080", 18350080.0),
            figure("share", "1.3026853346127565%", 0.013026853346127565),
        ],
        [QLORA],
        [{"configuration": "phi", "total": "total", "trainable": "trainable", "share": "share"}],
    )
    assert set(verdicts(tables).values()) == {"explained"}
    share = next(row for row in tables["validation"] if row["figure"] == "share")
    assert share["computed_share"] == 18_357_760 / (2_648_568_320 + 18_357_760)
    assert round(100 * share["computed_share"], 2) == 0.69
    first = [row for row in tables["decompositions"] if row["rank_of_explanation"] == 1]
    sums = {name: sum(row["elements"] for row in first if row["figure"] == name) for name in ("total", "trainable")}
    assert sums == {"total": 1_408_634_880, "trainable": 18_350_080}


def test_a_figure_that_is_missing_or_empty(run_study):
    from experiments.tables.errors import UserError

    empty = {"figure": "empty", "printed": "none", "value": None, "low": None, "high": None}
    for name, complaint in (("empty", "has no value"), ("other", "is not in it")):
        with pytest.raises(UserError, match=complaint):
            run_study([empty], [PHI], [{"configuration": "phi", "total": name}])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"configurations": [PHI, PHI]}, "stands twice"),
        ({"configurations": [PHI | {"model": "nothing"}]}, "unknown model 'nothing'"),
        ({"configurations": [PHI | {"lora": "16"}]}, "cannot read '16'"),
        ({"configurations": [PHI | {"head": "qa"}]}, "no qa model"),
        ({"reports": [{"table": "a/b", "configuration": "other", "total": "x"}]}, "no configuration other"),
        ({"reports": [{"table": "a/b", "configuration": "phi"}]}, "names no figure"),
        ({"reports": [{"table": "a/b", "configuration": "phi", "total": "x", "head": "x"}]}, "checked twice"),
    ],
)
def test_settings_that_cannot_be(change, complaint):
    settings = {"study": "test", "title": "Test", "system": "parameters", "configurations": [PHI]}
    with pytest.raises(ValidationError, match=complaint):
        system.Study(**settings | change)


def test_the_shipped_study_declares_its_tables():
    study = load_study("parameter-counts")
    specs = {spec.name: spec for spec in system.tables(study)}
    assert {*specs} == {"counts", "validation", "decompositions"}
    assert {spec.kind for spec in specs.values()} == {"computed"}
    assert {report.table for report in study.reports} == {*specs["validation"].inputs}
    assert specs["counts"].inputs == ()


def test_the_shipped_study_has_every_shipped_model():
    from experiments.parameters.catalogue import model_names

    assert {*model_names()} <= {entry.name for entry in load_study("parameter-counts").configurations}
