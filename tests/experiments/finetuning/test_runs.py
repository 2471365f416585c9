"""Running a study: profiles, seeds, states, and what stops a run with one line and nothing frozen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.status.freshness import study_statuses
from experiments.study_files import load_study
from experiments.system import Choice
from experiments.tables.errors import UserError
from experiments.tables.read import read_table


@pytest.fixture
def root(project, monkeypatch) -> Path:
    """The folder of the frozen tables of a project that is the current one."""
    monkeypatch.chdir(project.folder)
    for name in ("COLOPHON_FROZEN", "COLOPHON_STUDIES", "COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR", "COLOPHON_RUNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return project.folder / "experiments" / "frozen"


def edit(name: str, training: dict | None = None, **changes) -> None:
    """Change settings of the profile smoke, and of its training."""
    path = Path("experiments/studies") / f"{name}.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    smoke = content["profiles"]["smoke"]
    smoke.update(changes)
    smoke["training"].update(training or {})
    path.write_text(yaml.safe_dump(content), "utf-8")


def run(root: Path, name: str = "sst2-head", *seeds: int):
    return run_study(load_study(name), root, show_progress, Choice("smoke", seeds))


def test_a_table_is_held_against_the_profile_and_the_seeds_it_was_made_with(root):
    edit("sst2-head", {"epochs": 1})
    run(root, "sst2-head", 7)
    states = study_statuses(load_study("sst2-head"), root)
    assert {status.state for status in states} == {"fresh"}
    assert {status.profile for status in states} == {"smoke"}
    assert set(states[0].notes) == {"made in the profile smoke", "made with --seed 7"}
    assert read_table("sst2-head/scores", root).sidecar.provenance.seeds == (7,)
    assert {row["run"] for row in read_table("sst2-head/examples", root).rows} == {"seed-7"}

    edit("sst2-head", {"epochs": 2})
    changes = {change.what for status in study_statuses(load_study("sst2-head"), root) for change in status.changes}
    assert changes == {"study"}


def test_another_seed_gives_other_numbers(root):
    edit("sst2-head", {"epochs": 1})
    run(root, "sst2-head", 1)
    one = read_table("sst2-head/scores", root).digest
    run(root, "sst2-head", 2)
    assert read_table("sst2-head/scores", root).digest != one


def test_a_run_that_came_to_its_end_begins_anew(root):
    edit("sst2-head", {"epochs": 1})
    run(root, "sst2-head", 1)
    before = read_table("sst2-head/cost", root).digest
    run(root, "sst2-head", 1)
    assert read_table("sst2-head/cost", root).digest != before  # it was trained, and measured, again


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("sst2-head", ["smoke-encoder zero-shot"]),
        ("sst2-lora", ["smoke-decoder zero-shot", "smoke-decoder zero-shot-generated"]),
    ],
)
def test_all_that_may_take_long_is_shown_to_its_end(root, name, stages):
    shown = []

    def show(items, what, total=None):
        yield from items
        shown.append(what)

    edit(name, {"epochs": 1})
    run_study(load_study(name), root, show, Choice("smoke", (5,)))
    seed = f"{name} seed 5"
    assert shown == [*stages, f"{seed} untrained-head", seed, f"{seed} fine-tuned", f"{name}: deriving"]


def test_what_is_cut_is_counted(root):
    edit("sst2-head", {"epochs": 1, "max_tokens": 9})
    run(root, "sst2-head", 5)
    examples, splits = (read_table(f"sst2-head/{name}", root) for name in ("examples", "splits"))
    cut = [row["truncated"] for row in examples.rows]
    assert cut == [row["tokens"] > 9 for row in examples.rows]
    assert 0 < sum(cut) < len(cut)
    assert splits.row(part="test")["truncated"] == sum(cut)


def refused(root: Path, message: str, name: str = "sst2-head", profile: str = "smoke") -> None:
    with pytest.raises(UserError, match=message) as error:
        run_study(load_study(name), root, show_progress, Choice(profile))
    assert len(str(error.value).splitlines()) == 1
    assert not list(root.glob("*/*.csv"))


def test_a_loss_that_is_no_number(root):
    edit("sst2-head", {"method": "full", "learning_rate": 1e30, "max_gradient_norm": 1e30})
    refused(root, r"sst2-head seed 0: the loss is not a number at step \d+")


def test_a_part_without_examples(root):
    split = {
        "rule": "sampled",
        "how": "random",
        "train": {"split": "train", "n": 8},
        "validation": {"split": "dev", "n": 4},
        "test": {"split": "dev", "n": 24},
    }
    edit("sst2-head", split=split)
    refused(root, "smoke-sentiment: no examples are left for validation")


PART, REST = {"split": "train", "n": 4}, {"split": "dev", "n": 4}


@pytest.mark.parametrize(
    ("split", "line", "message"),
    [
        (
            {"rule": "stratified", "train": "train", "share": 0.999, "test": "dev"},
            "share: 0.999",
            "split.share: .* 0.999",
        ),
        (
            {
                "rule": "sampled",
                "how": "first",
                "train": {"split": "train", "n": 999},
                "validation": PART,
                "test": REST,
            },
            "n: 999",
            "split.train.n: the split train has",
        ),
    ],
)
def test_a_setting_that_the_data_do_not_allow_is_told_with_its_line(root, split, line, message):
    edit("sst2-head", split=split)
    lines = Path("experiments/studies/sst2-head.yaml").read_text("utf-8").splitlines()
    number = next(at for at, text in enumerate(lines, 1) if line in text)
    refused(root, rf"^experiments/studies/sst2-head.yaml:{number}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sentence\tlabel\nfine\t7\n", r"dev.tsv:2: unknown label '7'"),
        ("sentence\nfine\n", r"dev.tsv:1: there is no column label"),
        ("sentence\tlabel\n", r"dev.tsv: the split dev of sst2 has no examples"),
    ],
)
def test_data_that_is_damaged(root, tmp_path, monkeypatch, text, message):
    folder = tmp_path / "data" / "sst2"
    folder.mkdir(parents=True)
    rows = "".join(f"word{n} here\t{n % 2}\n" for n in range(20))
    (folder / "train.tsv").write_text(f"sentence\tlabel\n{rows}", "utf-8")
    (folder / "dev.tsv").write_text(text, "utf-8")
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(tmp_path / "data"))
    edit("sst2-head", data={"name": "sst2"})
    refused(root, message)


def test_the_cpu_profile_without_data_names_the_ways_to_it(root):
    refused(root, r"sst2 is not on this machine, .*; to provide it: put sst2/train.tsv below --data-dir", profile="cpu")


def test_a_profile_that_needs_a_gpu(root, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    for profile in ("full", "geometry"):
        refused(root, f"the profile {profile} needs a CUDA GPU", "sst2-lora", profile)


def test_geometry_measures_and_says_nothing_of_accuracy():
    from experiments.finetuning.geometry import geometry_rows, measure_steps
    from experiments.finetuning.study import Geometry
    from experiments.finetuning.tables import GEOMETRY

    lora = {"r": 4, "alpha": 8, "targets": "all-linear"}
    training = {"method": "qlora", "lora": lora, "epochs": 1, "batch_size": 2, "learning_rate": 1e-3, "max_tokens": 16}
    settings = Geometry(model={"name": "smoke-decoder"}, labels=2, tokens=16, steps=3, training=training)
    rows = list(geometry_rows(measure_steps(settings, lambda items, what, total=None: iter(items), device="cpu")))
    assert [row["stage"] for row in rows] == ["training", "evaluation"]
    assert all(set(row) == {column.name for column in GEOMETRY} for row in rows)
    assert all(row["tokens"] == 3 * 2 * 16 and row["wall_seconds"] > 0 for row in rows)
    assert rows[0]["stored"] < rows[0]["logical_base"]


def test_the_command_says_which_profiles_and_seeds_there_are(project):
    for arguments, code, message in (
        (("run", "parameter-counts", "--profile", "cpu"), 1, "has no profiles and no seeds; leave --profile out"),
        (("run", "sst2-head", "--profile", "geometry"), 1, "has no profile geometry; it has smoke, cpu, full"),
        (("run", "sst2-head", "--profile", "huge"), 2, "huge"),
        (("run", "sst2-head", "--seed", "1", "--seed", "1"), 2, "a seed stands twice"),
    ):
        answer = project.experiments(*arguments)
        assert (answer.returncode, message in answer.stderr) == (code, True), answer.stderr


def test_status_tells_profiles_without_torch(smoke_runs):
    code = (
        "import sys; from experiments.cli import main\ntry: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'transformers', 'peft'} & set(sys.modules)), file=sys.stderr)"
    )
    frozen = smoke_runs / "runs" / "smoke" / "frozen"
    environment = {**os.environ, "COLOPHON_FROZEN": str(frozen), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, "status", "--json"],
        cwd=smoke_runs,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1] == "[]"
    mine = [table for table in json.loads(done.stdout)["tables"] if table["table"].startswith("snli-qlora/")]
    assert {table["state"] for table in mine} == {"fresh"}
    assert {table["profile"] for table in mine} == {"smoke"}
