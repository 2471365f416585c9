"""Adds up the tensors of a checkpoint by component, in the same four columns as a count from a config."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from experiments.models.headers.gguf import BLOCKS
from experiments.models.headers.safetensors import CheckpointError
from experiments.models.headers.shards import read_tensors, shards_beside
from experiments.parameters.adapter_file import Adapter, NotCountedError, read_adapter
from experiments.parameters.architectures import closed_form
from experiments.parameters.catalogue import Model
from experiments.parameters.checkpoint.notes import (
    ADAPTER,
    OUTPUT,
    PEFT,
    adapter_notes,
    difference,
    difference_to_config,
    head_notes,
    method_notes,
    other_notes,
    packing,
)
from experiments.parameters.checkpoint.packing import FLOATS, Part, parts_of
from experiments.parameters.checkpoint.scheme import read_scheme
from experiments.parameters.components import component_of
from experiments.parameters.config import Config, read_config
from experiments.parameters.count import Columns
from experiments.parameters.modules import COMPONENTS
from experiments.tables.errors import UserError

_WRAPPED = re.compile(r"\.(base_layer|original_module)\.")  # a base weight in a file that holds the adapter as well
_SHARED = re.compile(r"(^|\.)(encoder|decoder)\.embed_tokens\.weight$")  # T5 and BART: the embedding `shared` again


@dataclass(frozen=True)
class Apart:
    """Tensors that hold no parameters."""

    tensors: int = 0
    elements: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class CheckpointCount:
    """What the headers say.

    ``bytes`` is the size of the parameters by dtype. ``quantization`` (scales, zero points and the like) and
    ``buffers`` are apart; ``state_bytes`` is the size of both. ``other`` names the tensors of unknown role: they stand
    in a row of that name, as stored elements and as no parameters. ``packing`` says how weights are packed.
    """

    place: str
    components: dict[str, Columns]
    bytes: dict[str, int]
    packing: str | None
    quantization: Apart
    buffers: Apart
    other: list[str]
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> Columns:
        return sum(self.components.values(), Columns())

    @property
    def state_bytes(self) -> int:
        return self.quantization.bytes + self.buffers.bytes

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "state_bytes": self.state_bytes, "total": asdict(self.total)}


def count_checkpoint(path: Path, model: Model | None = None) -> CheckpointCount:
    """Count the checkpoint in ``path`` from its headers alone.

    Whether a language-model head is tied comes from ``model``, else from a ``config.json`` beside the files, as does
    how weights are packed. With ``model``, a note says how the checkpoint differs from its closed form. An
    ``adapter_config.json`` beside the files says what the adapter should be. Raises :class:`CheckpointError` for files
    that are damaged, :class:`ConfigError` where config and files contradict each other.
    """
    tensors, folder = read_tensors(path), path if path.is_dir() else path.parent
    beside = _config_beside(folder)
    if not tensors:
        raise CheckpointError(
            path, "there are no tensors in it; fetch it again, or name the file that holds the weights"
        )
    config = model.config if model else beside
    scheme = read_scheme(beside or config, folder)
    parts = parts_of(tensors, scheme, _known(config))
    names = {tensor.name for tensor in tensors}
    of_safetensors = any(path.glob("*.safetensors*")) if path.is_dir() else path.suffix != ".gguf"
    gguf = any(part.tensor.dtype in BLOCKS for part in parts) or not of_safetensors
    tied = "output.weight" not in names if gguf else _ties(config)
    adapter, notes = _adapter_beside(folder)
    columns = _Columns(parts, tied, adapter)
    components = {name: Columns() for name in COMPONENTS}
    sizes: Counter[str] = Counter()
    for part in parts:
        if part.role in ("state", "buffer"):
            continue
        component = "other" if part.role == "other" else component_of(part.tensor.name)
        components[component] = components.get(component, Columns()) + columns.of(part)
        if part.role != "other":
            sizes[part.tensor.dtype] += part.tensor.bytes
    unknown = [part.tensor for part in parts if part.role == "other"]
    other = [tensor.name for tensor in unknown]
    may_lack_config = beside is None and not gguf and any(tensor.dtype not in FLOATS for tensor in unknown)
    notes += head_notes(names, tied, any(map(columns.is_copy, parts)))
    notes += method_notes(tensors, scheme)
    notes += other_notes(other, scheme, may_lack_config)
    if others := 0 if path.is_dir() else shards_beside(path):
        notes.append(f"this is one shard: by its name there are {others} more, which are not counted")
    if any(name.startswith(PEFT) for name in names) and adapter:
        notes += adapter_notes(adapter, tensors)
    total = sum(components.values(), Columns())
    if model:
        notes += difference(model, total, adapter)
    elif config is not None:
        notes += difference_to_config(config, total, other)
    return CheckpointCount(
        str(path),
        components,
        dict(sizes.most_common()),
        packing(parts, scheme),
        _apart(parts, "state"),
        _apart(parts, "buffer"),
        other,
        notes,
    )


class _Columns:
    """The four counts of a tensor, given all the others."""

    def __init__(self, parts: Sequence[Part], tied: bool | None, adapter: Adapter | None) -> None:
        names = self.names = {part.tensor.name for part in parts}
        self.tied = tied
        self.embeddings = {part.logical for part in parts if component_of(part.tensor.name) == "embedding"}
        self.added = {name for name in names if ADAPTER.search(name)}
        alone = self.added and all(name.startswith(PEFT) for name in names)
        self.alone = bool(alone) and not any(_WRAPPED.search(name) and not name.endswith(".bias") for name in names)
        self.saved = adapter.lora.saved + adapter.head_names if adapter else None

    def of(self, part: Part) -> Columns:
        name, stored = part.tensor.name, part.stored
        if part.role == "other":
            return Columns(stored=stored)
        if name in self.added or (self.alone and self._is_saved(name)):
            return Columns(added=stored, trainable=stored, stored=stored)
        if self.alone:  # what PEFT saves beside the adapter: trained biases, and embeddings of a resized vocabulary
            return Columns(trainable=stored if name.endswith(".bias") else 0, stored=stored)
        if (self.tied and self.is_copy(part)) or self._shared_again(name):
            return Columns(stored=stored)
        frozen = self.added or part.role == "packed"
        return Columns(part.logical, 0, 0 if frozen else part.logical, stored)

    def _is_saved(self, name: str) -> bool:
        """Whether an adapter file holds a module that is trained whole; without its config, all but LoRA is."""
        holder = name.removeprefix(PEFT).rpartition(".")[0]
        paths = [holder.rsplit(".", up)[0] for up in range(holder.count(".") + 1)]
        return self.saved is None or any(path.endswith(saved) for saved in self.saved for path in paths)

    def is_copy(self, part: Part) -> bool:
        """Whether the output layer's weight is that of an embedding that is stored too, or its bias that above it."""
        module, _, leaf = part.tensor.name.rpartition(".")
        if not OUTPUT.search(part.tensor.name):
            return False
        return (
            part.logical in self.embeddings if leaf == "weight" else f"{module.rpartition('.')[0]}.bias" in self.names
        )

    def _shared_again(self, name: str) -> bool:
        return bool(_SHARED.search(name)) and _SHARED.sub(r"\1shared.weight", name) in self.names


