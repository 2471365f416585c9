"""Tables of the README that a command writes, each between `<!-- made by make NAME -->` and `<!-- end -->`."""

import re

from experiments.tables.locations import PACKAGE_ROOT

README = PACKAGE_ROOT / "README.md"


def _between(name: str) -> re.Pattern[str]:
    return re.compile(f"(<!-- made by make {re.escape(name)} -->\n\n)(.*?)(\n\n<!-- end -->)", re.DOTALL)


def shown(name: str) -> str:
    """What stands in the README now."""
    found = _between(name).search(README.read_text("utf-8"))
    assert found, f"README.md has no place for what `make {name}` writes"
    return found[2]


def fill(name: str, text: str) -> None:
    """Put `text` into its place."""
    README.write_text(_between(name).sub(lambda found: found[1] + text + found[3], README.read_text("utf-8")), "utf-8")
