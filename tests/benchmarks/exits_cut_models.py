"""Answer from four exits of a model one after the other: transformers' greedy generation, with its cache, by the model
that is cut to each depth. Cutting is not charged for."""

from functools import partial

from exits_measured import DEPTHS, NEW_TOKENS, STOPS, Answers, Prompts, compare
from transformers import GenerationConfig, PreTrainedModel

from experiments.layers.cut import cut
from experiments.models.batching import pad_batch


def answer(models: dict[int, PreTrainedModel], prompts: Prompts) -> Answers:
    config = models[DEPTHS[-1]].config
    settings = GenerationConfig(
        do_sample=False,
        num_beams=1,
        max_new_tokens=NEW_TOKENS,
        use_cache=True,
        eos_token_id=list(STOPS),
        pad_token_id=config.pad_token_id,
        bos_token_id=config.bos_token_id,
    )
    inputs = pad_batch(prompts, config.pad_token_id, "left", positions=False)
    width = inputs["input_ids"].shape[1]
    return {
        depth: model.generate(**inputs, generation_config=settings)[:, width:].tolist()
        for depth, model in models.items()
    }


if __name__ == "__main__":
    compare(lambda model: partial(answer, {depth: cut(model, depth) for depth in DEPTHS}))
