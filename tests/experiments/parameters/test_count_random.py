"""Random small configs of every family, with random heads and adapters, against transformers and PEFT."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.parameters.count import count
from experiments.parameters.lora import Lora

SETTINGS = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HEADS = ("none", "causal", "classification", "qa")
FAMILIES = {"llama": HEADS, "mistral": HEADS, "qwen2": HEADS, "qwen3": HEADS, "bert": HEADS}
FAMILIES |= dict.fromkeys(("gemma", "gemma2", "gemma3_text", "phi"), HEADS[:3])
NAMES = {
    "bert": ("query", "value", "dense", "output.dense", "0.attention.self.key", "word_embeddings"),
    "phi": ("q_proj", "k_proj", "dense", "fc2", "layers.0.mlp.fc1", "embed_tokens"),
}
DECODER_NAMES = ("q_proj", "o_proj", "gate_proj", "layers.0.mlp.up_proj", "self_attn.v_proj", "embed_tokens")


@st.composite
def configs(draw, model_type):
    heads, width = draw(st.sampled_from([1, 2, 4, 6])), draw(st.sampled_from([2, 4, 8]))
    values = {
        "model_type": model_type,
        "vocab_size": draw(st.integers(5, 60)),
        "hidden_size": heads * width,
        "intermediate_size": draw(st.integers(1, 40)),
        "num_hidden_layers": draw(st.integers(1, 3)),
        "num_attention_heads": heads,
        "tie_word_embeddings": draw(st.booleans()),
        "pad_token_id": None,
    }
    if model_type == "bert":
        cross = draw(st.booleans())
        values |= {"max_position_embeddings": draw(st.integers(1, 20)), "type_vocab_size": draw(st.integers(1, 3))}
        return values | {"add_cross_attention": cross, "is_decoder": cross}
    values["num_key_value_heads"] = draw(st.sampled_from([n for n in range(1, heads + 1) if heads % n == 0]))
    if model_type == "phi":
        return values | {"qk_layernorm": draw(st.booleans())}
    if draw(st.booleans()) or model_type.startswith("gemma"):
        values["head_dim"] = draw(st.sampled_from([2, 4, 10]))
    return values | {"attention_bias": draw(st.booleans()), "mlp_bias": draw(st.booleans())}


@st.composite
def adapters(draw, model_type):
    """A LoRA specification, and the targets as PEFT wants them."""
    names = draw(st.lists(st.sampled_from(NAMES.get(model_type, DECODER_NAMES)), min_size=1, unique=True))
    targets, wanted = draw(st.sampled_from([("all-linear", "all-linear"), ("default", None), (",".join(names), names)]))
    return Lora(draw(st.integers(1, 70)), targets), wanted


@pytest.mark.parametrize("model_type", sorted(FAMILIES))
@SETTINGS
@given(data=st.data())
def test_any_config_with_any_head_and_adapter(reference, model_of, model_type, data):
    values = data.draw(configs(model_type), "config")
    head = data.draw(st.sampled_from(FAMILIES[model_type]), "head")
    labels = data.draw(st.integers(1, 9), "labels") if head == "classification" else None
    lora, targets = data.draw(adapters(model_type), "adapter")
    model = model_of(values)

    built = reference.meta_model(values, head, labels)
    assert count(model, head, labels).total.logical_base == reference.totals(built)[0]

    total = count(model, head, labels, lora).total
    wrapped = reference.with_lora(built, head, lora.rank, targets)
    assert (total.logical_base + total.added, total.trainable) == reference.totals(wrapped)


@SETTINGS
@given(values=configs("llama"), data=st.data())
def test_the_total_is_the_sum_of_the_components(model_of, values, data):
    quantization = data.draw(st.sampled_from([None, "nf4", "int8"]))
    lora = data.draw(st.sampled_from([None, Lora(3), Lora(2, "all-linear")]))
    counted = count(model_of(values), "qa", None, lora, quantization)
    parts = [columns.values() for columns in counted.components.values()]
    assert counted.total.values() == tuple(sum(column) for column in zip(*parts, strict=True))
    assert counted.total.stored <= counted.total.logical_base + counted.total.added
    if quantization != "nf4":
        assert counted.total.stored == counted.total.logical_base + counted.total.added
