"""What is misspelt in a system fails where its tables are declared, before anything is run."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.row_names import written_names
from experiments.system import StudyColumns, SystemTables, TableDeclaration
from experiments.tables.columns import integer, text
from experiments.tables.locations import PACKAGE_ROOT
from tests.files import edit

N, SUM, NAME = integer("n", "a number"), integer("sum", "a sum"), text("name", "a name")
BLANK = {"name": "none", "smu": 0}
PLACE = "tests.experiments.test_system"


@dataclass(frozen=True)
class Found:
    n: int
    sum: int
    name: str


def in_a_generator(found):
    yield {"n": 1, "smu": 2, "name": "x"}


def in_a_list(found):
    return [{"n": 1, "sum": 2, "name": "x"}, *({"n": n, "smu": 3, "name": "y"} for n in found)]


def in_a_variable(found):
    row = {"n": 1, "name": "x"}
    row |= {"smu": 2}
    yield row


def in_a_loop(found):
    rows = []
    for part, name in zip(({"n": n, "smu": 2} for n in found), "ab", strict=False):
        rows.append({**part, "name": name})
    return rows


def in_a_condition(found):
    yield {"n": 1, "name": "x"} | ({"sum": 1} if found else {"smu": 2})


def in_a_constant(found):
    yield {**BLANK, "n": 1}


def in_a_function_inside(found):
    def named(n: int) -> dict:
        return {"n": n, "smu": 2, "name": "x"}

    yield from (named(n) for n in found)


def in_another_function(found):
    yield from (row for row in _spread(found))


def in_what_another_function_is_given(found):
    yield _complete({"n": 1, "smu": 2}, name="x")


def _spread(found):
    yield from _spread(found[1:]) if found else ()
    yield {"n": 1, "smu": 2, "name": "x"}


def _complete(cells, name):
    return {**cells, "name": name}


def right(found):
    about = {"smu": "no cell, but what is looked up"}
    for each in found:
        yield {**vars(each), "name": about["smu"], **dict.fromkeys(("sum",), 1)}


def derived(study, read):
    yield from ({"n": row["n"], "sum": 1, "name": "x"} for row in _read_all(read, "smu"))


def _read_all(source, other):
    return [*source("found").rows, *source("fuond").rows, *({"smu": 1}[other] for _ in ())]


def declare(rows, columns=(N, SUM, NAME), key=("n",), reads=None) -> TableDeclaration:
    return TableDeclaration("sums", "sums", key, columns, rows, reads)


@pytest.mark.parametrize(
    "rows",
    [
        in_a_generator,
        in_a_list,
        in_a_variable,
        in_a_loop,
        in_a_condition,
        in_a_constant,
        in_a_function_inside,
        in_another_function,
        in_what_another_function_is_given,
    ],
)
def test_a_misspelt_cell_is_named_with_the_function_that_writes_it(rows):
    with pytest.raises(ValueError, match=rf"table sums: {PLACE}\.{rows.__name__} writes smu, which is no column"):
        declare(rows)
    assert declare(rows, (N, SUM, NAME, integer("smu", "a column")))


def test_what_is_no_cell_is_passed_over():
    assert [*declare(right).rows([Found(1, 2, "x")])] == [{"n": 1, "sum": 1, "name": "no cell, but what is looked up"}]
    assert written_names(right).cells == {"name"}


def test_a_derived_table_reads_what_it_declares():
    with pytest.raises(ValueError, match=rf"{PLACE}\.derived reads fuond, which its `reads` do not name"):
        declare(derived, reads=("found",))
    assert declare(derived, reads=("found", "fuond"))
    with pytest.raises(ValueError, match="sums reads found, fuond, which no table is"):
        SystemTables(declare(derived, reads=("found", "fuond")))


@pytest.mark.parametrize("columns", [(N, SUM, NAME), StudyColumns((N, SUM), lambda study: (N, SUM, NAME), ("na*",))])
def test_a_key_names_columns_that_every_study_has(columns):
    assert declare(right, columns)
    with pytest.raises(ValueError, match="the key names m, which is no column"):
        declare(right, columns, key=("m",))


def test_columns_that_depend_on_the_study_are_those_that_are_declared():
    study = SimpleNamespace(study="mine", title="Mine")

    def made(*given) -> tuple[str, ...]:
        columns = StudyColumns((N, SUM), lambda study: given, ("na*",))
        return tuple(each.name for each in declare(right, columns).spec(study, "measured", ()).columns)

    assert made(N, NAME, SUM) == ("n", "name", "sum")
    with pytest.raises(ValueError, match="the columns of mine lack sum, which every study has"):
        made(N, NAME)
    with pytest.raises(ValueError, match="the columns of mine have smu, which fits no declared pattern"):
        made(N, SUM, integer("smu", "misspelt"))
    with pytest.raises(ValueError, match="writes smu, which is no column"):
        declare(in_a_generator, StudyColumns((N, SUM), lambda study: (N, SUM, NAME), ("na*",)))


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Path:
    """A folder with a copy of the package, to plant misspellings in."""
    folder = tmp_path_factory.mktemp("copied")
    ignored = shutil.ignore_patterns("__pycache__", "frozen", "*.parquet", "*.csv")
    shutil.copytree(PACKAGE_ROOT / "experiments", folder / "experiments", ignore=ignored)
    return folder


@pytest.mark.parametrize(
    ("system", "module", "right", "wrong", "said"),
    [
        ("finetuning", "derived", '"predicted": predicted,', '"predcited": predicted,', "writes predcited"),
        ("finetuning", "derived", 'read("predictions")', 'read("predictons")', "reads predictons"),
        ("finetuning", "tables", '("run", "stage", "id")', '("run", "stage", "ids")', "the key names ids"),
        ("answering", "rows", '"validation_n":', '"validation":', "writes validation"),
        ("probing", "probe_rows", '"fold": fold', '"flod": fold', "writes flod"),
        ("adopting", "system", '"examples", ("id",), LABELS', '"examples", ("di",), LABELS', "the key names di"),
    ],
)
def test_a_misspelling_planted_in_a_system_fails_as_it_is_imported(copied, system, module, right, wrong, said):
    path = copied / "experiments" / system / f"{module}.py"
    before = path.read_text("utf-8")
    edit(path, right, wrong)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(copied), *filter(None, sys.path)])
    command = [sys.executable, "-c", f"import experiments.{system}.system"]
    try:
        done = subprocess.run(command, cwd=copied, env=environment, capture_output=True, text=True, check=False)
    finally:
        path.write_text(before, "utf-8")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ValueError: ")
    assert said in done.stderr.splitlines()[-1]
