"""What git has: a command's answer, a commit's full name, the contents of files as they were."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.tables.errors import UserError, printable


def commit_of(folder: Path, revision: str) -> str:
    """The full name of the commit that `revision` means in the repository around `folder`. Raises UserError."""
    return run_git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().split()[-1]


def contents_of(folder: Path, blobs: Sequence[str]) -> Iterator[bytes]:
    """The bytes of each blob, in order, from one process. Raises UserError."""
    answer, position = run_git(folder, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode()), 0
    for _ in blobs:
        end = answer.index(b"\n", position)
        size = int(answer[position:end].split()[2])
        yield answer[end + 1 : end + 1 + size]
        position = end + size + 2


def run_git(folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """What a git command prints. Raises UserError with git's own reason."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, input=given, capture_output=True, check=False)
    except OSError as error:
        raise UserError(f"git, which knows what was there, cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UserError(f"git: {printable(said[0].removeprefix('fatal: ') if said else 'failed', 200)}")
    return done.stdout
