"""Which weights a model has: the SHA-256 of its files, held against what was published."""

from collections.abc import Mapping
from pathlib import Path

from experiments.hub.place import Located
from experiments.models.locate import weight_files
from experiments.tables.digest import sha256_file, sha256_json
from experiments.tables.errors import UserError


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
