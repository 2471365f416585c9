"""Commands of this project where disks are full, folders cannot be written, and paths, clocks and variables are odd.

A command holds if it does what it was asked for, or says in a line what is in its way; no table and no page is half
written, and nothing comes to lie outside of the project.
"""

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults.copies import IDENTITY
from tests.faults.plant import VERIFY, Command
from tests.hardening.ended import At, Ended
from tests.hardening.places import Place, Sample, may_mount, mounted
from tests.hardening.programs import called
from tests.hardening.scenes import RENDER
from tests.hardening.trial import Trial

RUN: Command = ("experiments", "run", "counts", "a-paper")
FREEZE: Command = ("experiments", "freeze")
ADOPT: Command = ("experiments", "adopt", "a.csv", "--study", "adopted", "--map", "id=id,gold=gold,before=b,after=a")
PAGES: Command = (*RENDER, "--to", "html")
PUBLISH: Command = ("report", "publish", "--to", "public", "--version", "1")
ARCHIVE: Command = ("report", "archive")
NEW: Command = ("report", "new", "mine")
WRITING = (RUN, ADOPT, PAGES, PUBLISH, NEW)
"""Commands that write, each to another place."""
STATUS: Command = ("experiments", "status")
COMMITTED = (ARCHIVE, PUBLISH)
"""Commands that want what is rendered to be what is committed."""
ASKING = (*COMMITTED, VERIFY, STATUS, ("report", "check"))
"""Commands that have a complaint where something has changed."""

Tried = Iterator[tuple[str, str | None]]
"""The group of each trial, and what went wrong."""


def measure(seed: int) -> Iterator[Trial]:
    """Trials of each kind of surroundings; those that this machine does not allow are left out."""
    with tempfile.TemporaryDirectory(prefix="around-") as folder:
        sample = Sample(Path(folder).resolve() / "sample")
        for series, work in SERIES.items():
            yield from count(series, work(sample, random.Random(f"{seed} {series}")))


def count(series: str, tried: Tried) -> Iterator[Trial]:
    """One trial for each group, in the order in which these come."""
    wrong: dict[str, list[str]] = {}
    number: dict[str, int] = {}
    for group, problem in tried:
        number[group] = number.get(group, 0) + 1
        wrong.setdefault(group, []).extend([problem] if problem else [])
    for group, tries in number.items():
        yield Trial(series, group, tries, tries - len(wrong[group]), tuple(wrong[group]))


# --- paths ------------------------------------------------------------------------------------------------------------

NAMES = {
    "blanks and quotes": ("two words", 'quote\'s "here"', "new\nline", " "),
    "marks of addresses": ("per%41cent", "?mark", "mid?dle#part", "#x", "a&b=c;d", "colon: here"),
    "marks of shells and patterns": ("-dash", "$HOME `id`", "[ab]*{x}", "back\\slash", "~"),
    "other letters": ("Ärger–日本語", "e\u0301 combining", "\u202eright to left", "bytes \udcff"),
}


def odd_paths(sample: Sample, chance: random.Random) -> Tried:
    """The project lies in a folder of an odd name."""
    for group, names in NAMES.items():
        for name in names:
            with Place(sample, name, changed=False) as place:
                for command in (*COMMITTED, RUN, ADOPT, RENDER, VERIFY):
                    if command == RUN:
                        place.change()
                    problem = place.problem(command, place.run(command), must=True)
                    yield group, problem and f"{name!r}: {problem}"


# --- disks ------------------------------------------------------------------------------------------------------------

FULL = {
    "the project": (".", WRITING),
    ".press": (".press", (PAGES, RENDER)),
    "_site": ("_site", (PAGES, RENDER)),
    "_ledger": ("_ledger", (PAGES,)),
    "the tables": ("experiments/frozen", (RUN, ADOPT, FREEZE)),
    "the studies": ("experiments/studies", (ADOPT,)),
    "runs": ("runs", (RUN, ADOPT, VERIFY)),
    "the folder that is published to": ("public", (PUBLISH,)),
    "the folder of archives": ("dist", (ARCHIVE,)),
}
FREE = (0, 20_000)
"""Bytes that are left on a full disk, less than what follows takes."""


