"""Finds the config of a model: one that ships with the project, a ``config.json``, or a folder that holds one."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import yaml

from experiments.models.registry import CONFIGS
from experiments.parameters.architectures import ARCHITECTURES, completed
from experiments.parameters.config import Config, ConfigError, read_config
from experiments.tables.errors import printable

_TASK = re.compile(r"(For[A-Z]\w*|(With)?(LMHead|DoubleHeads|PreTrained|Encoder)?Model)$")


@dataclass(frozen=True)
class Model:
    """A model that can be counted.

    ``to_confirm`` maps a config key to what nobody has checked about its value; ``notes`` say what a reader of its
    numbers should know.
    """

    name: str
    title: str
    source: str
    config: Config
    to_confirm: dict[str, str]
    notes: tuple[str, ...] = ()


def model_names() -> list[str]:
    """Names of the models whose configs ship with the project."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml"))


def find_model(name: str) -> Model:
    """The model called ``name``, or whose config lies there. Raises :class:`ConfigError` with the known names."""
    if name in model_names():
        return _shipped(name)
    path = Path(name)
    if path.suffix in (".gguf", ".safetensors") or (path.is_dir() and not (path / "config.json").is_file()):
        _refuse_weights(path)
    if path.exists() or name.endswith(".json") or "/" in name:
        config, notes = completed(read_config(path))
        notes += _disagreement(config)
        folder = path if path.is_dir() else path.resolve().parent
        return Model(folder.resolve().name, str(path), config.place, config, {}, tuple(notes))
    close = get_close_matches(name.lower(), model_names(), n=1, cutoff=0.6)
    guess = f" (did you mean {close[0]}?)" if close else ""
    known = ", ".join(model_names())
    raise ConfigError(f"unknown model {name!a}{guess}; there are {known}; or give a config.json or its folder")


def _disagreement(config: Config) -> list[str]:
    """What to know where the classes that ``architectures`` names are of another family than ``model_type``."""
    model_type, named = config.values.get("model_type"), config.values.get("architectures")
    classes = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    if not isinstance(model_type, str) or not classes:
        return []
    own = _plain(model_type.removesuffix("_text"))
    families = {_plain(_TASK.sub("", name).removesuffix("Text")) for name in classes}
    others = {_plain(name) for name in ARCHITECTURES} - {own}
    if any(family == own or (family.startswith(own) and family not in others) for family in families):
        return []
    shown = printable(", ".join(classes), 100)
    return [f"architectures says {shown}, and model_type {printable(model_type, 50)}: counted by model_type"]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _refuse_weights(path: Path) -> None:
    """Raises :class:`ConfigError` where ``path`` holds weights or an adapter, and no config."""
    place = printable(str(path), 200)
    if (path / "adapter_config.json").is_file():
        raise ConfigError(
            f"{place}: an adapter, no model; count it with MODEL --lora {place}, or with --checkpoint {place}"
        )
    if path.suffix in (".gguf", ".safetensors") or any(path.glob("*.gguf")) or any(path.glob("*.safetensors")):
        raise ConfigError(f"{place}: weights without a config.json; count them with --checkpoint {place}")


@cache
def _shipped(name: str) -> Model:
    entry = yaml.safe_load((CONFIGS / f"{name}.yaml").read_text(encoding="utf-8"))
    config = Config(entry["config"], f"shipped config {name}")
    return Model(name, entry["title"], entry["source"], config, entry.get("to_confirm", {}))
