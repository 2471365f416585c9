"""Answer from four exits of a model one after the other: transformers' greedy generation, with its cache, by the model
that is cut to each depth. Cutting is not charged for."""

from functools import partial

from cut_model import cut
from exits_measured import NEW_TOKENS, Answers, Case, Prompts, compare
from transformers import GenerationConfig, PreTrainedModel

from experiments.models.batching import pad_batch


def answer(models: dict[int, PreTrainedModel], case: Case, prompts: Prompts) -> Answers:
    settings = GenerationConfig(
        do_sample=False,
        num_beams=1,
        max_new_tokens=NEW_TOKENS,
        use_cache=True,
        eos_token_id=list(case.stops),
        pad_token_id=case.pad,
    )
    inputs = pad_batch(prompts, case.pad, "left", positions=False)
    width = inputs["input_ids"].shape[1]
    return {
        depth: model.generate(**inputs, generation_config=settings)[:, width:].tolist()
        for depth, model in models.items()
    }


if __name__ == "__main__":
    compare(lambda model, case: partial(answer, {depth: cut(model, depth) for depth in case.depths}, case))
