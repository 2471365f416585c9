"""NF4 weights through bitsandbytes, and a guard against its silent fault on some CPUs."""

from typing import TYPE_CHECKING

from experiments.tables.errors import UserError

if TYPE_CHECKING:
    from transformers import BitsAndBytesConfig, PreTrainedModel


NF4 = {
    "load_in_4bit": True,
    "bnb_4bit_quant_type": "nf4",
    "bnb_4bit_use_double_quant": True,
    "llm_int8_skip_modules": ["lm_head", "score", "classifier", "qa_outputs"],
}
"""What `BitsAndBytesConfig` is told: NF4 with double quantisation; heads and the vocabulary head stay as they are."""


def nf4(compute_dtype: str) -> "BitsAndBytesConfig":
    """NF4 as in QLoRA (arXiv 2305.14314), computing in `compute_dtype`, a name."""
    from transformers import BitsAndBytesConfig

    try:
        import bitsandbytes  # noqa: F401  transformers' own message comes late and says less
    except ImportError:
        raise UserError("4-bit weights need bitsandbytes; install lockfiles/experiments.txt") from None
    return BitsAndBytesConfig(**NF4, bnb_4bit_compute_dtype=compute_dtype)


def keep_unpacked(model: "PreTrainedModel") -> None:
    """Keep 4-bit weights as they are through `eval()`.

    On CPUs with AVX512-BF16 a forward pass in `eval()` packs them for inference, in place; back in `train()` they
    stay packed, and the gradients of LoRA are silently wrong (bitsandbytes 0.50).
    """
    import bitsandbytes as bnb

    for module in model.modules():
        if isinstance(module, bnb.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False


def restore_packed(model: "PreTrainedModel") -> None:
    """Make 4-bit weights of a model that was pickled what they were: torch gives them back as ordinary parameters."""
    import bitsandbytes as bnb

    for module in model.modules():
        if isinstance(module, bnb.nn.Linear4bit):
            module.weight.__class__ = bnb.nn.Params4bit
