"""Studies, lock files, environments and the text of chapters."""

from pathlib import Path

import pytest

from experiments.tables.read import read_sidecar
from report.diffing.surroundings import compare_environments, compare_locks, compare_sources, compare_studies


@pytest.fixture
def states(tmp_path: Path):
    """A function that writes two projects of these files, and returns their folders."""

    def write(*files: dict[str, str]) -> tuple[Path, ...]:
        roots = tuple(tmp_path / str(number) for number in range(len(files)))
        for root, each in zip(roots, files, strict=True):
            for name, text in each.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
        return roots

    return write


def test_studies_are_compared_by_their_settings(states):
    old = "study: x\nmodel: {name: a}\nseeds: [1, 2]\nruns:\n  - {name: first, rate: 1}\n"
    new = "# a comment\nseeds: [1, 3]\nstudy: x\nruns:\n  - {name: first, rate: 2}\nmodel: {name: a}\nextra: yes\n"
    same, place = "study: same\na: 1\nb: 2\n", "experiments/studies"
    found = compare_studies(
        *states(
            {f"{place}/x.yaml": old, f"{place}/gone.yaml": same, f"{place}/same.yaml": same},
            {f"{place}/x.yaml": new, f"{place}/new.yaml": same, f"{place}/same.yaml": "b: 2\nstudy: same\na: 1\n"},
        )
    )
    assert {each.study: each.change for each in found} == {"x": "changed", "gone": "removed", "new": "added"}
    (x,) = (each for each in found if each.study == "x")
    assert {each.name: (each.before, each.after) for each in x.settings} == {
        "seeds": ("[1, 2]", "[1, 3]"),
        "runs[first].rate": ("1", "2"),
        "extra": (None, "true"),
    }


def test_entries_of_one_name_are_compared_one_by_one(states):
    place = "experiments/studies/x.yaml"
    old = "grids: [{figure: a, n: 1}, {figure: b, n: 1}, {figure: a, n: 2}, {figure: a, n: 4}]"
    new = old.replace("n: 2", "n: 3")
    (change,) = compare_studies(*states({place: old}, {place: new}))
    assert [(each.name, each.before, each.after) for each in change.settings] == [("grids[a#2].n", "2", "3")]
    (change,) = compare_studies(*states({place: old}, {place: old.replace("figure: a, n: 1", "figure: a, n: 5")}))
    assert [each.name for each in change.settings] == ["grids[a].n"]


def test_a_study_that_is_no_yaml_is_compared_as_it_is(states):
    place = "experiments/studies/x.yaml"
    (change,) = compare_studies(*states({place: "a: ["}, {place: "a: 1\n"}))
    assert change.settings


def test_lock_files_are_compared_by_the_versions_that_they_name(states):
    old = "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:aa\nrich==14.0\ngone==1\n"
    new = "numpy==2.4.7 ; python_full_version < '3.12' \\\n    --hash=sha256:bb\nrich==14.0\n"
    (change,) = compare_locks(*states({"lockfiles/report.txt": old}, {"lockfiles/report.txt": new}))
    assert {(each.name.split()[0], each.before, each.after) for each in change.packages} == {
        ("numpy", "2.4.6", "2.4.7"),
        ("gone", "1", None),
    }


def test_environments_are_gathered_over_tables(write_table, tmp_path: Path):
    for name in ("a", "b"):
        write_table(tmp_path, f"study/{name}", "measured", ["x"], {"x": "integer"}, [{"x": 1}])
    sidecars = {name: read_sidecar(f"study/{name}", tmp_path) for name in ("a", "b")}
    provenance = sidecars["a"].provenance.model_copy(update={"environment": {"python": "3.12"}})
    newer = {name: each.model_copy(update={"provenance": provenance}) for name, each in sidecars.items()}
    (change,) = compare_environments(sidecars, newer)
    assert (change.what, change.before, change.after, change.tables) == ("python", "3.11", "3.12", ("a", "b"))
    assert compare_environments(sidecars, sidecars) == []


def test_chapters_are_compared_by_their_lines(states):
    found = compare_sources(
        *states(
            {"index.qmd": "a\nb\n", "report/gone.qmd": "a\n", "tests/x.qmd": "a\n"},
            {"index.qmd": "a\nc\nd\n", "report/part/new.qmd": "a\n"},
        )
    )
    assert {each.file: (each.change, each.lines_added, each.lines_removed) for each in found} == {
        "index.qmd": ("changed", 2, 1),
        "report/gone.qmd": ("removed", 0, 1),
        "report/part/new.qmd": ("added", 1, 0),
    }
