"""Accepting changed code because the smoke profile gives what it gave before."""

from importlib import metadata

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.status.acceptance import accept_proved, matching_tables, other_package
from experiments.study_files import load_study
from experiments.tables.errors import MisnamedError, UserError
from experiments.tables.read import read_sidecar
from experiments.tables.sidecar import Column
from tests.experiments.status.conftest import states
from tests.files import edit

PROFILES = """    power: int = 2

    @property
    def profile_names(self):
        return ("smoke", "cpu")

    def at(self, profile):
        return self.model_copy(update={"numbers": self.numbers[:2]}) if profile == "smoke" else self
"""


@pytest.fixture
def frozen(project):
    """The project with a smoke profile, run in its larger one, the smoke result on record; a column is a time."""
    system = project.folder / "toysystem" / "system.py"
    edit(system, "    power: int = 2\n", PROFILES)
    edit(system, '_column("power", "integer"))', '_column("power", "integer"), _column("s", "number", volatile=True))')
    edit(project.rows, '"power": n**power}', '"power": n**power, "s": time.perf_counter()}')
    edit(project.rows, '"""How the rows are made."""', '"""How the rows are made."""\nimport time')
    notes: list[str] = []
    run_study(load_study("toy"), project.root, show_progress, note=notes.append)
    assert notes == []
    return project


def proved(project, *asked: str) -> tuple[list[str], dict[str, str]]:
    accepted, stays = accept_proved(asked, project.root, show_progress)
    return list(accepted), stays


def test_run_tables_have_a_smoke_digest_and_derived_ones_need_none(frozen):
    assert read_sidecar("toy/powers", frozen.root).digests.smoke
    assert read_sidecar("toy/sums", frozen.root).digests.smoke is None
    assert read_sidecar("toy/powers", frozen.root).row_count == 3
    assert set(states(frozen).values()) == {"fresh"}


def test_a_refactoring_is_accepted_on_the_record(frozen):
    edit(frozen.rows, "n**power", "pow(n, power)")
    accepted, stays = proved(frozen)
    assert accepted == ["toy/powers"]
    assert "derived" in stays["toy/sums"]
    [recorded] = read_sidecar("toy/powers", frozen.root).accepted
    assert recorded.because == "same smoke result"
    assert states(frozen) == {"toy/powers": "fresh", "toy/sums": "stale"}


# Each of another length: within a second, Python takes a module of equal size for the one that it has compiled.
@pytest.mark.parametrize("behaviour", ["n**power + 1", "n * power if n > 1 else n**power + 1", "float(n + 0)"])
def test_a_planted_change_of_behaviour_is_not(frozen, behaviour):
    edit(frozen.rows, "n**power", behaviour)
    accepted, stays = proved(frozen, "toy/powers")
    assert accepted == []
    assert set(stays) == {"toy/powers"}
    assert states(frozen)["toy/powers"] == "stale"


def test_what_changed_besides_code_is_not_accepted(frozen):
    edit(frozen.rows, "n**power", "pow(n, power)")
    edit(frozen.words, "one", "none")
    assert proved(frozen, "toy/powers") == ([], {"toy/powers": "not only its code has changed, but data:words"})


@pytest.mark.parametrize("installed", [True, False])
def test_a_changed_lock_file_is_proved_by_the_packages_that_it_pins(frozen, installed):
    other_package.cache_clear()
    edit(frozen.rows, "n**power", "pow(n, power)")
    lock = frozen.folder / "lockfiles" / "experiments.txt"
    lock.write_text(f"numpy=={metadata.version('numpy') if installed else '1.0'} \\\n    --hash=sha256:00\n")
    report = frozen.folder / "lockfiles" / "report.txt"
    report.write_text(report.read_text() + "idna==3.1\n")
    accepted, stays = proved(frozen, "toy/powers")
    assert accepted == (["toy/powers"] if installed else [])
    assert installed or "numpy" in stays["toy/powers"]
    other_package.cache_clear()


def test_without_a_smoke_result_on_record_nothing_is_accepted(frozen):
    run_study(load_study("toy"), frozen.root, show_progress)
    edit(frozen.rows, "n**power", "pow(n, power)")
    assert proved(frozen, "toy/powers")[1] == {"toy/powers": "no smoke result was recorded when it was frozen"}


