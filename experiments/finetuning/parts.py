"""Which examples train, which choose the checkpoint, and which test: the run table `splits`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from experiments.data.errors import SettingError
from experiments.data.examples import Pair, Sentence
from experiments.data.load import load_split, local_paths
from experiments.data.overlap import check_disjoint, without
from experiments.data.parts import TEST, TRAIN, VALIDATION
from experiments.data.splits import digest, first, sample, stratified
from experiments.finetuning.study import Sampled, Settings, Stratified
from experiments.tables.errors import UserError

Examples = Sequence[Sentence | Pair]


@dataclass(frozen=True)
class Parts:
    """The three parts; no normalised text stands in two of them. `left_out` counts what was removed for that."""

    examples: Mapping[str, Examples]
    split: Mapping[str, str]
    rule: Mapping[str, str]
    left_out: Mapping[str, int]
    unlabelled: Mapping[str, int]  # rows of the split without a gold label
    data: Mapping[str, str]  # SHA-256 of the files


@dataclass(frozen=True)
class EncodedParts:
    """The parts as a model reads them: `lengths` are the tokens of each example by part, before it is cut."""

    settings: Settings
    parts: Parts
    lengths: Mapping[str, tuple[int, ...]]

    def is_cut(self, length: int) -> bool:
        """Whether an example of so many tokens is cut."""
        return length > self.settings.training.max_tokens


def split_rows(encoded: EncodedParts) -> Iterator[dict[str, object]]:
    """A row for each part: where its examples are from, how many of each label, and how many are cut."""
    settings, parts = encoded.settings, encoded.parts
    for part, lengths in encoded.lengths.items():
        examples = parts.examples[part]
        found = Counter(example.label for example in examples)
        yield {
            "part": part,
            "dataset": settings.data.name,
            "split": parts.split[part],
            "rule": parts.rule[part],
            "n": len(examples),
            **{name: found[label] for label, name in settings.columns("n").items()},
            **({"unlabelled": parts.unlabelled[part]} if settings.data.entry.counts_unlabelled else {}),
            "left_out": parts.left_out[part],
            "truncated": sum(map(encoded.is_cut, lengths)),
            "longest": max(lengths),
            "sha256": digest(examples),
        }


def read_parts(settings: Settings) -> Parts:
    """Read the splits and part them by the rule of the study.

    A text that stands in a later part (validation, test) is left out of the earlier ones. Raises UserError where the
    data is not found or damaged, and where a part comes out empty.
    """
    loaded = {name: load_split(settings.data.entry, name) for name in settings.split.splits}
    chosen = (
        _stratified(settings.split, loaded)
        if isinstance(settings.split, Stratified)
        else _sampled(settings.split, loaded)
    )
    examples = {part: found for part, (_, _, found) in chosen.items()}
    kept = {
        TRAIN: without(examples[TRAIN], chain(examples[VALIDATION], examples[TEST])),
        VALIDATION: without(examples[VALIDATION], examples[TEST]),
        TEST: examples[TEST],
    }
    for part, found in kept.items():
        if not found:
            raise UserError(f"{settings.data.name}: no examples are left for {part}")
    check_disjoint(kept[TRAIN], kept[TEST], (TRAIN, TEST))
    return Parts(
        examples=kept,
        split={part: split for part, (split, _, _) in chosen.items()},
        rule={part: rule for part, (_, rule, _) in chosen.items()},
        left_out={part: len(examples[part]) - len(kept[part]) for part in kept},
        unlabelled={part: loaded[split].unlabelled for part, (split, _, _) in chosen.items()},
        data={name: digest for found in loaded.values() for name, digest in found.digests.items()},
    )


Chosen = dict[str, tuple[str, str, Examples]]


def _stratified(rule: Stratified, loaded: Mapping) -> Chosen:
    train, validation = stratified(loaded[rule.train].examples, rule.share, rule.seed)
    how = f"stratified by label, seed {rule.seed}"
    return {
        TRAIN: (rule.train, f"{rule.share:.0%} of the split, {how}", train),
        VALIDATION: (rule.train, f"the other {1 - rule.share:.0%}, {how}", validation),
        TEST: (rule.test, "the whole split", loaded[rule.test].examples),
    }


def _sampled(rule: Sampled, loaded: Mapping) -> Chosen:
    chosen = {}
    for name, part in ((TRAIN, rule.train), (VALIDATION, rule.validation), (TEST, rule.test)):
        examples = loaded[part.split].examples
        if part.n > len(examples):
            raise SettingError(f"the split {part.split} has {len(examples)} examples", "split", name, "n")
        if rule.how == "first":
            chosen[name] = (part.split, f"the first {part.n}", first(examples, part.n))
        else:
            how = f"{part.n} at random, seed {rule.seed}"
            chosen[name] = (part.split, how, sample(examples, part.n, rule.seed))
    return chosen


def data_paths(settings: Settings) -> dict[str, Path | None]:
    """The files of the splits on this machine, None for what is not here."""
    return local_paths(settings.data.entry, settings.split.splits)
