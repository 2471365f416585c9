"""Files of a study change together with its tables, or not at all."""

import json

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import recover_all, run_study
from experiments.freezing.lock import writing
from experiments.freezing.undo import replace_until_committed
from experiments.study_files import load_study
from experiments.tables.errors import UserError
from experiments.tables.locations import is_interrupted, studies_root
from experiments.tables.read import read_table


def new_files(project) -> dict[str, bytes]:
    text = project.study.read_text("utf-8")
    return {"toy.yaml": text.replace("[1, 2, 3]", "[1, 2]").encode(), "adopted/toy.csv": b"new"}


def studies() -> dict[str, bytes]:
    root = studies_root()
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_files_stay_once_the_tables_are_frozen(project):
    files = new_files(project)
    run_study(load_study("toy"), project.root, show_progress, files=files)
    assert studies() == files
    assert {path.name for path in (project.root / "toy").glob(".*")} == {".lock"}
    assert not is_interrupted(project.root)


def test_files_come_back_where_the_run_fails(project):
    before = studies()
    project.rows.write_text("def powers(numbers, power):\n    raise ZeroDivisionError\n", "utf-8")
    with pytest.raises(ZeroDivisionError):
        run_study(load_study("toy"), project.root, show_progress, files=new_files(project))
    assert studies() == before
    assert not (studies_root() / "adopted").exists()


def test_what_a_killed_process_left_is_undone_by_the_next_command(project, experiments):
    before = studies()
    folder = project.root / "toy"
    folder.mkdir(parents=True)
    replace_until_committed(folder, new_files(project))
    assert studies() != before
    assert is_interrupted(project.root)
    experiments("status")
    assert studies() == before
    assert not is_interrupted(project.root)


def test_a_second_writer_changes_no_file(project):
    before = studies()
    study = load_study("toy")
    with writing(project.root, "toy", "something else"), pytest.raises(UserError, match="are being written"):
        run_study(study, project.root, show_progress, files=new_files(project))
    assert studies() == before


@pytest.mark.parametrize("kept", [{"../../../of-value": ".0.old"}, {"../../../of-value": None}])
def test_nothing_elsewhere_is_put_back(project, kept):
    folder = project.root / "toy"
    folder.mkdir(parents=True)
    value = (studies_root() / "../../../of-value").resolve()
    value.write_text("of value")
    replace_until_committed(folder, new_files(project))
    listed = json.loads((folder / ".undo.json").read_bytes())
    (folder / ".undo.json").write_text(json.dumps({**listed, "kept": kept}))
    with pytest.raises(UserError, match="cannot be undone"):
        recover_all(project.root)
    assert value.read_text() == "of value"


def test_tables_are_those_of_the_new_files(project):
    run_study(load_study("toy"), project.root, show_progress)
    study = load_study("toy").model_copy(update={"numbers": (1, 2)})
    run_study(study, project.root, show_progress, files=new_files(project))
    assert len(read_table("toy/powers", project.root).rows) == 2
