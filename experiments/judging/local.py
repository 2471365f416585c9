"""A decoder of our registry as a judge."""

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from experiments.judging.judge import read_verdict, shown
from experiments.judging.prompts import Pair, Question, question
from experiments.judging.study import Local
from experiments.judging.verdicts import RIGHT, WORDS, WRONG, Verdict
from experiments.training.faults import raise_on_oom

if TYPE_CHECKING:
    from experiments.models.load import Loaded

AT_ONCE = 64  # questions between two times that verdicts are kept
CONTENT_FREE = Pair("N/A", "", "N/A", "N/A")


class LocalJudge:
    """See `judge.Judge`. The model is loaded with the first question."""

    def __init__(self, settings: Local, template: str, device: str) -> None:
        self._settings, self._template, self._device = settings, template, device
        self.model, self.host = settings.model.name, None
        self.identity = {"kind": "local", "device": device, **settings.model_dump(mode="json")}
        self.models: Mapping[str, str] = {}

    def verdicts(self, questions: Sequence[Question]) -> Iterator[list[Verdict]]:
        """Raises UserError where the model is not here, or its memory or context does not suffice."""
        from experiments.training.runtime import deterministic

        give = {"generation": self._generated, "likelihood": self._ranked}[self._settings.by]
        for start in range(0, len(questions), AT_ONCE):
            asked = questions[start : start + AT_ONCE]
            loaded, begun = self._loaded, time.perf_counter()
            prompts = [self._put(one) for one in asked]
            lengths = [len(ids) for ids in loaded.tokenizer(prompts, verbose=False)["input_ids"]]
            with deterministic(0), raise_on_oom(self._settings.name):
                made = give(asked)
            seconds = (time.perf_counter() - begun) / len(asked)
            yield [
                Verdict(**cells, prompt_tokens=length, seconds=seconds)
                for cells, length in zip(made, lengths, strict=True)
            ]

    @cached_property
    def _loaded(self) -> "Loaded":
        from experiments.models.chat import open_chat
        from experiments.models.load import load_for
        from experiments.quiet import quiet

        chosen = self._settings.model
        with quiet():
            loaded = load_for("causal", chosen.entry, dtype=self._settings.dtype, device=self._device)
        self.models = loaded.report.digests("judge")
        return open_chat(loaded) if self._settings.chat else loaded

    def _put(self, asked: Question) -> str:
        """The prompt as the model reads it, and the beginning of its reply."""
        from experiments.models.chat import chat_text

        prompt = chat_text(self._loaded.tokenizer, asked.prompt) if self._settings.chat else asked.prompt
        return prompt + self._settings.begin

    def _generated(self, asked: Sequence[Question]) -> list[dict]:
        """What it says up to the first line end is the verdict: a decoder without a turn to end goes on and on."""
        from experiments.scoring.generation import answer

        said = answer(
            self._loaded.model,
            self._loaded.tokenizer,
            [self._put(one) for one in asked],
            WORDS,
            new_tokens=self._settings.new_tokens,
            as_they_are=self._settings.chat,
        )
        return [
            {
                "verdict": read_verdict(_first_line(each.text)),
                "raw": shown(each.text),
                "raw_characters": len(each.text),
                "truncated": each.truncated,
            }
            for each in said
        ]

    def _ranked(self, asked: Sequence[Question]) -> list[dict]:
        """The likelier word after the prompt; wrong where both are as likely."""
        found: dict[Question, dict] = {}
        for order in dict.fromkeys(one.order for one in asked):
            alike = [one for one in asked if one.order == order]
            found |= zip(alike, self._ranked_in(order, alike), strict=True)
        return [found[one] for one in asked]

    def _ranked_in(self, order: str, asked: Sequence[Question]) -> Iterator[dict]:
        """For questions of one order: what the words' prior is depends on the order of the texts before them."""
        from experiments.scoring.likelihood import score_labels
        from experiments.scoring.results import Example

        ranking, space = self._settings.ranking, "" if self._settings.chat or self._settings.begin else " "
        labels = tuple(f"{space}{word}" for word in WORDS)
        empty = [self._put(question(self._template, CONTENT_FREE, order))] if ranking == "calibrated" else []
        scored = score_labels(
            self._loaded.model,
            self._loaded.tokenizer,
            [Example(self._put(one), labels) for one in asked],
            content_free=empty,
        )
        for example in scored.examples:
            right, wrong = example.by(ranking)
            yield {
                "verdict": RIGHT if right > wrong else WRONG,
                "margin": right - wrong,
                "truncated": example.truncated,
            }


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")
