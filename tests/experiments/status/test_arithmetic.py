"""Numbers of frozen tables that cannot all be true, though every digest agrees."""

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.freezing.seal import sidecar_bytes, signed
from experiments.statistics.comparisons import mcnemar
from experiments.status.verification import verify
from experiments.study_files import load_study
from experiments.tables.columns import flag, integer, number, text
from experiments.tables.errors import UserError
from experiments.tables.read import read_sidecar, table_ids
from experiments.tables.stored import encode_rows

TESTS = (
    text("run", "the run"),
    text("test", "the test"),
    integer("n", "examples", n_of="difference"),
    integer("corrected", "right after alone"),
    integer("broken", "right before alone"),
    number("difference", "accuracy after minus accuracy before", nullable=True),
    number("low", "lower bound", lower_bound_of="difference", nullable=True),
    number("high", "upper bound", upper_bound_of="difference", nullable=True),
    number("p_value", "p-value of no difference", None, nullable=True),
    number("p_holm", "corrected", None, nullable=True),
)
EXACT = {
    "run": "seed-0",
    "test": "mcnemar-exact",
    "n": 200,
    "corrected": 40,
    "broken": 10,
    "difference": 0.15,
    "low": 0.085,
    "high": 0.21,
    "p_value": mcnemar(40, 10),
    "p_holm": 2 * mcnemar(40, 10),
}
DRAWN = EXACT | {"run": "all", "test": "paired-bootstrap", "p_value": 0.002, "p_holm": 0.002}


@pytest.fixture
def table(project):
    """`table(name, columns, key, rows)` freezes a table of the study `toy`, sealed; the study's own are there too."""
    run_study(load_study("toy"), project.root, show_progress)

    def freeze(name, columns, key, rows):
        sidecar = read_sidecar("toy/powers", project.root)
        data, digests = encode_rows("csv", columns, key, rows, name)
        (project.root / "toy" / f"{name}.csv").write_bytes(data)
        more = {"table": name, "columns": columns, "key": key, "row_count": len(rows)}
        more["digests"] = sidecar.digests.model_copy(update=digests)
        (project.root / "toy" / f"{name}.json").write_bytes(sidecar_bytes(signed(sidecar.model_copy(update=more))))

    return freeze


def found(project) -> list[str]:
    return [str(problem) for problem in verify(project.root, show_progress)]


def test_numbers_that_agree_are_no_problem(project, table):
    table("tests", TESTS, ("run", "test"), [EXACT, DRAWN])
    assert found(project) == []
    assert table_ids(project.root) == ["toy/powers", "toy/sums", "toy/tests"]


CONTRADICTIONS = {
    "an estimate above its interval": (EXACT, {"difference": 0.25}, "difference"),
    "an estimate below its interval": (DRAWN, {"difference": 0.05}, "difference"),
    "bounds that changed places": (DRAWN, {"low": 0.21, "high": 0.085}, "low"),
    "a p-value of other counts": (EXACT, {"p_value": mcnemar(40, 11)}, "p_value"),
    "counts of another p-value": (EXACT, {"corrected": 41}, "p_value"),
    "counts of another difference": (EXACT, {"n": 210}, "corrected + broken|difference"),
    "no p-value at all": (DRAWN, {"p_value": 1.5, "p_holm": 1.5}, "p_value"),
    "a corrected p-value below the raw one": (DRAWN, {"p_holm": 0.001}, "p_holm"),
    "a difference at a p-value of none": (DRAWN, {"p_value": 0.4, "p_holm": 0.4}, "p_value"),
    "no difference at a p-value of one": (DRAWN, {"low": -0.01}, "p_value"),
}


@pytest.mark.parametrize("fault", CONTRADICTIONS)
def test_each_contradiction_in_a_row_is_named_with_its_place(project, table, fault):
    row, change, _ = CONTRADICTIONS[fault]
    table("tests", TESTS, ("run", "test"), [row | change])
    lines = found(project)
    assert lines
    assert all(f"toy/tests.csv:2: row run={row['run']}, test={row['test']}, column " in line for line in lines)
    assert any(f"column {CONTRADICTIONS[fault][2].split('|')[-1]}" in line for line in lines)


def test_an_exact_test_and_a_bootstrap_interval_may_differ_about_zero_near_the_level(project, table):
    near = EXACT | {"corrected": 20, "broken": 9, "difference": 0.055, "low": 0.005, "high": 0.11}
    near |= {"p_value": mcnemar(20, 9), "p_holm": mcnemar(20, 9)}
    assert near["p_value"] > 0.05
    table("tests", TESTS, ("run", "test"), [near])
    assert found(project) == []


