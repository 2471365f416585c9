"""Models in GGUF files: read once by transformers, and kept as safetensors, from which they load in seconds.

Reading one takes minutes of CPU time. What is kept is named by the digest of the file, so it never goes stale; it may
be removed at any time (`experiments cache clear`).
"""

import hashlib
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from experiments.hub.place import Located
from experiments.models.headers.gguf import read_gguf
from experiments.models.headers.safetensors import CheckpointError
from experiments.tables.errors import UserError, printable
from experiments.tables.files import replace_json
from experiments.tables.locations import cache_root
from experiments.tables.pieces import Pieces

CARD = "converted.json"


@dataclass(frozen=True)
class Converted:
    """One converted file: where it lies, what it was, and how many bytes it takes."""

    folder: Path
    file: str
    stored: str
    bytes: int


def cached_conversions() -> Iterator[Converted]:
    """All that are kept, in the order of their digests."""
    for card in sorted(_root().glob(f"*/{CARD}")):
        said = json.loads(card.read_bytes())
        size = sum(file.stat().st_size for file in card.parent.iterdir())
        yield Converted(card.parent, said["file"], said["stored"], size)


def clear_conversions() -> int:
    """Remove all converted files that are kept, and return how many bytes that frees.

    What interrupted conversions left goes too, but no file at which another process is.
    """
    from filelock import FileLock, Timeout

    freed = 0
    for folder in [folder for folder in _root().glob("*") if folder.is_dir()]:
        digest = folder.name.lstrip(".").partition(".")[0]
        size = sum(file.stat().st_size for file in folder.iterdir())
        try:
            with FileLock(_lock(_root() / digest), timeout=0):
                (folder / CARD).unlink(missing_ok=True)  # whoever looks for it now finds none, instead of half of it
                shutil.rmtree(folder)
        except Timeout:
            continue
        freed += size
    return freed


def converted(found: Located, digest: str) -> tuple[Located, str]:
    """The folder of a GGUF file's model with weights, config and tokenizer, and how the file stores its weights.

    `digest` is the file's SHA-256. Raises UserError where the file cannot be read, or the package `gguf` is missing.
    """
    from filelock import FileLock

    folder = _root() / digest
    if not (folder / CARD).is_file():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(_lock(folder)):
                if not (folder / CARD).is_file():
                    _convert(found, folder, digest)
        except OSError as error:
            raise UserError(f"{found.name}: cannot be kept in {folder.parent}: {error.strerror or error}") from None
    return replace(found, folder=folder, gguf=None), json.loads((folder / CARD).read_bytes())["stored"]


def _convert(found: Located, folder: Path, digest: str) -> None:
    """Write everything beside `folder`, then give it this name. A file in pieces is joined there while it is read."""
    if find_spec("gguf") is None:
        raise UserError(
            f"{found.name}: reading {found.gguf.name} needs the package gguf; install it (pip install gguf)"
        )
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.", suffix=".new") as beside:
        file = Path(beside) / found.gguf.name  # alone: transformers reads what else lies in its folder
        if isinstance(found.gguf, Pieces):
            _join(found, file, digest)
        else:
            file.symlink_to(found.gguf.resolve())
        try:
            read_gguf(file)
            stored, elements = _stored(file)
            size = f"{4 * elements / 1e6:,.0f} MB"
            print(f"{found.name}: reading {file.name}, once; kept as {size} in {folder}", file=sys.stderr)
            _write_whole(file, Path(beside))
        except Exception as error:  # gguf and transformers raise whatever the bytes lead to
            said = error.problem if isinstance(error, CheckpointError) else str(error)
            what = printable(said or type(error).__name__, 200)
            raise UserError(f"{found.name}: {found.gguf.name} cannot be read as GGUF: {what}") from None
        file.unlink()
        replace_json(Path(beside) / CARD, {"file": found.gguf.name, "stored": stored})
        shutil.rmtree(folder, ignore_errors=True)
        Path(beside).rename(folder)


def _join(found: Located, file: Path, digest: str) -> None:
    """Write the pieces of a file one after the other. Raises UserError where the whole has another digest."""
    joined = hashlib.sha256()
    with file.open("wb") as whole:
        for block in found.gguf.blocks():
            whole.write(block)
            joined.update(block)
    if joined.hexdigest() != digest:
        raise UserError(f"{found.name}: the pieces of {file.name} changed while they were read; try again")


def _stored(file: Path) -> tuple[str, int]:
    """How many tensors of which type there are, such as "GGUF (Q4_1 210, F32 61, Q8_0 1)", and their elements."""
    from gguf import GGUFReader

    tensors = GGUFReader(file).tensors
    if not tensors:
        raise UserError("it holds no tensors, and is no model")
    types = Counter(tensor.tensor_type.name for tensor in tensors)
    shown = ", ".join(f"{name} {n}" for name, n in types.most_common())
    return f"GGUF ({shown})", sum(int(tensor.n_elements) for tensor in tensors)


def _write_whole(file: Path, folder: Path) -> None:
    """Weights in float32, config and tokenizer, as a model folder has them."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    given = {"gguf_file": file.name, "local_files_only": True, "trust_remote_code": False}
    AutoTokenizer.from_pretrained(file.parent, **given).save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.float32, **given)
    settings: Mapping[str, object] = model.config.to_dict()
    config = type(model.config)(**{key: value for key, value in settings.items() if key != "quantization_config"})
    # `save_pretrained` refuses a model that came from GGUF: one that was made from its config alone takes its weights.
    with torch.device("meta"):
        plain = type(model)(config)
    plain.load_state_dict(model.state_dict(), assign=True)
    plain.tie_weights()
    plain.generation_config = model.generation_config
    plain.save_pretrained(folder)
    _drop_made_up(folder, plain.get_input_embeddings().num_embeddings)


def _drop_made_up(folder: Path, rows: int) -> None:
    """Take away the tokens that reading a GGUF file adds to its vocabulary.

    The model has no row for them. An unknown token is one.
    """
    path, config = folder / "tokenizer.json", folder / "tokenizer_config.json"
    tokenizer, settings = json.loads(path.read_bytes()), json.loads(config.read_bytes())
    made_up = {token["content"] for token in tokenizer["added_tokens"] if token["id"] >= rows}
    tokenizer["added_tokens"] = [token for token in tokenizer["added_tokens"] if token["id"] < rows]
    replace_json(path, tokenizer)
    replace_json(config, {key: value for key, value in settings.items() if str(value) not in made_up})


def _root() -> Path:
    return cache_root() / "models"


def _lock(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")