def full_disks(sample: Sample, chance: random.Random) -> Tried:
    """A disk fills while a command writes; once there is room the command goes through."""
    if not may_mount():
        return
    for group, (where, commands) in FULL.items():
        for command in commands:
            for free in FREE:
                with Place(sample, changed=command not in ASKING) as place:
                    with mounted(place.root / where, free=free and free + chance.randrange(4096)):
                        problem = place.problem(command, place.run(command))
                        kept = _kept(place.root / where)
                    _put_back(kept, place.root / where)
                    again = place.problem(command, place.run(command), must=True)
                    yield group, problem or (again and f"once there is room, {again}")
    for command in WRITING:
        with Place(sample) as place:
            small = place.root / "runs" / "tmp"
            small.mkdir(parents=True)
            with mounted(small, free=0):
                yield "the temporary folder", place.problem(command, place.run(command, {"TMPDIR": str(small)}))


def _kept(folder: Path) -> Path:
    """A copy of a folder, for when what is mounted there is gone."""
    copy = Path(tempfile.mkdtemp()) / "kept"
    return shutil.copytree(folder, copy, symlinks=True)


def _put_back(kept: Path, folder: Path) -> None:
    shutil.rmtree(folder)
    shutil.move(kept, folder)
    kept.parent.rmdir()


def read_only(sample: Sample, chance: random.Random) -> Tried:
    """Folders that cannot be written, because of their file system or because they are somebody else's."""
    for group, (where, commands) in FULL.items():
        for command in commands if may_mount() else ():
            with Place(sample, changed=command not in ASKING) as place:
                with mounted(place.root / where, read_only=True):
                    problem = place.problem(command, place.run(command))
                yield f"{group}, on a read-only disk", problem
    if os.getuid():
        return
    for command in (*WRITING, ARCHIVE, FREEZE, VERIFY, STATUS, ("report", "check")):
        with Place(sample, changed=command not in ASKING) as place:
            _open_the_way(place.root)
            ended = place.run(command, before=_be_somebody_else)
            yield "the project is somebody else's", place.problem(command, ended)


def _open_the_way(folder: Path) -> None:
    for above in (folder, *folder.parents[:-2]):
        above.chmod(0o755)


def _be_somebody_else() -> None:
    os.setgid(65534)
    os.setuid(65534)


def mounts(sample: Sample, chance: random.Random) -> Tried:
    """The output folder is a file system of its own, as in a container; a render there is killed as well."""
    if not may_mount():
        return
    for command in (PAGES, RENDER):
        with Place(sample) as place, mounted(place.root / "_site"):
            undisturbed = place.run(command)
            yield "render", place.problem(command, undisturbed, must=True)
    with Place(sample) as place, mounted(place.root / "_site"):
        for _ in range(4):
            (place.root / "index.qmd").write_text(
                f"# Summary {{.unnumbered}}\n\nText {chr(97 + chance.randrange(26))}.\n"
            )
            # The last steps of a render are those in which the pages are exchanged.
            ended = place.run(PAGES, at=At(step=undisturbed.steps - chance.randrange(120)))
            problem = place.problem(PAGES, place.run(PAGES), must=True)
            yield "render, after a kill amid another one", problem and f"{ended.code}: {problem}"
    with Place(sample, changed=False) as place, mounted(place.root / "public"):
        yield "publish", place.problem(PUBLISH, place.run(PUBLISH))


# --- others at work ---------------------------------------------------------------------------------------------------

OTHER: Command = ("experiments", "adopt", "b.csv", *ADOPT[3:])
PAIRS = (
    (RUN, RUN),
    (RUN, FREEZE),
    (RUN, VERIFY),
    (RUN, PAGES),
    (ADOPT, ADOPT),
    (ADOPT, OTHER),
    (OTHER, ADOPT),
    (ADOPT, ("experiments", "run", "adopted")),
    (ADOPT, VERIFY),
    (PAGES, PAGES),
    (PAGES, RUN),
    (PUBLISH, PUBLISH),
    (PUBLISH, PAGES),
    (ARCHIVE, ARCHIVE),
    (NEW, NEW),
)


def two_at_once(sample: Sample, chance: random.Random) -> Tried:
    """A command is held at a random step while another one runs; both come to an end, and a third finds order."""
    for first, second in PAIRS:
        for _ in range(2):
            with Place(sample, changed=first in (RUN, PAGES)) as place:
                rows = (place.root / "a.csv").read_text("utf-8").replace("n,y,n\n", "n,n,n\n")
                (place.root / "b.csv").write_text(rows, "utf-8")
                yield "two writers", _two(place, first, second, chance)