OF_TWO = DRAWN | {"n": 2, "corrected": 2, "broken": 0, "difference": 1.0, "low": 1.0, "high": 1.0}
OF_TWO |= {"p_value": 0.5, "p_holm": 0.5}
OF_FOUR = EXACT | {"n": 4, "corrected": 3, "broken": 0, "difference": 0.75, "low": 0.25, "high": 1.0}
OF_FOUR |= {"p_value": 0.25, "p_holm": 0.25}


@pytest.mark.parametrize("few", [OF_TWO, OF_FOUR])
def test_a_p_value_that_cannot_be_less_agrees_with_an_interval_without_zero(project, table, few):
    table("tests", TESTS, ("run", "test"), [few])
    assert found(project) == []


def test_the_same_p_value_of_more_examples_does_not(project, table):
    table("tests", TESTS, ("run", "test"), [OF_TWO | {"n": 40, "corrected": 40}])
    assert any("says no difference" in line for line in found(project))


FEATURES = (text("id", "the example"), integer("words", "words of the text"), flag("cut", "whether it was cut"))
OF_RUNS = (text("run", "the run"), *FEATURES)


def test_one_quantity_has_one_value_in_all_tables_of_a_study(project, table):
    features = [{"id": f"e{n}", "words": n, "cut": n > 4} for n in range(6)]
    examples = [{"run": run, **row} for run in ("seed-0", "seed-1") for row in features]
    table("features", FEATURES, ("id",), features)
    table("examples", OF_RUNS, ("run", "id"), examples)
    assert found(project) == []
    examples[3] = examples[3] | {"words": 7}
    table("examples", OF_RUNS, ("run", "id"), examples)
    [line] = found(project)
    assert "toy/examples.csv:5: row run=seed-0, id=e3, column words: 7, but 3 in toy/features" in line


def test_columns_of_one_name_that_mean_other_things_are_not_compared(project, table):
    table("features", FEATURES, ("id",), [{"id": "e0", "words": 3, "cut": False}])
    other = (text("run", "the run"), text("id", "the example"), integer("words", "words of the answer"))
    table("answers", other, ("run", "id"), [{"run": "seed-0", "id": "e0", "words": 9}])
    assert found(project) == []


COUNTS = (
    text("model", "the model"),
    text("part", "the part"),
    integer("base", "base"),
    integer("head", "head"),
    integer("total", "both"),
    number("share", "head in total", 3, nullable=True),
)
ROWS = [
    {"model": "a", "part": "body", "base": 900, "head": 0, "total": 900, "share": 0.0},
    {"model": "a", "part": "top", "base": 0, "head": 100, "total": 100, "share": 1.0},
    {"model": "a", "part": "total", "base": 900, "head": 100, "total": 1000, "share": None},
]
DECLARED = """
relations:
  - {table: sizes, holds: total = base + head}
  - {table: sizes, holds: share = head / total, where: {part: top}}
  - {table: sizes, holds: head <= total}
  - {table: sizes, sums: [base, head, total], total: {part: total}}
"""


@pytest.mark.parametrize(
    ("row", "change", "said"),
    [
        (None, {}, None),
        (0, {"total": 901}, "total = base + head"),
        (1, {"share": 0.99}, "share = head / total"),
        (0, {"head": 1000, "total": 1900}, "not the sum"),
        (2, {"base": 901, "total": 1001}, "901 is not the sum of the others, 900"),
    ],
)
def test_declared_relations_hold_row_by_row(project, table, row, change, said):
    project.study.write_text(project.study.read_text("utf-8") + DECLARED, "utf-8")
    rows = [each | change if at == row else each for at, each in enumerate(ROWS)]
    table("sizes", COUNTS, ("model", "part"), rows)
    lines = found(project)
    assert (not lines) if said is None else any(said in line and "toy/sizes.csv:" in line for line in lines)


def test_declaring_a_relation_makes_no_table_stale(project):
    before = load_study("toy").digest()
    project.study.write_text(project.study.read_text("utf-8") + DECLARED, "utf-8")
    assert load_study("toy").digest() == before


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        ("{table: sums, holds: nothing}", "= != <"),
        ("{table: sums, holds: sum = open(n)}", "no column"),
        ("{table: sums, holds: 1 < sum < 9}", "between two sides"),
        ("{table: sums}", "`holds`"),
    ],
)
def test_a_relation_that_is_none_is_refused_with_its_line(project, relation, said):
    project.study.write_text(project.study.read_text("utf-8") + f"relations:\n  - {relation}\n", "utf-8")
    with pytest.raises(UserError, match=rf"toy.yaml:7: relations.0.*{said}"):
        load_study("toy")


@pytest.mark.parametrize("relation", ["{table: sums, holds: sum < loss}", "{table: losses, holds: sum < 3}"])
def test_a_relation_of_what_is_not_there_is_a_problem(project, table, relation):
    project.study.write_text(project.study.read_text("utf-8") + f"relations:\n  - {relation}\n", "utf-8")
    [line] = found(project)
    assert "toy.yaml: relations.0: " in line
    assert "loss" in line
