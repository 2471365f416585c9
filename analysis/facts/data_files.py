"""The data files behind a table, where they are on this machine: only their text may be shown, never kept.

Frozen tables carry the ids of examples and not the text of data sets that others own. A chapter that shows some of the
text reads it from the very file that the table was made from, which the sidecar's digest tells from any other.
"""

from pathlib import Path

from experiments.tables.digest import sha256_file
from experiments.tables.locations import data_folder


def data_file(project: Path, name: str, digest: str) -> Path | None:
    """The file of the split `name` ("sst2/dev") with this SHA-256, None where no file on this machine has it."""
    dataset, slash, split = name.partition("/")
    folder = data_folder(project)
    if folder is None or not slash or any(part in ("", ".", "..") for part in (dataset, *split.split("/"))):
        return None
    try:
        files = [file for file in (folder / dataset).iterdir() if file.is_file()]
        # A file that has the name of its split is tried first; the digest alone decides.
        files.sort(key=lambda file: (not file.stem.startswith(split), file.name))
        return next((file for file in files if sha256_file(file) == digest), None)
    except OSError:
        return None
