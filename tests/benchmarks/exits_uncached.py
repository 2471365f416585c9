"""Answer from four exits of a model the plainest way: for every new token of every exit a pass through the whole model
over all that is there, of which the states after that exit are normed and read."""

from functools import partial

import torch
from exits_measured import NEW_TOKENS, Answers, Case, Prompts, compare
from transformers import PreTrainedModel

from experiments.models.batching import pad_batch


def answer(model: PreTrainedModel, case: Case, prompts: Prompts) -> Answers:
    return {depth: _greedy(model, case, prompts, depth) for depth in case.depths}


def _greedy(model: PreTrainedModel, case: Case, prompts: Prompts, depth: int) -> list[list[int]]:
    rows = [list(prompt) for prompt in prompts]
    ended: set[int] = set()
    for _ in range(NEW_TOKENS):
        inputs = pad_batch(rows, case.pad, "left")
        states = model.model(**inputs, use_cache=False, output_hidden_states=True).hidden_states[depth][:, -1]
        if depth < model.config.num_hidden_layers:  # the last of them is normed already
            states = model.model.norm(states)
        for number, token in enumerate(torch.argmax(model.lm_head(states), dim=-1).tolist()):
            rows[number].append(token)
            ended |= {number} if token in case.stops else set()
        if len(ended) == len(rows):
            break
    return [row[len(prompt) :] for row, prompt in zip(rows, prompts, strict=True)]


if __name__ == "__main__":
    compare(lambda model, case: partial(answer, model, case))
