"""A training with products in bfloat16 is announced as slow where the processor has no instructions for them."""

import pytest
import yaml

from experiments.cli import bfloat16
from experiments.cli.bfloat16 import lacks_bfloat16
from experiments.cli.run import run_studies
from experiments.finetuning import tune
from experiments.tables.locations import PACKAGE_ROOT
from tests.experiments.smoke import make_project

OLD = "processor\t: 0\nflags\t\t: fpu avx2 avx512f\n\nprocessor\t: 1\nflags\t\t: fpu avx2 avx512f\n"


@pytest.mark.parametrize(
    ("listed", "lacks"),
    [
        (OLD, True),
        (OLD.replace("avx512f", "avx512f avx512_bf16"), False),
        (OLD.replace("avx512f", "amx_bf16"), False),
        (OLD.replace("avx512f", "amx_bf16", 1), True),  # one core has them and another not
        ("processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n", False),
        ("processor\t: 0\nFeatures\t: fp asimd svebf16\n", True),
        ("processor\t: 0\nbugs\t\t: bf16\n", False),  # lists no features
    ],
)
def test_a_processor_lacks_what_it_does_not_list(tmp_path, listed, lacks):
    place = tmp_path / "cpuinfo"
    place.write_text(listed)
    assert lacks_bfloat16(place) == lacks


def test_nothing_is_said_of_a_processor_that_lists_nothing(tmp_path):
    assert not lacks_bfloat16(tmp_path / "none")


@pytest.mark.parametrize(
    ("mixed", "lacking", "noted"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_slow_training_is_announced_before_it_begins(tmp_path, monkeypatch, capfd, mixed, lacking, noted):
    folder = make_project(tmp_path)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("COLOPHON_FROZEN", "COLOPHON_STUDIES", "COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR", "COLOPHON_RUNS"):
        monkeypatch.delenv(name, raising=False)
    content = yaml.safe_load((PACKAGE_ROOT / "experiments" / "studies" / "sst2-lora.yaml").read_text("utf-8"))
    smoke = content["profiles"]["smoke"]
    smoke["training"] |= {"epochs": 1, "mixed_precision": mixed}
    place = folder / "experiments" / "studies" / "mine.yaml"
    place.write_text(yaml.safe_dump({**content, "study": "mine", "profiles": {"smoke": smoke}}), "utf-8")
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(OLD if lacking else OLD.replace("avx512f", "avx512_bf16"))
    monkeypatch.setattr(bfloat16, "CPUINFO", cpuinfo)
    before, train = [], tune.train
    monkeypatch.setattr(
        tune, "train", lambda *given, **more: before.append(capfd.readouterr().err) or train(*given, **more)
    )
    run_studies(["mine"], profile="smoke", into=folder / "frozen")
    said, *more = before
    assert [line.startswith("note: mine: mixed_precision") for line in said.splitlines()] == [True] * noted
    assert "mixed_precision" not in "".join([*more, capfd.readouterr().err])
