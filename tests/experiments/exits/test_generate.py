"""Answers from several exits at once are those of models cut to the exits, token for token."""

import pytest

from experiments.exits.generate import Generated, generate
from experiments.tables.errors import UserError
from tests.benchmarks.cut_model import cut

from .conftest import END, FAMILIES, PAD

PROMPTS = [[5, 6, 7, 8], [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20], [1, 3], [1, 40, 41, 42, 43, 44]]
STOPS = frozenset({END, 3, 4, 5, 6, 7})  # so many that answers end at different steps
NEW = 20


def plain(model, prompt: list[int], stops=STOPS, new: int = NEW) -> tuple[int, ...]:
    """What transformers generates greedily with its cache, one prompt alone and unpadded."""
    import torch
    from transformers import GenerationConfig

    config = GenerationConfig(
        do_sample=False, num_beams=1, max_new_tokens=new, eos_token_id=sorted(stops), pad_token_id=PAD, use_cache=True
    )
    ids = torch.tensor([prompt])
    made = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=config)
    return tuple(made[0, len(prompt) :].tolist())


def together(model, prompts=PROMPTS, depths=(1, 3, 4, 5), **more) -> dict[int, list[Generated]]:
    return generate(model, prompts, depths, **{"pad_id": PAD, "stops": STOPS, "max_new_tokens": NEW} | more)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_exit_says_what_the_cut_model_says(tiny_model, family):
    model = tiny_model(family)
    found = together(model)
    assert list(found) == [1, 3, 4, 5]
    for depth, said in found.items():
        assert [each.ids for each in said] == [plain(cut(model, depth), prompt) for prompt in PROMPTS]
        assert [each.ended for each in said] == [each.ids[-1] in STOPS for each in said]
        assert [each.tokens for each in said] == [len(each.ids) - each.ended for each in said]
    assert [each.ids for each in found[5]] == [plain(model, prompt) for prompt in PROMPTS]
    lengths = {len(each.ids) for said in found.values() for each in said}
    assert len(lengths) > 3  # rows did leave at different steps


def test_a_part_that_was_stopped_says_the_same(tiny_model, stopped):
    def find():
        tokens = []
        said = together(tiny_model("llama"), token_budget=100, count_tokens=tokens.append)
        return said, tokens

    assert stopped(find) == find()


@pytest.mark.parametrize("family", ["llama", "gemma2"])
def test_an_exit_is_normed_once(tiny_model, family):
    """Against transformers' own hidden states, and without our cut models: the ways that are wrong say other things."""
    import torch

    model = tiny_model(family)
    norm, head = model.model.norm, model.lm_head

    def greedy(depth: int, read) -> list[int]:
        ids = list(PROMPTS[1])
        with torch.inference_mode():
            for _ in range(8):
                states = model(torch.tensor([ids]), output_hidden_states=True, use_cache=False).hidden_states[depth]
                ids.append(int(read(states[0, -1]).argmax()))
        return ids[len(PROMPTS[1]) :]

    found = together(model, [PROMPTS[1]], (2, 5), stops=frozenset(), max_new_tokens=8)
    right = {2: greedy(2, lambda state: head(norm(state))), 5: greedy(5, head)}  # the last one is normed already
    assert {depth: list(said[0].ids) for depth, said in found.items()} == right
    assert greedy(2, head) != right[2]  # without the norm
    assert greedy(5, lambda state: head(norm(state))) != right[5]  # normed twice


@pytest.mark.parametrize("family", ["phi", "gpt2"])
def test_left_padding_changes_nothing(tiny_model, family):
    model = tiny_model(family)
    batched, alone = together(model), [together(model, [prompt]) for prompt in PROMPTS]
    assert batched == {depth: [each[depth][0] for each in alone] for depth in batched}


def test_prompts_of_one_token(tiny_model):
    model = tiny_model("llama")
    for depth, said in together(model, [[5], [9]]).items():
        assert [each.ids for each in said] == [plain(cut(model, depth), prompt) for prompt in ([5], [9])]