def _two(place: Place, first: Command, second: Command, chance: random.Random) -> str | None:
    held = place.start(first, At(step=chance.randint(2, 40), number=signal.SIGSTOP))
    is_held = held.stopped()
    other = place.run(second)
    if is_held:
        os.kill(held.pid, signal.SIGCONT)
    ended = held.wait()
    for command, one in ((second, other), (first, ended)):
        place.take_site(command, one)
    for command, one in ((second, other), (first, ended)):
        if one.code == 1 and ("exists" in one.said or "not empty" in one.said):
            continue
        if command == VERIFY and "Traceback" not in one.said:  # it may find one study old and the other one new
            continue
        if problem := place.problem(command, one):
            return f"`{' '.join(first)}` beside `{' '.join(second)}`: {problem}"
    check = VERIFY if first in (ADOPT, OTHER) else first if first != NEW else ("experiments", "list")
    last = place.run(check)
    if (check == VERIFY or first not in (PUBLISH, ARCHIVE)) and last.code:
        return f"after `{' '.join(first)}` beside `{' '.join(second)}`: `{' '.join(check)}`: {last.said[-300:]}"
    return None


def interrupted(sample: Sample, chance: random.Random) -> Tried:
    """Ctrl-C: exit code 130, one line, and nothing half done."""
    for command in (RUN, FREEZE, ADOPT, PAGES, RENDER, PUBLISH, ARCHIVE, NEW, VERIFY):
        for times in range(4):
            with Place(sample, changed=command not in ASKING) as place:
                at = At(step=chance.randint(1, 30), number=signal.SIGINT)
                if times % 2:
                    at = At(seconds=chance.uniform(0.02, 0.3), number=signal.SIGINT)
                yield " ".join(command[:2]), _interruption(place, command, place.run(command, at=at))


def _interruption(place: Place, command: Command, ended: Ended) -> str | None:
    if ended.code == 0:  # it was done before
        return place.problem(command, ended)
    said = [line for line in ended.lines if "interrupted" in line]
    if ended.code != 130 or len(said) != 1 or "Traceback" in ended.said:
        return f"`{' '.join(command)}` ends with {ended.code}: {ended.said[-400:]}"
    return place.damage() or place.problem(command, place.run(command), must=True)


# --- clocks -----------------------------------------------------------------------------------------------------------

YEAR = 365 * 86_400
CLOCKS = {"long ago": 0, "before 1970": -5_000_000, "in a year": None}


def clocks(sample: Sample, chance: random.Random) -> Tried:
    """Files from the past and from the future; and a file that changes though its size and its time stay."""
    for group, when in CLOCKS.items():
        with Place(sample, changed=False) as place:
            for command in (*COMMITTED, RUN, ADOPT, RENDER, VERIFY):
                if command == RUN:
                    place.change()
                _date(place.root, when)
                yield group, place.problem(command, place.run(command), must=True)
    for file, old, new, page in UNSEEN:
        with Place(sample, changed=False) as place:
            path = place.root / file
            status, text = path.stat(), path.read_text("utf-8")
            path.write_text(text.replace(old, new, 1), "utf-8")
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            ended = place.run(("report", "render"))
            found = new in (place.root / "_site" / page).read_text("utf-8")
            yield "a change that keeps size and time", None if found else f"{file}: {ended.code} {ended.said[-300:]}"


UNSEEN = (
    ("report/counts.qmd", "Each part", "Each bits", "report/counts.html"),
    ("index.qmd", "two models", "two MODELS", "index.html"),
    ("_quarto.yml", "Counts", "COUNTS", "index.html"),
    ("sentences.py", "as they follow", "as they FOLLOW", "report/counts.html"),
)


def _date(root: Path, when: int | None) -> None:
    import time

    stamp = int(time.time()) + YEAR if when is None else when
    for folder, _, names in os.walk(root):
        for name in names:
            os.utime(os.path.join(folder, name), (stamp, stamp), follow_symlinks=False)


# --- variables --------------------------------------------------------------------------------------------------------


