"""Adds up the tensors of a checkpoint by component, in the same four columns as a count from a config."""

import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from experiments.parameters.catalogue import Model
from experiments.parameters.checkpoint.header import Tensor
from experiments.parameters.checkpoint.shards import read_tensors
from experiments.parameters.config import Config, read_config
from experiments.parameters.count import Columns, count
from experiments.parameters.modules import COMPONENTS, Component

# What bitsandbytes keeps beside a packed weight, and buffers that older checkpoints saved: no parameters.
_STATE = re.compile(r"\.(absmax|nested_absmax|quant_map|nested_quant_map|quant_state\.\w+|SCB|weight_format)$")
_BUFFER = re.compile(r"(^|\.)(inv_freq|position_ids|token_type_ids|rotary_emb\.\w+|attn\.(masked_)?bias)$")
_ADAPTER = re.compile(r"(^|\.)(lora_\w+|modules_to_save)(\.|$)")
_WRAPPED = re.compile(r"\.(base_layer|original_module)\.")  # a base weight in a file that holds the adapter as well
_NF4 = re.compile(r"^(?P<weight>.*)\.quant_state\.bitsandbytes__(nf4|fp4)$")


@dataclass(frozen=True)
class CheckpointCount:
    """What the headers say. ``bytes`` is the size of the parameters by dtype; ``state_bytes`` that of the rest."""

    place: str
    components: dict[str, Columns]
    bytes: dict[str, int]
    state_bytes: int
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> Columns:
        return sum(self.components.values(), Columns())

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "total": asdict(self.total)}


def count_checkpoint(path: Path, model: Model | None = None) -> CheckpointCount:
    """Count the checkpoint in ``path`` from its headers alone.

    Whether a language-model head is tied comes from ``model``, else from a ``config.json`` beside the files. With
    ``model``, a note says how the checkpoint differs from its closed form. Raises :class:`CheckpointError`.
    """
    tensors = read_tensors(path)
    packed = {found["weight"] for tensor in tensors if (found := _NF4.match(tensor.name))}
    tied = _ties(path, model)
    adapter = _adapter_tensors({tensor.name for tensor in tensors})
    components = {name: Columns() for name in COMPONENTS}
    sizes: Counter[str] = Counter()
    state_bytes = 0
    for tensor in tensors:
        if _STATE.search(tensor.name) or _BUFFER.search(tensor.name):
            state_bytes += tensor.bytes
            continue
        sizes[tensor.dtype] += tensor.bytes
        components[component_of(tensor.name)] += _columns(tensor, packed, tied, adapter)
    total = sum(components.values(), Columns())
    notes = _notes({tensor.name for tensor in tensors}, tied, bool(packed))
    if model:
        notes += _difference(model, total)
    return CheckpointCount(str(path), components, dict(sizes.most_common()), state_bytes, notes)


def _columns(tensor: Tensor, packed: set[str], tied: bool | None, adapter: set[str]) -> Columns:
    elements = tensor.elements
    if tensor.name in adapter:
        return Columns(added=elements, trainable=elements, stored=elements)
    if tied and _output(tensor.name):
        return Columns(stored=elements)
    logical = 2 * elements if tensor.name in packed else elements
    frozen = adapter or tensor.name in packed or tensor.dtype in ("I8", "U8")
    return Columns(logical, 0, 0 if frozen else logical, elements)


def _adapter_tensors(names: set[str]) -> set[str]:
    """What PEFT added: LoRA matrices and saved heads. A file with the adapter alone holds nothing else."""
    adapter = {name for name in names if _ADAPTER.search(name)}
    alone = adapter and all(name.startswith("base_model.model.") for name in names)
    return names if alone and not any(_WRAPPED.search(name) for name in names) else adapter


def component_of(name: str) -> Component:
    """The component that a tensor belongs to, by the names that the supported architectures use."""
    if re.search(r"norm", name, re.IGNORECASE):
        return "norms"
    if re.search(r"embed|\bwte\b|\bwpe\b", name):
        return "embedding"
    if re.search(r"attn|attention", name):
        return "attention"
    if re.search(r"\.mlp\.|\.layer\.\d+\.(intermediate|output)\.", name):
        return "mlp"
    return "head"


def _output(name: str) -> bool:
    return re.search(r"(^|\.)(lm_head\.weight|cls\.predictions\.decoder\.(weight|bias))$", name) is not None


def _ties(path: Path, model: Model | None) -> bool | None:
    """Whether the config ties the language-model head to the embedding; None where there is no config."""
    config = model.config if model else _config_beside(path)
    if config is None:
        return None
    default = config.values.get("model_type") in ("gemma", "gemma2", "bert")
    return config.flag("tie_word_embeddings", default)


def _config_beside(path: Path) -> Config | None:
    file = (path if path.is_dir() else path.parent) / "config.json"
    return read_config(file) if file.is_file() else None


def _notes(names: set[str], tied: bool | None, packed: bool) -> list[str]:
    notes = []
    has_output = any(_output(name) for name in names)
    if tied and has_output:
        notes.append("the language-model head is stored although the config ties it: stored, but not counted again")
    elif has_output or any(component_of(name) == "head" or _ADAPTER.search(name) for name in names):
        pass
    elif tied:
        notes.append("no language-model head is stored: it is tied to the embedding")
    else:
        reason = "the config does not tie it, so that it would be newly initialised"
        notes.append(f"no head is stored; {reason if tied is False else 'without a config it may be tied'}")
    if packed:
        notes.append("4-bit weights are counted as two to a byte")
    return notes


def _difference(model: Model, total: Columns) -> list[str]:
    if not total.logical_base:
        return ["an adapter alone: the base model is not in these files"]
    expected = count(model).total.logical_base
    if total.logical_base == expected:
        return [f"agrees with {model.name}: {expected:,} parameters"]
    return [f"differs from {model.name}, {expected:,} parameters, by {total.logical_base - expected:+,}"]
