"""Which weights a model has: the SHA-256 of its files, held against what was published."""

from collections.abc import Mapping
from pathlib import Path

from experiments.hub.place import Located
from experiments.models.headers.safetensors import read_header
from experiments.models.headers.shards import read_tensors
from experiments.models.locate import INDEX, WEIGHTS, weight_files
from experiments.tables.digest import sha256_file, sha256_json
from experiments.tables.errors import UserError

ADAPTER = "adapter_config.json"


def check_weights(name: str, folder: Path) -> None:
    """Read the headers of all weight files before anything else reads them.

    Raises UserError for one that is damaged, and for a folder that holds an adapter: transformers would load that as
    well, in whatever format it is, and its base from wherever it says.
    """
    if (folder / ADAPTER).is_file():
        raise UserError(f"{name}: {folder / ADAPTER} makes it an adapter; merge it into its base model first")
    for file in folder.glob(WEIGHTS):
        read_header(file)
    if (folder / INDEX).is_file():
        read_tensors(folder / INDEX)


def weights_sha256(published: Mapping[str, str], found: Located) -> str:
    """SHA-256 of the weights: of the file where there is one, of the names and digests of all shards otherwise.

    Raises UserError where a file is not the published one.
    """
    files = weight_files(found)
    digests = {path.name: sha256_file(path) for path in files}
    for name, expected in published.items():
        if digests.get(name, expected) != expected:
            file = next(path for path in files if path.name == name)
            where = file if isinstance(file, Path) else f"{name}, in pieces from {file.paths[0]} on,"
            raise UserError(
                f"{found.name}: {where} is not the published file: SHA-256 {digests[name][:12]}…, "
                f"published {expected[:12]}…; fetch it again"
            )
    return next(iter(digests.values())) if len(digests) == 1 else sha256_json(digests)
