"""BERTScore with a model of the user's own (Zhang et al. 2020, arXiv 1904.09675), never one from the hub."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BATCH_SIZE = 64


class BertScore(NamedTuple):
    """Precision, recall and F1 (n,), one a segment; `empty` segments had no token on one side and score 0."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    empty: int


def bertscore(
    hypotheses: Sequence[str], references: Sequence[str], model: Path, num_layers: int, device: str = "cpu"
) -> BertScore:
    """Cosine similarities of layer `num_layers` of the model in the folder `model`, greedily matched.

    Without inverse document frequencies and without rescaling by a baseline. Raises ValueError where hypotheses and
    references differ in number, and FileNotFoundError where the folder has no model.
    """
    if not (Path(model) / "config.json").is_file():
        raise FileNotFoundError(f"{model}: BERTScore needs the folder of a model, with its config.json")
    pairs = list(zip(hypotheses, references, strict=True))
    full = [index for index, pair in enumerate(pairs) if all(text.strip() for text in pair)]
    found = np.zeros((3, len(pairs)))
    if full:
        scorer = _scorer(str(model), num_layers, device)
        with _in_order():
            scored = scorer.score([pairs[i][0] for i in full], [pairs[i][1] for i in full], batch_size=BATCH_SIZE)
        found[:, full] = [values.double().numpy() for values in scored]
    # bert_score gives 0 to a text of which its tokenizer leaves nothing, which only an empty one otherwise has.
    return BertScore(*found, empty=int(np.sum(~found.any(axis=0))))


@contextmanager
def _in_order() -> Iterator[None]:
    """Inside, bert_score takes texts in the order in which they come.

    It puts them into a set, whose order is another one in every process: so is then what is padded with what, and
    with it the last digits of the scores.
    """
    from bert_score import utils

    utils.set = dict.fromkeys  # what it makes of the set is a list of it
    try:
        yield
    finally:
        del utils.set


class _Folder(str):
    """The folder of a model, of which its config says whether it is a T5.

    bert_score takes any model for one whose path has "t5" in it, such as `/tmp/x4t5q/model`.
    """

    def __contains__(self, part: str) -> bool:
        if part != "t5":
            return super().__contains__(part)
        return part in json.loads(Path(self, "config.json").read_text("utf-8")).get("model_type", "")  # mT5 is one too


@lru_cache(maxsize=1)
def _scorer(model: str, num_layers: int, device: str):
    from bert_score import BERTScorer

    return BERTScorer(model_type=_Folder(model), num_layers=num_layers, device=device, use_fast_tokenizer=True)
