"""A study of benchmarks: a run freezes what each pair of runs took, and ratios are derived from that."""

import shutil
import sys
from dataclasses import replace
from statistics import median
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.benchmarks import ratios
from experiments.benchmarks.figures import Pair, Run
from experiments.benchmarks.ratios import summary
from experiments.benchmarks.system import Study, run, tables
from experiments.freezing import run_study
from experiments.freezing.dependencies import Snapshot, dependencies
from experiments.status.freshness import study_statuses
from experiments.status.verification import verify
from experiments.study_files import load_study, study_names
from experiments.system import Context, load_system
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table
from tests.experiments.forged import forge
from tests.files import edit

seconds = st.floats(0.001, 1000)


def context():
    return Context(read=None, progress=lambda items, what, total=None: iter(items))


def study(**sides):
    comparison = {"name": "sleep", "what": "sleeping", "target": 2, "pairs": 3, **sides}
    return Study.model_validate({"study": "s", "title": "t", "system": "benchmarks", "comparisons": [comparison]})


def side(code):
    return {"name": "python", "run": [sys.executable, "-c", code]}


def pairs_of(study):
    (result,) = run(study, context())
    return result.rows


def ratios_of(study, pairs):
    """What is derived from the pairs."""
    return tables(study)[1].derive({"pairs": SimpleNamespace(rows=pairs)}.__getitem__)


def test_a_ratio_is_worked_out_of_what_each_pair_of_runs_took():
    made = study(ours=side("pass"), theirs=side("import time; time.sleep(0.5)"))
    pairs = pairs_of(made)
    assert [pair["pair"] for pair in pairs] == [1, 2, 3]
    assert all(pair["theirs_wall"] >= 0.5 > pair["theirs_cpu"] > 0 for pair in pairs)
    (row,) = ratios_of(made, pairs)
    by_hand = sorted(pair["theirs_wall"] / pair["ours_wall"] for pair in pairs)
    assert [row["ratio_low"], row["ratio"], row["ratio_high"]] == by_hand
    assert row["ours_seconds"] == median(pair["ours_wall"] for pair in pairs)
    assert row["theirs_seconds"] == median(pair["theirs_wall"] for pair in pairs)
    assert row["cpu_ratio"] == median(pair["theirs_cpu"] / pair["ours_cpu"] for pair in pairs)
    assert row["pairs"] == 3
    for rows, spec in zip((pairs, [row]), tables(made), strict=True):
        assert set(rows[0]) == {column.name for column in spec.columns}


def test_a_ratio_ages_with_what_it_measures(monkeypatch):
    monkeypatch.chdir(PACKAGE_ROOT)
    shipped = load_study("speed-of-probing", PACKAGE_ROOT / "experiments" / "studies")
    spec, derived = tables(shipped)
    assert (derived.made, derived.data, derived.inputs) == ("derived", {}, ("speed-of-probing/pairs",))
    assert set(spec.data) == {
        f"tests/benchmarks/{name}.py"
        for name in ("probes_case", "probes_factored", "probes_measured", "probes_scikit_learn", "scoring_measured")
    }
    other = replace(spec, code=("experiments.benchmarks.pairs", "experiments.layers.states"))
    assert dependencies(shipped, spec, lambda _: None).code != dependencies(shipped, other, lambda _: None).code


def test_folders_and_the_scratch_folder_are_filled_in():
    prepare = [sys.executable, "-c", "import sys, pathlib; pathlib.Path(sys.argv[1], 'side').mkdir()", "{scratch}"]
    there = {**side("import os, sys; sys.exit(os.path.basename(os.getcwd()) != 'side')"), "folder": "{scratch}/side"}
    pairs = pairs_of(study(prepare=prepare, ours=there, theirs=there))
    assert pairs[0]["ours_wall"] > 0


def test_without_the_other_program_nothing_is_compared():
    with pytest.raises(UserError, match="no-such-peer is not on the PATH"):
        list(run(study(ours=side("pass"), theirs={"name": "peer", "run": ["no-such-peer"]}), context()))


def prints(**figures):
    named = ", ".join(f"{name}={value}" for name, value in figures.items())  # braces would be filled in
    return side(f"import json; print('loading'); print(json.dumps(dict({named})))")


