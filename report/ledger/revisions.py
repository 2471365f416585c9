"""Files as they were in a git revision, taken out of git into a folder of their own."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from experiments.tables.errors import UserError, printable


def commit_of(folder: Path, revision: str) -> str:
    """The full name of the commit that `revision` means in the repository around `folder`. Raises UserError."""
    return run_git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().split()[-1]


def take_out(folder: Path, tree: str, target: Path, wanted: Callable[[str], bool] = lambda name: True) -> None:
    """Put the files of `tree` (a commit) that lie below `folder` into the new folder `target`.

    `folder` is one of the work tree, and need not be in the commit: then `target` is empty. `wanted` chooses files by
    their path below it. Raises UserError where there is no git repository, or no such commit.
    """
    prefix = run_git(folder, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").removesuffix("\n")
    top = Path(run_git(folder, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").removesuffix("\n"))
    if prefix and not run_git(top, "ls-tree", "-d", tree, "--", f":(literal){prefix.rstrip('/')}"):
        target.mkdir(parents=True)
    else:
        unpack_tree(top, f"{tree}:{prefix}", target, wanted)


def unpack_tree(repository: Path, tree: str, target: Path, wanted: Callable[[str], bool] = lambda name: True) -> None:
    """As `take_out`, for any tree of a repository, which may be a bare one: `gh-pages:v/1.0.0`.

    Files have the bytes that git keeps, whatever it would convert in a checkout. Links are left out.
    """
    found = run_git(repository, "rev-parse", "--verify", "--end-of-options", tree).decode().split()[-1]
    target.mkdir(parents=True)
    listed = run_git(repository, "ls-tree", "-r", "-z", "--full-tree", found).decode("utf-8", "surrogateescape")
    blobs = {}
    for entry in filter(None, listed.split("\0")):
        kind, _, name = entry.partition("\t")
        mode, _, blob = kind.split()[:3]
        if mode.startswith("100") and ".." not in name.split("/") and wanted(name):
            blobs[name] = blob
    given = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    answer, position = run_git(repository, "cat-file", "--batch", given=given), 0
    for name in blobs:
        end = answer.index(b"\n", position)
        size = int(answer[position:end].split()[2])
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(answer[end + 1 : end + 1 + size])
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
