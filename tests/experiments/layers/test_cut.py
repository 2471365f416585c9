"""A model that ends at a layer."""

import pytest
import torch

from experiments.layers.parts import depth, parts_of
from experiments.tables.errors import UserError
from tests.benchmarks.cut_model import cut

from .conftest import DECODERS, FAMILIES


@pytest.mark.parametrize("name", FAMILIES)
def test_the_whole_model_cut_at_its_end_is_itself(name, small_model):
    model, ids = small_model(name), torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        whole, same = (each.base_model(ids).last_hidden_state for each in (model, cut(model, 3)))
    assert torch.equal(whole, same)


@pytest.mark.parametrize("name", DECODERS)
def test_a_cut_model_norms_the_states_of_its_last_block(name, small_model):
    model, ids = small_model(name), torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        inner = model.base_model(ids, output_hidden_states=True).hidden_states[2]
        assert torch.equal(cut(model, 2).base_model(ids).last_hidden_state, parts_of(model).norm(inner))


def test_weights_are_shared_and_the_model_stays_whole(small_model):
    model = small_model("gemma2")
    short = cut(model, 1)
    assert short.model.layers[0].mlp.up_proj.weight is model.model.layers[0].mlp.up_proj.weight
    assert short.lm_head.weight is model.lm_head.weight
    assert (depth(short), depth(model)) == (1, 3)
    assert (len(short.config.layer_types), model.config.num_hidden_layers) == (1, 3)


@pytest.mark.parametrize("name", ["llama", "gemma2", "gpt2"])
def test_a_cut_model_generates_with_a_cache_as_without(name, small_model):
    short, ids = cut(small_model(name), 2), torch.tensor([[5, 6, 7]])
    made = [
        short.generate(ids, do_sample=False, max_new_tokens=9, eos_token_id=None, pad_token_id=2, use_cache=cache)
        for cache in (True, False)
    ]
    assert torch.equal(*made)


@pytest.mark.parametrize("layers", [0, 4, -1])
def test_what_cannot_be_cut_is_refused(layers, small_model):
    with pytest.raises(UserError, match=f"cut: there is no layer {layers}; there are 1 to 3"):
        cut(small_model("llama"), layers)
