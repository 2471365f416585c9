"""Small models of the families that we look into, with random weights, and prompts of several lengths."""

import pytest
import torch
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM

from experiments.layers.states import Prompt
from tests import shared
from tests.experiments.threads import one_thread  # noqa: F401 - of all tests here

PAD = 2
SMALL = {
    "vocab_size": 120,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": PAD,
    "initializer_range": 0.3,
    "max_position_embeddings": 64,
    "intermediate_size": 64,
}
GROUPED = {**SMALL, "num_key_value_heads": 2, "head_dim": 8}
DECODERS = {
    "llama": ("llama", {**GROUPED, "tie_word_embeddings": True}),
    "mistral": ("mistral", {**GROUPED, "sliding_window": 6}),
    "gemma": ("gemma", GROUPED),
    "gemma2": (
        "gemma2",
        {
            **GROUPED,
            "query_pre_attn_scalar": 8,
            "final_logit_softcapping": 5.0,
            "sliding_window": 6,
            "attn_logit_softcapping": 3.0,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
        },
    ),
    "phi": ("phi", SMALL),
    "gpt2": (
        "gpt2",
        {
            "vocab_size": 120,
            "n_embd": 32,
            "n_layer": 3,
            "n_head": 4,
            "n_positions": 64,
            "bos_token_id": 0,
            "eos_token_id": 1,
            "initializer_range": 0.3,
        },
    ),
    "gpt-neox": ("gpt_neox", SMALL),
    "cohere": ("cohere", {**GROUPED, "logit_scale": 0.3}),
}
FAMILIES = {**DECODERS, "bert": ("bert", SMALL)}
LENGTHS = (3, 17, 1, 9, 17, 5)


@pytest.fixture(scope="session")
def small_model():
    """`small_model("llama")`: that family with random weights, norms too, so that norming twice makes a difference."""
    made = {}

    def make(name):
        if name not in made:
            kind, settings = FAMILIES[name]
            torch.manual_seed(1)
            build = AutoModel if name == "bert" else AutoModelForCausalLM
            model = build.from_config(AutoConfig.for_model(kind, **settings)).eval()
            with torch.no_grad():
                for path, weights in model.named_parameters():
                    if "norm" in path.lower() or ".ln_" in path:
                        weights.add_(torch.rand_like(weights))
            made[name] = model
        return made[name]

    return make


@pytest.fixture(scope="session")
def prompts():
    """Prompts of several lengths, in no order, each with a token called `middle`."""
    draw = torch.Generator().manual_seed(3)
    rows = [tuple(torch.randint(3, 120, (length,), generator=draw).tolist()) for length in LENGTHS]
    return [Prompt(ids, {"middle": len(ids) // 2}) for ids in rows]


def hooks_of(model):
    """The hooks on each module of the model, transformers' own included."""
    return [[*module._forward_hooks, *module._forward_pre_hooks] for module in model.modules()]


@pytest.fixture
def shared_model():
    """`shared_model("stories260k")` with its tokenizer; the test is skipped where it is not on the machine."""
    from experiments.models.load import load_for

    def load(name):
        if not (shared.MODELS / "stories260K" / "model.safetensors").is_file():
            pytest.skip("no shared model folder")
        return load_for("causal", name, models_dir=shared.MODELS)

    return load
