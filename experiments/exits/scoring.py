"""What answers score against references, pair by pair, through the metrics of `experiments.metrics.modules`.

Of new tokens alone, and, to show what that mistake does, with the prompt before both. Values run from 0 to 100. BLEU is
a score of a corpus, so a pair has the statistics from whose sums it follows.
"""

from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from experiments.exits.instructions import Parts
from experiments.exits.results import Found, parts_of
from experiments.exits.terms import (
    BERTSCORES,
    BLEU_STATISTICS,
    ECHO,
    EXIT,
    NEW_TOKENS,
    ROUGE_L,
    SILENCE,
    WITH_PROMPT,
)
from experiments.system import Row
from experiments.tables.errors import UserError
from experiments.training.runs import Outcome

PAIRS_AT_ONCE = 1024  # of BERTScore: it keeps the vectors of all tokens of a call

Pair = tuple[str, str]
Show = Callable[[list[list[Pair]]], Iterable[list[Pair]]]


class Scorer:
    """Scores texts against references; BERTScore of a pair is worked out once, and `look_ahead` tells which come.

    `name` is the registry's for the encoder in the folder `encoder`. Raises UserError where that has no such layer.
    """

    def __init__(self, name: str, encoder: Path, layer: int, device: str) -> None:
        import evaluate

        from experiments.metrics.modules import path_of
        from experiments.models.classes import config_in

        blocks = config_in(encoder, name).num_hidden_layers
        if layer > blocks:
            raise UserError(f"bertscore: {name} has {blocks} blocks, so there is no layer {layer}")
        self._bertscore_settings = {"model": str(encoder), "num_layers": layer, "device": device}
        self._bertscore_signature = f"{name}, layer {layer}, bert-score {version('bert-score')}, no idf, no baseline"
        self._bleu, self._rouge, self._bertscore = (
            evaluate.load(path_of(metric), keep_in_memory=True) for metric in ("bleu", "rouge", "bertscore")
        )
        self._known: dict[Pair, list[float]] = {}

    def look_ahead(self, pairs: Iterable[Pair], show: Show = iter) -> None:
        """Work out BERTScore for those that are new, many at once. `show` passes batches on and shows how far it is."""
        new = sorted({pair for pair in pairs if pair not in self._known}, key=lambda pair: (pair[1], pair[0]))
        for some in show([new[start : start + PAIRS_AT_ONCE] for start in range(0, len(new), PAIRS_AT_ONCE)]):
            texts, references = zip(*some, strict=True)
            found = self._bertscore.compute(
                predictions=list(texts), references=list(references), **self._bertscore_settings
            )
            by_pair = zip(*(found["segments"][name] for name in ("precision", "recall", "f1")), strict=True)
            self._known |= {pair: [100 * score for score in scores] for pair, scores in zip(some, by_pair, strict=True)}

    def score(self, texts: Sequence[str], references: Sequence[str]) -> list[Row]:
        """The cells of `shapes.STATISTICS` that say what each text scores against its reference.

        Raises UserError for an empty reference: nothing compares with it.
        """
        for number, reference in enumerate(references, start=1):
            if not reference.strip():
                raise UserError(f"the reference of example {number} is empty, so no answer can be scored; leave it out")
        pairs = list(zip(texts, references, strict=True))
        self.look_ahead(pairs)
        given = {"predictions": list(texts), "references": [[reference] for reference in references]}
        bleu = self._bleu.compute(**given)
        rouge = self._rouge.compute(**given, types=["rougeL"])["segments"]["rougeL"]
        signatures = {"bleu_signature": bleu["signature"], "bertscore_signature": self._bertscore_signature}
        return [
            {
                **dict(zip(BLEU_STATISTICS, segment, strict=True)),
                ROUGE_L: 100 * overlap,
                **dict(zip(BERTSCORES, self._known[pair], strict=True)),
                **signatures,
            }
            for pair, segment, overlap in zip(pairs, bleu["segments"], rouge, strict=True)
        ]


def score_answers(
    name: str, parts: Parts, prompts: Sequence[str], outcome: Outcome[Found], scorer: Scorer, show: Callable
) -> list[Row]:
    """The statistics of everything that one model said, and of what the two trivial baselines say.

    `prompts` are those of the test examples. BERTScore is worked out first, over all answers at once.
    """
    ids, references = [example.id for example in parts.test], [example.output for example in parts.test]
    said = {
        (EXIT, found.stage, run, depth): [answer.text for answer in answers]
        for run, found in parts_of(outcome)
        for depth, answers in found.answers.items()
    }
    whole = list(map(with_prompt, prompts, references))

    def pairs(texts: Sequence[str], scored: str) -> list[tuple[str, str]]:
        if scored == WITH_PROMPT:
            return list(zip(map(with_prompt, prompts, texts), whole, strict=True))
        return list(zip(texts, references, strict=True))

    every = [pair for texts in said.values() for scored in (NEW_TOKENS, WITH_PROMPT) for pair in pairs(texts, scored)]
    scorer.look_ahead(every, lambda batches: show(batches, f"{name}, BERTScore"))
    said[SILENCE, "none", "none", 0] = [""] * len(ids)
    said[ECHO, "none", "none", 0] = prompts
    rows: list[Row] = []
    for (answer, stage, run, depth), texts in said.items():
        for scored in (NEW_TOKENS, WITH_PROMPT):
            about = {"model": name, "answer": answer, "stage": stage, "run": run, "depth": depth}
            cells = scorer.score(*zip(*pairs(texts, scored), strict=True))
            rows += ({**about, "id": id_, "scored": scored, **each} for id_, each in zip(ids, cells, strict=True))
    return rows


def with_prompt(prompt: str, text: str) -> str:
    """What is scored by mistake where the prompt is not cut off: the prompt, and the text after it."""
    return f"{prompt} {text}".strip()
