"""Small projects in which one command makes one of two versions of its output."""

import shutil
import subprocess
from pathlib import Path

from experiments.tables.read import read_table, table_ids
from tests.faults.copies import IDENTITY, commit, git
from tests.faults.plant import STATUS, Command
from tests.faults.sample import FILES, STUDIES, write_sample
from tests.files import files
from tests.hardening.ended import At, Ended, Settings, run

KEPT = {".git", ".press", "_ledger", "runs", "__pycache__", ".lock", ".holder.json", "objects"}
"""What commands keep for themselves in a project, and git in a repository, where what nobody refers to does no harm."""
RENDER: Command = ("report", "render", "--engine", "press")
CITATION = """\
cff-version: 1.2.0
message: Cite it.
title: Counts
authors: [{name: A. Author}]
version: "1"
"""


class Scene:
    """One command in a project; `ready` puts there what it makes a version from."""

    command: Command
    finished_by: Command | None = None
    """What anybody might call next: it finishes or undoes what was begun."""
    verified_by: Command | None = None
    alternates = True
    """Whether each version takes the place of the other one; else `ready` puts the first one back each time."""

    repeats = True
    """Whether the command may be called again where all is done."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "project"
        self.prepare()

    def prepare(self) -> None:
        """Make the project."""
        write_sample(self.root)

    def ready(self, version: int) -> None:
        """Put there what the version is made from."""

    def found(self) -> object:
        """What a reader finds. Raises UserError where it is damaged."""
        raise NotImplementedError

    def is_whole(self, found: object, old: object, new: object) -> bool:
        return found in (old, new)

    def run(self, command: Command, at: At | None = None) -> Ended:
        return run(command, self.root, at, Settings(IDENTITY))

    def do(self, command: Command) -> Ended:
        """Run a command that has to succeed."""
        ended = self.run(command)
        if ended.code:
            said = f"ends with {ended.code}, though nobody killed anything: {ended.said}"
            raise RuntimeError(f"`{' '.join(command)}` {said}")
        return ended

    def put(self, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            (self.root / name).write_text(text, "utf-8")


def tables(frozen: Path) -> dict[str, str]:
    """The digests of the frozen tables, by id. Raises TableError where one is damaged."""
    read = [read_table(table_id, frozen) for table_id in table_ids(frozen)]
    for table in read:
        table.check()
    return {table.id: table.digest for table in read}


# --- tables -----------------------------------------------------------------------------------------------------------

_COUNTS, _PAPER = "experiments/studies/counts.yaml", "experiments/studies/a-paper.yaml"
CHANGED = {
    _COUNTS: FILES[_COUNTS].replace("labels: 2", "labels: 3"),
    _PAPER: FILES[_PAPER].replace("right: {quantity: bleu, layer: 8}", "right: {quantity: bleu, layer: 16}"),
}


class Run(Scene):
    """Two studies are changed; each has its old tables or its new ones."""

    command = ("experiments", "run", *STUDIES)
    finished_by = STATUS
    verified_by = ("experiments", "verify")

    def ready(self, version: int) -> None:
        self.put(CHANGED if version else {name: FILES[name] for name in CHANGED})

    def found(self) -> dict[str, str]:
        return tables(self.root / "experiments" / "frozen")

    def is_whole(self, found: dict[str, str], old: dict[str, str], new: dict[str, str]) -> bool:
        def of(study: str, which: dict[str, str]) -> dict[str, str]:
            return {name: digest for name, digest in which.items() if name.startswith(f"{study}/")}

        return all(of(study, found) in (of(study, old), of(study, new)) for study in STUDIES)


class Freeze(Run):
    command = ("experiments", "freeze")


class Adopt(Scene):
    """Predictions take the place of others: study, predictions and tables together."""

    command = ("experiments", "adopt", "a.csv", "--study", "adopted", "--map", "id=id,gold=gold,before=b,after=a")
    finished_by = ("experiments", "verify", "--made")
    verified_by = ("experiments", "verify", "--made")

    def ready(self, version: int) -> None:
        rows = [f"e{row},{'ny'[row % 2]},{'ny'[row % 3 == 0]},{'ny'[row % 5 < 2 + version]}" for row in range(60)]
        self.put({"a.csv": "\n".join(["id,gold,b,a", *rows, ""])})

    def found(self) -> tuple[dict[str, str], dict[str, bytes]]:
        return tables(self.root / "experiments" / "frozen"), files(self.root / "experiments" / "studies")


# --- pages ------------------------------------------------------------------------------------------------------------

_CHAPTER = "report/counts.qmd"
REWORDED = {_CHAPTER: FILES[_CHAPTER].replace("Each part", "Each piece")}


class Render(Scene):
    """A chapter is changed; every fourth time nothing is left of what earlier renders kept."""

    command = RENDER

    def prepare(self) -> None:
        super().prepare()
        self._times = 0
        self.do(Run.command)
        self.do(RENDER)

    def ready(self, version: int) -> None:
        self.put(REWORDED if version else {_CHAPTER: FILES[_CHAPTER]})
        self._times += 1
        if self._times % 4 == 1:
            shutil.rmtree(self.root / ".press" / "cache", ignore_errors=True)

    def found(self) -> dict[str, bytes]:
        return files(self.root / "_site")


class RenderPages(Render):
    command = (*RENDER, "--to", "html")


class _Released(Scene):
    """Two versions of a project under version control: the first is published, the second is rendered."""

    alternates = False

    def prepare(self) -> None:
        super().prepare()
        self.target, self._spare = self.folder / "to", self.folder / "spare"
        self.do(Run.command)
        self.put({"CITATION.cff": CITATION})
        git(self.root, "init", "--quiet")
        self._release()
        self.begin()
        self.do(self.command)
        _copy(self.target, self._spare)
        self.put(REWORDED)
        self._release()

    def begin(self) -> None:
        """Make the place that the first version is published to."""

    def _release(self) -> None:
        commit(self.root)
        self.do(RENDER)

    def ready(self, version: int) -> None:
        _copy(self._spare, self.target)

    def found(self) -> dict[str, bytes]:
        return files(self.target)


class PublishToFolder(_Released):
    command = ("report", "publish", "--to", "../to")


class PublishToBranch(_Released):
    command = ("report", "publish", "--to", "../to")

    def begin(self) -> None:
        git(self.folder, "init", "--quiet", "--bare", "to")

    def found(self) -> str:
        """The branch as a host would serve it: the names of its files and the digests of their contents."""
        listed = ["git", "--git-dir", str(self.target), "ls-tree", "-r", "gh-pages"]
        return subprocess.run(listed, check=True, capture_output=True, text=True).stdout


class Archive(_Released):
    command = ("report", "archive", "--to", "../to/report.zip")

    def found(self) -> bytes:
        return (self.target / "report.zip").read_bytes()


class New(Scene):
    """A new project, beside another one."""

    command = ("report", "new", "../mine")
    alternates = repeats = False

    def ready(self, version: int) -> None:
        shutil.rmtree(self.folder / "mine", ignore_errors=True)

    def found(self) -> dict[str, bytes]:
        return files(self.folder / "mine")


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
