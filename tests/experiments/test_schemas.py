"""The JSON Schemas that ship are those of the models, and say of real files what the models say."""

import json

import jsonschema
import pytest
import yaml

from experiments.schemas import SCHEMAS
from experiments.study_files import studies_root
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import table_ids, table_paths

SHIPPED = sorted(SCHEMAS)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_shipped_schema_is_that_of_the_models(path):
    assert path.read_text("utf-8") == SCHEMAS[path](), "run `python -m experiments.schemas`"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_schema_is_one(path):
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


def test_every_study_fits_its_schema(monkeypatch):
    monkeypatch.chdir(PACKAGE_ROOT)
    [path] = [path for path in SHIPPED if path.name == "schema.json"]
    validator = jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8")))
    for study in studies_root().glob("*.yaml"):
        content = yaml.safe_load(study.read_text("utf-8"))
        assert not list(validator.iter_errors(content)), study.name
        assert list(validator.iter_errors({**content, "colour": "red"})), study.name


def test_every_sidecar_fits_its_schema(monkeypatch):
    monkeypatch.chdir(PACKAGE_ROOT)
    [path] = [path for path in SHIPPED if path.name == "sidecar.schema.json"]
    validator = jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8")))
    root = PACKAGE_ROOT / "experiments" / "frozen"
    for table_id in table_ids(root):
        sidecar = json.loads(table_paths(table_id, root)[1].read_text("utf-8"))
        assert not list(validator.iter_errors(sidecar)), table_id