def test_programs_may_measure_themselves():
    sides = {
        "ours": prints(seconds=2, bytes=2**20, outcome=[1, 0]),
        "theirs": prints(seconds=3, bytes=2**22, outcome=[1, 0]),
    }
    made = {measure: study(measure=measure, **sides) for measure in ("cpu", "memory")}
    pairs = {measure: pairs_of(each) for measure, each in made.items()}
    printed = ("ours_work_cpu", "theirs_work_cpu", "ours_work_memory", "theirs_work_memory")
    assert {tuple(pair[name] for name in printed) for rows in pairs.values() for pair in rows} == {(2, 3, 2**20, 2**22)}
    (cpu,), (memory,) = (ratios_of(each, pairs[measure]) for measure, each in made.items())
    assert (cpu["ours_seconds"], cpu["theirs_seconds"], cpu["ratio"], cpu["ours_memory"]) == (2, 3, 1.5, None)
    assert (memory["ours_memory"], memory["theirs_memory"], memory["ratio"], memory["ours_seconds"]) == (1, 4, 4, None)


def test_what_a_program_prints_whose_wall_time_is_compared_is_its_own():
    silent, telling = pairs_of(study(ours=side("pass"), theirs=prints(seconds="'none'")))[:2]
    assert {silent[name] for name in silent if "work" in name} == {telling["theirs_work_cpu"]} == {None}


def test_programs_that_meet_twice_run_once_for_both(tmp_path):
    log = tmp_path / "log"

    def logged(letter):
        code = f"import json; open({str(log)!r}, 'a').write({letter!r}); print(json.dumps(dict(seconds=1, bytes=2)))"
        return side(code)

    sides = {"ours": logged("o"), "theirs": logged("t"), "prepare": logged("p")["run"], "what": "w", "target": 2}
    twice = [{**sides, "name": name, "measure": name, "pairs": 3} for name in ("cpu", "memory")]
    made = Study.model_validate({"study": "s", "title": "t", "system": "benchmarks", "comparisons": twice})
    pairs = pairs_of(made)
    assert [row["pairs"] for row in ratios_of(made, pairs)] == [3, 3]
    assert [{**pair, "comparison": "memory"} for pair in pairs[:3]] == pairs[3:]
    assert log.read_text() == "p" + "ot" + "to" + "ot"


def test_a_study_of_a_model_says_how_near_its_products_come_to_their_limit():
    ours = prints(seconds=2, outcome=[1], products=6 * 10**9, products_seconds=1.5)
    made = study(measure="cpu", ours=ours, theirs=prints(seconds=3, outcome=[1]))
    of_model = made.model_copy(update={"model": "smoke-decoder"})
    (_, plain), (spec, told) = tables(made), tables(of_model)
    added = {column.name for column in told.columns} - {column.name for column in plain.columns}
    assert set(spec.models) == {"smoke-decoder/recipe", "smoke-decoder/vocabulary"}
    pairs = pairs_of(of_model)
    assert {(pair["products"], pair["products_seconds"]) for pair in pairs} == {(6 * 10**9, 1.5)}
    [row] = ratios_of(of_model, pairs)
    assert {name: row[name] for name in added} == {"products_rate": 3, "products_limit": 4}
    silent = made.model_copy(update={"model": "smoke-decoder", "comparisons": study(**two_sides()).comparisons})
    [row] = ratios_of(silent, pairs_of(silent))
    assert {row[name] for name in added} == {None}


def two_sides():
    return {"measure": "cpu", "ours": prints(seconds=2), "theirs": prints(seconds=3)}


@pytest.mark.parametrize(
    ("theirs", "complaint"),
    [
        (prints(seconds=3, outcome=[0, 0]), "different outcomes"),
        (prints(outcome=[1, 0]), "no positive seconds: None"),
        (prints(seconds=0, outcome=[1, 0]), "no positive seconds: 0"),
        (side("print('done')"), "no JSON object in its last line"),
        (side("pass"), "no JSON object in its last line"),
    ],
)
def test_nothing_is_compared_where_the_programs_did_not_do_the_same(theirs, complaint):
    made = study(measure="cpu", ours=prints(seconds=2, outcome=[1, 0]), theirs=theirs)
    with pytest.raises(UserError, match=complaint):
        list(run(made, context()))


