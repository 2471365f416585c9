"""Reads the keys of a Hugging Face model config, strictly: what is missing or cannot be is an error that says where.

A key that transformers itself fills in (``num_key_value_heads``, ``tie_word_embeddings``, …) takes the default of
the config class in transformers 5.23. The sizes of the model must be there; those that a file leaves out are filled in
before, and named in a note (`experiments.parameters.architectures.completed`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from experiments.tables.errors import TableError, UserError, printable
from experiments.tables.strict_json import json_object, line_of

LARGEST_FILE = 2**24  # bytes of a config
LARGEST = 10**12  # far above any size that a model has: catches a typo before the arithmetic runs into absurd numbers


class ConfigError(UserError):
    """A model config that is missing a key, has a wrong type in it, or contradicts itself."""


@dataclass(frozen=True)
class Config:
    """Config keys, the place they come from, which every error names, and the text of the file, for the line."""

    values: Mapping[str, object]
    place: str
    text_of_file: str = field(default="", repr=False, compare=False)

    def integer(self, key: str, default: int | None = None, largest: int = LARGEST) -> int:
        """The positive integer under ``key``; ``default`` where the key is absent. Raises :class:`ConfigError`."""
        value = self.values.get(key, default)
        if value is None:
            state = "null" if key in self.values else "missing"
            raise self.error(f"the key {key} is {state}; it must be a positive integer", key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.error(f"{key} is {_shown(value)}; it must be a positive integer", key)
        if value > largest:
            raise self.error(f"{key} is {_shown(value)}; more than {largest} cannot be right", key)
        return value

    def layers(self, key: str = "num_hidden_layers") -> int:
        return self.integer(key, largest=10_000)

    def optional_integer(self, key: str) -> int | None:
        """Like :meth:`integer`, but None where the key is absent or null."""
        return None if self.values.get(key) is None else self.integer(key)

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(f"{key} is {_shown(value)}; it must be true or false", key)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            state = "missing" if value is None else _shown(value)
            raise self.error(f"the key {key} is {state}; it must be a string", key)
        return value

    def labels(self) -> int:
        """Outputs of a task head, as transformers derives them: ``id2label``, else ``num_labels``, else 2."""
        named = self.values.get("id2label")
        if isinstance(named, Mapping) and named:
            return len(named)
        return self.integer("num_labels", 2)

    def error(self, problem: str, *keys: str) -> ConfigError:
        """What is wrong, at the first of the keys that the file has; it has none for what is wrong with all of it."""
        return ConfigError(f"{self.at(*keys)}: {printable(problem, 400)}")

    def at(self, *keys: str) -> str:
        """The place, with the line of the first of the keys that the file has."""
        return self.place + line_of(self.text_of_file, *keys)


def read_config(path: Path) -> Config:
    """The config in ``path``, a JSON file or a folder that holds ``config.json``. Raises :class:`ConfigError`."""
    file = path / "config.json" if path.is_dir() else path
    place = printable(str(file), 200)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ConfigError(f"{place}: larger than {LARGEST_FILE >> 20} MiB, which no config is")
        data = file.read_bytes()
        values = json_object(data, place, constants=True)  # transformers 4 wrote Infinity, as for Mamba-2
    except FileNotFoundError:
        raise ConfigError(f"{place}: no such file; a model folder must hold a config.json") from None
    except OSError as error:
        raise ConfigError(f"{place}: cannot be read ({error.__class__.__name__})") from None
    except TableError as error:
        raise ConfigError(str(error)) from None
    return Config(values, place, data.decode())


def _shown(value: object) -> str:
    shown = ascii(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."
