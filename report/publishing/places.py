"""Where versions are published: a branch of a Git repository, or a folder. Each changes in one step or not at all."""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from experiments.tables.errors import UserError
from experiments.tables.git import GitError, run_git
from experiments.tables.outcome import first_error
from experiments.tables.secrets import hide_login
from report.ledger.revisions import unpack_tree
from report.rendering.exchange import exchange

BRANCH = "gh-pages"
LIST = "versions.json"
"""What tells a published site from any other folder or branch."""
WAIT = 120
"""Seconds to wait for another process that publishes to the same folder."""
_FETCHED = "refs/colophon/published"
_ADDRESS = re.compile(r"^[\w+.-]+://|^[^/\s]+@[^/\s]+:|^[^/\s]+:[^/\\]|\.git/?$")


class PublishError(UserError):
    """What cannot be published, or not to there."""


class Place(Protocol):
    """A published site."""

    where: str
    """As messages name it."""

    def read(self, name: str) -> bytes | None:
        """The content of a file that is published now; None where there is none."""

    def folder(self, name: str, scratch: Path) -> Path:
        """A published folder to read in, which may have to be copied into `scratch` first."""

    def put(self, staged: Path, without: Iterable[str], message: str) -> None:
        """Publish the files below `staged` beside what is there, less the folders `without`.

        Raises PublishError; what was published before is then as it was.
        """


@contextmanager
def find_place(root: Path, to: str) -> Iterator[Place]:
    """What `--to` names: `gh-pages` (of the remote `origin`, else of this repository), a remote, or a folder.

    One process at a time holds a folder, and the next waits for it: else it would not know what the other publishes. A
    branch that has moved meanwhile refuses the push.
    """
    place = _place(root, to)
    if isinstance(place, Branch):
        yield place
        return
    with _held(place):
        yield Folder(place)


@contextmanager
def _held(place: Path) -> Iterator[None]:
    """Hold the folder above against others that publish into it: by its descriptor, which leaves no file there."""
    if sys.platform == "win32":
        yield
        return
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place.parent, os.O_RDONLY)
    except OSError as error:
        raise PublishError(f"{place}: cannot be written: {first_error(error).strerror}") from None
    try:
        _lock(descriptor)
    except BlockingIOError:
        os.close(descriptor)
        raise PublishError(f"{place}: another process publishes there; wait until that is done") from None
    except OSError:  # a file system without locks
        pass
    try:
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock a file, or wait for that. Raises BlockingIOError where it is locked for longer than `WAIT`."""
    import fcntl

    until = time.monotonic() + WAIT
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
        time.sleep(0.1)


def _place(root: Path, to: str) -> "Branch | Path":
    """The branch, or the folder."""
    remotes = _git(root, "remote", missing="").split()
    if to == BRANCH:
        return Branch(root, "origin" if "origin" in remotes else ".")
    path = Path(to).expanduser().absolute()
    if path.is_dir():
        bare = all((path / name).exists() for name in ("HEAD", "objects", "refs"))
        return Branch(root, str(path)) if bare else path
    if to in remotes or (_ADDRESS.search(to) and not to.startswith("-")):
        return Branch(root, to)
    return path


# --- a branch --------------------------------------------------------------------------------------------------------


class Branch:
    """The branch `gh-pages` of a remote (a name, an address, or `.` for this repository).

    The new commit is made without a work tree; the branch moves to it as the last step, which Git makes atomic.

    By the conventions that `quarto publish gh-pages` (src/publish/gh-pages/gh-pages.ts) and ghp-import share, so that a
    host serves the branch as it serves theirs: `gh-pages` of `origin`, the site at its root, `.nojekyll` beside it, one
    commit for each publish, after the one before. Neither is called, because both empty the branch (ghp-import: or one
    folder of it) before each commit, where older versions, and what others put there, such as `CNAME`, are to stay;
    and `quarto publish` pushes by force, where somebody else's publish meanwhile is to be told.
    """

    def __init__(self, root: Path, remote: str) -> None:
        self._root, self._remote = root, remote
        self.where = f"branch {BRANCH} of {'this repository' if remote == '.' else hide_login(remote)}"
        found = self._git("ls-remote", remote, f"refs/heads/{BRANCH}").split()
        self._tip = found[0] if found else None
        if self._tip:
            self._git("fetch", "--quiet", "--no-tags", remote, f"+refs/heads/{BRANCH}:{_FETCHED}")
            self._tip = self._git("rev-parse", _FETCHED)

    def read(self, name: str) -> bytes | None:
        if self._tip is None:
            return None
        try:
            return run_git(self._root, "cat-file", "blob", f"{self._tip}:{name}")
        except GitError:
            return None

    def folder(self, name: str, scratch: Path) -> Path:
        target = scratch / "published"
        unpack_tree(self._root, f"{self._tip}:{name}", target)
        return target

    def put(self, staged: Path, without: Iterable[str], message: str) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            index = {
                "GIT_DIR": self._git("rev-parse", "--absolute-git-dir"),
                "GIT_INDEX_FILE": str(Path(scratch) / "index"),
                "GIT_WORK_TREE": str(staged),
            }
            if self._tip:
                _git(staged, "read-tree", self._tip, extra=index)
            for folder in without:
                _git(staged, "rm", "-r", "-f", "--cached", "--quiet", "--ignore-unmatch", "--", folder, extra=index)
            # As they are: whatever Git is told elsewhere to leave out or to convert.
            plain = ("-c", "core.autocrlf=false", "-c", "core.safecrlf=false", "-c", "core.attributesFile=")
            _git(staged, *plain, "add", "--force", "--ignore-removal", ".", extra=index)
            tree = _git(staged, "write-tree", extra=index)
        if self._tip and tree == self._git("rev-parse", f"{self._tip}^{{tree}}"):
            return
        parent = ("-p", self._tip) if self._tip else ()
        commit = self._git("commit-tree", tree, *parent, "-m", message, extra=self._identity())
        self._git("push", "--quiet", self._remote, f"{commit}:refs/heads/{BRANCH}")

    def _identity(self) -> dict[str, str]:
        """Who commits: the user, or where Git knows none (on a host that builds) the author of what is published."""
        if self._git("var", "GIT_COMMITTER_IDENT", missing=""):
            return {}
        name, _, email = self._git("log", "-1", "--format=%an%n%ae", "HEAD").partition("\n")
        both = {"NAME": name, "EMAIL": email}
        return {f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in both.items()}

    def _git(self, *arguments: str, extra: Mapping[str, str] | None = None, missing: str | None = None) -> str:
        return _git(self._root, *arguments, extra=extra, missing=missing)


def _git(root: Path, *arguments: str, extra: Mapping[str, str] | None = None, missing: str | None = None) -> str:
    """What a Git command prints. Where it fails, `missing` if given, else PublishError with Git's reason."""
    try:
        return run_git(root, *arguments, extra=extra).decode("utf-8", "surrogateescape").strip()
    except GitError as error:
        if missing is not None:
            return missing
        if not error.said:
            raise PublishError(f"{error}; publishing to a branch needs it") from None
        if any("[rejected]" in line for line in error.said):
            raise PublishError(f"{BRANCH} has moved: somebody else published meanwhile; publish again") from None
        verb = next(word for word in arguments if not word.startswith("-") and "=" not in word)
        raise PublishError(f"git {verb} failed: {hide_login(error.said[0])}") from None


