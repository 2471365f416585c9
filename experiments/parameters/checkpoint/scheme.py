"""How a config says that the weights beside it are packed: the method, and the bits of a weight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from experiments.parameters.config import Config, ConfigError, read_config


@dataclass(frozen=True)
class Scheme:
    """``bits`` is None where the config does not say, or says several; ``modules`` are bits of single modules.

    ``group`` is the number of weights that share a scale, None where the config does not say or says several.
    """

    method: str | None = None
    bits: int | None = None
    group: int | None = None
    modules: Mapping[str, int] = field(default_factory=dict)
    mixed: bool = False
    place: str = "the config"

    def bits_of(self, module: str) -> int | None:
        return self.modules.get(module, None if self.mixed else self.bits)

    def __str__(self) -> str:
        return (
            f"{self.bits}-bit {self.method or 'weights'}" if self.bits and not self.mixed else self.method or "packed"
        )


def read_scheme(config: Config | None, folder: Path) -> Scheme:
    """From ``quantization_config`` (transformers), ``quantization`` (MLX), or AutoGPTQ's ``quantize_config.json``.

    Raises :class:`ConfigError` for bits that cannot be.
    """
    if config is not None:
        for key in ("quantization_config", "quantization"):
            found = config.values.get(key) or _inside(config, key)
            if isinstance(found, Mapping):
                return _scheme(found, f"{config.at(key)}, {key}", "mlx" if key == "quantization" else None)
    beside = folder / "quantize_config.json"
    if beside.is_file():
        found = read_config(beside)
        return _scheme(found.values, found.place, "gptq")
    return Scheme()


def _inside(config: Config, key: str) -> object:
    text = config.values.get("text_config")
    return text.get(key) if isinstance(text, Mapping) else None


def _scheme(found: Mapping, place: str, method: str | None) -> Scheme:
    method = found.get("quant_method") or method
    bits = {_bits(value, place) for value in _stated(found)}
    modules = {
        name: _bits(value["bits"], place)
        for name, value in found.items()
        if isinstance(value, Mapping) and "bits" in value
    }
    mixed = len(bits) > 1 or bool(found.get("dynamic"))
    stated = [found.get("group_size"), *(each.get("group_size") for each in _groups(found))]
    sizes = {size for size in stated if isinstance(size, int) and size > 0}
    group = sizes.pop() if len(sizes) == 1 else None
    return Scheme(str(method) if method else None, min(bits, default=None), group, modules, mixed, place)


def _stated(found: Mapping) -> list[object]:
    """Every number of bits that the settings give for all weights, or for a group of layers."""
    stated = [found[key] for key in ("bits", "w_bit") if found.get(key) is not None]
    if str(found.get("quant_method")).startswith("exl"):
        stated = [bits for bits in stated if not isinstance(bits, float)]  # an average over the layers
    stated += [4] if found.get("load_in_4bit") else [8] if found.get("load_in_8bit") else []
    return stated + [weights["num_bits"] for weights in _groups(found) if weights.get("num_bits") is not None]


def _groups(found: Mapping) -> list[Mapping]:
    """What compressed-tensors says of the weights of each group of layers."""
    groups = found.get("config_groups")
    several = groups.values() if isinstance(groups, Mapping) else ()
    weights = [group.get("weights") for group in several if isinstance(group, Mapping)]
    return [each for each in weights if isinstance(each, Mapping)]


def _bits(value: object, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 16:
        raise ConfigError(f"{place}: {value!a} bits for a weight; it must be a whole number from 1 to 16")
    return value
