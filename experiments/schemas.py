"""The JSON Schemas that ship with the project: of sidecars, and of studies (for editors that check YAML).

`python -m experiments.schemas` writes them anew after a model has changed; a test says when that is due.
"""

import json
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from experiments.system import SYSTEMS, load_system
from experiments.tables.sidecar import Sidecar

HERE = Path(__file__).parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def sidecar_schema() -> str:
    """The schema of `experiments/frozen/<study>/<table>.json`."""
    return _text(Sidecar.model_json_schema())


def study_schema() -> str:
    """The schema of `experiments/studies/<study>.yaml`: the study of whichever system it names."""
    studies = reduce(or_, [load_system(name).Study for name in SYSTEMS])
    return _text(TypeAdapter(Annotated[studies, Field(discriminator="system")]).json_schema())


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
