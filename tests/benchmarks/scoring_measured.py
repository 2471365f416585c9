"""What both sides of a scoring benchmark share: loading, measuring, and the line that they print."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from experiments.models.load import load_for

NAMED = "model.txt"  # of a folder whose model is one of the registry


def load(folder: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase, list[dict]]:
    """Model, tokenizer and examples of a folder that `scoring_case.py` wrote."""
    examples = json.loads((folder / "examples.json").read_text(encoding="utf-8"))
    return *load_model(folder), examples


def load_model(folder: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase | None]:
    """The model of a case, in memory, and its tokenizer where there is one: those that lie in the folder, or those of
    the registry that it names. From here on one thread computes."""
    torch.set_num_threads(1)
    if (folder / NAMED).is_file():
        loaded = load_for("causal", (folder / NAMED).read_text(encoding="utf-8"))
        model, tokenizer = loaded.model, loaded.tokenizer
    else:
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder) if (folder / "tokenizer.json").is_file() else None
    for weights in model.parameters():
        weights.sum()  # in memory from here on, so that neither side is charged for reading the file
    return model, tokenizer


def name_model(folder: Path, model: str) -> None:
    """Have the case take a model of the registry."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAMED).write_text(model, encoding="utf-8")


def measured(
    work: Callable[[], Any], outcome: Callable[[Any], list] = list, model: PreTrainedModel | None = None
) -> None:
    """Do the work and print its CPU time, memory and outcome: by default what it gives, a label for each example.

    Of a model the matrix products of its linear layers are printed as well, and what they take alone. `outcome` and
    this are not charged for. Memory is how far the peak of the work rises above what the process held before it (Linux
    only).
    """
    products = [] if model is None else _recorded_products(model)
    before = _reset_peak()
    start = time.process_time()
    found = work()
    seconds = time.process_time() - start
    memory = _status("VmHWM") - before
    print(json.dumps({"seconds": seconds, "bytes": memory, "outcome": outcome(found), **_alone(products)}))
    sys.stdout.flush()


def _recorded_products(model: PreTrainedModel) -> list[tuple[torch.nn.Linear, int]]:
    """From here on gets every linear layer that is called, and for how many rows."""
    products = []

    def record(layer: torch.nn.Linear, given: tuple, out: torch.Tensor) -> None:
        products.append((layer, out.numel() // layer.out_features))

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_hook(record)
    return products


@torch.inference_mode()
def _alone(products: list[tuple[torch.nn.Linear, int]]) -> dict[str, float]:
    """How many floating-point operations the products are, and the CPU time of one after the other."""
    if not products:
        return {}
    states = {size: torch.randn(size) for size in {(rows, layer.in_features) for layer, rows in products}}
    start = time.process_time()
    for layer, rows in products:
        torch.mm(states[rows, layer.in_features], layer.weight.T)
    seconds = time.process_time() - start
    return {
        "products": sum(2 * rows * layer.weight.numel() for layer, rows in products),
        "products_seconds": seconds,
    }


def _reset_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))
