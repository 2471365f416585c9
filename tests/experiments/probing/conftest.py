"""Synthetic states with a known signal, and small studies in folders of their own."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from threadpoolctl import threadpool_limits

from experiments.study_files import load_study
from experiments.tables.locations import PACKAGE_ROOT

STUDIES = PACKAGE_ROOT / "experiments" / "studies"


@pytest.fixture(autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture
def states():
    """`states(n, features, classes, noise, seed)`: correlated states of uneven scale, classes and values in them."""

    def make(n: int = 120, features: int = 12, classes: int = 3, noise: float = 1.0, seed: int = 0):
        rng = np.random.default_rng(seed)
        mixed = rng.normal(size=(n, features)) @ rng.normal(size=(features, features))
        found = mixed * np.exp(rng.normal(size=features)) + 5 * rng.normal(size=features)
        scaled = (found - found.mean(axis=0)) / found.std(axis=0)
        logits = scaled @ rng.normal(size=(features, classes)) + noise * rng.gumbel(size=(n, classes))
        values = scaled @ rng.normal(size=features) + noise * rng.normal(size=n) + 3
        return found, (logits - logits.mean(axis=0)).argmax(axis=1), values

    return make


@pytest.fixture
def study(monkeypatch, tmp_path):
    """`study(poolings=["last"], …)`: the smoke profile of layer-probe-movies with what is said changed."""
    pytest.importorskip("torch").set_num_threads(1)
    for name in ("COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR", "COLOPHON_FROZEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("COLOPHON_STUDIES", str(tmp_path / "studies"))

    def make(**changed):
        content = yaml.safe_load((STUDIES / "layer-probe-movies.yaml").read_text("utf-8"))
        smoke = {**content["profiles"]["smoke"], **changed}
        settings = {name: value for name, value in smoke.items() if value is not None}
        content = {**content, "study": "small", "profiles": {"smoke": settings}}
        Path(tmp_path / "studies").mkdir(exist_ok=True)
        (tmp_path / "studies" / "small.yaml").write_text(yaml.safe_dump(content), "utf-8")
        return load_study("small")

    return make
