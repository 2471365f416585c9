"""What makes a table stale, and what does not."""

import os
import shutil

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import derive_study, run_study
from experiments.freezing.dependencies import Snapshot
from experiments.status.acceptance import accept
from experiments.status.freshness import all_statuses
from experiments.study_files import load_study, study_names
from experiments.system import load_system
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_sidecar
from tests.experiments.status.conftest import states
from tests.files import edit


def reasons(project) -> dict[str, list[str]]:
    return {status.table: [change.what for change in status.changes] for status in all_statuses(project.root)}


BOTH = ["toy/powers", "toy/sums"]


def test_missing_until_frozen_then_fresh(project):
    assert states(project) == dict.fromkeys(BOTH, "missing")
    run_study(load_study("toy"), project.root, show_progress)
    assert states(project) == dict.fromkeys(BOTH, "fresh")
    assert [status.notes for status in all_statuses(project.root)] == [(), ()]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("study", "# A study for tests.", "# Another comment."),
        ("study", "numbers: [1, 2, 3]", "power: 2\nnumbers:\n- 1\n- 2\n- 3"),
        ("rows", "How the rows are made.", "How rows come about."),
        ("rows", "    total, made = 0, []", "    # the sum so far\n    total, made = 0, []"),
        ("lockfile", "--hash=sha256:00", "--hash=sha256:11"),
    ],
)
def test_what_cannot_matter_leaves_tables_fresh(frozen, file, old, new):
    edit(getattr(frozen, file), old, new)
    assert states(frozen) == dict.fromkeys(BOTH, "fresh")


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("study", "[1, 2, 3]", "[1, 2, 4]", {"toy/powers": ["study"], "toy/sums": ["study"]}),
        ("rows", "n**power", "n * power", {"toy/powers": ["code"], "toy/sums": ["code"]}),
        ("lockfile", "numpy==2.0", "numpy==2.1", {"toy/powers": ["lockfile"], "toy/sums": ["lockfile"]}),
        ("words", "one two", "one three", {"toy/powers": ["data:words"], "toy/sums": []}),
        ("weights", "0 1", "0 2", {"toy/powers": ["model:tiny"], "toy/sums": []}),
    ],
)
def test_the_reason_is_named_with_both_digests(frozen, file, old, new, why):
    edit(getattr(frozen, file), old, new)
    assert reasons(frozen) == why
    changes = [change for status in all_statuses(frozen.root) for change in status.changes]
    assert all(len(change.old) == len(change.new) == 64 and change.old != change.new for change in changes)


def test_a_changed_formula_makes_derived_tables_stale_and_nothing_else(project):
    system = project.folder / "toysystem" / "system.py"
    (project.folder / "toysystem" / "formula.py").write_text("def total(so_far, n):\n    return so_far + n\n", "utf-8")
    (project.folder / "toysystem" / "sums.py").write_text(
        "from toysystem.formula import total\nfrom toysystem.rows import sums\n", "utf-8"
    )
    edit(system, '("n",), sums, code=("toysystem.rows",)', '("n",), sums, code=("toysystem.sums",)')
    run_study(load_study("toy"), project.root, show_progress)
    edit(project.folder / "toysystem" / "formula.py", "so_far + n", "so_far - n")
    assert reasons(project) == {"toy/powers": [], "toy/sums": ["code"]}


@pytest.mark.parametrize(
    ("module", "old", "new", "counts"),
    [
        ("quiet.py", "TALKATIVE", "CHATTY", False),
        ("quiet.py", "CLIENTS", "BROWSERS", False),
        ("cli/progress.py", "SECONDS_BETWEEN_LINES", "PAUSE", False),
        ("tables/terms.py", '"zero-shot"', '"zeroshot"', True),
        ("training/loop.py", "def ", "def changed_", True),
    ],
)
def test_what_is_shown_during_a_run_never_counts(tmp_path, monkeypatch, module, old, new, counts):
    copy = tmp_path / "experiments"
    shutil.copytree(PACKAGE_ROOT / "experiments", copy, ignore=shutil.ignore_patterns("frozen", "__pycache__"))
    used = ("cli.progress", "tables.terms", "training.loop", "quiet")
    (copy / "uses.py").write_text("".join(f"import experiments.{name}\n" for name in used), "utf-8")
    monkeypatch.setattr("experiments.freezing.dependencies.PACKAGE_ROOT", tmp_path)
    before = Snapshot().code(("experiments.uses",))
    edit(copy / module, old, new)
    assert (Snapshot().code(("experiments.uses",)) != before) is counts


