"""Open the model of an approach, with the reader that its kind of answering takes."""

from experiments.answering.extractive import ExtractiveReader
from experiments.answering.generative import GenerativeReader
from experiments.answering.reading import Reader
from experiments.answering.study import Approach, Extractive
from experiments.choices import ChatPrompt
from experiments.models.chat import open_chat
from experiments.models.load import load_for


def open_reader(approach: Approach, seed: int, device: str) -> Reader:
    """Load the model of an approach; a head that the checkpoint does not have starts from `seed`."""
    training, model = approach.training, approach.model
    loaded = load_for(
        "qa" if isinstance(approach, Extractive) else "causal",
        model.entry,
        seed=seed,
        dtype=training.dtype,
        quantization=training.quantization,
        device=device,
    )
    if isinstance(approach, Extractive):
        return ExtractiveReader(approach, loaded)
    return GenerativeReader(approach, open_chat(loaded) if isinstance(approach.prompt, ChatPrompt) else loaded)
