"""Where the blocks, the final norm and the head of a model are."""

import pytest
import torch

from experiments.layers.parts import check_layers, depth, parts_of
from experiments.tables.errors import UserError

from .conftest import DECODERS, FAMILIES


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_is_its_blocks_then_its_norm_then_its_head(name, small_model):
    model = small_model(name)
    parts = parts_of(model)
    order = []
    modules = [parts.embedding, *parts.blocks, parts.norm, parts.head]
    hooks = [module.register_forward_hook(lambda *_, n=n: order.append(n)) for n, module in enumerate(modules)]
    try:
        model(torch.tensor([[3, 4, 5]]))
    finally:
        for hook in hooks:
            hook.remove()
    assert order == list(range(len(modules)))
    assert depth(model) == 3


def test_an_encoder_has_neither_norm_nor_head(small_model):
    parts = parts_of(small_model("bert"))
    assert (len(parts.blocks), parts.norm, parts.head) == (3, None, None)


@pytest.mark.parametrize("name", ["llama", "bert"])
def test_a_wrapper_of_peft_is_looked_through(name, small_model):
    import copy

    from peft import LoraConfig, get_peft_model

    targets = ["query"] if name == "bert" else ["q_proj"]
    wrapped = get_peft_model(copy.deepcopy(small_model(name)), LoraConfig(target_modules=targets))
    parts = parts_of(wrapped)
    assert parts.backbone is wrapped.get_base_model().base_model
    assert depth(wrapped) == 3
    assert any("lora" in path for path, _ in parts.blocks.named_modules())


def test_a_bare_backbone_has_no_head(small_model):
    parts = parts_of(small_model("llama").model)
    assert parts.head is None
    assert parts.norm is small_model("llama").model.norm


def test_a_model_without_a_list_of_blocks_is_refused(small_model):
    import copy

    model = copy.deepcopy(small_model("llama"))
    model.config.num_hidden_layers = 7
    with pytest.raises(UserError, match="LlamaForCausalLM has no list of 7 blocks"):
        parts_of(model)


@pytest.mark.parametrize("name", FAMILIES)
def test_layers_of_the_model_pass(name, small_model):
    check_layers(range(4), depth(small_model(name)), "study")


@pytest.mark.parametrize(
    ("layers", "lowest", "complaint"),
    [
        ([1, 4], 0, r"x\.yaml: there is no layer 4; there are 0 \(the embedding\) to 3"),
        ([-1], 0, r"no layer -1; there are 0"),
        ([0], 1, r"no layer 0; there are 1 to 3"),
        ([True], 0, r"no layer True"),
    ],
)
def test_a_layer_that_is_not_there_is_named(layers, lowest, complaint):
    with pytest.raises(UserError, match=complaint):
        check_layers(layers, 3, "x.yaml", lowest)
