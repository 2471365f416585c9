"""Models to count, and the reference to count them against."""

import importlib.util
from pathlib import Path

import pytest

from experiments.parameters.catalogue import Model
from experiments.parameters.config import Config
from tests import shared


@pytest.fixture(scope="session")
def reference():
    """The module beside this file that builds the real models. It imports torch, so only tests that ask for it do."""
    spec = importlib.util.spec_from_file_location("parameters_reference", Path(__file__).with_name("reference.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def model_of():
    """A model from config keys: `model_of({"model_type": "llama", …})`."""
    return lambda values: Model("test", "test", "test", Config(values, "test config"), {})


@pytest.fixture
def shared_model():
    """The folder of a model of the shared model folder; the test is skipped where it is not on the machine."""

    def find(name: str) -> Path:
        if not (shared.MODELS / name / "model.safetensors").is_file():
            pytest.skip(f"no {name} in the shared model folder")
        return shared.MODELS / name

    return find
