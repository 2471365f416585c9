"""Labels by likeness: how close a text's sentence embedding is to that of each label's description."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from experiments.models.batching import by_length, in_blocks
from experiments.models.by_batch import by_batch, packed, unpacked
from experiments.scoring.encoding import context_length
from experiments.scoring.forward import inference

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SCALE = 20.0
"""By which all-MiniLM and its kind multiplied cosines before the softmax of their training; use it in `decide`."""


def embed(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    texts: Sequence[str],
    *,
    token_budget: int = 1024,
    max_length: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple["torch.Tensor", int]:
    """Unit vectors (texts, hidden) on the CPU in float32, and how many texts were cut on the right to fit.

    Mean pooling over the real tokens, as in Sentence-BERT (Reimers and Gurevych, https://arxiv.org/abs/1908.10084).
    Batches are sorted by length and hold at most `token_budget` tokens, padding counted.
    """
    import torch

    limits = (tokenizer.model_max_length, context_length(model.config))
    longest = max_length or min(limit for limit in limits if limit is not None)
    full = tokenizer(list(texts), verbose=False)["input_ids"] if texts else []
    lengths = [min(len(ids), longest) for ids in full]
    vectors = torch.zeros(len(texts), model.config.hidden_size)
    done = 0

    def find(places: list[int]) -> str:
        batch = tokenizer(
            [texts[place] for place in places],
            padding=True,
            padding_side="right",  # where the positions of the text start at the first
            truncation=True,
            max_length=longest,
            return_tensors="pt",
        ).to(model.device)
        states = model(**batch).last_hidden_state.float()
        weights = batch["attention_mask"].unsqueeze(-1)
        means = (states * weights).sum(dim=1) / weights.sum(dim=1)
        return packed(torch.nn.functional.normalize(means, dim=-1).cpu().numpy())

    with inference(model):
        for places, said in by_batch(by_length(lengths, token_budget), find, model.device.type):
            vectors[places] = torch.from_numpy(unpacked(said)).view(len(places), -1)
            done += len(places)
            if progress is not None:
                progress(done, len(texts))
    return vectors, sum(len(ids) > longest for ids in full)


def score_descriptions(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    texts: Sequence[str],
    descriptions: Sequence[str],
    *,
    token_budget: int = 1024,
    max_length: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[tuple[float, ...]], int]:
    """For each text its cosine with each label's description, and how many texts were cut to fit."""
    settings = {"token_budget": token_budget, "max_length": max_length}
    labels, _ = embed(model, tokenizer, descriptions, **settings)
    scores, truncated = [], 0
    for block, told in in_blocks(texts, progress):
        vectors, cut = embed(model, tokenizer, block, progress=told, **settings)
        scores += map(tuple, (vectors @ labels.T).tolist())
        truncated += cut
    return scores, truncated