def test_batches_of_any_size_say_the_same(tiny_model):
    model = tiny_model("mistral")
    told: list[tuple[int, int]] = []
    few = together(model, token_budget=1, progress=lambda *done: told.append(done))
    assert few == together(model)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_answers_longer_than_the_room_of_a_cache(tiny_model, monkeypatch):
    from experiments.exits import cache

    monkeypatch.setattr(cache, "ROOM", 3)
    model = tiny_model("llama")
    found = together(model, PROMPTS[:2], (2, 5), stops=frozenset(), max_new_tokens=30)
    for depth, said in found.items():
        assert [each.ids for each in said] == [plain(cut(model, depth), prompt, (), 30) for prompt in PROMPTS[:2]]


def test_an_adapter_counts_at_every_exit(tiny_model):
    import torch
    from peft import LoraConfig, get_peft_model

    model = tiny_model("llama")
    before = together(model)
    tuned = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", r=2, target_modules="all-linear"))
    for name, parameter in tuned.named_parameters():
        if "lora_B" in name:
            parameter.data = torch.randn_like(parameter) * 0.3
    found = together(tuned.eval())
    assert found != before
    for depth, said in found.items():
        assert [each.ids for each in said] == [plain(cut(tuned, depth), prompt) for prompt in PROMPTS]


def test_the_model_is_afterwards_as_it_was(tiny_model):
    model = tiny_model("gemma")
    blocks, before = model.model.layers, plain(model, PROMPTS[0])
    together(model, depths=(1, 2))

    def fail(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        together(model, depths=(1, 2), token_budget=1, progress=fail)
    assert model.model.layers is blocks
    assert not any(block._forward_pre_hooks for block in [*blocks, model.model.norm])
    assert plain(model, PROMPTS[0]) == before


def test_tokens_are_counted_without_padding_and_once_for_all_exits(tiny_model):
    counted: list[int] = []
    together(tiny_model("llama"), depths=(1, 5), stops=frozenset(), max_new_tokens=3, count_tokens=counted.append)
    shared = sum(len(prompt) - 1 for prompt in PROMPTS)  # the last one is read by each exit
    assert sum(counted) == shared + len(PROMPTS) * 2 * 3  # and the last new token by none


@pytest.mark.parametrize("name", ["stories260k", "babyllama105"])
def test_real_models(shared_models, name):
    from experiments.models.load import load_for

    loaded = load_for("causal", name)
    tokenizer = loaded.tokenizer
    prompts = [tokenizer(text)["input_ids"] for text in ("Once upon a time", "The dog and the cat were", "Lily")]
    stops = frozenset({1, 2})
    found = generate(loaded.model, prompts, range(1, 6), pad_id=tokenizer.pad_token_id, stops=stops, max_new_tokens=40)
    for depth, said in found.items():
        short = cut(loaded.model, depth)
        assert [each.ids for each in said] == [plain(short, prompt, stops, 40) for prompt in prompts]
    assert [each.ids for each in found[5]] == [plain(loaded.model, prompt, stops, 40) for prompt in prompts]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"depths": (0, 3)}, "there is no layer 0; there are 1 to 5"),
        ({"depths": (3, 6)}, "there is no layer 6"),
        ({"depths": (-1,)}, "there is no layer -1"),
        ({"depths": ()}, "at least one exit"),
        ({"max_new_tokens": 0}, "one new token"),
        ({"prompts": [[5], []]}, "prompt 2 is empty"),
        ({"prompts": [[5], [5] * 109]}, "prompt 2 has 109 tokens; with 20 new ones they do not fit .* context of 128"),
        ({"pad_id": None}, "the tokenizer has no pad token"),
    ],
)
def test_bad_input_is_one_line(tiny_model, wrong, said):
    with pytest.raises(UserError, match=said) as error:
        together(tiny_model("llama"), **wrong)
    assert "\n" not in str(error.value)


def test_a_model_without_a_head_has_no_exits(tiny_model):
    with pytest.raises(UserError, match="LlamaModel has no vocabulary head"):
        together(tiny_model("llama").model)
