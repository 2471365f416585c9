"""Answer from four exits of a model in one batch, with experiments.exits."""

from functools import partial

from exits_measured import NEW_TOKENS, Answers, Case, Prompts, compare
from transformers import PreTrainedModel

from experiments.exits.generate import generate


def answer(model: PreTrainedModel, case: Case, prompts: Prompts) -> Answers:
    found = generate(
        model, prompts, case.depths, pad_id=case.pad, stops=frozenset(case.stops), max_new_tokens=NEW_TOKENS
    )
    return {depth: [list(said.ids) for said in each] for depth, each in found.items()}


if __name__ == "__main__":
    compare(lambda model, case: partial(answer, model, case))