@given(st.lists(st.tuples(seconds, seconds), min_size=1, max_size=9))
def test_ratios_are_taken_pair_by_pair(times):
    found = summary([Pair(Run(ours, ours), Run(theirs, theirs)).figures("wall") for ours, theirs in times], "wall")
    ratios = sorted(theirs / ours for ours, theirs in times)
    assert found["ratio_low"] == ratios[0]
    assert found["ratio_high"] == ratios[-1]
    assert ratios[(len(ratios) - 1) // 2] <= found["ratio"] <= ratios[len(ratios) // 2]
    assert found["cpu_ratio"] == found["ratio"]


# --- frozen -----------------------------------------------------------------------------------------------------------

STUDY = """
study: pause
title: Pauses
system: benchmarks
comparisons:
  - name: pause
    what: printing a time
    target: 1.5
    measure: cpu
    pairs: 3
    ours: {name: shorter, run: ["{python}", "{project}/times.py", "2"]}
    theirs: {name: longer, run: ["{python}", "{project}/times.py", "3"]}
"""
PROGRAM = """import json, sys
open("log", "a").write(sys.argv[1])
print(json.dumps({"seconds": float(sys.argv[1])}))
"""


@pytest.fixture
def frozen(project):
    """The project with a study of two programs that note that they ran, frozen."""
    project.study.unlink()
    project.study.with_name("pause.yaml").write_text(STUDY)
    (project.folder / "times.py").write_text(PROGRAM)
    run_study(load_study("pause"), project.root, context().progress)
    return project


@pytest.fixture
def other_formula(tmp_path_factory, monkeypatch):
    """Calling it puts the largest ratio in the place of the median, from then on."""

    def change():
        folder = tmp_path_factory.mktemp("changed")
        ignored = shutil.ignore_patterns("frozen", "__pycache__")
        for package in ("analysis", "experiments", "report"):
            shutil.copytree(PACKAGE_ROOT / package, folder / package, ignore=ignored)
        module = folder / "experiments" / "benchmarks" / "ratios.py"
        edit(module, "from statistics import median\n", "median = max\n")
        monkeypatch.setattr("experiments.freezing.dependencies.PACKAGE_ROOT", folder)
        monkeypatch.setattr(ratios, "median", max)

    return change


def stale(project):
    found = study_statuses(load_study("pause"), project.root)
    return {status.table: [change.what for change in status.changes] for status in found if status.state != "fresh"}


def test_another_formula_of_a_ratio_is_worked_out_without_running_a_program(frozen, other_formula, experiments):
    log = (frozen.folder / "log").read_text()
    assert log == "23" + "32" + "23"
    assert stale(frozen) == {}
    other_formula()
    assert stale(frozen) == {"pause/ratios": ["code"]}
    assert experiments("freeze", "pause").code == 0
    assert stale(frozen) == {}
    assert (frozen.folder / "log").read_text() == log
    (row,) = read_table("pause/ratios", frozen.root).rows
    pairs = read_table("pause/pairs", frozen.root).rows
    largest = max(pair["theirs_cpu"] / pair["ours_cpu"] for pair in pairs)
    assert row["cpu_ratio"] == pytest.approx(largest, abs=0.005)


def test_another_formula_of_a_ratio_concerns_no_other_table_that_ships(monkeypatch, other_formula):
    monkeypatch.chdir(PACKAGE_ROOT)
    studies = [load_study(name) for name in study_names()]
    made = {
        f"{study.study}/{spec.name}": spec
        for study in studies
        for spec in load_system(study.system).tables(study.at(study.default_profile))
    }
    before = Snapshot()
    codes = {table: before.code(spec.code) for table, spec in made.items()}
    other_formula()
    after = Snapshot()
    changed = {table for table, spec in made.items() if after.code(spec.code) != codes[table]}
    assert changed == {f"{study.study}/ratios" for study in studies if study.system == "benchmarks"} != set()


def test_a_changed_pair_is_noticed_in_its_table_and_in_the_ratios(frozen):
    def found():
        return [str(problem) for problem in verify(frozen.root, context().progress)]

    assert found() == []
    forge(frozen.root, "pause/pairs", ",3.0,", ",6.0,")
    (problem,) = (line for line in found() if "ratio_high" in line)
    assert "pause/ratios.csv:2" in problem
    edit(frozen.root / "pause" / "pairs.csv", ",6.0,", ",9.0,")
    assert any("pause/pairs.csv:2" in line and "theirs_work_cpu" in line for line in found())


def test_a_comparison_that_was_never_run_is_one_line(frozen, experiments):
    study = frozen.folder / "experiments" / "studies" / "pause.yaml"
    edit(study, "name: pause", "name: rest")
    done = experiments("verify")
    assert done.code == 1
    assert any(
        "rest" in line and "experiments run pause" in line for line in done.err.splitlines() + done.out.splitlines()
    )
