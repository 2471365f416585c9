"""The metadata of an archive: an RO-Crate 1.1 by the profile "Process Run Crate" 0.5.

Each study that made tables is an action, with its study and lock file, or the tables that it read, as objects and its
tables as results; and so is the render.
"""

import mimetypes
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from experiments.tables.sidecar import Sidecar

METADATA = "ro-crate-metadata.json"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
"""What RO-Crate 1.1 has no word for, in the words of the profile."""
_TYPES = {".qmd": "text/markdown", ".parquet": "application/vnd.apache.parquet", ".yaml": "application/yaml"}


class Described(NamedTuple):
    """A file of the archive."""

    size: int
    sha256: str


class About(NamedTuple):
    """What is said of the whole."""

    title: str
    authors: Sequence[str]
    version: str
    date: str
    license: str | None
    engine: str
    revision: str


def describe_crate(
    about: About, files: Mapping[str, Described], tables: Mapping[str, Sidecar], site: str
) -> dict[str, Any]:
    """The content of `ro-crate-metadata.json`. `files` go by place; `site` is the folder of the rendered report."""
    actions = [*_runs(tables, files), _render(about, files, tables, site)]
    authors = [
        {"@id": f"#author-{number}", "@type": "Person", "name": name}
        for number, name in enumerate(about.authors, start=1)
    ]
    licence = _license(about, files)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": f"{about.title}, version {about.version}: the rendered report, and all that it is made from.",
        "datePublished": about.date,
        "version": about.version,
        "license": _to(licence["@id"]),
        "conformsTo": _to(_PROFILE),
        "author": _several(_to(author["@id"]) for author in authors),
        "hasPart": [_file_id(place) for place in files],
        "mentions": [_to(action["@id"]) for action in actions],
    }
    descriptor = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": _to(_SPECIFICATION),
        "about": _to("./"),
    }
    profile = {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    titles = {_table(table, sidecar): sidecar for table, sidecar in tables.items()}
    software = {
        "@id": "#colophon",
        "@type": "SoftwareApplication",
        "name": "Colophon",
        "softwareVersion": about.revision,
        "description": "The programs `experiments` and `report`, as of this revision of the code.",
    }
    entities = [_file(place, found, titles.get(place)) for place, found in files.items()]
    known = {entity["@id"] for entity in entities}
    more = [] if licence["@id"] in known else [licence]
    return {
        "@context": [f"{_SPECIFICATION}/context", _TERMS],
        "@graph": [descriptor, root, profile, *more, *authors, software, *actions, *entities],
    }


def _runs(tables: Mapping[str, Sidecar], files: Mapping[str, Described]) -> Iterator[dict[str, Any]]:
    """An action for the tables of each study that a run made, and one for those derived from other tables."""
    groups: dict[tuple[str, str], dict[str, Sidecar]] = {}
    for table, sidecar in tables.items():
        groups.setdefault((sidecar.study, sidecar.made), {})[table] = sidecar
    for (study, made), own in groups.items():
        first = next(iter(own.values()))
        read = [
            _table(table, tables[table]) for each in own.values() for table in each.digests.inputs if table in tables
        ]
        objects = [
            f"experiments/studies/{study}.yaml",
            "lockfiles/experiments.txt" if made == "run" else "lockfiles/report.txt",
        ]
        yield _action(
            f"#{made}-{study}",
            f"{'Run of' if made == 'run' else 'Tables derived in'} the study {study}",
            f"Made by `{first.provenance.command}` at {first.provenance.commit or 'no commit'}.",
            [place for place in dict.fromkeys([*objects, *read]) if place in files],
            [place for table, sidecar in own.items() for place in (_table(table, sidecar), _sidecar(table))],
        )


def _render(about: About, files: Mapping[str, Described], tables: Mapping[str, Sidecar], site: str) -> dict[str, Any]:
    made = [place for place in files if place.startswith(f"{site}/")]
    chapters = [place for place in files if place.endswith(".qmd") and place not in made]
    read = [_table(table, sidecar) for table, sidecar in tables.items()]
    settings = [place for place in ("_quarto.yml", "lockfiles/report.txt") if place in files]
    name = "Render of the report"
    return _action(
        "#render", name, f"Made by `report render --engine {about.engine}`.", [*settings, *chapters, *read], made
    )


def _action(
    identifier: str, name: str, description: str, objects: Iterable[str], results: Iterable[str]
) -> dict[str, Any]:
    return {
        "@id": identifier,
        "@type": "CreateAction",
        "name": name,
        "description": description,
        "instrument": _to("#colophon"),
        "object": _several(map(_file_id, objects)),
        "result": _several(map(_file_id, results)),
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }


def _license(about: About, files: Mapping[str, Described]) -> dict[str, Any]:
    if about.license:
        return {
            "@id": f"https://spdx.org/licenses/{quote(about.license)}",
            "@type": "CreativeWork",
            "name": about.license,
            "description": f"The licence {about.license}.",
        }
    own = next((place for place in ("LICENSE", "LICENSE.md", "LICENSE.txt") if place in files), None)
    if own:
        return {"@id": own}
    return {"@id": "#licence", "@type": "CreativeWork", "name": "not stated", "description": "No licence is stated."}


def _file(place: str, found: Described, table: Sidecar | None) -> dict[str, Any]:
    suffix = f".{place.rpartition('.')[2]}"
    entity = {
        **_file_id(place),
        "@type": "File",
        "name": table.title if table else place,
        "contentSize": str(found.size),
        "sha256": found.sha256,
        "encodingFormat": _TYPES.get(suffix) or mimetypes.guess_type(place)[0] or "text/plain",
    }
    return entity | ({"description": f"Frozen table, {table.kind}, {table.row_count} rows."} if table else {})


def _table(table: str, sidecar: Sidecar) -> str:
    return f"experiments/frozen/{table}.{sidecar.format}"


def _sidecar(table: str) -> str:
    return f"experiments/frozen/{table}.json"


def _file_id(place: str) -> dict[str, str]:
    return _to(quote(place))


def _several(references: Iterable[dict[str, str]]) -> list[dict[str, str]] | dict[str, str]:
    """References as a list; one alone stands without a list, as the specification recommends."""
    found = list(references)
    return found[0] if len(found) == 1 else found


def _to(identifier: str) -> dict[str, str]:
    return {"@id": identifier}
