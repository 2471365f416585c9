"""The JSON Schemas that ship with the project: of sidecars, and of studies (for editors that check YAML).

`python -m experiments.schemas` writes them anew after a model has changed; a test says when that is due.
"""

import json
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, create_model

from experiments.study import StudyBase
from experiments.system import SYSTEMS, load_system
from experiments.tables.sidecar import Sidecar

HERE = Path(__file__).parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def sidecar_schema() -> str:
    """The schema of `experiments/frozen/<study>/<table>.json`."""
    return _text(Sidecar.model_json_schema())


def study_schema() -> str:
    """The schema of `experiments/studies/<study>.yaml`: the study of whichever system it names."""
    studies = reduce(or_, [_study_of(name) for name in sorted(SYSTEMS)])
    return _text(TypeAdapter(Annotated[studies, Field(discriminator="system")]).json_schema())


def _study_of(system: str) -> type[StudyBase]:
    """The system's model of a study, with the system's name as the only one allowed."""
    model = load_system(system).Study
    return create_model(f"{system} study", __base__=model, __doc__=model.__doc__, system=(Literal[system], ...))


SCHEMAS = {
    HERE / "tables" / "sidecar.schema.json": sidecar_schema,
    HERE / "studies" / "schema.json": study_schema,
}


def main() -> None:
    """Write all schemas."""
    for path, schema in SCHEMAS.items():
        path.write_text(schema(), "utf-8", newline="\n")


def _text(schema: dict) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
