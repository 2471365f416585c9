"""What a study names and cannot be used is told with the key that asks for it."""

import pytest

from experiments.data.errors import DataError
from experiments.freezing.places import add_place_to_errors
from experiments.study_files import load_study
from experiments.tables.errors import TableError, UserError
from experiments.tables.locations import PACKAGE_ROOT

STUDIES = PACKAGE_ROOT / "experiments" / "studies"


@pytest.fixture
def told(monkeypatch):
    """A function that gives what becomes of an error within the smoke profile of squad-lora."""
    monkeypatch.setenv("COLOPHON_STUDIES", str(STUDIES))
    study = load_study("squad-lora").at("smoke")

    def of(error):
        with pytest.raises(UserError) as said, add_place_to_errors(study, "smoke"):
            raise error
        return str(said.value)

    return of


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (UserError("smoke-encoder: cannot be loaded"), "profiles.smoke.approaches.0.model"),
        (UserError("smoke-encoder is not on this machine"), "profiles.smoke.approaches.0.model"),
        (UserError("smoke-decoder: has no chat template"), "profiles.smoke.approaches"),  # several ask for it
        (UserError("smoke-questions: nothing is left"), "profiles.smoke.data"),
        (DataError("train.csv:1", "there is no column text"), "profiles.smoke.data"),
    ],
)
def test_the_key_that_asks_for_it_is_told_with_its_line(told, error, key):
    said = told(error)
    assert said.endswith(f": {key}: {error}")
    number = int(said.split("squad-lora.yaml:")[1].split(":")[0])
    line = (STUDIES / "squad-lora.yaml").read_text("utf-8").splitlines()[number - 1]
    assert f"{key.rpartition('.')[2]}:" in line


@pytest.mark.parametrize(
    "error", [UserError("smoke-encoder2: is no model of it"), TableError("smoke-encoder: a table"), UserError("no")]
)
def test_what_the_study_does_not_ask_for_is_told_as_it_is(told, error):
    assert told(error) == str(error)
