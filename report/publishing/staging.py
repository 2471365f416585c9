"""The files of a new version: the rendered site with a switcher on each page, its tables, and what changed."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from experiments.tables.digest import sha256_file, sha256_json
from experiments.tables.errors import TableError
from experiments.tables.read import frozen_root, read_sidecar
from experiments.tables.stored import SUFFIXES
from report.ledger.model import VersionFile
from report.publishing.model import Version
from report.publishing.places import PublishError

ASSETS = Path(__file__).with_name("assets")
FROZEN = "frozen"
"""The folder of a version's tables; `tables/` may be pages of the site."""
SWITCHER, STYLE = "version-switch.js", "version-switch.css"


def copy_version(site: Path, version: VersionFile, target: Path) -> None:
    """Copy the rendered site to `target`, and the tables that it shows beside it.

    Raises PublishError where a table is no longer what was shown.
    """
    shutil.copytree(site, target, dirs_exist_ok=True)
    for table, digest in version.shown.items():
        try:
            sidecar = read_sidecar(table)
        except TableError as error:
            raise PublishError(f"table {table}: {error}") from None
        rows = frozen_root() / f"{table}{SUFFIXES[sidecar.format]}"
        if {sidecar.digests.table, sha256_file(rows)} != {digest}:
            raise PublishError(f"table {table} has changed since the report was rendered; render it again")
        for suffix in (SUFFIXES[sidecar.format], ".json"):
            file = target / FROZEN / f"{table}{suffix}"
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(frozen_root() / f"{table}{suffix}", file)


def describe(folder: Path, name: str, version: VersionFile) -> Version:
    """The version in `folder`, as it was copied there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    places = [path.relative_to(folder).as_posix() for path in files]
    return Version(
        version=name,
        shown=version.build.shown,
        commit=version.build.commit,
        date=version.build.date,
        tables=version.build.tables,
        pdf=version.pdf,
        pages=tuple(place for place in places if place.endswith(".html")),
        content=sha256_json(dict(zip(places, map(sha256_file, files), strict=True))),
    )


def add_switcher(folder: Path, own: Version, known: Sequence[Version], way: str) -> None:
    """Put the switcher on every page below `folder`, from which `way` leads to the root of the published site.

    `known` are the versions that there are now; where it can, the switcher asks the site for newer ones.
    """
    settings = {"own": own.version, "way": way, "known": [_for_switcher(version) for version in known]}
    script = (ASSETS / SWITCHER).read_text("utf-8")
    text = f"const colophonVersion = {json.dumps(settings, ensure_ascii=False)};\n{script}"
    (folder / SWITCHER).write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(ASSETS / STYLE, folder / STYLE)
    for place in own.pages:
        page = (folder / place).read_bytes()
        up = "../" * place.count("/")
        head = f'<link rel="stylesheet" href="{up}{STYLE}">\n<script src="{up}{SWITCHER}" defer></script>\n'
        before, mark, after = page.partition(b"</head>")
        if mark:
            (folder / place).write_bytes(before + head.encode() + mark + after)


def folder_of(version: Version) -> str:
    """The address of a version's folder, from the root of the published site."""
    return f"v/{quote(version.version)}/"


def _for_switcher(version: Version) -> dict[str, object]:
    return {"version": version.version, "folder": folder_of(version), "pages": version.pages}


def list_for_switcher(known: Sequence[Version]) -> str:
    """`versions.js`, for pages that are opened from disk, where they may not fetch `versions.json`."""
    return (
        f"window.colophonVersions = {json.dumps([_for_switcher(version) for version in known], ensure_ascii=False)};\n"
    )
