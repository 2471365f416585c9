"""LoRA specifications: how they are read, and what they match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.parameters.catalogue import find_model
from experiments.parameters.count import count
from experiments.parameters.lora import Lora, LoraError, LoraSyntaxError, parse_lora

NAME = st.from_regex(r"[a-z_0-9]+(\.[a-z_0-9]+)*", fullmatch=True)


@given(st.integers(1, 10**6), st.lists(NAME, min_size=1))
def test_a_specification_reads_back_in_either_order(rank, names):
    targets = ",".join(names)
    assert parse_lora(f"r={rank},targets={targets}") == Lora(rank, targets)
    assert parse_lora(f"targets={targets}, r={rank}") == Lora(rank, targets)
    assert parse_lora(str(Lora(rank, targets))) == Lora(rank, targets)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        lora, complaint = parse_lora(text), ""
    except (LoraSyntaxError, LoraError) as error:
        lora, complaint = None, str(error)
    assert complaint.isprintable() if lora is None else lora.rank > 0 and lora.targets


def test_targets_may_be_left_out():
    assert parse_lora("r=4") == Lora(4, "default")


@pytest.mark.parametrize(
    "text", ["", "8", "r", "r=", "r=8.5", "r=x", "r=8,r=9", "rank=8", "r=8,targets=", "r=8,alpha=16", "targets=q_proj"]
)
def test_what_is_not_written_as_it_should_be(text):
    with pytest.raises(LoraSyntaxError, match="r=8,targets="):
        parse_lora(text)


@pytest.mark.parametrize("rank", ["0", "-4"])
def test_a_rank_must_be_positive(rank):
    with pytest.raises(LoraError, match="positive"):
        parse_lora(f"r={rank}")


@pytest.mark.parametrize(
    ("name", "head", "targets", "wanted"),
    [
        ("stories260k", "causal", "q_proj,lm_head", ["q_proj", "lm_head"]),
        ("stories260k", "causal", "model.layers.0.mlp.up_proj", ["model.layers.0.mlp.up_proj"]),
        ("stories260k", "none", "layers.1.mlp.up_proj, self_attn.k_proj", ["layers.1.mlp.up_proj", "self_attn.k_proj"]),
        ("stories260k", "classification", "score,q_proj", ["score", "q_proj"]),
        ("stories260k", "causal", r".*layers\.[0-2]\..*(q|v)_proj", r".*layers\.[0-2]\..*(q|v)_proj"),
        ("stories260k", "causal", "ALL-LINEAR", "ALL-LINEAR"),
        ("minilm-l6", "none", "output.dense,word_embeddings", ["output.dense", "word_embeddings"]),
        ("minilm-l6", "causal", "transform.dense,decoder", ["transform.dense", "decoder"]),
        ("minilm-l6", "classification", "pooler.dense,query", ["pooler.dense", "query"]),
        ("phi-2", "causal", "dense,31.mlp.fc1", ["dense", "31.mlp.fc1"]),
    ],
)
def test_names_match_as_in_peft(reference, name, head, targets, wanted):
    model = find_model(name)
    wrapped = reference.with_lora(reference.meta_model(model.config.values, head, None), head, 4, wanted)
    total = count(model, head, lora=Lora(4, targets)).total
    assert (total.logical_base + total.added, total.trainable) == reference.totals(wrapped)


@pytest.mark.parametrize(
    ("targets", "complaint"),
    [
        ("nonsense", "'nonsense' matches no module"),
        ("q_proj,nonsense", "'nonsense' matches no module"),
        ("default,all-linear", "'default' is a whole set of modules: give it alone"),
        ("q_proj,ALL-LINEAR", "'ALL-LINEAR' is a whole set of modules: give it alone"),
        ("q_proj+v_proj", "several targets are written with commas: targets=q_proj,v_proj"),
        ("query|value", "several targets are written with commas: targets=query,value"),
        ("proj", "'proj' matches no module"),
        ("lm_head", "'lm_head' matches no module"),
        ("mlp", "neither a linear layer nor an embedding"),
        ("norm", "neither a linear layer nor an embedding"),
        ("layers.0", "neither a linear layer nor an embedding"),
        (".*self_attn.*", "neither a linear layer nor an embedding"),
        ("score", "trained and saved whole"),
        ("(", "no regular expression"),
        ("q_proj,,v_proj", "empty target name"),
    ],
)
def test_targets_that_cannot_be_adapted_name_what_can(targets, complaint):
    with pytest.raises((LoraError, LoraSyntaxError)) as caught:
        count(find_model("llama-3.2-1b"), "classification", 2, Lora(8, targets))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
    if "match" in complaint:
        assert "q_proj, k_proj, v_proj" in str(caught.value)
