"""Seal a result: canonical bytes and the sidecar that describes them, not yet written anywhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from experiments.freezing.dependencies import Dependencies
from experiments.study import StudyBase
from experiments.system import TableResult, TableSpec
from experiments.tables.canonical import decode, encode
from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import TableError, printable
from experiments.tables.localise import column_digests, row_digests
from experiments.tables.read import FrozenTable, sidecar_digest
from experiments.tables.sidecar import Acceptance, Digests, Provenance, Sidecar, check_columns


@dataclass(frozen=True)
class Sealed:
    """A table as it will be frozen: the CSV in `data`, and its sidecar."""

    sidecar: Sidecar
    data: bytes

    def files(self) -> dict[str, bytes]:
        """The two files by name."""
        return {f"{self.sidecar.table}.csv": self.data, f"{self.sidecar.table}.json": sidecar_bytes(self.sidecar)}

    def table(self) -> FrozenTable:
        """The table as a reader will find it."""
        rows = decode(self.data, self.sidecar.columns, self.sidecar.key, self.sidecar.id)
        return FrozenTable(self.sidecar.id, self.sidecar, rows, self.sidecar.digests.table)


def seal(study: StudyBase, spec: TableSpec, result: TableResult, made_from: Dependencies, how: Provenance) -> Sealed:
    """The result as a table. Raises TableError where the rows do not fit the declared columns."""
    name = f"{study.study}/{spec.name}"
    try:
        check_columns(spec.columns, spec.key)
    except ValueError as error:
        raise TableError(f"{name}: declared wrongly: {error}") from None
    data = encode(spec.columns, spec.key, result.rows, name)
    names = [column.name for column in spec.columns]
    try:
        sidecar = Sidecar(
            table=spec.name,
            study=study.study,
            kind=spec.kind,
            made=spec.made,
            format="csv",  # spec.format once Parquet can be written,
            title=spec.title,
            key=spec.key,
            columns=spec.columns,
            row_count=len(result.rows),
            digests=Digests(
                table=sha256_bytes(data),
                rows=row_digests(data),
                columns=column_digests(data, names),
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


def signed(sidecar: Sidecar, accepted: Sequence[Acceptance] | None = None) -> Sidecar:
    """The sidecar with its own digest, and with these acceptances where some are given."""
    if accepted is not None:
        sidecar = sidecar.model_copy(update={"accepted": tuple(accepted)})
    digests = sidecar.digests.model_copy(update={"sidecar": sidecar_digest(_content(sidecar))})
    return sidecar.model_copy(update={"digests": digests})


def sidecar_bytes(sidecar: Sidecar) -> bytes:
    """The sidecar as a file: indented, so that a diff shows what changed."""
    text = json.dumps(_content(sidecar), indent=1, ensure_ascii=False)
    return (text + "\n").encode()


def _content(sidecar: Sidecar) -> dict:
    return sidecar.model_dump(mode="json", exclude_none=True)
