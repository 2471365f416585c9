"""What all sides of a benchmark of early exits share: the case, and the tokens that each prompt is answered with."""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from scoring_measured import measured
from transformers import AutoModelForCausalLM, PreTrainedModel

DEPTHS = (3, 6, 9, 12)
NEW_TOKENS = 40
STOPS = (1,)  # an end token, which hardly ever comes

Answers = dict[int, list[list[int]]]
Prompts = Sequence[list[int]]


def compare(ready: Callable[[PreTrainedModel], Callable[[Prompts], Answers]]) -> None:
    """Answer all prompts of a case, so many at once, and print what it took and the tokens of every exit.

    `ready` makes of the model, uncharged, what gives by depth the new tokens of each prompt of a batch.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--prompts", type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(arguments.folder, dtype=torch.float32).eval()
    for weights in model.parameters():
        weights.sum()  # in memory from here on, so that neither side is charged for reading the file
    prompts = json.loads((arguments.folder / "prompts.json").read_text(encoding="utf-8"))[: arguments.prompts]

    answer = ready(model)

    def work() -> list[Answers]:
        with torch.inference_mode():
            return [answer(batch) for batch in _batches(prompts, arguments.batch)]

    measured(work, lambda found: [[_to_stop(ids) for ids in said[depth]] for said in found for depth in DEPTHS])


def _batches(prompts: Prompts, size: int) -> Iterator[Prompts]:
    return (prompts[start : start + size] for start in range(0, len(prompts), size))


def _to_stop(ids: list[int]) -> list[int]:
    """Up to the first token that ends an answer; what comes after it is filling."""
    ends = [place for place, token in enumerate(ids) if token in STOPS]
    return ids[: ends[0] + 1] if ends else ids