def test_a_smoke_profile_that_does_not_run_is_a_note(frozen):
    edit(frozen.rows, "    return [{", "    raise OSError('no')\n    return [{")
    notes: list[str] = []
    run_study(load_study("toy"), frozen.root, show_progress, note=notes.append)  # with the code that was loaded before
    [note] = notes
    assert "the smoke profile does not run" in note
    assert read_sidecar("toy/powers", frozen.root).digests.smoke is None


def test_a_run_that_goes_on_has_its_smoke_result_already(frozen):
    ran = frozen.folder / "ran.txt"
    edit(frozen.rows, '    return [{"n"', f'    open({str(ran)!r}, "a").write("x")\n    return [{{"n"')

    def interrupt(items, what, total=None):
        raise KeyboardInterrupt

    def run(progress) -> int:
        """How often the smoke profile has run; the code of this process is that of before."""
        run_study(load_study("toy"), frozen.root, progress, note=lambda text: None)
        return len(ran.read_text())

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run(interrupt)
    assert run(show_progress) == 1
    assert read_sidecar("toy/powers", frozen.root).digests.smoke
    assert run(show_progress) == 2, "a run after one that came to its end is a new one"
    with pytest.raises(KeyboardInterrupt):
        run(interrupt)
    edit(frozen.rows, "n**power", "pow(n, power)")
    assert run(show_progress) == 4, "the code is another"


def test_patterns_name_stale_tables(frozen):
    with pytest.raises(UserError, match=r"toy/\* fits no stale table; stale: none"):
        matching_tables(["toy/*"], frozen.root)
    edit(frozen.rows, "n**power", "pow(n, power)")
    assert matching_tables(["to?/*"], frozen.root) == ["toy/powers", "toy/sums"]
    assert matching_tables(["*/sums", "toy/sums", "other/table"], frozen.root) == ["toy/sums", "other/table"]
    with pytest.raises(UserError, match="fits no stale table"):
        matching_tables(["*"], frozen.root)


def test_the_command_accepts_several_and_proves(frozen, experiments):
    edit(frozen.rows, "n**power", "pow(n, power)")
    assert experiments("accept", "toy/sums", "toy/p*", "--because", "the same").out.count("accepted for") == 2
    edit(frozen.rows, "pow(n, power)", "n**power * 1")
    answer = experiments("accept", "--proved")
    assert answer.code == 1
    assert answer.out.startswith("accepted for toy/powers: code ")
    assert "toy/sums stays as it is" in answer.err
    assert experiments("accept", "--proved", "toy/powers").err == "toy/powers stays as it is: is not stale\n"
    assert experiments("accept", "--proved", "--because", "x").code == 2
    assert experiments("accept", "toy/sums").code == 2
    assert experiments("accept", "--because", "x").code == 2


def test_which_columns_differ_from_run_to_run_is_no_description():
    from experiments.freezing.dependencies import description_digest
    from experiments.system import TableSpec

    def spec(volatile: bool) -> TableSpec:
        column = Column(name="s", type="number", meaning="s", volatile=volatile)
        return TableSpec("t", "measured", "T", ("s",), (column,), ("x",))

    assert description_digest(spec(True)) == description_digest(spec(False))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (('"power": n**power', '"pow" + "r": n**power'), r"toy/powers: row 1 lacks \['power'\] and adds \['powr'\]"),
        (('row["power"]', 'row["powr"]'), "toy/sums: cannot be derived: what it reads has no 'powr'"),
    ],
)
def test_a_name_that_shows_as_rows_are_made_stops_a_run_before_it_begins(frozen, wrong, said):
    edit(frozen.rows, *wrong)
    begun: list[str] = []

    def note_begin(items, what, total=None):
        begun.append(what)
        return items

    before = read_sidecar("toy/powers", frozen.root)
    with pytest.raises(MisnamedError, match=said):
        run_study(load_study("toy"), frozen.root, note_begin, note=begun.append)
    assert begun == []
    assert read_sidecar("toy/powers", frozen.root) == before


def test_a_derived_table_reads_its_inputs_alone(frozen):
    edit(frozen.folder / "toysystem" / "system.py", 'read("powers")', 'read("other/powers")')
    with pytest.raises(
        MisnamedError, match=r"toy/sums: reads other/powers, which is none of its inputs \(toy/powers\)"
    ):
        run_study(load_study("toy"), frozen.root, show_progress, note=lambda text: None)