def variables(sample: Sample, chance: random.Random) -> Tried:
    """Variables of the environment are missing, empty, or name what is not there."""
    nowhere = str(sample.root.parent / "nowhere")
    for group, given in {
        "no HOME": {"HOME": None, "XDG_CACHE_HOME": None},
        "a HOME that is not there": {"HOME": nowhere, "XDG_CACHE_HOME": None},
        "TMPDIR is empty": {"TMPDIR": ""},
        "TMPDIR is not there": {"TMPDIR": nowhere},
        "no PATH": {"PATH": ""},
        "TERM and COLUMNS of no terminal": {"TERM": "none", "COLUMNS": "0", "LINES": "-1"},
        "an odd time zone": {"TZ": "Nowhere/Land:+99"},
    }.items():
        with Place(sample) as place:
            for command in (RUN, ADOPT, RENDER, VERIFY, NEW):
                yield group, place.problem(command, place.run(command, given), must=True)


def without_git(sample: Sample, chance: random.Random) -> Tried:
    """No git, no repository, no commit in it, or one that is somebody else's."""
    for group, spoil in {
        "no git": None,
        "no repository": lambda root: shutil.rmtree(root / ".git"),
        "no commit": lambda root: (shutil.rmtree(root / ".git"), os.system(f"git init -q '{root}'")),
        "a repository of somebody else": _give_away,
        "a damaged repository": lambda root: (root / ".git" / "HEAD").write_text("nothing"),
    }.items():
        if spoil is _give_away and os.getuid():
            continue
        with Place(sample) as place:
            if spoil:
                spoil(place.root)
            given = {} if spoil else {"PATH": str(place.root / "bin")}
            for command in (RUN, ADOPT, RENDER, VERIFY):
                yield group, place.problem(command, place.run(command, given), must=True)
            for command in (PUBLISH, ("report", "publish"), ARCHIVE):
                yield group, place.problem(command, place.run(command, given))


def _give_away(root: Path) -> None:
    for folder, folders, names in os.walk(root):
        for name in (*folders, *names, "."):
            os.chown(os.path.join(folder, name), 65534, 65534, follow_symlinks=False)


# --- programs of their own --------------------------------------------------------------------------------------------


def locale_c(sample: Sample, chance: random.Random) -> Tried:
    """No locale, in a folder whose name is not ASCII; what is typed is not ASCII either."""
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with Place(sample, "Ärger ☃") as place:
        for command in (RUN, (*ADOPT, "--source", "Quelle ☃"), RENDER, VERIFY, ("report", "new", "Öl")):
            ended = called(command, place.root, plain | IDENTITY)
            problem = place.problem(command, ended, must=True)
            if "--source" in command and "Quelle ☃" not in (
                place.root / "experiments" / "frozen" / "adopted" / "examples.json"
            ).read_text("utf-8"):
                problem = problem or "the source is not what was typed"
            yield "LC_ALL=C", problem


TALKING: tuple[Command, ...] = (
    ("experiments", "--help"),
    ("experiments", "list"),
    ("experiments", "status"),
    ("experiments", "status", "--json"),
    ("experiments", "verify"),
    ("experiments", "count", "llama-3.2-1b"),
    ("experiments", "explain", "phi-2", "--total", "1408634880"),
    ("report", "--help"),
    ("report", "audit", "a-paper"),
    ("report", "check", "--json"),
    PAGES,
)


def closed_output(sample: Sample, chance: random.Random) -> Tried:
    """Whoever reads the output has gone (`| head -1`), or it goes to a disk that is full."""
    with Place(sample, changed=False) as place:
        for command in TALKING:
            ended = called(command, place.root, {}, output="closed")
            clean = not any(word in ended.said for word in ("Traceback", "BrokenPipe", "Exception ignored"))
            yield "a closed pipe", None if clean else f"`{' '.join(command)}`: {ended.said[-400:]}"
        for command in TALKING[:5]:
            ended = called(command, place.root, {}, output="/dev/full")
            clean = "Traceback" not in ended.said and "Exception ignored" not in ended.said and ended.code == 1
            yield "a full disk", None if clean else f"`{' '.join(command)}`: {ended.code} {ended.said[-400:]}"


SERIES: dict[str, Callable[[Sample, random.Random], Tried]] = {
    "odd path": odd_paths,
    "full disk": full_disks,
    "read-only folder": read_only,
    "mounted folder": mounts,
    "two at once": two_at_once,
    "Ctrl-C": interrupted,
    "clock": clocks,
    "environment": variables,
    "git": without_git,
    "locale": locale_c,
    "closed output": closed_output,
}
