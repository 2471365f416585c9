"""Answer from four exits of a model in one batch, with experiments.exits."""

from functools import partial

from exits_measured import DEPTHS, NEW_TOKENS, STOPS, Answers, Prompts, compare
from transformers import PreTrainedModel

from experiments.exits.generate import generate


def answer(model: PreTrainedModel, prompts: Prompts) -> Answers:
    found = generate(
        model, prompts, DEPTHS, pad_id=model.config.pad_token_id, stops=frozenset(STOPS), max_new_tokens=NEW_TOKENS
    )
    return {depth: [list(said.ids) for said in each] for depth, each in found.items()}


if __name__ == "__main__":
    compare(lambda model: partial(answer, model))
