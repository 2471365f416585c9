"""The tokens of shown prompts, followed through the layers: how likely each was after how many blocks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from experiments.exits.generate import generate
from experiments.exits.prompts import Reader
from experiments.exits.results import Followed
from experiments.layers.lens import lens
from experiments.layers.parts import depth

if TYPE_CHECKING:
    import numpy as np
    from transformers import PreTrainedModel

PRODUCED, REFERENCE = "produced", "reference"


def follow(reader: Reader, model: "PreTrainedModel") -> Iterator[Followed]:
    """What each depth of the study makes of the tokens after every shown prompt.

    These are the tokens that the whole model produces, and those of the reference, each given what stands before it.
    """
    asked = reader.ask(reader.exits.shown)
    if not asked:
        return
    whole = depth(model)
    limit = min(reader.exits.shown_tokens, reader.exits.max_new_tokens)
    produced = generate(
        model,
        [each.ids for each in asked],
        [whole],
        pad_id=reader.loaded.tokenizer.pad_token_id,
        stops=reader.stops,
        max_new_tokens=limit,
    )[whole]
    for prompt, said in zip(asked, produced, strict=True):
        for sequence, ids in ((PRODUCED, said.ids), (REFERENCE, prompt.reference[:limit])):
            places = range(len(prompt.ids) - 1, len(prompt.ids) + len(ids) - 1)
            found = lens(model, [*prompt.ids, *ids], places, reader.exits.depths)
            for position, token in enumerate(ids):
                for exit_, logprobs in zip(reader.exits.depths, found[:, position], strict=True):
                    yield _followed(reader, prompt.name, sequence, position + 1, exit_, token, logprobs)


def _followed(
    reader: Reader, prompt: str, sequence: str, position: int, exit_: int, token: int, logprobs: "np.ndarray"
) -> Followed:
    """`logprobs`, (vocabulary,), are those of the token to come."""
    import numpy as np

    likeliest = int(logprobs.argmax())
    exact = logprobs.astype(np.float64)
    return Followed(
        prompt,
        sequence,
        position,
        exit_,
        reader.token_text(token),
        float(np.exp(exact[token])),
        1 + int((logprobs > logprobs[token]).sum()),
        reader.token_text(likeliest),
        float(np.exp(exact[likeliest])),
    )
