"""The bytes of a model's weights in a GGUF file, as llama.cpp quantises it: `Q4_1` and `Q4_K_M`, in closed form.

Rules: ``llama_tensor_get_type`` in llama.cpp's ``src/llama-quant.cpp``. A matrix that is the output layer, a tied
embedding among them, takes Q6_K. Of Q4_K_M, the value and the down projection take Q6_K in the first and the last
eighth of the blocks and in every third between. Where the rows of a matrix do not divide into blocks of 256, the type
is replaced by one with blocks of 32. Held against the headers of a file of each sort, with a tied embedding.
"""

import re
from collections.abc import Iterator, Sequence

from experiments.parameters.modules import Module
from experiments.parameters.quantization import Quantization, QuantizationError

FAMILIES = ("llama", "gemma3_text")
_BYTES = {"Q4_1": (32, 20), "Q5_0": (32, 22), "Q8_0": (32, 34), "Q4_K": (256, 144), "Q6_K": (256, 210)}
"""Weights of a block, and its bytes."""
_OF_SMALL_BLOCKS = {"Q4_K": "Q5_0", "Q6_K": "Q8_0"}
_MORE_BITS = re.compile(r"\.(\d+)\.(?:self_attn\.v_proj|mlp\.down_proj)$")


def gguf_bytes(modules: Sequence[Module], quantization: Quantization, family: str) -> dict[str, int]:
    """Bytes of each quantised weight by the name of its module; the others, of norms, stay in float32.

    Raises QuantizationError for a family whose rules were not held against a file.
    """
    if family not in FAMILIES:
        raise QuantizationError(f"how llama.cpp stores {family} is not known here; it is of {' and '.join(FAMILIES)}")
    return dict(_each(modules, quantization))


def _each(modules: Sequence[Module], quantization: Quantization) -> Iterator[tuple[str, int]]:
    numbers = [int(found[1]) for module in modules if (found := _MORE_BITS.search(module.name))]
    blocks, tied = max(numbers, default=-1) + 1, any(module.tied_weight for module in modules)
    for module in modules:
        if module.kind not in ("linear", "embedding") or module.tied_weight:
            continue
        number = _MORE_BITS.search(module.name)
        larger = quantization == "q4_k_m" and number is not None and _has_more_bits(int(number[1]), blocks)
        output = module.component == "head" or (module.kind == "embedding" and tied)
        kind = "Q6_K" if larger or output else "Q4_1" if quantization == "q4_1" else "Q4_K"
        if module.columns % _BYTES[kind][0]:
            kind = _OF_SMALL_BLOCKS.get(kind, kind)
        size, packed = _BYTES[kind]
        if module.columns % size:
            raise QuantizationError(f"{module.name} has rows of {module.columns} weights, no blocks of {size}")
        yield module.name, module.weight // size * packed


def _has_more_bits(block: int, blocks: int) -> bool:
    first, last = blocks // 8, 7 * blocks // 8
    return block < first or block >= last or (block - first) % 3 == 2
