"""Pooled states of all layers are those of every prompt alone, however they are batched."""

import copy

import numpy as np
import pytest
import torch

from experiments.layers.parts import parts_of
from experiments.layers.states import Prompt, pooled_states
from experiments.tables.errors import UserError

from .conftest import FAMILIES, PAD, hooks_of

POOLINGS = ("last", "mean", "middle")


def alone(model, prompt, pooling):
    """The states of one prompt in a batch of its own: (depth + 1, hidden), the last one normed."""
    with torch.no_grad():
        states = model.base_model(torch.tensor([prompt.ids]), output_hidden_states=True).hidden_states
    found = torch.stack(states)[:, 0]
    if pooling == "mean":
        return found.mean(dim=1).numpy()
    return found[:, -1 if pooling == "last" else prompt.positions[pooling]].numpy()


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("budget", [1, 40, 10_000])
def test_left_is_right_is_unpadded(name, side, budget, small_model, prompts):
    model = small_model(name)
    found = pooled_states(model, prompts, POOLINGS, pad_id=PAD, side=side, token_budget=budget)
    for pooling in POOLINGS:
        expected = np.stack([alone(model, prompt, pooling) for prompt in prompts], axis=1)
        assert found[pooling].shape == (4, len(prompts), 32)
        assert found[pooling].dtype == np.float32
        np.testing.assert_allclose(found[pooling][:-1], expected[:-1], atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_last_layer_is_not_normed(name, small_model, prompts):
    model = small_model(name)
    found = torch.tensor(pooled_states(model, prompts, "last", pad_id=PAD))[-1]
    expected = torch.tensor(np.stack([alone(model, prompt, "last") for prompt in prompts], axis=1))[-1]
    norm = parts_of(model).norm
    if norm is not None:
        assert not torch.allclose(found, expected, atol=1e-2)
        with torch.no_grad():
            found = norm(found)
    assert torch.allclose(found, expected, atol=2e-5)


@pytest.mark.parametrize("implementation", ["eager", "sdpa"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_either_attention_kernel_gives_the_same(implementation, side, small_model, prompts):
    model = copy.deepcopy(small_model("llama"))
    model.set_attn_implementation(implementation)
    found = pooled_states(model, prompts, "mean", pad_id=PAD, side=side)
    expected = pooled_states(small_model("llama"), prompts, "mean", pad_id=PAD, token_budget=1)
    np.testing.assert_allclose(found, expected, atol=2e-5, rtol=1e-4)


def test_what_pads_does_not_matter(small_model, prompts):
    model = small_model("bert")
    found = [pooled_states(model, prompts, "mean", pad_id=pad, side="left") for pad in (PAD, 7)]
    np.testing.assert_array_equal(*found)


def test_adapters_count(small_model, prompts):
    from peft import LoraConfig, get_peft_model

    model = copy.deepcopy(small_model("llama"))
    adapted = get_peft_model(model, LoraConfig(target_modules=["q_proj", "down_proj"], init_lora_weights=False)).eval()
    found = pooled_states(adapted, prompts, "last", pad_id=PAD)
    merged = pooled_states(adapted.merge_and_unload(), prompts, "last", pad_id=PAD)
    plain = pooled_states(small_model("llama"), prompts, "last", pad_id=PAD)
    np.testing.assert_allclose(found, merged, atol=2e-4, rtol=1e-3)
    np.testing.assert_array_equal(found[0], plain[0])
    assert np.abs(found[1:] - plain[1:]).max() > 0.01


@pytest.mark.parametrize("name", ["stories260k", "babyllama105"])
def test_real_decoders(name, shared_model):
    loaded = shared_model(name)
    texts = ["Once upon a time there was a cat.", "The end.", "Lily"]
    prompts = [Prompt(tuple(ids)) for ids in loaded.tokenizer(texts)["input_ids"]]
    for side in ("left", "right"):
        found = pooled_states(loaded.model, prompts, "mean", pad_id=loaded.tokenizer.pad_token_id, side=side)
        expected = np.stack([alone(loaded.model, prompt, "mean") for prompt in prompts], axis=1)
        np.testing.assert_allclose(found[:-1], expected[:-1], atol=1e-4, rtol=1e-3)


def test_a_real_encoder():
    from experiments.models.load import load_for
    from experiments.models.locate import locate

    try:
        locate("minilm-l6")
    except UserError:
        pytest.skip("no minilm-l6")
    loaded = load_for("encoder", "minilm-l6")
    texts = ["A good film.", "It was a long and bad one."]
    prompts = [Prompt(tuple(ids)) for ids in loaded.tokenizer(texts)["input_ids"]]
    found = pooled_states(loaded.model, prompts, ("mean", "last"), pad_id=loaded.tokenizer.pad_token_id, side="left")
    for pooling, states in found.items():
        expected = np.stack([alone(loaded.model, prompt, pooling) for prompt in prompts], axis=1)
        np.testing.assert_allclose(states, expected, atol=1e-4)


def test_no_layer_outlives_the_next_one(small_model, prompts):
    """Of a batch, no more is alive than what enters a block, and the embeddings, which the model itself keeps."""
    import gc

    model = small_model("llama")
    alive = []

    def count(*_):
        gc.collect()
        alive.append(sum(type(held) is torch.Tensor and held.shape == (6, 17, 32) for held in gc.get_objects()))

    hooks = [block.register_forward_pre_hook(count) for block in parts_of(model).blocks]
    try:
        pooled_states(model, prompts, ("mean", "last"), pad_id=PAD, token_budget=1000)
    finally:
        for hook in hooks:
            hook.remove()
    assert alive == [1, 2, 2]


def test_the_vocabulary_head_never_runs_and_no_cache_is_kept(small_model, prompts, monkeypatch):
    model = small_model("llama")
    ran = []
    hook = model.lm_head.register_forward_hook(lambda *_: ran.append(1))
    backbone = model.model.register_forward_hook(lambda *given: ran.append(given[-1].past_key_values))
    try:
        pooled_states(model, prompts, "last", pad_id=PAD, token_budget=1000)
    finally:
        hook.remove()
        backbone.remove()
    assert ran == [None]


def test_hooks_are_gone_also_after_an_error(small_model, prompts):
    model = small_model("llama")
    before = hooks_of(model)

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pooled_states(model, prompts, "last", pad_id=PAD, progress=stop)
    broken = [Prompt((5, 10_000))]
    with pytest.raises(IndexError):
        pooled_states(model, broken, "last", pad_id=PAD)
    assert hooks_of(model) == before


def test_progress_and_tokens_are_told_and_the_mode_is_kept(small_model, prompts):
    model = small_model("llama")
    told, tokens = [], []
    model.train()
    try:
        pooled_states(
            model,
            prompts,
            "last",
            pad_id=PAD,
            token_budget=34,
            count_tokens=tokens.append,
            progress=lambda *done: told.append(done),
        )
        assert model.training
    finally:
        model.eval()
    assert told[0] == (2, 6)
    assert told[-1] == (6, 6)
    assert sum(tokens) == sum(len(prompt.ids) for prompt in prompts)


def test_half_precision_comes_as_single(small_model, prompts):
    model = copy.deepcopy(small_model("llama")).bfloat16()
    found = pooled_states(model, prompts, "mean", pad_id=PAD)
    expected = pooled_states(small_model("llama"), prompts, "mean", pad_id=PAD)
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 0.05 * np.abs(expected).max()


def test_no_prompts_give_no_states(small_model):
    assert pooled_states(small_model("llama"), [], "last", pad_id=PAD).shape == (4, 0, 32)


@pytest.mark.parametrize(
    ("prompt", "pooling", "complaint"),
    [
        (Prompt(()), "last", "prompt 2 is empty"),
        (Prompt(tuple([5] * 65)), "mean", "prompt 2 has 65 tokens, the model's context only 64"),
        (Prompt((5,)), "verb", "prompt 2 has no token called verb to pool; there are mean, last"),
        (Prompt((5,), {"verb": 1}), "verb", "prompt 2 has no token called verb"),
        (Prompt((5,), {"verb": -1}), "verb", "prompt 2 has no token called verb"),
    ],
)
def test_a_prompt_that_cannot_be_pooled_is_one_clear_line(prompt, pooling, complaint, small_model):
    with pytest.raises(UserError, match=complaint):
        pooled_states(small_model("llama"), [Prompt((5, 6), {"verb": 0}), prompt], pooling, pad_id=PAD)


def test_a_tokenizer_without_pad_is_refused(small_model, prompts):
    with pytest.raises(UserError, match="no pad token"):
        pooled_states(small_model("llama"), prompts, "last", pad_id=None)
