"""Make a DVC project that keeps the same tables, for `dvc status` to compare what `experiments status` compares."""

import shutil
import subprocess
import sys
from pathlib import Path


def main(project: Path, folder: Path) -> None:
    """Copy the frozen tables of `project` into `folder`, and add them to DVC there."""
    shutil.copytree(project / "experiments" / "frozen", folder / "frozen", ignore=shutil.ignore_patterns(".*"))
    for command in (["init", "--no-scm", "--quiet"], ["add", "--quiet", "frozen"]):
        subprocess.run(["dvc", *command], cwd=folder, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
