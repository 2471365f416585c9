"""Seal a result: canonical bytes and the sidecar that describes them, not yet written anywhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata

from pydantic import ValidationError

from experiments.freezing.dependencies import Dependencies
from experiments.study import StudyBase
from experiments.system import TableResult, TableSpec
from experiments.tables.errors import TableError, printable
from experiments.tables.read import FrozenTable, sidecar_digest
from experiments.tables.sidecar import SCHEMA_VERSION, Acceptance, Digests, Provenance, Sidecar, check_columns
from experiments.tables.stored import SUFFIXES, encode_rows


@dataclass(frozen=True)
class Sealed:
    """A table as it will be frozen: its rows in `data`, and its sidecar."""

    sidecar: Sidecar
    data: bytes

    def files(self) -> dict[str, bytes]:
        """The two files by name."""
        name = self.sidecar.table
        return {name + SUFFIXES[self.sidecar.format]: self.data, f"{name}.json": sidecar_bytes(self.sidecar)}

    def replaced(self) -> list[str]:
        """The names of the files that these two take the place of where the table was stored otherwise before."""
        return [self.sidecar.table + suffix for stored, suffix in SUFFIXES.items() if stored != self.sidecar.format]

    def table(self) -> FrozenTable:
        """The table as a reader will find it."""
        return FrozenTable(self.sidecar.id, self.sidecar, self.data, self.sidecar.digests.table, self.sidecar.id)


def seal(
    study: StudyBase,
    spec: TableSpec,
    result: TableResult,
    made_from: Dependencies,
    how: Provenance,
    known: Digests | None = None,
) -> Sealed:
    """The result as a table. `known` are the digests of a table of which it may be a copy (see `encode_rows`).

    Raises TableError where the rows do not fit the declared columns.
    """
    name = f"{study.study}/{spec.name}"
    try:
        check_columns(spec.columns, spec.key)
    except ValueError as error:
        raise TableError(f"{name}: declared wrongly: {error}") from None
    data, digests = encode_rows(spec.format, spec.columns, spec.key, result.rows, name, known)
    if spec.format == "parquet":  # whose bytes may depend on it
        how = how.model_copy(update={"environment": {**how.environment, "pyarrow": metadata.version("pyarrow")}})
    try:
        sidecar = Sidecar(
            table=spec.name,
            study=study.study,
            kind=spec.kind,
            made=spec.made,
            format=spec.format,
            title=spec.title,
            key=spec.key,
            columns=spec.columns,
            row_count=len(result.rows),
            digests=Digests(
                **digests,
                study=made_from.study,
                code=made_from.code,
                lockfile=made_from.lockfile,
                data={**result.data, **made_from.data},
                models={**result.models, **made_from.models},
                inputs=dict(made_from.inputs),
            ),
            provenance=how,
            sources=spec.sources,
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise TableError(f"{name}: {'.'.join(map(str, first['loc']))}: {printable(first['msg'], 200)}") from None
    return Sealed(signed(sidecar), data)


def signed(sidecar: Sidecar, accepted: Sequence[Acceptance] | None = None, smoke: str | None = None) -> Sidecar:
    """The sidecar with its own digest, and with these acceptances and this smoke digest where they are given."""
    sidecar = sidecar.model_copy(update={"schema_version": SCHEMA_VERSION})
    if accepted is not None:
        sidecar = sidecar.model_copy(update={"accepted": tuple(accepted)})
    if smoke is not None:
        digests = sidecar.digests.model_copy(update={"smoke": smoke})
        sidecar = sidecar.model_copy(update={"digests": digests})
    digests = sidecar.digests.model_copy(update={"sidecar": sidecar_digest(_content(sidecar))})
    return sidecar.model_copy(update={"digests": digests})


def sidecar_bytes(sidecar: Sidecar) -> bytes:
    """The sidecar as a file: indented, so that a diff shows what changed."""
    text = json.dumps(_content(sidecar), indent=1, ensure_ascii=False)
    return (text + "\n").encode()


def _content(sidecar: Sidecar) -> dict:
    return sidecar.model_dump(mode="json", exclude_none=True)
