"""What each tensor of a checkpoint is: weights, perhaps packed; scales and the like beside packed weights; buffers.

A packed weight holds several logical ones in an element. How many is told by the config, by the tensors beside it (a
row of scales has an entry for each output), or by both, which must agree. Layouts: GPTQ and AWQ (AutoGPTQ and AutoAWQ,
``qweight``), compressed-tensors (``weight_packed``), MLX (``weight`` of U32 beside ``scales``), FP8 (``weight`` beside
``weight_scale_inv`` or ``weight_scale``), bitsandbytes (``weight.quant_state…``, ``SCB``), EETQ (``weight`` of I8
beside ``weight_scales``), MXFP4 (``…_blocks``, or ``weight`` of U8), NVFP4 and BitNet (``weight`` of U8), GGUF (blocks
by type).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from experiments.models.headers.gguf import BLOCKS
from experiments.models.headers.safetensors import BITS, Tensor
from experiments.parameters.checkpoint.scheme import Scheme
from experiments.parameters.components import component_of
from experiments.parameters.config import ConfigError
from experiments.tables.errors import printable

Role = Literal["weight", "packed", "state", "buffer", "other"]
FLOATS = ("F64", "F32", "F16", "BF16")
_STATE = re.compile(
    r"\.((nested_)?absmax|(nested_)?quant_map|quant_state\.\w+|SCB|weight_format"
    r"|(\w*(proj|weight|input|output|activation|act)|[qkv]|kv|prob)"
    r"_(scale|scales|scale_inv|scale_2|scale_ub|zero_point|global_scale|amax|g_idx|shape))$"
)
_BUFFER = re.compile(
    r"(^|\.)(inv_freq|original_inv_freq|position_ids|token_type_ids|rotary_emb\.\w+|attn\.(masked_)?bias|rope_freqs\.weight"
    r"|rope_factors_(long|short)\.weight|running_(mean|var)|num_batches_tracked|final_logits_bias|embed_scale"
    r"|attention\.masked_bias|e_score_correction_bias|embed_positions\._float_tensor)$"
)
_BESIDE = ("scales", "qzeros", "g_idx", "biases", "qscales", "zeros")  # beside a packed weight; else of unknown role
_BESIDE_FP8 = ("scale", "scale_weight", "scale_input")
_PARAMETER = re.compile(
    r"(^|\.)(weight|bias|in_proj_(weight|bias)|q_proj_weight|k_proj_weight|v_proj_weight|bias_[kv]|weight_[gv]|gamma|beta"
    r"|class_embedding|cls_token|trainable_tokens_delta|mask_token|pos_embed|position_embedding|sinks|q_bias|v_bias"
    r"|(gate_up|gate|up|down)_proj(_bias)?)$"
)


@dataclass(frozen=True)
class Part:
    """A tensor and what it is. ``logical`` are the weights that it stands for, 0 where it holds none."""

    tensor: Tensor
    role: Role
    logical: int = 0

    @property
    def stored(self) -> int:
        """Elements as a tensor library holds them: a block of GGUF is bytes."""
        return self.tensor.bytes if self.tensor.dtype in BLOCKS else self.tensor.elements


def parts_of(tensors: Sequence[Tensor], scheme: Scheme, known: Callable[[str], bool]) -> list[Part]:
    """Every tensor with its role. ``known`` tells whether the model of the config has a parameter of that name.

    Raises :class:`ConfigError` where config and tensors contradict each other.
    """
    modules: dict[str, dict[str, Tensor]] = defaultdict(dict)
    for tensor in tensors:
        module, _, leaf = tensor.name.rpartition(".")
        modules[module][leaf] = tensor
    names = {tensor.name for tensor in tensors}
    found = []
    for tensor in tensors:
        module, _, leaf = tensor.name.rpartition(".")
        found.append(_part(tensor, module, leaf, modules[module], names, scheme, known))
    return found


def _part(
    tensor: Tensor,
    module: str,
    leaf: str,
    beside: Mapping[str, Tensor],
    names: set[str],
    scheme: Scheme,
    known: Callable[[str], bool],
) -> Part:
    if _STATE.search(tensor.name):
        return Part(tensor, "state")
    if _BUFFER.search(tensor.name) or (tensor.name.endswith("attention.bias") and len(tensor.shape) == 4):
        return Part(tensor, "buffer")
    packed_here = any(other in beside and _is_packed(beside[other]) for other in ("qweight", "weight"))
    fp8_here = "weight" in beside and beside["weight"].dtype.startswith("F8")
    if tensor.dtype == "F8_E8M0" or (fp8_here and leaf in _BESIDE_FP8):  # E8M0 has exponents alone: scales
        return Part(tensor, "state")
    if (leaf in _BESIDE and packed_here) or f"{tensor.name.removesuffix('_scales')}_blocks" in names:
        return Part(tensor, "state")
    logical = _packed(tensor, module, leaf, beside, names, scheme)
    if logical is not None:
        return Part(tensor, "packed", logical)
    if tensor.dtype in BLOCKS or tensor.dtype.startswith("F8"):
        return Part(tensor, "packed", tensor.elements)
    told = _PARAMETER.search(tensor.name) and component_of(tensor.name) != "other"
    if tensor.dtype in FLOATS and (told or ".lora_" in tensor.name or known(tensor.name)):
        return Part(tensor, "weight", tensor.elements)
    return Part(tensor, "other")


def _is_packed(tensor: Tensor) -> bool:
    return tensor.dtype in ("I32", "U32", "I16", "I64", "U8", "I8")


def _packed(
    tensor: Tensor, module: str, leaf: str, beside: Mapping[str, Tensor], names: set[str], scheme: Scheme
) -> int | None:
    """The weights that a packed tensor stands for; None where it is none, or where nothing tells how many they are."""
    bits, scales = scheme.bits_of(module), beside.get("scales")
    if leaf == "qweight" and len(tensor.shape) == 2:
        return _agreed(tensor, bits, _by_scales(tensor, scales, beside.get("g_idx")), scheme)
    if leaf == "weight_packed":
        return _by_rows(tensor, bits or (4 if tensor.dtype == "U8" else None), beside.get("weight_scale"), scheme.group)
    if leaf == "weight" and tensor.dtype == "U32" and scales is not None:
        return _by_bits(tensor, bits)
    if leaf == "weight" and (
        f"{tensor.name}.absmax" in names or (scheme.method == "bitsandbytes" and tensor.dtype == "U8")
    ):
        return tensor.bytes * 2
    if leaf == "weight" and tensor.dtype == "U8" and scheme.method == "bitnet":
        return tensor.elements * 4
    scale = beside.get("weight_scale", beside.get("weight_scales"))
    if leaf == "weight" and tensor.dtype == "U8" and scale is not None:
        blocks = scale.dtype == "U8" and tensor.elements == scale.elements * 16  # bytes of two weights, 32 to a scale
        return tensor.elements * 2 if blocks or scale.dtype.startswith("F8") else None
    if leaf == "weight" and tensor.dtype == "I8" and (scale is not None or "SCB" in beside or bits == 8):
        return tensor.elements
    if leaf.endswith("_blocks") and f"{tensor.name.removesuffix('_blocks')}_scales" in names:
        return tensor.elements * 2
    return None


def _by_bits(tensor: Tensor, bits: int | None) -> int | None:
    return tensor.elements * BITS[tensor.dtype] // bits if bits else None


def _by_rows(tensor: Tensor, bits: int | None, scale: Tensor | None, group: int | None) -> int | None:
    """The weights where no weight lies in two elements, and the last element of a row may not be full."""
    if not bits or not tensor.shape or not tensor.shape[-1]:
        return None
    in_one = BITS[tensor.dtype] // bits
    width = tensor.shape[-1] * in_one
    by_groups = scale.shape[-1] * group if scale is not None and scale.shape and group else 0
    return tensor.elements // tensor.shape[-1] * (by_groups if width - in_one < by_groups <= width else width)


def _by_scales(tensor: Tensor, scales: Tensor | None, index: Tensor | None) -> int | None:
    """The weights by the tensors beside: GPTQ packs along the inputs and lists their groups, AWQ along the outputs."""
    if scales is None or len(scales.shape) != 2:
        return None
    outputs = scales.shape[1]
    if index is not None and index.shape and tensor.shape[1] == outputs:
        return index.shape[0] * outputs
    return tensor.shape[0] * outputs if tensor.shape[1] < outputs else None


def _agreed(tensor: Tensor, bits: int | None, by_scales: int | None, scheme: Scheme) -> int | None:
    by_bits = _by_bits(tensor, bits)
    if by_bits and by_scales and by_bits != by_scales:
        held = tensor.elements * BITS[tensor.dtype] / by_scales
        raise ConfigError(
            f"{scheme.place}: says {bits} bits, but {printable(tensor.name)} holds {by_scales:,} weights in {held:g} "
            "bits each; give the config that belongs to these files"
        )
    return by_scales or by_bits
