"""Small studies that run in seconds, in folders of their own."""

from pathlib import Path

import pytest
import yaml

from experiments.answering.study import Study
from experiments.study_files import load_study


@pytest.fixture(autouse=True)
def _quiet_machine(monkeypatch, tmp_path):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "runs"))
    for name in ("COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR", "COLOPHON_STUDIES", "COLOPHON_FROZEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def study(monkeypatch, tmp_path):
    """`study(approaches=("extractive",), data="squad", training={"epochs": 1})`: the smoke profile of squad-lora with
    what is said changed, as a study of its own."""
    monkeypatch.setenv("COLOPHON_STUDIES", str(tmp_path / "studies"))

    def make(
        approaches: tuple[str, ...] = ("extractive",),
        data: str | dict = "smoke-questions",
        split: dict | None = None,
        training: dict | None = None,
        seeds: tuple[int, ...] = (0,),
        **more,
    ) -> Study:
        smoke = original().profiles.smoke.model_dump(mode="json", exclude_unset=True)
        smoke |= {
            "data": data if isinstance(data, dict) else {"name": data},
            "seeds": list(seeds),
            "split": smoke["split"] | (split or {}),
        }
        smoke["approaches"] = [
            one | more | {"training": one["training"] | (training or {})}
            for one in smoke["approaches"]
            if one["name"] in approaches
        ]
        content = {"study": "small", "title": "Small", "system": "answering", "profiles": {"smoke": smoke}}
        (tmp_path / "studies").mkdir(exist_ok=True)
        (tmp_path / "studies" / "small.yaml").write_text(yaml.safe_dump(content), "utf-8")
        return load_study("small")

    def original() -> Study:
        return load_study("squad-lora", Path(__file__).resolve().parents[3] / "experiments" / "studies")

    return make
