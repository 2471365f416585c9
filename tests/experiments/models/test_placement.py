"""Where weights go on a machine with GPUs: asked of a machine that only says that it has them."""

import pytest
import torch

from experiments.models.load import placement

SIZE = 4000  # bytes of weights in float32


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "llama", "dtype": "float32"}', "utf-8")
    (tmp_path / "model.safetensors").write_bytes(bytes(SIZE))
    return tmp_path


@pytest.mark.parametrize(
    ("gpus", "free", "dtype", "packed", "spread"),
    [
        (1, 10, "float32", None, False),
        (2, SIZE, "float32", None, True),
        (2, 2 * SIZE, "float32", None, False),
        (2, SIZE, "bfloat16", None, False),
        (4, SIZE / 2, "bfloat16", None, True),
        (4, SIZE / 2, "bfloat16", "nf4", False),
    ],
)
def test_a_model_is_spread_where_one_gpu_is_too_small_and_there_are_more(
    monkeypatch, folder, gpus, free, dtype, packed, spread
):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, free))
    assert placement("tiny", folder, dtype, packed, "cuda") == ("auto" if spread else {"": "cuda"})
