"""The pages around the versions: the index of versions, the way to the newest one, and a page for what is not there."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.publishing.model import Changes, Version, Versions
from report.publishing.places import LIST
from report.publishing.staging import ASSETS, FROZEN, list_for_switcher

LATEST = "latest"
SHOWN = 20
"""Changed numbers that the index of versions lists; `changes.json` has all of them."""


def write_overview(folder: Path, title: str, versions: Sequence[Version], changes: Mapping[str, Changes]) -> None:
    """Write to `folder` all that lies at the root of the published site. `changes` go by the version that made them."""
    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    values = {
        "title": title,
        "versions": versions,
        "changes": changes,
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
