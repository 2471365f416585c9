"""Copy the project into the folder given, and render it there with the embedded renderer."""

import subprocess
import sys
from pathlib import Path

from copy_project import copy_project

if __name__ == "__main__":
    copy_project(Path(sys.argv[1]))
    subprocess.run(["report", "render", "--engine", "press"], cwd=sys.argv[1], check=True, capture_output=True)
