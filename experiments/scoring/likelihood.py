"""Log-likelihoods of label words under a causal language model, all labels of an example in one pass."""

from collections.abc import Iterator, Sequence
from math import log
from typing import TYPE_CHECKING

from experiments.models.batching import Told, in_blocks, narrowed
from experiments.models.by_batch import by_batch
from experiments.scoring.encoding import EncodedLabel, context_length, encode_examples
from experiments.scoring.forward import can_share, inference, label_logprobs, longest_shared
from experiments.scoring.results import Example, ExampleScores, LabelScore, Scored
from experiments.scoring.rows import Row, batches, plain_rows, shared_row
from experiments.tables.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

LOGITS = {"cpu": 2**21, "cuda": 2**26}  # the largest (places, vocabulary) of one batch, in numbers


def score_labels(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    examples: Sequence[Example],
    *,
    content_free: Sequence[str] = (),
    token_budget: int = 1024,
    max_length: int | None = None,
    progress: Told | None = None,
) -> Scored:
    """The log-likelihood of every label of every example.

    `content_free` are contexts without content, such as the prompt around "N/A": the labels' mean probability after
    them is their prior. `token_budget` bounds the tokens of a batch, padding counted. `max_length` is by default the
    longest input that the model knows. The scores do not depend on the budget, on the tokenizer's padding side or on
    the other labels of the example, but for the rounding of the hardware.

    Raises UserError for a label without tokens or one that does not fit into the model's context, for a model without
    a vocabulary head, and where the model's numbers overflow.
    """
    if model.get_output_embeddings() is None:
        raise UserError(f"{type(model).__name__} has no vocabulary head, so labels have no likelihood under it")
    max_length = max_length or context_length(model.config, tokenizer)
    priors = [Example(context, labels) for labels in _label_sets(examples) for context in content_free]
    done, found, tokens = [], [], 0
    for block, told in in_blocks(examples, progress):
        asked = [*block, *priors] if not done else block
        encoded = encode_examples(tokenizer, asked, max_length, first=len(done) + 1)
        with inference(model):
            rows = _rows(model, encoded)
            totals = _totals(model, rows, sum(map(len, encoded)), token_budget, told)
        scores = list(_scores(asked, encoded, totals))
        found += scores[len(block) :]
        done += scores[: len(block)]
        tokens += sum(len(row.ids) for row in rows)
    if content_free:
        done = _with_priors(examples, done, priors, found)
    return Scored(tuple(done), tokens)


def _scores(
    examples: Sequence[Example], encoded: Sequence[Sequence[EncodedLabel]], totals: Sequence[float]
) -> Iterator[ExampleScores]:
    first = 0
    for example, labels in zip(examples, encoded, strict=True):
        named = zip(example.labels, totals[first : first + len(labels)], labels, strict=True)
        scored = tuple(LabelScore(name, total, len(label.targets)) for name, total, label in named)
        yield ExampleScores(scored, any(label.truncated for label in labels))
        first += len(labels)


def _rows(model: "PreTrainedModel", encoded: Sequence[Sequence[EncodedLabel]]) -> list[Row]:
    """The rows of all labels, which are numbered through; labels share rows in branches where the model allows it."""
    limit = longest_shared(model)
    share: bool | None = None  # tried on the model only where it matters
    rows: list[Row] = []
    first = 0
    for labels in encoded:
        row = shared_row(labels, first)
        fits = limit is None or max(row.positions) < limit
        if row.branched and fits and share is None:
            share = can_share(model)
        rows.extend([row] if not row.branched or (fits and share) else plain_rows(labels, first))
        first += len(labels)
    return rows


def _totals(
    model: "PreTrainedModel", rows: Sequence[Row], labels: int, token_budget: int, progress: Told | None
) -> list[float]:
    """The sum of the log-probabilities of each label's tokens."""
    import torch

    totals = torch.zeros(labels, dtype=torch.float64)
    vocabulary = model.get_input_embeddings().num_embeddings
    places = max(LOGITS.get(model.device.type, LOGITS["cpu"]) // vocabulary, 1)
    done = 0

    def find(batch: list[Row]) -> tuple[list[int], list[float]]:
        numbers: list[int] = []
        logprobs: list[float] = []
        for part, width in narrowed(batch, [len(row.ids) for row in batch]):
            of_part, found = label_logprobs(model, part, width)
            numbers += of_part
            logprobs += found.tolist()
        return numbers, logprobs

    found = by_batch(batches(rows, token_budget, places), find, model.device.type, lambda b: [row.ids for row in b])
    for batch, (numbers, logprobs) in found:
        totals.index_add_(0, torch.tensor(numbers), torch.tensor(logprobs, dtype=torch.float64))
        done += len(batch)
        if progress is not None:
            progress(done, len(rows))
    if totals.isnan().any():
        raise UserError(f"the model gives scores that are not numbers in {model.dtype}; try float32")
    return totals.tolist()


def _label_sets(examples: Sequence[Example]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(example.labels for example in examples))


def _with_priors(
    examples: Sequence[Example],
    scores: Sequence[ExampleScores],
    priors: Sequence[Example],
    found: Sequence[ExampleScores],
) -> list[ExampleScores]:
    """The scores with the log of each label's mean likelihood over the contexts without content."""
    totals: dict[tuple[str, ...], list[list[float]]] = {}
    for prior, score in zip(priors, found, strict=True):
        totals.setdefault(prior.labels, []).append([label.total for label in score.labels])
    means = {labels: [_log_mean(values) for values in zip(*rows, strict=True)] for labels, rows in totals.items()}
    return [
        ExampleScores(
            tuple(
                LabelScore(label.label, label.total, label.tokens, prior)
                for label, prior in zip(score.labels, means[example.labels], strict=True)
            ),
            score.truncated,
        )
        for example, score in zip(examples, scores, strict=True)
    ]


def _log_mean(logarithms: Sequence[float]) -> float:
    """The logarithm of the mean of the numbers whose logarithms are given."""
    import torch

    return torch.tensor(logarithms, dtype=torch.float64).logsumexp(0).item() - log(len(logarithms))
