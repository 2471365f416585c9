"""What `report new` writes: `blank` is a project, `assignment` adds to it, `shared.txt` lists what it takes from ours.

A name that begins with `dot-` is written with a dot.
"""

from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent
SHARED = tuple((TEMPLATE / "shared.txt").read_text("utf-8").split())
"""Files and folders that every project has in common with ours, at the same place in it."""


def shared(name: str) -> Path:
    """Where one of `SHARED`, or a file below it, lies: inside the installed package, else in the clone around it."""
    packed = TEMPLATE / "shared" / name
    return packed if packed.exists() else TEMPLATE.parents[1] / name
