"""A copy of the project to plant into, and its state from before each plant."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
IDENTITY = {
    "GIT_AUTHOR_NAME": "faults",
    "GIT_AUTHOR_EMAIL": "faults@example.org",
    "GIT_COMMITTER_NAME": "faults",
    "GIT_COMMITTER_EMAIL": "faults@example.org",
}


def copy_project(source: Path, target: Path) -> None:
    """Copy every file that git tracks or would track."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=source, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)


def commit(root: Path) -> None:
    """Commit all that is there."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "as it is")


def git(root: Path, *arguments: str) -> None:
    """Run git in a copy, whoever uses it."""
    subprocess.run(["git", *arguments], cwd=root, check=True, env={**os.environ, **IDENTITY}, capture_output=True)


class Copy:
    """A folder that is put back as it was after each plant, with all that was rendered and remembered in it."""

    def __init__(self, root: Path, kept: Path) -> None:
        """Keep the present state of `root`, but for its git repository, in the folder `kept`."""
        self.root, self._kept = root, kept
        shutil.copytree(root, kept, ignore=shutil.ignore_patterns(".git"), symlinks=True)
        self._before = dict(_stamps(kept))

    def plant(self, files: Mapping[str, bytes | None]) -> None:
        """Write or remove files."""
        for name, content in files.items():
            path = self.root / name
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def restore(self) -> None:
        """Undo whatever was changed, added or removed."""
        now = dict(_stamps(self.root))
        for name in now.keys() - self._before.keys():
            (self.root / name).unlink()
        for name, stamp in self._before.items():
            if now.get(name) != stamp:
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self._kept / name, self.root / name)


def _stamps(root: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in files:
            path = Path(folder, name)
            status = path.lstat()
            yield path.relative_to(root).as_posix(), (status.st_size, status.st_mtime_ns)
