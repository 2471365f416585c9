"""How long a run will take is told from the run that is frozen."""

from experiments.cli.clusters import say_how_long
from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.freezing.expected import expected
from experiments.freezing.seal import sidecar_bytes, signed
from experiments.study_files import load_study
from experiments.system import Choice
from experiments.tables.read import read_sidecar
from tests.files import edit


def test_a_run_takes_as_long_as_the_frozen_one(project):
    study = load_study("toy")
    assert expected(study, project.root, Choice()) is None, "nothing is frozen yet"
    run_study(study, project.root, show_progress)
    found = expected(study, project.root, Choice())
    assert found.seconds == read_sidecar("toy/powers", project.root).provenance.cost.wall_seconds
    assert not found.other_settings
    assert expected(study.model_copy(update={"title": "Another"}), project.root, Choice()).other_settings


def test_how_long_a_run_was_expected_to_take_is_on_record(project):
    study = load_study("toy")
    first, second = (run_study(study, project.root, show_progress)[0].sidecar.provenance.cost for _ in range(2))
    assert first.expected_seconds is None, "nothing was frozen before"
    assert second.expected_seconds == first.wall_seconds


def freeze_for_long(project, name: str) -> None:
    """Freeze a study as if that had taken 31 minutes."""
    run_study(load_study(name), project.root, show_progress)
    sidecar = read_sidecar(f"{name}/powers", project.root)
    cost = sidecar.provenance.cost.model_copy(update={"wall_seconds": 1860.0, "cpu_seconds": 720.0})
    longer = sidecar.model_copy(update={"provenance": sidecar.provenance.model_copy(update={"cost": cost})})
    (project.root / name / "powers.json").write_bytes(sidecar_bytes(signed(longer)))


def test_a_run_of_minutes_is_announced(project, experiments):
    freeze_for_long(project, "toy")
    assert "toy: about 31 minutes, as long as its last run took, 12 of them" in experiments("run", "toy").err


def test_the_time_of_several_runs_is_announced_together(project, experiments):
    other = project.study.read_text("utf-8").replace("study: toy", "study: other")
    project.study.with_name("other.yaml").write_text(other, "utf-8")
    for name in ("toy", "other"):
        freeze_for_long(project, name)
    assert "on 2 machines: 31 min 00 s" in experiments("run", "toy", "other", "--plan", "--workers", "2").out
    assert "about 1 h 02 min in all" in experiments("run", "toy", "other").err


def test_a_study_that_reads_another_is_counted_after_it(project, capsys):
    edit(
        project.folder / "toysystem" / "system.py",
        '(f"{study.study}/powers",)',
        '(f"{study.study}/powers", "toy/powers")',
    )
    other = project.study.read_text("utf-8").replace("study: toy", "study: other")
    project.study.with_name("other.yaml").write_text(other, "utf-8")
    project.study.with_name("third.yaml").write_text(other.replace("other", "third"), "utf-8")
    for name in ("toy", "other", "third"):
        freeze_for_long(project, name)
    say_how_long([(load_study(name), Choice()) for name in ("toy", "other")], project.root, 2)
    assert "about 1 h 02 min in all" in capsys.readouterr().err
    say_how_long([(load_study(name), Choice()) for name in ("other", "third")], project.root, 2)
    assert "about 31 min 00 s in all" in capsys.readouterr().err
