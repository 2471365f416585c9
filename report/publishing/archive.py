"""Archive the report: one zip with everything that it is made from, the rendered report, and what describes both."""

import datetime
import json
import tomllib
import zipfile
from pathlib import Path

from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import printable
from experiments.tables.files import open_replacement
from experiments.tables.git import ask_git
from experiments.tables.locations import shown_path
from experiments.tables.read import read_sidecar
from experiments.tables.stored import SUFFIXES
from report.ledger.version import why_no_commit
from report.publishing.citation import read_citation
from report.publishing.crate import METADATA, About, Described, describe_crate
from report.publishing.places import PublishError
from report.publishing.publish import default_name, rendered_version
from report.rendering.new import installed_from
from report.rendering.project import Project, load_project

FIRST_DAY = datetime.date(1980, 1, 1)
"""Before it a zip can tell no time."""


def archive(root: Path, target: Path | None = None) -> Path:
    """Write the archive of the rendered report to `target` (default: `dist/`) and return where it lies.

    The same commit and pages give the same archive. Raises PublishError where what was rendered is not the report as
    it is committed, or `CITATION.cff` is not valid; a file that is there already is then as it was.
    """
    project = load_project(root)
    rendered = rendered_version(project)
    name = default_name(rendered, root)
    citation = read_citation(root)
    files = _files(project)
    tables = {table: read_sidecar(table) for table in rendered.shown}
    for table, sidecar in tables.items():
        for suffix in (SUFFIXES[sidecar.format], ".json"):
            if f"experiments/frozen/{table}{suffix}" not in files:
                raise PublishError(
                    f"table {table} is in no commit: `git add experiments/frozen`, commit and render again"
                )
    licence = citation.license if citation and isinstance(citation.license, str) else _license_of(root)
    about = About(
        title=project.title,
        authors=project.authors,
        version=rendered.build.shown,
        date=rendered.build.date or "",
        license=licence,
        engine=rendered.engine,
        revision=_revision(root, rendered.build.commit),
    )
    described = {place: Described(len(content), sha256_bytes(content)) for place, content in files.items()}
    site = project.output_dir.relative_to(root).as_posix()
    metadata = describe_crate(about, described, tables, site)
    files[METADATA] = json.dumps(metadata, indent=1, ensure_ascii=False).encode()
    target = target or root / "dist" / f"{project.output_file}-{name}.zip"
    _write(target, f"{project.output_file}-{name}", files, about.date)
    return target


def _files(project: Project) -> dict[str, bytes]:
    """What is committed, and the rendered report, by place."""
    listed = ask_git(project.root, "ls-files", "-z")
    if listed is None:
        raise PublishError(f"the project {why_no_commit(project.root)}, so that nothing tells what belongs to it")
    committed = [project.root / name for name in listed.split("\0") if name]
    rendered = [path for path in project.output_dir.rglob("*") if path.is_file()]
    found = {path.relative_to(project.root).as_posix(): path for path in (*committed, *rendered) if path.is_file()}
    for place, path in found.items():
        if not path.resolve().is_relative_to(project.root.resolve()):
            raise PublishError(f"{printable(place)} is a link to a file outside the project; put a copy in its place")
    return {place: path.read_bytes() for place, path in sorted(found.items())}


def _license_of(root: Path) -> str | None:
    try:
        licence = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["license"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return None
    return licence if isinstance(licence, str) else None


def _revision(root: Path, commit: str | None) -> str:
    """Of the code: the commit where the project has it, else what was installed."""
    own = (root / "report" / "publishing" / "archive.py").is_file()
    return str(commit) if own else Path(installed_from()).name or "not known"


def _write(target: Path, folder: str, files: dict[str, bytes], date: str) -> None:
    """The zip, put in place in one step. Its times are those of the commit, as far as a zip can tell them."""
    day = max(datetime.date.fromisoformat(date), FIRST_DAY)
    try:
        with open_replacement(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for place, content in sorted(files.items()):
                entry = zipfile.ZipInfo(f"{folder}/{place}", (day.year, day.month, day.day, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (0o755 if content.startswith(b"#!") else 0o644) << 16
                packed.writestr(entry, content)
    except OSError as error:
        raise PublishError(f"{shown_path(target)}: cannot be written: {error.strerror}") from None
