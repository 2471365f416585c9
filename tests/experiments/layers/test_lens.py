"""The lens reads off each layer what the model that ends there says."""

import copy

import numpy as np
import pytest
import torch

from experiments.layers.lens import lens, logits_of
from experiments.tables.errors import UserError
from tests.benchmarks.cut_model import cut

from .conftest import DECODERS, hooks_of

PLACES = {3: (0, 2), 17: (4, 16, 9), 1: (0,), 9: (), 5: (1, 3)}


def rows_and_places(prompts):
    rows = [prompt.ids for prompt in prompts]
    return rows, [PLACES[len(row)] for row in rows]


def logprobs(model, row):
    with torch.no_grad():
        return model(torch.tensor([row])).logits[0].float().log_softmax(-1).numpy()


@pytest.mark.parametrize("name", DECODERS)
def test_at_the_depth_it_is_the_model_and_below_the_model_that_ends_there(name, small_model, prompts):
    """Fails where the norm is left out of an inner layer or done twice on the last one."""
    model = small_model(name)
    rows, places = rows_and_places(prompts)
    found = lens(model, rows, places)
    plain = [cut(model, 1), cut(model, 2), model]
    for row, at, distribution in zip(rows, places, found, strict=True):
        assert distribution.shape == (3, len(at), 120)
        assert distribution.dtype == np.float32
        for layer, ended in enumerate(plain):
            np.testing.assert_allclose(distribution[layer], logprobs(ended, row)[list(at)], atol=1e-4)


@pytest.mark.parametrize("name", ["llama", "gemma2"])
def test_layers_come_in_the_order_asked_for(name, small_model, prompts):
    model = small_model(name)
    row = prompts[1].ids
    every = lens(model, row, (3, 5))
    np.testing.assert_allclose(lens(model, row, (3, 5), (3, 1)), every[[2, 0]], atol=1e-5)


def test_batches_and_pieces_of_the_head_change_nothing(small_model, prompts, monkeypatch):
    model = small_model("gemma2")
    rows, places = rows_and_places(prompts)
    expected = lens(model, rows, places)
    monkeypatch.setitem(lens.__globals__["LOGITS"], "cpu", 3 * 120 * 2)  # two places at a time
    for budget in (1, 40):
        for one, other in zip(lens(model, rows, places, token_budget=budget), expected, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-4)


def test_adapters_and_their_heads_count(small_model, prompts):
    from peft import LoraConfig, get_peft_model

    model = copy.deepcopy(small_model("phi"))
    targets = ["q_proj", "fc2", "lm_head"]
    adapted = get_peft_model(model, LoraConfig(target_modules=targets, init_lora_weights=False)).eval()
    row = prompts[1].ids
    found = lens(adapted, row, range(17))
    np.testing.assert_allclose(found[2], logprobs(adapted, row), atol=1e-4)
    np.testing.assert_allclose(found[1], logprobs(cut(adapted, 2), row), atol=1e-4)
    assert np.abs(found[2] - logprobs(small_model("phi"), row)).max() > 0.01


@pytest.mark.parametrize("name", ["stories260k", "babyllama105"])
def test_real_decoders(name, shared_model):
    loaded = shared_model(name)
    row = loaded.tokenizer("Once upon a time")["input_ids"]
    found = lens(loaded.model, row, range(len(row)))
    np.testing.assert_allclose(found[-1], logprobs(loaded.model, row), atol=1e-4)
    np.testing.assert_allclose(found[1], logprobs(cut(loaded.model, 2), row), atol=1e-4)


def test_logits_keep_the_shape_of_the_states(small_model):
    model = small_model("gemma2")
    states = torch.randn(2, 3, 32)
    with torch.no_grad():
        logits = logits_of(model, states)
        expected = model.lm_head(model.model.norm(states))
    torch.testing.assert_close(logits, torch.tanh(expected / 5) * 5)


def test_the_body_runs_once_and_the_model_is_whole_again_also_after_an_error(small_model, prompts, monkeypatch):
    model = small_model("llama")
    row, ran = prompts[1].ids, []
    before, hooks = logprobs(model, row), hooks_of(model)
    hook = model.model.layers[0].register_forward_hook(lambda *_: ran.append(1))
    try:
        lens(model, row, range(17))
    finally:
        hook.remove()
    assert len(ran) == 1
    with monkeypatch.context() as patched:
        patched.setattr(model.lm_head, "forward", lambda states: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            lens(model, row, (0,))
    assert "forward" not in vars(model.model)
    assert hooks_of(model) == hooks
    np.testing.assert_array_equal(logprobs(model, row), before)


def test_a_forward_that_was_wrapped_stays_wrapped(small_model, prompts):
    """accelerate puts its own `forward` on the modules that it places on devices."""
    model = copy.deepcopy(small_model("llama"))
    plain = model.model.forward
    model.model.forward = wrapped = lambda *args, **kwargs: plain(*args, **kwargs)
    found = lens(model, prompts[1].ids, (16,))
    assert model.model.forward is wrapped
    np.testing.assert_array_equal(found, lens(small_model("llama"), prompts[1].ids, (16,)))


@pytest.mark.parametrize(
    ("row", "places", "layers", "complaint"),
    [
        ((5, 6), (0,), (0,), "lens: there is no layer 0; there are 1 to 3"),
        ((5, 6), (0,), (4,), "lens: there is no layer 4"),
        ((5, 6), (0,), (-1,), "lens: there is no layer -1"),
        ((5, 6), (2,), None, "prompt 1 has no place 2; there are 0 to 1"),
        ((5, 6), (-1,), None, "prompt 1 has no place -1"),
        ((), (0,), None, "prompt 1 is empty"),
        ((5,) * 65, (0,), None, "prompt 1 has 65 tokens, the model's context only 64"),
    ],
)
def test_what_is_not_there_is_one_clear_line(row, places, layers, complaint, small_model):
    with pytest.raises(UserError, match=complaint):
        lens(small_model("llama"), [row], [places], layers)


def test_a_model_without_a_head_is_refused(small_model):
    with pytest.raises(UserError, match="BertModel has no vocabulary head"):
        lens(small_model("bert"), (5, 6), (0,))
