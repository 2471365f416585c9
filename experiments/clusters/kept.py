"""How parts are kept in a folder that several machines share: each once, whole, and with its digest.

A part is made in a folder of its own attempt. Who tries again goes on with what the attempt before left: the folder is
renamed, so that a process that was thought dead cannot go on writing into it. At the end a record is put in place,
which the first of two alone can do, and then what the part keeps. Who comes second compares.
"""

import json
import os
import re
import shutil
import socket
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from experiments.clusters.made_tables import read_tables
from experiments.clusters.protocol import Said
from experiments.system import TableResult
from experiments.tables.digest import sha256_bytes, sha256_file, sha256_json
from experiments.tables.errors import UserError
from experiments.tables.files import replace_json

RECORDS, ATTEMPTS, LOGS, FAILED, NOW = ".parts", ".attempts", ".logs", ".failed", ".now"
TOKEN = ".attempt"
RESULTS = (".json", ".jsonl", ".npz")
COSTS = {"costs", "usage", "seconds", "spent", "interrupted", "lost"}
"""What differs from one making of a part to the next."""


@dataclass(frozen=True)
class Record:
    """What is known of a part that was made: `files` are SHA-256, `steady` one of all that must come out again."""

    part: str
    node: str
    seconds: float
    files: dict[str, str]
    steady: str


@dataclass(frozen=True)
class Doing:
    """What a machine is at with a part: for people to look at, and for nothing else."""

    node: str
    what: str
    done: int = 0
    total: int | None = None


