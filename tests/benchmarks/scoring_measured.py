"""What both sides of a scoring benchmark share: loading, measuring, and the line that they print."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

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


def measured(work: Callable[[], Sequence[int]]) -> None:
    """Do the work, which gives the chosen label of each example, and print its CPU time, memory and outcome.

    Memory is how far the peak of the work rises above what the process held before it (Linux only).
    """
    before = _reset_peak()
    start = time.process_time()
    chosen = work()
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "bytes": _status("VmHWM") - before, "outcome": list(chosen)}))
    sys.stdout.flush()


def _reset_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))