def _config_beside(folder: Path) -> Config | None:
    file = folder / "config.json"
    return read_config(file) if file.is_file() else None


def _adapter_beside(folder: Path) -> tuple[Adapter | None, list[str]]:
    """The adapter that the config beside the files describes, or a note where that cannot be counted."""
    if not (folder / "adapter_config.json").is_file():
        return None, []
    try:
        return read_adapter(folder), []
    except NotCountedError as error:
        return None, [f"these files are not compared with their config: {error}"]


def _ties(config: Config | None) -> bool | None:
    """Whether the config ties the language-model head to the embedding; None where that is not known."""
    if config is None:
        return None
    text = config.values.get("text_config")
    inner = Config(text, f"{config.place}, text_config") if isinstance(text, Mapping) else config
    for place in (config, inner):
        if "tie_word_embeddings" in place.values:
            return place.flag("tie_word_embeddings", False)
    if known := closed_form(config):
        return known.tied
    from experiments.parameters.architectures.on_meta import default_ties

    return default_ties(config)


def _known(config: Config | None) -> Callable[[str], bool]:
    """Whether transformers' model of the config has a parameter of that name; False where it cannot be built here."""

    @cache
    def names() -> frozenset[str]:
        if config is None or closed_form(config):
            return frozenset()
        from experiments.parameters.architectures.on_meta import parameter_names

        try:
            found = parameter_names(config)
        except UserError:
            return frozenset()
        return found | {name.partition(".")[2] for name in found}

    def known(name: str) -> bool:
        return name in names() or name.partition(".")[2] in names()

    return known


def _apart(parts: Sequence[Part], role: str) -> Apart:
    chosen = [part.tensor for part in parts if part.role == role]
    return Apart(len(chosen), sum(t.elements for t in chosen), sum(t.bytes for t in chosen))
