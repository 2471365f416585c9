"""Copy the project's files, without what rendering made, into each of the folders given: a fresh tree per program."""

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def copy_project(folder: Path) -> None:
    """Copy every file that git tracks or would track; the commit stays readable through a link to the repository."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=PROJECT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        copy_project(Path(folder))
