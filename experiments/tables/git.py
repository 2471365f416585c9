"""What git has: a command's answer, a commit's full name, the contents of files as they were."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path


class GitError(UserError):
    """What git refused to do; `said` is every line of its reason, none where git cannot be run."""

    def __init__(self, message: str, said: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.said = said


def commit_of(folder: Path, revision: str) -> str:
    """The full name of the commit that `revision` means in the repository around `folder`. Raises UserError."""
    try:
        found = run_git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except GitError:
        run_git(folder, "rev-parse", "--git-dir")  # without a repository, that is what is wrong
        name, where = printable(revision) or "''", shown_path(folder)
        where = "the project" if where == "." else where
        raise UserError(f"there is no revision {name} in the repository around {where}") from None
    return found.decode().split()[-1]


def contents_of(folder: Path, blobs: Sequence[str]) -> Iterator[bytes]:
    """The bytes of each blob, in order, from one process. Raises UserError."""
    answer, position = run_git(folder, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode()), 0
    for _ in blobs:
        end = answer.index(b"\n", position)
        size = int(answer[position:end].split()[2])
        yield answer[end + 1 : end + 1 + size]
        position = end + size + 2


def ask_git(folder: Path, *arguments: str) -> str | None:
    """What a git command prints, without white space around it; None where it fails, or there is no git."""
    try:
        return run_git(folder, *arguments).decode("utf-8", "surrogateescape").strip()
    except GitError:
        return None


def run_git(folder: Path, *arguments: str, given: bytes | None = None, extra: Mapping[str, str] | None = None) -> bytes:
    """What a git command prints, given standard input and `extra` variables. Raises GitError with git's own reason.

    Git speaks English and asks for no password.
    """
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(extra or {})}
    command = ["git", *arguments]
    try:
        done = subprocess.run(command, cwd=folder, env=environment, input=given, capture_output=True, check=False)
    except OSError as error:
        raise GitError(f"git, which knows what was there, cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        lines = (line.removeprefix("fatal: ") for line in done.stderr.decode("utf-8", "replace").splitlines())
        said = [line for line in lines if line.strip()] or [f"exit code {done.returncode}"]
        raise GitError(f"git: {printable(said[0], 200)}", said)
    return done.stdout
