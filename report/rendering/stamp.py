"""Whether a render would change anything: a stamp over everything that went into the last one and came out of it.

Standard library only, and no more of it than needed: asking takes a fraction of the time that Python takes to start a
renderer. A file counts as unchanged by what `experiments.tables.stamps` looks at, or else by its SHA-256.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from experiments.tables.locations import data_folder
from experiments.tables.stamps import SETTLED_SECONDS, Seen, is_settled, seen

# What a report is made from, below the project; with the same folders of the installed packages.
INPUTS = (
    "_quarto.yml",
    "_variables.yml",
    "_extensions",
    # A new commit or tag is a new version on the title page.
    ".git/logs/HEAD",
    ".git/packed-refs",
    ".git/refs/tags",
    "analysis",
    "experiments/frozen",
    "experiments/statistics",
    "experiments/tables",
    "lockfiles/report.txt",
    "pyproject.toml",
    "report",
)
# The formats of data sets that `analysis.texts` reads.
JOINED = (".tsv", ".jsonl", ".json")
PACKAGES = Path(__file__).resolve().parents[2]
STAMP = ".press/stamp.json"
"""Where the record of the last complete render lies, below the project's root."""
REFUSED = ".press/refused.json"
"""Where that of a refused one lies."""
TICK_SECONDS = 0.05
"""A page that is changed by hand is older than what a disk takes for one moment; to read all anew would take longer."""
# Drawn by the chapters, below each chapter's folder; `analysis/figures` is code.
_DRAWN = os.path.join("report", "figures")


def measure_inputs(root: Path, more: Iterable[Path] = ()) -> dict[str, list]:
    """What tells every input from a changed one; `more` are inputs outside the usual places."""
    return measure(_inputs(root, more))


def measure(paths: Iterable[Path]) -> dict[str, list]:
    """Size, times, inode and digest of files; no times of one that may change once more without new ones."""
    return {str(path): _measure(path, SETTLED_SECONDS) for path in paths}


def write(root: Path, inputs: dict[str, list], engine: str, quarto: str, formats: Iterable[str], output: Path) -> None:
    """Record a complete render: what it read (as measured before it began) and every file below `output`."""
    record = {
        "engine": engine,
        "quarto": quarto,
        "formats": sorted(formats),
        "output": str(output),
        "data": str(data_folder(root)),
        "profile": os.environ.get("QUARTO_PROFILE", ""),
        "inputs": inputs,
        "outputs": {str(path): _measure(path, TICK_SECONDS) for path in _files(output)},
    }
    from experiments.tables.files import replace_json  # what asks for the stamp does without

    replace_json(root / STAMP, record)
    (root / REFUSED).unlink(missing_ok=True)


class Refusal(NamedTuple):
    """Why a render was refused: a line for each reason, and of findings in its pages what else is known of them."""

    why: list[str]
    findings: list[dict[str, Any]]


def refuse(root: Path, inputs: dict[str, list], why: Refusal) -> None:
    """Record that a render of these inputs was refused, and why: the pages are those of an earlier one."""
    record = {"data": str(data_folder(root)), "profile": os.environ.get("QUARTO_PROFILE", ""), "inputs": inputs}
    path = root / REFUSED
    with suppress(OSError):  # what it was refused for may be a full disk
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**record, **why._asdict()}), encoding="utf-8")


def refused(root: Path) -> Refusal:
    """Why the last render was refused; nothing if it was not, or what it read has changed."""
    try:
        record = json.loads((root / REFUSED).read_text(encoding="utf-8"))
        if _reads_the_same(root, record):
            return Refusal(list(record["why"]), list(record["findings"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return Refusal([], [])


def forget(root: Path) -> None:
    """Let the next render run, whatever it finds."""
    (root / STAMP).unlink(missing_ok=True)


def is_current(root: Path, engine: str, quarto: str, formats: Iterable[str]) -> Path | None:
    """The output folder if the last complete render was this one and neither inputs nor outputs changed since.

    `engine` is what was asked for: `auto` is satisfied by whatever engine it chose, as long as `quarto`, the program
    that would be run, is the same.
    """
    try:
        record = _record(root)
        same = engine in ("auto", record["engine"]) and quarto == record["quarto"]
        if not same or not set(formats) <= set(record["formats"]) or not _reads_the_same(root, record):
            return None
        kept = all(_is_same(Path(name), known) for name, known in record["outputs"].items())
        return Path(record["output"]) if kept else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def inputs_are_current(root: Path) -> bool:
    """Whether nothing that the last complete render read has changed since."""
    try:
        return _reads_the_same(root, _record(root))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def has_made(root: Path, format: str) -> bool:
    """Whether the last complete render made this format, as far as is known: its file may be of an earlier one."""
    try:
        return format in _record(root)["formats"]
    except (OSError, ValueError, KeyError, TypeError):
        return True


def changed_outputs(root: Path) -> list[Path]:
    """The files of the last complete render that are no longer as it wrote them, or are gone."""
    try:
        outputs = {Path(name): known for name, known in _record(root)["outputs"].items()}
        return [path for path, known in outputs.items() if not (path.is_file() and _is_same(path, known))]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _record(root: Path) -> dict[str, Any]:
    return json.loads((root / STAMP).read_text(encoding="utf-8"))


def _reads_the_same(root: Path, record: dict[str, Any]) -> bool:
    inputs = record["inputs"]
    return (
        record["data"] == str(data_folder(root))
        and record["profile"] == os.environ.get("QUARTO_PROFILE", "")
        and {str(path) for path in _inputs(root, map(Path, inputs))} == set(inputs)
        and all(_is_same(Path(name), known) for name, known in inputs.items())
    )


def _inputs(root: Path, more: Iterable[Path]) -> set[Path]:
    places = [base / name for base in {root, PACKAGES} for name in INPUTS]
    frozen = os.environ.get("COLOPHON_FROZEN")
    places += [Path(frozen).expanduser()] if frozen else []
    places += _data(root)
    places += [*root.glob("*.qmd"), *root.glob("_quarto*.y*ml*")]
    found = {path for place in places for path in _files(place)}
    return found | {path for path in more if path.is_file()}


def _data(root: Path) -> list[Path]:
    """The data files whose text chapters may join to a table: `dataset/split.tsv` and the like."""
    folder = data_folder(root)
    return [] if folder is None else [path for path in folder.glob("*/*") if path.suffix in JOINED]


def _files(place: Path) -> Iterator[Path]:
    """The files at or below `place`, without what programs leave there."""
    if place.is_file():
        yield place
        return
    for folder, folders, names in os.walk(place):
        folders[:] = [name for name in folders if not _is_left_by_programs(os.path.join(folder, name))]
        for name in names:
            yield Path(folder, name)


def _is_left_by_programs(folder: str) -> bool:
    """Whether a folder holds what renders and interpreters write, not what people edit."""
    name = os.path.basename(folder)
    return name == "__pycache__" or name.startswith(".") or name.endswith("_files") or folder.endswith(_DRAWN)


def _measure(path: Path, young: float) -> list:
    found = seen(path)
    known = found if is_settled(found, young) else (found[0], None, None, None)
    return [*known, _digest(path, found)]


def _digest(path: Path, found: Seen) -> str:
    """The digest of a file that looks like this: a process that serves pages asks for the same ones again."""
    if is_settled(found, SETTLED_SECONDS):
        return _known_digest(path, found)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _known_digest(path: Path, found: Seen) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_same(path: Path, known: list) -> bool:
    *before, digest = known
    now = seen(path)
    return [*now] == before or (now[0] == before[0] and _digest(path, now) == digest)
