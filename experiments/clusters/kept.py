"""How parts are kept, in a folder that several machines share or at an address: each once, whole, with its digest.

A part is made in a folder of its own attempt. Who tries again goes on with what the attempt before left: the folder is
renamed, so that a process that was thought dead cannot go on writing into it. At the end a record is put in place,
which the first of two alone can do, and then what the part keeps. Who comes second compares. At an address (see
`store`) machines share what is made, and each has the folder of its attempts to itself.
"""

import json
import os
import re
import shutil
import socket
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from experiments.clusters.made_tables import read_tables
from experiments.clusters.protocol import Job, Record, Said
from experiments.clusters.store import Store
from experiments.system import TableResult
from experiments.tables.digest import sha256_bytes, sha256_file, sha256_json
from experiments.tables.errors import UserError
from experiments.tables.files import replace_json
from experiments.tables.locations import cache_root

RECORDS, ATTEMPTS, LOGS = ".parts", ".attempts", ".logs"
FAILED, NOW = "failed", "now"  # kinds of what is said of a part
TOKEN = ".attempt"
RESULTS = (".json", ".jsonl", ".npz")
CHECKPOINT = "checkpoint-"  # begins the name of a folder that nobody needs once its part is whole
COSTS = {"costs", "usage", "seconds", "spent", "interrupted", "lost"}
"""What differs from one making of a part to the next."""


@dataclass(frozen=True)
class Doing:
    """What a machine is at with a part: for people to look at, and for nothing else."""

    node: str
    what: str
    done: int = 0
    total: int | None = None


