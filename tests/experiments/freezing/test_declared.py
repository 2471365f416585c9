"""The order of studies that read each other's tables."""

import pytest

from experiments.freezing.declared import in_order
from experiments.tables.errors import UserError
from tests.files import edit


def test_studies_are_ordered_by_what_they_read(project):
    text = project.study.read_text("utf-8")
    system = project.folder / "toysystem" / "system.py"
    (project.study.parent / "a-first.yaml").write_text(text.replace("study: toy", "study: a-first"), "utf-8")
    edit(system, "inputs=needed", 'inputs=("toy/powers",) if study.study == "a-first" else ()')
    assert [study.study for study in in_order(["a-first", "toy"])] == ["toy", "a-first"]
    assert [study.study for study in in_order(["a-first"])] == ["a-first"]
    assert [study.study for study in in_order(["a-first"], with_needed=True)] == ["toy", "a-first"]


def test_a_circle_of_studies_is_named(project):
    text = project.study.read_text("utf-8")
    (project.study.parent / "other.yaml").write_text(text.replace("study: toy", "study: other"), "utf-8")
    system = project.folder / "toysystem" / "system.py"
    edit(system, "inputs=needed", 'inputs=("toy/powers", "other/powers")')
    with pytest.raises(UserError, match=r"in a circle: (toy -> other -> toy|other -> toy -> other)"):
        in_order(["toy"])
