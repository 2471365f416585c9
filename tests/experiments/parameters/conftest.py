"""Models to count, and the reference to count them against."""

import importlib.util
import json
import math
import struct
from pathlib import Path

import pytest

from experiments.parameters.catalogue import Model
from experiments.parameters.config import Config
from tests import shared

WIDTHS = {"F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "U32": 4}
WIDTHS |= dict.fromkeys(("I8", "U8", "F8_E4M3", "F8_E8M0", "BOOL"), 1)


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


@pytest.fixture(scope="session")
def write_checkpoint():
    """Writes a checkpoint whose data is a hole: `write_checkpoint(folder, {name: (dtype, shape)}, config)`."""

    def write(folder: Path, tensors: dict[str, tuple[str, tuple[int, ...]]], config: dict | None = None) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        header, position = {}, 0
        for name, (dtype, shape) in tensors.items():
            end = position + math.prod(shape) * WIDTHS[dtype]
            header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [position, end]}
            position = end
        body = json.dumps(header).encode()
        with (folder / "model.safetensors").open("wb") as file:
            file.write(struct.pack("<Q", len(body)) + body)
            file.truncate(8 + len(body) + position)
        if config is not None:
            (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def shared_model():
    """The folder of a model of the shared model folder; the test is skipped where it is not on the machine."""

    def find(name: str) -> Path:
        if not (shared.MODELS / name / "model.safetensors").is_file():
            pytest.skip(f"no {name} in the shared model folder")
        return shared.MODELS / name

    return find