# --- a folder --------------------------------------------------------------------------------------------------------


class Folder:
    """A folder, which is written anew beside itself and takes its own place by a rename."""

    def __init__(self, path: Path) -> None:
        self._path, self.where = path, str(path)
        self._new = path.with_name(f".{path.name}.new")
        self._old = path.with_name(f".{path.name}.old")
        if self._old.is_dir() and not path.exists():  # killed between two renames, where they cannot be one
            self._old.rename(path)
        shutil.rmtree(self._new, ignore_errors=True)  # of a publish that was killed
        if path.exists() and not (path.is_dir() and ((path / LIST).is_file() or not any(path.iterdir()))):
            raise PublishError(f"{path} holds something else than a published report; name an empty or a new folder")

    def read(self, name: str) -> bytes | None:
        path = self._path / name
        return path.read_bytes() if path.is_file() else None

    def folder(self, name: str, scratch: Path) -> Path:
        return self._path / name

    def put(self, staged: Path, without: Iterable[str], message: str) -> None:
        try:
            self._put(staged, set(without))
        except OSError as error:
            raise PublishError(f"{self.where}: cannot be written: {first_error(error).strerror}") from None

    def _put(self, staged: Path, without: set[str]) -> None:
        for left_over in (self._new, self._old):
            shutil.rmtree(left_over, ignore_errors=True)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            if self._path.is_dir():
                _link(self._path, self._new, without)
            # What is staged takes the place of links to older files; it is never written through them.
            for file in (path for path in staged.rglob("*") if path.is_file()):
                target = self._new / file.relative_to(staged)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                shutil.copyfile(file, target)
            exchange(self._new, self._path, self._old)
        finally:
            for left_over in (self._new, self._old):
                shutil.rmtree(left_over, ignore_errors=True)


def _link(source: Path, target: Path, without: set[str]) -> None:
    """The folder again, of the same files where the file system can have them twice, else of copies."""

    def leave_out(folder: str, names: list[str]) -> set[str]:
        below = Path(folder).relative_to(source)
        return {name for name in names if (below / name).as_posix() in without}

    shutil.copytree(source, target, copy_function=_link_or_copy, ignore=leave_out)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
