"""What both sides of a scoring benchmark share: loading, measuring, and the line that they print."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase


def load(folder: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase, list[dict]]:
    """Model, tokenizer and examples of a folder that `scoring_case.py` wrote."""
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    for weights in model.parameters():
        weights.sum()  # in memory from here on, so that neither side is charged for reading the file
    examples = json.loads((folder / "examples.json").read_text(encoding="utf-8"))
    return model, AutoTokenizer.from_pretrained(folder), examples


def measured(work: Callable[[], Any], outcome: Callable[[Any], list] = list) -> None:
    """Do the work and print its CPU time, memory and outcome: by default what it gives, a label for each example.

    `outcome` is not charged for. Memory is how far the peak of the work rises above what the process held before it
    (Linux only).
    """
    before = _reset_peak()
    start = time.process_time()
    found = work()
    seconds = time.process_time() - start
    memory = _status("VmHWM") - before
    print(json.dumps({"seconds": seconds, "bytes": memory, "outcome": outcome(found)}))
    sys.stdout.flush()


def _reset_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))
