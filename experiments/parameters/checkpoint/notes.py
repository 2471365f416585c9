"""What a reader of a checkpoint's count should know: how it is packed, which head it has, what it differs from."""

import re
from collections.abc import Sequence

from experiments.models.headers.gguf import BLOCKS
from experiments.models.headers.safetensors import Tensor
from experiments.parameters.adapter_file import Adapter
from experiments.parameters.architectures import closed_form, completed
from experiments.parameters.catalogue import Model
from experiments.parameters.checkpoint.packing import Part
from experiments.parameters.checkpoint.scheme import Scheme
from experiments.parameters.components import component_of
from experiments.parameters.config import Config, ConfigError
from experiments.parameters.count import Columns, count
from experiments.tables.errors import UserError, printable

ADAPTER = re.compile(r"(^|\.)(lora_\w+|modules_to_save|token_adapter|trainable_tokens_\w+)(\.|$)")
PEFT = "base_model.model."
OUTPUT = re.compile(
    r"(^|\.)((lm_head|embed_out|vocab_projector|generator_lm_head|lm_loss|pred_layer\.proj)\.weight"
    r"|(lm_head\.decoder|predictions\.decoder)\.(weight|bias))$|^decoder\.weight$"
)
_NAMED = 3  # tensors of unknown role that are named


def packing(parts: Sequence[Part], scheme: Scheme) -> str | None:
    """How the packed weights are stored, None where none are."""
    packed = [part for part in parts if part.role == "packed"]
    if not packed:
        return None
    weights, stored = sum(part.logical for part in packed), sum(part.stored for part in packed)
    dtypes = ", ".join(sorted({part.tensor.dtype for part in packed}))
    how = scheme if scheme.method else "GGUF blocks" if packed[0].tensor.dtype in BLOCKS else "packed"
    return f"{how}: {weights:,} weights in {stored:,} elements of {dtypes}; they are not trained"


def method_notes(tensors: Sequence[Tensor], scheme: Scheme) -> list[str]:
    """Whether the tensors' names and shapes are those of another method than the config names."""
    named = {tensor.name: tensor for tensor in tensors}
    beside = (named.get(f"{tensor.name.rpartition('.')[0]}.scales") for tensor in tensors)
    found = set(filter(None, map(_method_of, tensors, beside)))
    if scheme.method not in _METHODS or not found or scheme.method in found:
        return []
    return [
        f"{scheme.place} says {scheme.method}, but the tensors are named and shaped as {' and '.join(sorted(found))} "
        "packs them; counted by their shapes"
    ]


_METHODS = ("gptq", "awq", "compressed-tensors", "bitsandbytes")


def _method_of(tensor: Tensor, scales: Tensor | None) -> str | None:
    """The method that alone has a tensor of this name, or packs along this side."""
    leaf = tensor.name.rpartition(".")[2]
    if leaf == "weight_packed":
        return "compressed-tensors"
    if leaf in ("absmax", "SCB"):
        return "bitsandbytes"
    if leaf != "qweight" or scales is None or len(tensor.shape) != 2 or len(scales.shape) != 2:
        return None
    packed, outputs = tensor.shape[1], scales.shape[1]
    if packed == outputs:
        return "gptq"
    return "awq" if 0 < packed < outputs and outputs % packed == 0 else None


def head_notes(names: set[str], tied: bool | None, again: bool) -> list[str]:
    """What becomes of the head, by the names of the tensors: nothing to tell where one is stored that counts.

    `tied` is whether the config ties it to the embedding, None without a config; `again` whether both are stored.
    """
    if tied and again:
        return ["the language-model head is stored although the config ties it: stored, but not counted again"]
    if tied and any(OUTPUT.search(name) for name in names):
        return ["the language-model head, which the config ties, is stored without an embedding of its size: counted"]
    if any(component_of(name) == "head" or ADAPTER.search(name) for name in names):
        return []
    if tied:
        return ["no language-model head is stored: it is tied to the embedding"]
    reason = "the config does not tie it, so that it would be newly initialised"
    return [f"no head is stored; {reason if tied is False else 'without a config it may be tied'}"]


def other_notes(other: Sequence[str], scheme: Scheme, may_lack_config: bool) -> list[str]:
    """Which tensors have no role that is known, and so count as no parameters.

    `may_lack_config` is whether they could be packed weights whose config.json is not beside the files.
    """
    if not other:
        return []
    named = ", ".join(printable(name) for name in other[:_NAMED]) + (", …" if len(other) > _NAMED else "")
    why = ""
    if scheme.method:
        why = f"; if they are packed, then by {scheme.method} in a layout that is not known here"
    elif may_lack_config:
        why = "; packed weights need a config.json with quantization_config beside them"
    if len(other) == 1:
        return [f"1 tensor of unknown role is no parameter here, and stands in the row other: {named}{why}"]
    return [f"{len(other)} tensors of unknown role are no parameters here, and stand in the row other: {named}{why}"]


def adapter_notes(adapter: Adapter, tensors: Sequence[Tensor]) -> list[str]:
    """What adapter_config.json says. Raises :class:`ConfigError` where the ranks in the files are others."""
    for tensor in tensors:
        if tensor.name.endswith((".lora_A.weight", ".lora_A.default.weight")):
            module = tensor.name.removeprefix(PEFT).partition(".lora_A.")[0]
            rank = adapter.lora.rank_of(module)
            if tensor.shape[:1] != (rank,):
                raise ConfigError(
                    f"{adapter.place}: gives {printable(module)} the rank {rank}, but {printable(tensor.name)} has the "
                    f"shape {list(tensor.shape)}; give the config that belongs to these files"
                )
    return [f"adapter_config.json: {adapter}"]


def difference(model: Model, total: Columns, adapter: Adapter | None) -> list[str]:
    """Whether there are as many parameters as in the model of the catalogue, and as an adapter's config says."""
    if not total.logical_base:
        notes = ["an adapter alone: the base model is not in these files"]
        return notes + (_adapter_difference(model, total, adapter) if adapter else [])
    expected = count(model).total.logical_base
    if total.logical_base == expected:
        return [f"agrees with {model.name}: {expected:,} parameters"]
    return [f"differs from {model.name}, {expected:,} parameters, by {total.logical_base - expected:+,}"]


def difference_to_config(config: Config, total: Columns, other: Sequence[str]) -> list[str]:
    """Says so where the parameters are not as many as those of the config beside the files, with whatever head.

    A config that leaves sizes out says nothing of these files. Where `other` tensors are of unknown role, it only says
    how many the config gives.
    """
    architecture = closed_form(config)
    if architecture is None or not total.logical_base:
        return []
    try:
        whole, assumed = completed(config)
        if assumed:
            return []
        model = Model("config.json", "", "", whole, {})
        if other:
            return [f"the config beside it gives {count(model).total.logical_base:,} parameters in all"]
        expected = [count(model, head).total.logical_base for head in architecture.heads]
    except UserError:
        return []
    if total.logical_base in expected:
        return []
    nearest = min(expected, key=lambda number: abs(number - total.logical_base))
    return [f"differs from the config beside it, {nearest:,} parameters, by {total.logical_base - nearest:+,}"]


def _adapter_difference(model: Model, total: Columns, adapter: Adapter) -> list[str]:
    try:
        expected = count(model, adapter.head, lora=adapter.lora).total.added
    except UserError as error:
        return [f"adapter_config.json does not go with {model.name}: {error}"]
    if expected == total.added:
        return [f"agrees with adapter_config.json on {model.name}: {expected:,} elements added"]
    return [f"differs from adapter_config.json on {model.name}, {expected:,} added, by {total.added - expected:+,}"]
