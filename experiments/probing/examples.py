"""The examples of a study: chosen by rules that are counted, with their prompts, targets and types."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from experiments.choices import template_of
from experiments.data.examples import Example
from experiments.data.load import load_split, local_paths
from experiments.data.overlap import short
from experiments.data.splits import sample
from experiments.data.stored import keep_where, take_at
from experiments.probing.fields import shown
from experiments.probing.study import Classes, Settings, Target
from experiments.tables.errors import UserError, printable


@dataclass(frozen=True)
class Text:
    """A filled prompt, and for each field in it the characters [start, end) of its last place."""

    text: str
    spans: dict[str, tuple[int, int]]

    def within(self, whole: str) -> "Text":
        """A longer text that holds this one, with the places of the fields in it.

        Raises ValueError where it does not.
        """
        start = whole.index(self.text)
        return Text(whole, {field: (start + first, start + end) for field, (first, end) in self.spans.items()})


@dataclass(frozen=True)
class Step:
    """What a rule has left out, and how many are left."""

    rule: str
    left_out: int
    remaining: int


@dataclass(frozen=True)
class Chosen:
    """The examples in the order of their file; `digests` are SHA-256 of the files by name."""

    examples: tuple[Example, ...]
    texts: tuple[Text, ...]
    steps: tuple[Step, ...]
    digests: dict[str, str]

    def values(self, field: str) -> list:
        """What the examples have in a field."""
        return [getattr(example, field) for example in self.examples]

    def types(self, field: str) -> list[str]:
        """The value of each as a text: the type that a control task goes by."""
        return [shown(example, field) for example in self.examples]


def choose(settings: Settings, seed: int) -> Chosen:
    """Raises UserError where a split is not found or damaged, a prompt is empty, or nothing is left."""
    found = load_split(settings.data.entry, settings.split)
    examples: Sequence[Example] = found.examples
    targets = " or ".join(settings.data.entry.targets)
    steps = [Step(f"has no {targets or 'label'}", found.unlabelled, len(examples))]
    for rule, keep in _rules(settings, seed):
        kept = keep(examples)
        steps.append(Step(rule, len(examples) - len(kept), len(kept)))
        examples = kept
        if not examples:
            raise UserError(f"no example is left to probe: the last rule was that one is left out which {rule}")
    texts = tuple(filled(template_of(settings.prompt), example) for example in examples)
    return Chosen(tuple(examples), texts, tuple(steps), found.digests)


def data_paths(settings: Settings) -> dict[str, Path | None]:
    """The file of the split on this machine, None where it is not here."""
    return local_paths(settings.data.entry, (settings.split,))


def filled(template: str, example: Example) -> Text:
    """The prompt of an example. Raises UserError where there is nothing in it."""
    text, spans = "", {}
    for literal, field, _, _ in Formatter().parse(template):
        text += literal
        if field is not None:
            value = shown(example, field)
            spans[field] = len(text), len(text) + len(value)
            text += value
    if not text.strip():
        raise UserError(f"the prompt of example {printable(example.id)} is empty; a model needs something to read")
    return Text(text, spans)


Rule = Callable[[Sequence[Example]], Sequence[Example]]


def _rules(settings: Settings, seed: int) -> Iterator[tuple[str, Rule]]:
    """The rules in the order in which they apply, each with words that go on from "is left out which"."""

    def prompt(example: Example) -> str:
        return filled(template_of(settings.prompt), example).text

    for condition in settings.only:
        yield f"is not {condition}", lambda found, name=condition: keep_where(found, lambda e: getattr(e, name))
    yield "has the prompt of an earlier one, case and punctuation apart", lambda found: _unrepeated(found, prompt)
    if settings.longest is not None:
        yield (
            f"has a prompt of more than {settings.longest} characters",
            lambda found: keep_where(found, lambda e: len(prompt(e)) <= settings.longest),
        )
    for target in settings.targets:
        if isinstance(target, Classes) and target.at_least > 1:
            yield (
                f"is of a {target.field} with fewer than {target.at_least} examples",
                lambda found, target=target: _frequent(found, target),
            )
    for target in settings.targets:
        yield (
            f"has a {target.field} of any example as a word in its prompt",
            lambda found, target=target: _untold(found, target, prompt),
        )
    if settings.n is not None:
        yield f"is not among {settings.n} drawn at random, seed {seed}", lambda found: sample(found, settings.n, seed)


def _unrepeated(examples: Sequence[Example], prompt: Callable[[Example], str]) -> Sequence[Example]:
    first: dict[bytes, int] = {}
    for at, example in enumerate(examples):
        first.setdefault(short(prompt(example)), at)
    return take_at(examples, first.values())


def _frequent(examples: Sequence[Example], target: Classes) -> Sequence[Example]:
    sizes = Counter(getattr(example, target.field) for example in examples)
    return keep_where(examples, lambda example: sizes[getattr(example, target.field)] >= target.at_least)


def _untold(examples: Sequence[Example], target: Target, prompt: Callable[[Example], str]) -> Sequence[Example]:
    """The examples whose prompts hold no value of the target, be it their own or another's.

    A prompt that told its own value would make the probe read it; and leaving out only those would make the word
    evidence against its class. Case and the kind of white space do not count. Numbers are looked for as the data set
    writes them, decimals and all ("6.9", "7.0"): a whole number (a year, seven samurai) is no rating.
    """
    values = sorted({shown(example, target.field) for example in examples}, key=len, reverse=True)
    pattern = "|".join(r"\s+".join(map(re.escape, value.split())) for value in values)
    apart = (r"(?<!\w)", r"(?!\w)") if isinstance(target, Classes) else (r"(?<![\w.,])", r"(?![.,]?\w)")
    told = re.compile(f"{apart[0]}(?:{pattern}){apart[1]}", re.IGNORECASE)
    return keep_where(examples, lambda example: not told.search(prompt(example)))
