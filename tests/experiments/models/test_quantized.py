"""NF4 on this machine: small weights, a head that stays whole, and gradients that an evaluation does not spoil."""

import pytest

from experiments.models.load import load_for

pytest.importorskip("bitsandbytes")
pytestmark = pytest.mark.filterwarnings("ignore")


def lora(model):
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    settings = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False, task_type="SEQ_CLS")
    return get_peft_model(model, settings)


def gradients(model, batch):
    import torch

    model.train()
    model.zero_grad()
    model(**batch, labels=torch.tensor([0, 1])).loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.fixture
def quantized():
    return load_for("classification", "smoke-decoder", labels=("a", "b"), quantization="nf4")


def test_linear_layers_are_packed_and_the_head_is_not(quantized):
    import bitsandbytes as bnb

    packed = [name for name, module in quantized.model.named_modules() if isinstance(module, bnb.nn.Linear4bit)]
    assert len(packed) == 4 * 7
    assert not any("score" in name for name in packed)
    assert quantized.report.quantization == "nf4"


def test_gradients_are_the_same_before_and_after_an_evaluation(quantized):
    """On CPUs with AVX512-BF16, bitsandbytes packs weights in `eval()` and never unpacks them."""
    import torch

    from experiments.models.batching import pad_batch

    model = lora(quantized.model)
    batch = pad_batch([[2, 200, 300, 400], [2, 500]], quantized.tokenizer.pad_token_id)
    before = gradients(model, batch)
    model.eval()
    with torch.no_grad():
        model(**batch)
    after = gradients(model, batch)
    assert before
    for name, gradient in before.items():
        torch.testing.assert_close(after[name], gradient, atol=0, rtol=0, msg=name)
