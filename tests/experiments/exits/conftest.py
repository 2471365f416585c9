"""Tiny models of each family, the shared models, and the smoke profile run once."""

from pathlib import Path

import pytest

STUDY = "early-exit-alpaca"
PAD, END = 0, 2

FAMILIES = {
    "llama": ("LlamaConfig", {"num_key_value_heads": 2}),
    "phi": ("PhiConfig", {"partial_rotary_factor": 0.5}),
    "mistral": ("MistralConfig", {"num_key_value_heads": 2, "head_dim": 8, "sliding_window": 9}),
    "gemma": ("GemmaConfig", {"num_key_value_heads": 1, "head_dim": 8}),
    "gemma2": ("Gemma2Config", {"num_key_value_heads": 2, "head_dim": 8, "sliding_window": 9}),
    "gpt2": ("GPT2Config", {}),  # positions are absolute, and blocks are given tensors without names
}


@pytest.fixture(autouse=True)
def _quiet_machine(monkeypatch):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR", "COLOPHON_STUDIES", "COLOPHON_FROZEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def tiny_model():
    """`tiny_model("llama")`: five blocks of random weights, whose likeliest token is far from a tie."""

    def make(family: str, **more):
        import torch
        import transformers

        name, own = FAMILIES[family]
        settings = (
            {
                "vocab_size": 97,
                "hidden_size": 32,
                "intermediate_size": 64,
                "num_hidden_layers": 5,
                "num_attention_heads": 4,
                "max_position_embeddings": 128,
                "initializer_range": 0.3,
                "pad_token_id": PAD,
                "bos_token_id": 1,
                "eos_token_id": END,
            }
            | own
            | more
        )
        torch.manual_seed(0)
        model = transformers.AutoModelForCausalLM.from_config(getattr(transformers, name)(**settings))
        # Under norms of ones the same token is likeliest without them.
        for parameter_name, parameter in model.named_parameters():
            if ("norm" in parameter_name or "ln_" in parameter_name) and parameter_name.endswith("weight"):
                parameter.data = torch.empty_like(parameter).uniform_(-2, 2)
        return model.eval()

    return make


@pytest.fixture(scope="session")
def smoke_tables(smoke_exits: Path) -> Path:
    """The folder of the frozen tables of the study as it ships, in its smoke profile; not to be changed."""
    return smoke_exits / "runs" / "smoke" / "frozen"