@pytest.mark.parametrize(("measured", "counts"), [("bootstrap", False), ("proportions", True)])
def test_a_changed_wilson_interval_is_none_of_the_bootstrap(tmp_path, monkeypatch, measured, counts):
    copy = tmp_path / "experiments"
    shutil.copytree(PACKAGE_ROOT / "experiments" / "statistics", copy / "statistics")
    (copy / "__init__.py").touch()
    monkeypatch.setattr("experiments.freezing.dependencies.PACKAGE_ROOT", tmp_path)
    modules = (f"experiments.statistics.{measured}",)
    before = Snapshot().code(modules)
    edit(copy / "statistics" / "proportions.py", "centre - half", "centre - 2 * half")
    assert (Snapshot().code(modules) != before) is counts


def test_a_changed_wilson_interval_leaves_every_run_of_the_shipped_studies_fresh(tmp_path, monkeypatch):
    made = {}
    for name in study_names():
        study = load_study(name)
        for spec in load_system(study.system).tables(study.at(study.default_profile)):
            made[f"{name}/{spec.name}"] = spec
    before = Snapshot()
    codes = {table: before.code(spec.code) for table, spec in made.items()}
    ignored = shutil.ignore_patterns("frozen", "__pycache__", "_site", "figures")
    for package in ("experiments", "analysis", "report"):
        shutil.copytree(PACKAGE_ROOT / package, tmp_path / package, ignore=ignored)
    monkeypatch.setattr("experiments.freezing.dependencies.PACKAGE_ROOT", tmp_path)
    edit(tmp_path / "experiments" / "statistics" / "proportions.py", "centre - half", "centre - 2 * half")
    after = Snapshot()
    changed = {table for table, spec in made.items() if after.code(spec.code) != codes[table]}
    assert {made[table].made for table in changed} == {"derived"}
    assert "sst2-lora/scores" in changed


def test_code_from_outside_the_experiments_is_looked_at_again():
    now = Snapshot()
    now.code(("report.rendering.render", "experiments.statistics.bootstrap"))
    names = {path.relative_to(PACKAGE_ROOT).as_posix() for path in now.looked_at}
    assert "report/rendering/render.py" in names
    assert not any(name.startswith("experiments/") for name in names)  # which is watched whole


def test_bytes_count_even_where_size_and_times_are_the_same(frozen):
    for path, old, new in ((frozen.rows, "n**power", "n*-power"), (frozen.words, "one", "two")):
        before = path.stat()
        edit(path, old, new)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
    assert reasons(frozen) == {"toy/powers": ["code", "data:words"], "toy/sums": ["code"]}


def test_several_reasons_are_all_named(frozen):
    edit(frozen.study, "[1, 2, 3]", "[1]")
    edit(frozen.words, "one", "none")
    assert reasons(frozen)["toy/powers"] == ["study", "data:words"]


def test_an_input_that_was_made_anew_makes_its_readers_stale(frozen, write_table):
    write_table(frozen.root, "toy/powers", "computed", ["n"], {"n": "integer", "power": "integer"}, [])
    assert reasons(frozen)["toy/sums"] == ["input:toy/powers"]


def test_data_that_is_not_on_this_machine_is_no_reason(frozen):
    frozen.words.unlink()
    assert states(frozen) == dict.fromkeys(BOTH, "fresh")


def test_a_file_that_joins_a_model_is_a_reason(frozen):
    frozen.weights.with_name("more.bin").write_text("", "utf-8")
    assert reasons(frozen)["toy/powers"] == ["model:tiny"]


