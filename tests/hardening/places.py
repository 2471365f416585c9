"""A small project in surroundings of its own, and whether a command did well there."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from experiments.tables.errors import UserError
from tests.faults.copies import IDENTITY, commit, git
from tests.faults.plant import Command
from tests.faults.sample import CONFIG, FILES, INDEX, STUDIES, write_sample
from tests.files import files
from tests.hardening.ended import At, Ended, Running, Settings, run
from tests.hardening.scenes import CHANGED, CITATION, RENDER, REWORDED, tables

_LINES = 8
"""A message has no more lines than this."""
WORK = "shapes"
"""The key of the only work that is cited."""
BIBLIOGRAPHY = f"@book{{{WORK}, author = {{Author, Another}}, title = {{On weights}}, publisher = {{A Press}}}}\n"


class Sample:
    """The project from which all others are copied: run, committed and rendered. It cites a work."""

    def __init__(self, root: Path, rendered: bool = True) -> None:
        self.root = root
        write_sample(root)
        rows = [f"e{row},{'ny'[row % 2]},{'ny'[row % 3 == 0]},{'ny'[row % 5 < 2]}" for row in range(60)]
        ignored = FILES[".gitignore"] + "/public/\n/mine/\n/dist/\n"
        texts = {
            "a.csv": "\n".join(["id,gold,b,a", *rows, ""]),
            "CITATION.cff": CITATION,
            ".gitignore": ignored,
            "_quarto.yml": CONFIG + "bibliography: references.bib\n",
            "references.bib": BIBLIOGRAPHY,
            "index.qmd": INDEX + "\nHow both are counted is an old idea [@" + WORK + "].\n",
        }
        for name, text in texts.items():
            (root / name).write_text(text, "utf-8")
        self._do(("experiments", "run", *STUDIES))
        git(root, "init", "--quiet")
        commit(root)
        if rendered:
            self._do(RENDER)

    def _do(self, command: Command) -> None:
        ended = run(command, self.root)
        if ended.code:
            raise RuntimeError(f"`{' '.join(command)}` fails in the sample: {ended.said}")


class Place:
    """A copy of the sample, alone in the folder `above`; studies and chapter have changed since it was rendered."""

    def __init__(self, sample: Sample, name: str = "project", changed: bool = True) -> None:
        self.above = Path(tempfile.mkdtemp(dir=sample.root.parent))
        self.root = self.above / name
        shutil.copytree(sample.root, self.root, symlinks=True)
        self._site = files(self.root / "_site")
        if changed:
            self.change()
        self._known = set(os.listdir(self.above))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        shutil.rmtree(self.above)

    def change(self) -> None:
        """Change studies and chapter."""
        for file, text in (CHANGED | REWORDED).items():
            (self.root / file).write_text(text, "utf-8")

    def start(self, command: Command, at: At | None = None) -> Running:
        return Running(command, self.root, at, Settings(IDENTITY))

    def run(
        self,
        command: Command,
        variables: dict[str, str | None] | None = None,
        before: Callable[[], object] | None = None,
        at: At | None = None,
    ) -> Ended:
        return run(command, self.root, at, Settings(IDENTITY | (variables or {}), before))

    def problem(self, command: Command, ended: Ended, must: bool = False) -> str | None:
        """What is wrong after a command: it has to succeed where it `must`, else it may also say what is in its way."""
        said = f"`{' '.join(command)}` ends with {ended.code}: {ended.said[-400:]}"
        if ended.code not in ((0,) if must else (0, 1)) or "Traceback" in ended.said or "Error:" in ended.said:
            return said
        errors = [number for number, line in enumerate(ended.lines) if line.startswith("error: ")]
        if ended.code and (not errors or len(ended.lines) - errors[0] > _LINES):
            return said
        self.take_site(command, ended)
        return self.damage()

    def take_site(self, command: Command, ended: Ended) -> None:
        """Take the site for the one that is to be found from now on, where the command has rendered it."""
        if ended.code == 0 and command[: len(RENDER)] == RENDER:
            rendered = files(self.root / "_site")
            self._site = rendered if rendered.keys() == self._site.keys() else self._site

    def damage(self) -> str | None:
        """What is half written, or written where it should not be."""
        try:
            tables(self.root / "experiments" / "frozen")
        except UserError as error:
            return f"a table is damaged: {error}"
        if files(self.root / "_site") != self._site:
            return "the site is neither the old nor the new one"
        if strays := set(os.listdir(self.above)) - self._known:
            return f"outside of the project lies {sorted(strays)[:3]}"
        return None


def may_mount() -> bool:
    """Whether this process may mount file systems, as root of a Linux machine may."""
    done = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "x", "/mnt"], capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def mounted(place: Path, free: int | None = None, read_only: bool = False) -> Iterator[None]:
    """A file system of its own in the place of a folder, with what is in it: with so many bytes left, or read-only."""
    place.mkdir(exist_ok=True)
    aside = place.with_name(f".{place.name}.aside")
    shutil.copytree(place, aside, symlinks=True)
    _call("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(place))
    try:
        shutil.copytree(aside, place, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(aside)
        status = os.statvfs(place)
        used = (status.f_blocks - status.f_bfree) * status.f_frsize
        if free is not None:
            _call("mount", "-o", f"remount,size={used + free}", str(place))
        if read_only:
            _call("mount", "-o", "remount,ro", str(place))
        yield
    finally:
        _call("umount", "--lazy", str(place))


def _call(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