class Kept:
    """The parts of one run in its work folder, and at an address where there is a `store`.

    `keeps` is what is kept of a part, as in `PartSpec`.
    """

    def __init__(self, folder: str | Path, store: Store | None = None) -> None:
        self.folder, self.store = Path(folder), store
        self._notes = store or _Notes(self.folder)

    def record(self, part: str) -> Record | None:
        """The record of a part; None where it was not made."""
        try:
            return Record(**json.loads(self._record_of(part).read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise UserError(f"{part}: its record cannot be read: {error}") from None

    def is_there(self, part: str) -> bool:
        """Whether the part was made and is in its place."""
        found = self.record(part)
        return found is not None and all((self.folder / name).is_file() for name in found.files)

    def is_made(self, part: str) -> bool:
        """Whether the part was made, here or elsewhere."""
        return self.is_there(part) or (self.store is not None and self.store.record(part) is not None)

    def fetch(self, part: str) -> bool:
        """Whether the part is in its place here; from the address it is fetched."""
        if self.store is not None and not self.is_there(part):
            record = self.store.bring(part, self.folder)
            if record is not None:
                replace_json(self._record_of(part), asdict(record))
        return self.is_there(part)

    def fetch_all(self) -> None:
        """Fetch all parts that are whole at the address."""
        for part in sorted(self.store.parts()) if self.store is not None else ():
            self.fetch(part)

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
        entries = list(_entries(mine, keeps))
        files = [file for entry in entries for file in _results(entry)]
        if not files:
            raise UserError(f"{part}: nothing was kept of it")
        digests = {file.relative_to(mine).as_posix(): sha256_file(file) for file in files}
        steady = sha256_json({file.relative_to(mine).as_posix(): _steady(file) for file in files})
        record = Record(part, node, round(seconds, 3), digests, steady)
        place = self._send if self.store is not None else self._place
        note = None if place(record, entries, mine) else self._difference(record)
        shutil.rmtree(mine.parent, ignore_errors=True)
        return note

    def _place(self, record: Record, entries: Sequence[Path], mine: Path) -> bool:
        """Put a record, and then what is kept of its part, into their place; False where there is a record already."""
        place = self._record_of(record.part)
        beside = place.with_name(f".{place.name}.{mine.name}")
        replace_json(beside, asdict(record))
        try:
            _check_owner(record, mine)
            os.link(beside, place)
        except FileExistsError:
            return False
        finally:
            beside.unlink(missing_ok=True)
        for entry in entries:
            target = self.folder / entry.relative_to(mine)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(entry, target)
        self.forget_failure(record.part)
        return True

    def _send(self, record: Record, entries: Sequence[Path], mine: Path) -> bool:
        """Send what is kept of a part, and then its record, to the address; False where there is a record already."""
        files = [file for entry in entries for file in _files(entry)]
        _check_owner(record, mine)
        first = self.store.send(record, mine, files)
        if first:
            self.forget_failure(record.part)
        return first

    def forget(self, part: str) -> None:
        """Have a part made again."""
        self._record_of(part).unlink(missing_ok=True)
        if self.store is not None:
            self.store.forget(part)

    def fail(self, said: Said) -> None:
        """Keep what went wrong with a part, for who asks later."""
        with suppress(OSError, UserError):  # a full disk is said all the same where there is another way
            self._notes.write(FAILED, said.part, asdict(said))

    def failure(self, part: str) -> Said | None:
        """What went wrong with a part when it was tried last."""
        with suppress(UserError, TypeError):  # the address does not answer, or it is a note of other code
            if (said := self._notes.read(FAILED, part)) is not None:
                return Said(**said)
        return None

    def forget_failure(self, part: str) -> None:
        """A part is tried again."""
        self._notes.remove(FAILED, part)

    def tell(self, part: str, doing: Doing | None) -> None:
        """Say what is being done about a part; None at its end."""
        with suppress(OSError, UserError):
            if doing is None:
                self._notes.remove(NOW, part)
            else:
                self._notes.write(NOW, part, asdict(doing))

    def doing(self) -> dict[str, Doing]:
        """What is being done, by part, as far as machines have told."""
        found = {}
        with suppress(UserError, TypeError):
            for part, said in self._notes.read_all(NOW):
                found[part] = Doing(**said)
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
        first = self.store.record(record.part) if self.store is not None else self.record(record.part)
        if first is None or first.steady == record.steady:
            return None
        return f"{record.node} has found something else than {first.node} did before, and that of {first.node} is kept"

    def _record_of(self, part: str) -> Path:
        return self.folder / RECORDS / (quote(part, safe="") + ".json")


class _Notes:
    """What is said of parts, in files of the work folder; as `Store` has it at an address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, kind: str, part: str, content: Mapping) -> None:
        place = self._at(kind, part)
        place.parent.mkdir(exist_ok=True)  # fails where the work folder is gone, which stays gone
        replace_json(place, content)

    def read(self, kind: str, part: str) -> dict | None:
        with suppress(OSError, ValueError):
            return json.loads(self._at(kind, part).read_bytes())
        return None

    def read_all(self, kind: str) -> Iterator[tuple[str, dict]]:
        for path in self._at(kind, "").parent.glob("*.json"):
            if (content := self.read(kind, part := unquote(path.stem))) is not None:
                yield part, content

    def remove(self, kind: str, part: str) -> None:
        self._at(kind, part).unlink(missing_ok=True)

    def _at(self, kind: str, part: str) -> Path:
        return self._folder / f".{kind}" / (quote(part, safe="") + ".json")


def open_for_asking(job: Job) -> Kept:
    """What is kept of a run, for the machine that asks for its parts."""
    return Kept(job.folder, Store(job.address) if job.address else None)


def open_for_making(job: Job) -> Kept:
    """What is kept of a run, for a machine that makes its parts.

    With an address, the attempts of this machine lie in a folder of its own.
    """
    if not job.address:
        return Kept(job.folder)
    folder = cache_root() / "runs" / job.fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    return Kept(folder, Store(job.address))


def kept_tables(name: str) -> str:
    """The file that holds tables which a machine of the cluster has put together."""
    return f"{name}.json"


def node_name() -> str:
    """What this machine is called in a cluster."""
    return os.environ.get("SLURMD_NODENAME") or os.environ.get("COLOPHON_NODE") or socket.gethostname()


def _check_owner(record: Record, mine: Path) -> None:
    """Raises UserError where a later attempt has taken the folder over."""
    if not (mine / TOKEN).is_file():
        raise UserError(f"{record.part}: another attempt has taken over from {record.node}")


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


def _files(entry: Path) -> list[Path]:
    """All files that are kept of a part, the trained model among them, but no checkpoint."""
    found = [entry] if entry.is_file() else sorted(path for path in entry.rglob("*") if path.is_file())
    return [path for path in found if not any(map(_is_checkpoint, path.relative_to(entry).parts[:-1]))]


def _is_checkpoint(name: str) -> bool:
    return name.startswith(CHECKPOINT)


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
