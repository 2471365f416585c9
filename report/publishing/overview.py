"""The pages around the versions: their index, the way to the newest or remembered one, and one for what is missing."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.diffing.compare import PAGE
from report.diffing.model import Changes
from report.diffing.page import ASSETS as DIFFING
from report.diffing.telling import headline, sections
from report.publishing.model import Version, Versions
from report.publishing.places import LIST
from report.publishing.staging import ASSETS, FROZEN, folder_of, list_for_switcher

LATEST = "latest"
SHOWN = 10
"""Changed claims, findings and numbers that the index of versions lists of each sort; the page of changes has all."""
_LISTED = ("claims", "findings", "numbers")


def write_overview(folder: Path, title: str, versions: Sequence[Version], changes: Mapping[str, Changes]) -> None:
    """Write to `folder` all that lies at the root of the published site. `changes` go by the version that made them."""
    environment = Environment(
        loader=FileSystemLoader([ASSETS, DIFFING]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    values = {
        "title": title,
        "versions": versions,
        "changes": {name: (found.before.name, headline(found), sections(found)) for name, found in changes.items()},
        "folders": [(each.version, folder_of(each)) for each in versions],
        "page": PAGE,
        "listed": _LISTED,
        "latest": LATEST,
        "frozen": FROZEN,
        "list": LIST,
        "most": SHOWN,
    }
    files = {
        name: environment.get_template(name).render(values) for name in ("index.html", "404.html", "versions.html")
    }
    files[LIST] = Versions(versions=tuple(versions)).model_dump_json(indent=1) + "\n"
    files["versions.js"] = list_for_switcher(versions)
    files[".nojekyll"] = ""  # hosts are to serve what is there, whatever it is called
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
