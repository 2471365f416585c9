"""A study of benchmarks: what a comparison freezes."""

import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.benchmarks.figures import Pair, Run
from experiments.benchmarks.system import Study, run, summary, tables
from experiments.freezing.dependencies import dependencies
from experiments.study_files import load_study
from experiments.system import Context
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT

seconds = st.floats(0.001, 1000)


def context():
    return Context(read=None, progress=lambda items, what, total=None: iter(items))


def study(**sides):
    comparison = {"name": "sleep", "what": "sleeping", "target": 2, "pairs": 3, **sides}
    return Study.model_validate({"study": "s", "title": "t", "system": "benchmarks", "comparisons": [comparison]})


def side(code):
    return {"name": "python", "run": [sys.executable, "-c", code]}


def test_a_comparison_is_a_row_of_its_table():
    made = study(ours=side("pass"), theirs=side("import time; time.sleep(0.5)"))
    (result,) = run(made, context())
    (row,) = result.rows
    assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"]
    assert row["theirs_seconds"] >= 0.5
    assert row["pairs"] == 3
    assert set(row) == {column.name for column in tables(made)[0].columns}


def test_a_ratio_ages_with_what_it_measures(monkeypatch):
    monkeypatch.chdir(PACKAGE_ROOT)
    shipped = load_study("speed-of-probing", PACKAGE_ROOT / "experiments" / "studies")
    (spec,) = tables(shipped)
    assert set(spec.data) == {
        f"tests/benchmarks/{name}.py"
        for name in ("probes_case", "probes_factored", "probes_measured", "probes_scikit_learn", "scoring_measured")
    }
    other = replace(spec, code=("experiments.benchmarks.system", "experiments.layers.states"))
    assert dependencies(shipped, spec, lambda _: None).code != dependencies(shipped, other, lambda _: None).code


def test_folders_and_the_scratch_folder_are_filled_in():
    prepare = [sys.executable, "-c", "import sys, pathlib; pathlib.Path(sys.argv[1], 'side').mkdir()", "{scratch}"]
    there = {**side("import os, sys; sys.exit(os.path.basename(os.getcwd()) != 'side')"), "folder": "{scratch}/side"}
    (result,) = run(study(prepare=prepare, ours=there, theirs=there), context())
    assert result.rows[0]["ratio"] > 0


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
    (cpu,), (memory,) = (
        next(iter(run(study(measure=measure, **sides), context()))).rows for measure in ("cpu", "memory")
    )
    assert (cpu["ours_seconds"], cpu["theirs_seconds"], cpu["ratio"], cpu["ours_memory"]) == (2, 3, 1.5, None)
    assert (memory["ours_memory"], memory["theirs_memory"], memory["ratio"], memory["ours_seconds"]) == (1, 4, 4, None)


def test_programs_that_meet_twice_run_once_for_both(tmp_path):
    log = tmp_path / "log"

    def logged(letter):
        code = f"import json; open({str(log)!r}, 'a').write({letter!r}); print(json.dumps(dict(seconds=1, bytes=2)))"
        return side(code)

    sides = {"ours": logged("o"), "theirs": logged("t"), "prepare": logged("p")["run"], "what": "w", "target": 2}
    twice = [{**sides, "name": name, "measure": name, "pairs": 3} for name in ("cpu", "memory")]
    made = Study.model_validate({"study": "s", "title": "t", "system": "benchmarks", "comparisons": twice})
    (result,) = run(made, context())
    assert [row["pairs"] for row in result.rows] == [3, 3]
    assert log.read_text() == "p" + "ot" + "to" + "ot"


def test_a_study_of_a_model_says_how_near_its_products_come_to_their_limit():
    ours = prints(seconds=2, outcome=[1], products=6 * 10**9, products_seconds=1.5)
    made = study(measure="cpu", ours=ours, theirs=prints(seconds=3, outcome=[1]))
    (spec,) = tables(made)
    of_model = made.model_copy(update={"model": "smoke-decoder"})
    (told,) = tables(of_model)
    added = {column.name for column in told.columns} - {column.name for column in spec.columns}
    assert set(told.models) == {"smoke-decoder/recipe", "smoke-decoder/vocabulary"}
    [row] = next(iter(run(of_model, context()))).rows
    assert {name: row[name] for name in added} == {"products_rate": 3, "products_limit": 4}
    silent = made.model_copy(update={"model": "smoke-decoder", "comparisons": study(**two_sides()).comparisons})
    [row] = next(iter(run(silent, context()))).rows
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
    found = summary([Pair(Run(ours, ours), Run(theirs, theirs)) for ours, theirs in times], "wall")
    ratios = sorted(theirs / ours for ours, theirs in times)
    assert found["ratio_low"] == ratios[0]
    assert found["ratio_high"] == ratios[-1]
    assert ratios[(len(ratios) - 1) // 2] <= found["ratio"] <= ratios[len(ratios) // 2]
