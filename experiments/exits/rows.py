"""From what the parts of one model found to the rows of the tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, pairwise

import numpy as np

from experiments.exits.instructions import Parts
from experiments.exits.prompts import Asked, Reader
from experiments.exits.results import BASE, Found
from experiments.exits.scoring import QUANTITIES, TESTED, Scored, Scorer, difference_of, value_of, with_prompt
from experiments.exits.study import Exits
from experiments.exits.texts import is_empty, is_repeated
from experiments.statistics.corrections import holm
from experiments.training.runs import ALL, FINE_TUNED, cost_rows, curve_rows, run_name

EMPTY, ECHO = "empty", "prompt-echo"

Row = dict[str, object]


class Rows:
    """`asked` are the prompts of the test examples, `base` what the model says before and `seeds` after fine-tuning."""

    def __init__(
        self,
        exits: Exits,
        parts: Parts,
        asked: Sequence[Asked],
        base: Found,
        seeds: Mapping[int, Found],
        scorer: Scorer,
        show: Callable,
    ) -> None:
        self._exits, self._base, self._seeds, self._scorer = exits, base, seeds, scorer
        self._ids = [example.id for example in parts.test]
        self._references = [example.output for example in parts.test]
        self._prompts = [each.text for each in asked]
        self._whole_references = list(map(with_prompt, self._prompts, self._references))
        self._work_out_bertscores(show)

    def answers(self) -> Iterator[Row]:
        for run, found in self._parts():
            for depth, said in found.answers.items():
                values = self._scored(found, depth).values
                for index, answer in enumerate(said):
                    yield {
                        **self._of(found.stage, run),
                        "depth": depth,
                        "id": self._ids[index],
                        "text": answer.text,
                        "tokens": answer.tokens,
                        "stop": "end" if answer.ended else "limit",
                        "empty": is_empty(answer.text),
                        "repeated": is_repeated(answer.text),
                        **{quantity: float(each[index]) for quantity, each in values.items()},
                    }

    def scores(self) -> Iterator[Row]:
        for stage, run, found in self._groups():
            for depth in self._exits.depths:
                said = [answer for each in found for answer in each.answers[depth]]
                shares = {
                    "empty_share": np.mean([is_empty(answer.text) for answer in said]),
                    "repeated_share": np.mean([is_repeated(answer.text) for answer in said]),
                    "unfinished_share": np.mean([not answer.ended for answer in said]),
                }
                scored = [self._scored(each, depth) for each in found]
                wrongly = [self._scored(each, depth, prompted=True) for each in found]
                for quantity in QUANTITIES:
                    value, low, high = value_of(scored, quantity)
                    yield {
                        **self._of(stage, run),
                        "depth": depth,
                        "quantity": quantity,
                        "value": value,
                        "low": low,
                        "high": high,
                        "n": len(self._ids),
                        "echo_floor": self._floor(ECHO, False, quantity).value,
                        "empty_floor": self._floor(EMPTY, False, quantity).value,
                        **shares,
                        "with_prompt": value_of(wrongly, quantity).value,
                        "with_prompt_empty_floor": self._floor(EMPTY, True, quantity).value,
                        "signature": self._scorer.signature(quantity),
                        "seeds": 0 if stage == BASE else len(found),
                    }

    def floors(self) -> Iterator[Row]:
        for answer in (EMPTY, ECHO):
            for quantity in QUANTITIES:
                wrongly = self._floor(answer, True, quantity)
                yield {
                    "model": self._name,
                    "answer": answer,
                    "quantity": quantity,
                    "new_tokens_only": self._floor(answer, False, quantity).value,
                    "with_prompt": wrongly.value,
                    "low": wrongly.low,
                    "high": wrongly.high,
                    "n": len(self._ids),
                    "signature": self._scorer.signature(quantity),
                }

    def tests(self) -> Iterator[Row]:
        depths = self._exits.depths
        for stage, run, found in self._groups():
            if stage == FINE_TUNED:
                pairs = [([self._base], depth, found, depth) for depth in depths]
                yield from self._tests("fine-tuning", run, pairs)
            yield from self._tests("deeper", run, [(found, one, found, other) for one, other in pairwise(depths)])
            if len(depths) > 1:
                yield from self._tests("deepest", run, [(found, depths[0], found, depths[-1])])

    def probabilities(self) -> Iterator[Row]:
        """Of the base model and the first seed."""
        for run, found in islice(self._parts(), 2):
            yield from ({**self._of(found.stage, run), **vars(token)} for token in found.followed)

    def curves(self) -> Iterator[Row]:
        return ({"model": self._name, **row} for row in curve_rows(self._seeds))

    def cost(self) -> Iterator[Row]:
        return cost_rows(self._base, self._seeds)

    @property
    def _name(self) -> str:
        return self._exits.model.name

    def _of(self, stage: str, run: str) -> Row:
        return {"model": self._name, "stage": stage, "run": run}

    def _parts(self) -> Iterator[tuple[str, Found]]:
        yield ALL, self._base
        yield from ((run_name(seed), found) for seed, found in self._seeds.items())

    def _groups(self) -> Iterator[tuple[str, str, list[Found]]]:
        """Stage, run and what was found in it; in `all` with every seed."""
        yield from ((found.stage, run, [found]) for run, found in self._parts())
        yield FINE_TUNED, ALL, list(self._seeds.values())

    def _tests(
        self, comparison: str, run: str, pairs: Sequence[tuple[list[Found], int, list[Found], int]]
    ) -> Iterator[Row]:
        """A family of tests: Holm's correction is over the pairs, each quantity by itself."""
        for quantity in TESTED:
            found = [
                difference_of(
                    [self._scored(each, shallow) for each in before],
                    [self._scored(each, deep) for each in after],
                    quantity,
                )
                for before, shallow, after, deep in pairs
            ]
            adjusted = holm([each.p_value for each in found])
            for (before, shallow, after, deep), difference, p_holm in zip(pairs, found, adjusted, strict=True):
                yield {
                    "model": self._name,
                    "comparison": comparison,
                    "run": run,
                    "before_stage": before[0].stage,
                    "before_depth": shallow,
                    "after_stage": after[0].stage,
                    "after_depth": deep,
                    "quantity": quantity,
                    "n": len(self._ids),
                    **difference._asdict(),
                    "p_holm": p_holm,
                }

    def _scored(self, found: Found, depth: int, prompted: bool = False) -> Scored:
        """Of new tokens alone; where `prompted`, of prompt and new tokens against prompt and reference."""
        key = (id(found), depth, prompted)
        if key not in self._scores:
            self._scores[key] = self._score([answer.text for answer in found.answers[depth]], prompted)
        return self._scores[key]

    @cached_property
    def _scores(self) -> dict[tuple[int, int, bool], Scored]:
        return {}

    def _score(self, texts: Sequence[str], prompted: bool) -> Scored:
        if prompted:
            return self._scorer.score(list(map(with_prompt, self._prompts, texts)), self._whole_references)
        return self._scorer.score(texts, self._references)

    def _floor(self, answer: str, prompted: bool, quantity: str):
        return self._floors[answer, prompted, quantity]

    @cached_property
    def _floors(self) -> dict:
        """The scores of saying nothing and of returning the prompt, by answer, whether prompts are scored, quantity."""
        texts = {EMPTY: [""] * len(self._ids), ECHO: self._prompts}
        scored = {
            (answer, prompted): self._score(said, prompted)
            for answer, said in texts.items()
            for prompted in (False, True)
        }
        return {(*key, quantity): value_of([one], quantity) for key, one in scored.items() for quantity in QUANTITIES}

    def _work_out_bertscores(self, show: Callable) -> None:
        """Run the encoder over all answers at once, with and without their prompts: scoring then finds them known."""
        texts = [answer.text for _, found in self._parts() for said in found.answers.values() for answer in said]
        times = len(texts) // len(self._ids)
        pairs = [*zip(texts, self._references * times, strict=True)]
        whole = map(with_prompt, self._prompts * times, texts)
        pairs += zip(whole, self._whole_references * times, strict=True)
        self._scorer.look_ahead(pairs, lambda batches: show(batches, f"{self._name}, BERTScore"))


def input_rows(reader: Reader, parts: Parts) -> Iterator[Row]:
    """How the examples of each part became prompts and references of the model."""
    exits = reader.exits
    for part, examples in parts.named().items():
        asked = reader.ask(examples)
        yield {
            "model": exits.model.name,
            "part": part,
            "n": len(asked),
            "max_tokens": exits.training.max_tokens,
            "max_new_tokens": exits.max_new_tokens,
            "longest_prompt": max(len(each.ids) for each in asked),
            "longest_reference": max(len(each.reference) for each in asked),
            "cut": sum(len(each.reference) > exits.max_new_tokens for each in asked),
            "unknown": sum(map(reader.unknown, asked)),
        }


def prompt_rows(reader: Reader) -> Iterator[Row]:
    """The shown prompts, in words of our own."""
    for shown, asked in zip(reader.exits.shown, reader.ask(reader.exits.shown), strict=True):
        yield {
            "model": reader.exits.model.name,
            "prompt": shown.name,
            "instruction": shown.instruction,
            "input": shown.input,
            "reference": shown.output,
            "text": asked.text,
            "tokens": len(asked.ids),
        }
