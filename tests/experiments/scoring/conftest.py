"""Small models of several architectures and a tokenizer of bytes, on which every text has a likelihood."""

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from tests.experiments.threads import one_thread  # noqa: F401 - of all tests here

SMALL = {
    "vocab_size": 300,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 2,
    "initializer_range": 0.3,
    "max_position_embeddings": 128,
}
GROUPED = {**SMALL, "intermediate_size": 64, "num_key_value_heads": 2, "head_dim": 8}
SLIDING = ["sliding_attention", "full_attention", "sliding_attention"]
ARCHITECTURES = {
    "llama": ("llama", {**GROUPED, "tie_word_embeddings": False}),
    "llama-tied": ("llama", {**GROUPED, "tie_word_embeddings": True}),
    "mistral": ("mistral", {**GROUPED, "sliding_window": 24}),
    "gemma2": (
        "gemma2",
        {
            **GROUPED,
            "query_pre_attn_scalar": 8,
            "final_logit_softcapping": 5.0,
            "sliding_window": 24,
            "attn_logit_softcapping": 3.0,
            "layer_types": SLIDING,
        },
    ),
    "phi": ("phi", {**SMALL, "intermediate_size": 64}),
    "gpt-neox": ("gpt_neox", {**SMALL, "intermediate_size": 64}),
    "gpt2": (
        "gpt2",
        {
            "vocab_size": 300,
            "n_embd": 32,
            "n_layer": 3,
            "n_head": 4,
            "n_positions": 128,
            "bos_token_id": 0,
            "eos_token_id": 1,
            "initializer_range": 0.3,
        },
    ),
    "cohere": ("cohere", {**GROUPED, "logit_scale": 0.3}),
    "bloom": ("bloom", {"vocab_size": 300, "hidden_size": 32, "n_layer": 3, "n_head": 4, "initializer_range": 0.3}),
    "mamba": (
        "mamba",
        {"vocab_size": 300, "hidden_size": 32, "state_size": 4, "num_hidden_layers": 3, "initializer_range": 0.3},
    ),
}


@pytest.fixture(scope="session")
def small_model():
    """`small_model("llama")`: that architecture with random weights, large enough that scores differ."""
    made = {}

    def make(name):
        if name not in made:
            kind, settings = ARCHITECTURES[name]
            torch.manual_seed(1)
            made[name] = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **settings)).eval()
        return made[name]

    return make


@pytest.fixture
def tokenizer():
    """Every byte a token, `the` too, and `<s>` in front."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = ["<s>", "</s>", "<pad>", *alphabet, "th", "the"]
    backend = Tokenizer(models.BPE({token: place for place, token in enumerate(tokens)}, [("t", "h"), ("th", "e")]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
