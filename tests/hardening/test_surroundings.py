"""A few commands in surroundings that are hostile or unlucky; `make hardening` tries all of them in many."""

import os
import sys

import pytest

from tests.hardening.places import WORK, Place, Sample
from tests.hardening.programs import called
from tests.hardening.surroundings import ADOPT, NEW, RENDER, RUN, VERIFY

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or sys.platform != "linux", reason="forks what it tries")


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Sample:
    """One that nobody has rendered."""
    return Sample(tmp_path_factory.mktemp("sample").resolve() / "sample", rendered=False)


@pytest.mark.parametrize("name", ["new\nline", '?per%41cent\'s "#x"', "Ärger –\u202eبتث", "bytes \udcff"])
def test_a_project_works_in_a_folder_of_any_name(sample, name):
    with Place(sample, name) as place:
        for command in (RUN, ADOPT, VERIFY, NEW):
            assert place.problem(command, place.run(command), must=True) is None


@pytest.mark.parametrize("name", ["per%41cent", "bytes \udcff"])
def test_works_are_cited_below_a_path_that_pandoc_reads_as_another(sample, name):
    with Place(sample, name, changed=False) as place:
        rendered = place.run(RENDER)
        assert rendered.code == 0, rendered.said
        assert any(f'id="ref-{WORK}"' in page.read_text("utf-8") for page in (place.root / "_site").rglob("*.html"))


def test_no_locale_is_needed_for_letters(sample):
    variables = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with Place(sample, "Ärger ☃", changed=False) as place:
        ended = called((*ADOPT, "--source", "Quelle ☃"), place.root, variables)
        assert place.problem(ADOPT, ended, must=True) is None
        assert "Quelle ☃" in (place.root / "experiments" / "frozen" / "adopted" / "examples.json").read_text("utf-8")
        verified = called(VERIFY, place.root, variables)
        assert place.problem(VERIFY, verified, must=True) is None
        rendered = called(RENDER, place.root, variables)
        assert rendered.code == 0, rendered.said


def test_an_output_that_is_full_or_closed_is_told_in_a_line_or_not_at_all(sample):
    with Place(sample, changed=False) as place:
        full = called(("experiments", "list"), place.root, {}, output="/dev/full")
        assert (full.code, len(full.lines)) == (1, 1)
        assert called(("experiments", "list"), place.root, {}, output="closed").lines == []
