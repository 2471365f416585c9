"""The order in which models and data sets are looked for: a folder, a package, the hub's cache, the hub."""

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from experiments.hub.addresses import copy_for_now
from experiments.hub.place import HubPlace, Located, RepoType
from experiments.hub.snapshot import HubError, cached, fetch
from experiments.tables.errors import UserError
from experiments.tables.locations import is_address


def chosen_folder(given: Path | None, variable: str, option: str) -> Path | None:
    """The folder that `option` or the environment variable names; of an address its copy, which `bring` fills.

    Raises UserError where there is no such folder.
    """
    named = given or os.environ.get(variable)
    if not named:
        return None
    path = Path(named)
    path = copy_for_now(str(path)) if is_address(path) else path.expanduser()
    if not path.is_dir():
        said = option if given else f"{option} ({variable})"
        raise UserError(f"{said}: there is no folder {path}")
    return path


def package_folder(package: str, inside: str) -> Path | None:
    """The folder `inside` an installed package, found without importing it; None where it is not installed."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]) / inside
    return folder if folder.is_dir() else None


def from_hub(
    name: str,
    kind: RepoType,
    place: HubPlace | None,
    first: str,
    complete: Callable[[Path], bool],
    wanted: Callable[[Sequence[str]], list[str]],
    ways: str,
) -> Located:
    """The snapshot of `place`, cached (with the file `first`, and `complete`) or fetched (what is `wanted`).

    Raises UserError: one line that ends in the `ways` to provide it.
    """
    if place is None:
        raise UserError(f"{name} is not on this machine and not on the hub; {ways}")
    found = cached(name, place, kind, first, complete)
    if found is not None:
        return found
    try:
        return fetch(name, place, kind, wanted)
    except HubError as error:
        raise UserError(f"{name} is not on this machine, and {error}; {ways}") from None