def test_a_changed_description_is_a_reason(frozen):
    import toysystem.system as system

    declared = system.tables(load_study("toy"))
    system.tables = lambda study: [declared[0], type(declared[1])(**{**vars(declared[1]), "title": "Sums"})]
    assert reasons(frozen) == {"toy/powers": [], "toy/sums": ["description"]}
    with pytest.raises(UserError, match="described differently now"):
        accept("toy/sums", "the title is nicer", frozen.root)


def test_a_changed_cell_is_tampering_not_staleness(frozen):
    edit(frozen.root / "toy" / "powers.csv", "2,4", "2,5")
    [powers, sums] = all_statuses(frozen.root)
    assert (powers.state, sums.state) == ("tampered", "fresh")
    assert "row n=2, column power" in powers.notes[0]


def test_a_table_that_no_study_makes_is_told(frozen, write_table):
    write_table(frozen.root, "gone/table", "measured", ["n"], {"n": "integer"}, [])
    assert states(frozen)["gone/table"] == "orphaned"


def test_accepting_holds_until_the_next_change(frozen):
    edit(frozen.rows, "n**power", "pow(n, power)")
    acceptance = accept("toy/powers", "the same power, written otherwise", frozen.root)
    assert states(frozen) == {"toy/powers": "fresh", "toy/sums": "stale"}
    [recorded] = read_sidecar("toy/powers", frozen.root).accepted
    assert recorded == acceptance
    assert [change.what for change in recorded.changes] == ["code"]
    assert recorded.who
    assert recorded.when.endswith("+00:00")

    edit(frozen.rows, "pow(n, power)", "pow(n, power + 1)")
    assert reasons(frozen)["toy/powers"] == ["code"]
    edit(frozen.rows, "pow(n, power + 1)", "n**power")
    assert states(frozen)["toy/powers"] == "fresh"


def test_a_second_acceptance_stands_beside_the_first(frozen):
    edit(frozen.rows, "n**power", "pow(n, power)")
    accept("toy/powers", "one", frozen.root)
    edit(frozen.words, "one", "none")
    accept("toy/powers", "two", frozen.root)
    assert [a.because for a in read_sidecar("toy/powers", frozen.root).accepted] == ["one", "two"]
    assert states(frozen)["toy/powers"] == "fresh"


def test_what_is_derived_from_a_run_that_was_accepted_is_fresh(frozen):
    edit(frozen.study, "[1, 2, 3]", "[1, 2, 3, 4]")
    accept("toy/powers", "four is left for later", frozen.root)
    derive_study(load_study("toy"), frozen.root, show_progress)
    assert states(frozen) == {"toy/powers": "fresh", "toy/sums": "fresh"}
    edit(frozen.study, "[1, 2, 3, 4]", "[1, 2, 3, 4, 5]")
    derive_study(load_study("toy"), frozen.root, show_progress)
    assert states(frozen) == {"toy/powers": "stale", "toy/sums": "stale"}


def test_freezing_anew_forgets_acceptances(frozen):
    edit(frozen.rows, "n**power", "pow(n, power)")
    accept("toy/powers", "same", frozen.root)
    run_study(load_study("toy"), frozen.root, show_progress)
    assert read_sidecar("toy/powers", frozen.root).accepted == ()
    assert states(frozen) == dict.fromkeys(BOTH, "fresh")


def test_what_cannot_be_accepted_is_refused(frozen):
    with pytest.raises(UserError, match="toy/powers is fresh; there is nothing to accept"):
        accept("toy/powers", "why not", frozen.root)
    with pytest.raises(UserError, match="say why"):
        accept("toy/powers", " ", frozen.root)
    with pytest.raises(UserError, match="toy makes no such table; it makes toy/powers, toy/sums"):
        accept("toy/other", "why not", frozen.root)
    edit(frozen.root / "toy" / "powers.csv", "2,4", "2,5")
    with pytest.raises(UserError, match=r"tampered with and cannot be accepted: .*row n=2, column power"):
        accept("toy/powers", "I like five", frozen.root)
