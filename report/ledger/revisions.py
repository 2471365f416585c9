"""Files as they were in a git revision, taken out of git into a folder of their own."""

from collections.abc import Callable
from pathlib import Path

from experiments.tables.git import contents_of, run_git


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
    """Write the files of a tree of a repository, such as `gh-pages:v/1.0.0`, into a new folder.

    The repository may be a bare one. Files have the bytes that git keeps, whatever it would convert in a checkout.
    Links are left out.
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
    for name, content in zip(blobs, contents_of(repository, list(blobs.values())), strict=True):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
