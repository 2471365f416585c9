"""The instructions of a study: trained on, validated on and tested on, with no text in two of the three parts."""

from dataclasses import dataclass
from pathlib import Path

from experiments.data.errors import SettingError
from experiments.data.examples import Instruction
from experiments.data.load import load_split, local_paths
from experiments.data.overlap import check_disjoint, without
from experiments.data.parts import TEST, TRAIN, VALIDATION, ThreeParts
from experiments.data.splits import digest, sample
from experiments.data.stored import keep_where
from experiments.exits.study import Settings, Split

Parts = ThreeParts[Instruction]
"""An example is left out of a part where its text stands in one that was drawn before."""


@dataclass(frozen=True)
class Chosen:
    """The three parts that a study chose, and its settings."""

    settings: Settings
    parts: Parts


def choose(settings: Settings) -> Parts:
    """Raises UserError where the split is not found or damaged, and where there are too few examples for a part."""
    data, split = settings.data, settings.split
    read = load_split(data.entry, split.split)
    pool = keep_where(read.examples, lambda example: _taken(example, split))
    held_out: list[Instruction] = []
    parts, rules, left_out = {}, {}, {}
    for part, n in ((TEST, split.test_n), (VALIDATION, split.validation_n), (TRAIN, split.train_n)):
        drawn = {example.id for example in held_out}
        rest = keep_where(pool, lambda example, drawn=drawn: example.id not in drawn)
        apart = without(rest, held_out)
        if n > len(apart):
            message = f"the {part} part has {len(apart)} examples to choose from, and needs {n}"
            raise SettingError(message, "split", f"{part}_n")
        parts[part] = sample(apart, n, split.seed)
        rules[part] = f"{n} of {len(apart)} at random, seed {split.seed}, {_kind(split)}"
        left_out[part] = len(rest) - len(apart)
        held_out += parts[part]
    for one, other in ((TRAIN, VALIDATION), (TRAIN, TEST), (VALIDATION, TEST)):
        check_disjoint(parts[one], parts[other], (f"the {one} part", f"the {other} part"))
    return Parts(**parts, rules=rules, left_out=left_out, digests=read.digests)


def split_rows(chosen: Chosen) -> list[dict[str, object]]:
    """What the three parts are."""
    settings, parts = chosen.settings, chosen.parts
    return [
        {
            "part": part,
            "dataset": settings.data.name,
            "split": settings.split.split,
            "rule": parts.rules[part],
            "n": len(examples),
            "with_input": sum(bool(example.input) for example in examples),
            "left_out": parts.left_out[part],
            "sha256": digest(examples),
        }
        for part, examples in parts.named().items()
    ]


def data_paths(settings: Settings) -> dict[str, Path | None]:
    """The file of the split on this machine, None where it is not here."""
    return local_paths(settings.data.entry, (settings.split.split,))


def _taken(example: Instruction, split: Split) -> bool:
    return (
        example.output.strip() != ""
        and not (split.one_line and len(example.output.splitlines()) > 1)
        and (split.longest_prompt is None or len(example.instruction) + len(example.input) <= split.longest_prompt)
        and (split.longest_output is None or len(example.output) <= split.longest_output)
    )


def _kind(split: Split) -> str:
    told = [f"{'one-line ' if split.one_line else ''}output that is not empty"]
    if split.longest_output:
        told[0] += f", of at most {split.longest_output} characters"
    if split.longest_prompt:
        told.append(f"instruction and input of at most {split.longest_prompt} characters together")
    return "with " + " and ".join(told)
