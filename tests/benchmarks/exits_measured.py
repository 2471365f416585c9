"""What all sides of a benchmark of early exits share: the case, and the tokens that each prompt is answered with."""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from scoring_measured import load_model, measured
from transformers import PreTrainedModel

NEW_TOKENS = 40

Answers = dict[int, list[list[int]]]
Prompts = Sequence[list[int]]


@dataclass(frozen=True)
class Case:
    """The depths of the exits, the tokens that end an answer, and the one that pads a batch."""

    depths: tuple[int, ...]
    stops: tuple[int, ...]
    pad: int


def compare(ready: Callable[[PreTrainedModel, Case], Callable[[Prompts], Answers]]) -> None:
    """Answer all prompts of a case, so many at once, and print what it took and the tokens of every exit.

    `ready` makes of the model, uncharged, what gives by depth the new tokens of each prompt of a batch.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--prompts", type=int)
    arguments = parser.parse_args()
    model, _ = load_model(arguments.folder)
    written = json.loads((arguments.folder / "case.json").read_text(encoding="utf-8"))
    prompts = written["prompts"][: arguments.prompts]
    case = Case(tuple(written["depths"]), tuple(written["stops"]), written["pad"])

    answer = ready(model, case)

    def work() -> list[Answers]:
        with torch.inference_mode():
            return [answer(batch) for batch in _batches(prompts, arguments.batch)]

    measured(
        work,
        lambda found: [[_to_stop(ids, case.stops) for ids in said[depth]] for said in found for depth in case.depths],
        model,
    )


def _batches(prompts: Prompts, size: int) -> Iterator[Prompts]:
    return (prompts[start : start + size] for start in range(0, len(prompts), size))


def _to_stop(ids: list[int], stops: tuple[int, ...]) -> list[int]:
    """Up to the first token that ends an answer; what comes after it is filling."""
    ends = [place for place, token in enumerate(ids) if token in stops]
    return ids[: ends[0] + 1] if ends else ids
