"""What a run keeps, so that one that was interrupted goes on where it was: states, and what the probes predict."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from experiments.meter.usage import Usage
from experiments.probing.probe import Predicted
from experiments.probing.prompts import Inputs
from experiments.tables.files import replace_json


@dataclass(frozen=True)
class Read:
    """How a model has read the prompts. `models` holds SHA-256 by what it is of."""

    inputs: Inputs
    usage: Usage
    models: dict[str, str]


@dataclass(frozen=True)
class Geometry:
    """What the states of one layer are like, whatever the target."""

    effective_rank: float
    features: int
    share_constant: float
    distinct: int

    @property
    def degenerate(self) -> bool:
        return self.share_constant == 1


@dataclass(frozen=True)
class Probed:
    """One layer, probed: the predictions by target."""

    geometry: Geometry
    predicted: Mapping[str, Predicted]
    usage: Usage


PARTS = ("targets", "controls", "penalties")

_READ, _GEOMETRY, _USAGE = TypeAdapter(Read), TypeAdapter(Geometry), TypeAdapter(Usage)


def save_states(states: Mapping[str, NDArray], read: Read, folder: Path) -> None:
    """Keep the states of each pooling, (layers, n, features); they count once `read`, the last, is there."""
    for pooling, array in states.items():
        with (folder / f"states-{pooling}.npy").open("wb") as file:
            np.save(file, array)
    replace_json(folder / "read.json", _READ.dump_python(read, mode="json"))


def load_read(folder: Path) -> Read | None:
    path = folder / "read.json"
    return _READ.validate_json(path.read_bytes()) if path.is_file() else None


def load_states(folder: Path, pooling: str) -> NDArray:
    """The kept states of a pooling, read from the disk as they are needed."""
    return np.load(folder / f"states-{pooling}.npy", mmap_mode="r")


def save_probed(probed: Probed, path: Path) -> None:
    """Keep it, so that it is there wholly or not at all."""
    arrays = {
        f"{target}/{name}": np.asarray(getattr(predicted, name))
        for target, predicted in probed.predicted.items()
        for name in PARTS
    }
    texts = {"geometry": _GEOMETRY.dump_json(probed.geometry), "usage": _USAGE.dump_json(probed.usage)}
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        np.savez(file, **texts, **arrays)
    os.replace(beside, path)


def load_probed(path: Path) -> Probed | None:
    """What was kept; None where nothing was."""
    if not path.is_file():
        return None
    with np.load(path) as kept:
        targets = dict.fromkeys(name.partition("/")[0] for name in kept.files if "/" in name)
        parts = {name: [kept[f"{name}/{part}"] for part in PARTS] for name in targets}
        predicted = {name: Predicted(one, controls, tuple(p.tolist())) for name, (one, controls, p) in parts.items()}
        geometry, usage = (
            adapter.validate_json(kept[name].item()) for adapter, name in ((_GEOMETRY, "geometry"), (_USAGE, "usage"))
        )
        return Probed(geometry, predicted, usage)


def added(usages: list[Usage]) -> Usage:
    """What the parts of a stage took together. Energy is not known where it is not for a part."""
    energies = [usage.energy_joules for usage in usages]
    known = all(energy is not None for energy in energies)
    return replace(
        usages[-1],
        wall_seconds=sum(usage.wall_seconds for usage in usages),
        cpu_seconds=sum(usage.cpu_seconds for usage in usages),
        warm_up_seconds=sum(usage.warm_up_seconds for usage in usages),
        peak_memory_bytes=max(usage.peak_memory_bytes for usage in usages),
        tokens=sum(usage.tokens for usage in usages),
        energy_joules=sum(energies) if known else None,
        energy_source=usages[-1].energy_source if known else "none",
    )