class Kept:
    """The parts of one run in its work folder. `keeps` is what is kept of a part, as in `PartSpec`."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def record(self, part: str) -> Record | None:
        """The record of a part; None where it was not made."""
        try:
            return Record(**json.loads(self._at(RECORDS, part, ".json").read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise UserError(f"{part}: its record cannot be read: {error}") from None

    def is_there(self, part: str) -> bool:
        """Whether the part was made and is in its place."""
        found = self.record(part)
        return found is not None and all((self.folder / name).is_file() for name in found.files)

    def check(self, part: str) -> None:
        """Raises UserError where a part is not what its machine has written."""
        found = self.record(part)
        for name, digest in found.files.items() if found else ():
            if sha256_file(self.folder / name) != digest:
                raise UserError(
                    f"{part}: {name} is not what {found.node} has written; remove it from {self.folder}, and the part "
                    "is made again"
                )

    def claim(self, part: str, keeps: str, attempt: str) -> Path:
        """The folder of a new attempt, with what the one before it left."""
        above = self.folder / ATTEMPTS / quote(part, safe="")
        above.mkdir(parents=True, exist_ok=True)
        mine = above / attempt
        for older in sorted(above.iterdir(), key=lambda path: path.name, reverse=True):
            with suppress(OSError):
                os.rename(older, mine)
                break
        mine.mkdir(exist_ok=True)
        (mine / TOKEN).write_text(attempt, "utf-8")
        if self.record(part) is not None and not self.is_there(part):
            self.forget(part)
        for entry in [] if self.is_there(part) else list(_entries(self.folder, keeps)):
            place = mine / entry.relative_to(self.folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):
                os.rename(entry, place)
        return mine

    def put(self, part: str, keeps: str, mine: Path, node: str, seconds: float) -> str | None:
        """Put a part that was made in the folder of an attempt into its place.

        Gives what is to be noted: that it was there already, and is another. Raises UserError where a later attempt has
        taken over.
        """
        note = None
        entries = list(_entries(mine, keeps))
        files = [file for entry in entries for file in _results(entry)]
        if not files:
            raise UserError(f"{part}: nothing was kept of it")
        digests = {file.relative_to(mine).as_posix(): sha256_file(file) for file in files}
        steady = sha256_json({file.relative_to(mine).as_posix(): _steady(file) for file in files})
        record = Record(part, node, round(seconds, 3), digests, steady)
        place = self._at(RECORDS, part, ".json")
        beside = place.with_name(f".{place.name}.{mine.name}")
        replace_json(beside, asdict(record))
        try:
            if not (mine / TOKEN).is_file():
                raise UserError(f"{part}: another attempt has taken over from {node}")
            os.link(beside, place)
        except FileExistsError:
            note = self._difference(record)
        else:
            for entry in entries:
                target = self.folder / entry.relative_to(mine)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.rename(entry, target)
            self._at(FAILED, part, ".json").unlink(missing_ok=True)
        finally:
            beside.unlink(missing_ok=True)
        shutil.rmtree(mine.parent, ignore_errors=True)
        return note

    def forget(self, part: str) -> None:
        """Have a part made again."""
        self._at(RECORDS, part, ".json").unlink(missing_ok=True)

    def fail(self, said: Said) -> None:
        """Keep what went wrong with a part, for who asks later."""
        with suppress(OSError):  # a full disk is said all the same where there is another way
            replace_json(self._at(FAILED, said.part, ".json"), asdict(said))

    def failure(self, part: str) -> Said | None:
        """What went wrong with a part when it was tried last."""
        try:
            return Said(**json.loads(self._at(FAILED, part, ".json").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def forget_failure(self, part: str) -> None:
        """A part is tried again."""
        self._at(FAILED, part, ".json").unlink(missing_ok=True)

    def tell(self, part: str, doing: Doing | None) -> None:
        """Say what is being done about a part; None at its end."""
        place = self._at(NOW, part, ".json")
        with suppress(OSError):
            if doing is None:
                place.unlink(missing_ok=True)
            else:
                place.parent.mkdir(exist_ok=True)
                place.write_text(json.dumps(asdict(doing)), "utf-8")

    def doing(self) -> dict[str, Doing]:
        """What is being done, by part, as far as machines have told."""
        found = {}
        for path in (self.folder / NOW).glob("*.json"):
            with suppress(OSError, ValueError, TypeError):
                found[unquote(path.stem)] = Doing(**json.loads(path.read_bytes()))
        return found

    def log(self, part: str) -> Path:
        """Where the machine that makes a part writes what it has to say."""
        return self.folder / LOGS / f"{part}.log"

    def tables(self, name: str) -> list[TableResult]:
        """The run tables as a machine of the cluster has put them together. Raises UserError for another file."""
        self.check(name)
        try:
            return read_tables((self.folder / kept_tables(name)).read_bytes())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{name}: the tables that were put together cannot be read: {error}") from None

    def _difference(self, record: Record) -> str | None:
        first = self.record(record.part)
        if first is None or first.steady == record.steady:
            return None
        return f"{record.node} has found something else than {first.node} did before, and that of {first.node} is kept"

    def _at(self, kind: str, part: str, suffix: str) -> Path:
        return self.folder / kind / (quote(part, safe="") + suffix)


def kept_tables(name: str) -> str:
    """The file that holds tables which a machine of the cluster has put together."""
    return f"{name}.json"


def node_name() -> str:
    """What this machine is called in a cluster."""
    return os.environ.get("SLURMD_NODENAME") or os.environ.get("COLOPHON_NODE") or socket.gethostname()


def _entries(above: Path, keeps: str) -> Iterator[Path]:
    """The files and folders below a folder that are kept of a part."""
    pattern = above / keeps
    if "?" not in keeps:
        yield from (path for path in (pattern,) if path.exists())
        return
    like = re.compile(re.escape(pattern.name).replace(r"\?", "."))
    yield from (path for path in sorted(pattern.parent.glob("*")) if like.fullmatch(path.name))


def _results(entry: Path) -> list[Path]:
    """The files of a part in which stands what it has found; checkpoints and trained models lie in folders beside."""
    if entry.is_file():
        return [entry]
    return sorted(path for path in entry.iterdir() if path.suffix in RESULTS and path.is_file())


def _steady(file: Path) -> str:
    """The digest of what is in a file, costs left out."""
    if file.suffix == ".npz":
        with zipfile.ZipFile(file) as arrays:
            names = sorted(name for name in arrays.namelist() if name.removesuffix(".npy") not in COSTS)
            return sha256_json({name: sha256_bytes(arrays.read(name)) for name in names})
    if file.suffix in (".json", ".jsonl"):
        lines = file.read_bytes().splitlines() if file.suffix == ".jsonl" else [file.read_bytes()]
        steady = [found for line in lines if (found := _without_costs(json.loads(line)))]
        return sha256_bytes(json.dumps(steady, sort_keys=True).encode())
    return sha256_file(file)


def _without_costs(content: object) -> object:
    if isinstance(content, dict):
        return {key: _without_costs(value) for key, value in content.items() if key not in COSTS}
    if isinstance(content, list):
        return [_without_costs(value) for value in content]
    return content
