"""Sentences and pairs as rows for a classifier, and what a classifier says of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from experiments.data.examples import Pair, Sentence
from experiments.data.stored import made_of
from experiments.metrics.modules import path_of
from experiments.models.batching import TOKENS_AT_ONCE, by_length
from experiments.models.by_batch import by_batch
from experiments.models.load import Loaded
from experiments.scoring.encoding import context_length
from experiments.tables.errors import UserError
from experiments.training.batches import Collate, TrainingRow
from experiments.training.faults import raise_on_oom

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedModel, PreTrainedTokenizerBase

Show = Callable[[Iterable[list[int]], str], Iterator[list[int]]]


@dataclass(frozen=True)
class EncodedExamples:
    """Rows in the order of the examples; `lengths` are the tokens of the whole text, also where it was cut."""

    rows: Sequence[TrainingRow]
    lengths: tuple[int, ...]


def encode(
    loaded: Loaded, examples: Sequence[Sentence | Pair], labels: Sequence[str], max_tokens: int, text: str | None
) -> EncodedExamples:
    """Token ids and the number of the gold label of each example.

    `text` is a template with {text}, or {premise} and {hypothesis}; without one a pair goes to the tokenizer as two
    texts. Longer texts lose their end. Raises UserError for `max_tokens` beyond what the model's positions allow.
    """
    limit = context_length(loaded.model.config)
    if limit is not None and max_tokens > limit:
        raise UserError(f"{loaded.report.model}: max_tokens is {max_tokens}, but the model reads {limit} at most")

    def read(example: Sentence | Pair) -> tuple[int, TrainingRow]:
        ids = _ids(loaded.tokenizer, example, text, None)
        length = len(ids["input_ids"])
        cut = ids if length <= max_tokens else _ids(loaded.tokenizer, example, text, max_tokens)
        return length, {**cut, "labels": labels.index(example.label)}

    encoded = made_of(examples, read)
    return EncodedExamples(made_of(encoded, itemgetter(1)), tuple(length for length, _ in encoded))


def filled(example: Sentence | Pair, text: str | None) -> tuple[str, ...]:
    """What the model reads: one text, or the two of a pair without a template."""
    fields = (
        {"text": example.text}
        if isinstance(example, Sentence)
        else {"premise": example.premise, "hypothesis": example.hypothesis}
    )
    return tuple(fields.values()) if text is None else (text.format_map(fields),)


def _ids(
    tokenizer: "PreTrainedTokenizerBase", example: Sentence | Pair, text: str | None, max_tokens: int | None
) -> dict[str, list[int]]:
    cut = {} if max_tokens is None else {"truncation": True, "max_length": max_tokens}
    found = tokenizer(*filled(example, text), return_attention_mask=False, verbose=False, **cut)
    return {name: found[name] for name in ("input_ids", "token_type_ids") if name in found}


class Accuracy:
    """Of a classifier's predictions, by our `evaluate` module, which another process loads again."""

    def __init__(self) -> None:
        import evaluate

        self._scores = evaluate.load(path_of("classification"), keep_in_memory=True)

    def __call__(self, predicted: "EvalPrediction") -> dict[str, float]:
        found = self._scores.compute(predictions=predicted.predictions.argmax(axis=-1), references=predicted.label_ids)
        return {"accuracy": found["accuracy"]}

    def __reduce__(self) -> tuple[type["Accuracy"], tuple[()]]:
        return Accuracy, ()


def load_accuracy() -> Accuracy:
    """The validation measure of a classifier, for `loop.train`."""
    return Accuracy()


def probabilities(
    model: "PreTrainedModel", rows: Sequence[TrainingRow], pad_id: int, what: str, show: Show | None = None
) -> list[tuple[float, ...]]:
    """The probability of each label for each row, in the order of the rows.

    Rows go through the model by length, so that little is padded; `show` passes batches on and shows them. Raises
    TrainingError where memory runs out.
    """
    import torch

    collate, found = Collate(pad_id), {}
    lengths = [len(row["input_ids"]) for row in rows]

    def say(batch: list[int]) -> list[list[float]]:
        inputs = collate([{k: v for k, v in rows[index].items() if k != "labels"} for index in batch])
        logits = model(**{name: tensor.to(model.device) for name, tensor in inputs.items()}).logits
        return logits.double().softmax(dim=-1).tolist()

    model.eval()
    with raise_on_oom(what), torch.inference_mode():
        batches = list(by_length(lengths, TOKENS_AT_ONCE[model.device.type]))
        for batch, said in by_batch(show(batches, what) if show else batches, say, model.device.type):
            found |= zip(batch, map(tuple, said), strict=True)
    return [found[index] for index in range(len(rows))]
