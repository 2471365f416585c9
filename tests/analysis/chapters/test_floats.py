"""What is shown of each study in turn."""

from types import SimpleNamespace

import pytest

from analysis.chapters.floats import for_each

STUDIES = [SimpleNamespace(shown="Alpha"), SimpleNamespace(shown="Beta")]


def shown(study: SimpleNamespace) -> str:
    return f"Of {study.shown}."


@pytest.mark.parametrize("level", [3, 4])
def test_several_studies_have_a_heading_each(level: int) -> None:
    lines = for_each(STUDIES, shown, level=level).split("\n")
    assert [line for line in lines if line.startswith("#")] == [
        f"{'#' * level} Alpha {{.unnumbered}}",
        f"{'#' * level} Beta {{.unnumbered}}",
    ]


def test_one_of_several_studies_is_named() -> None:
    assert for_each(STUDIES[:1], shown, among=STUDIES).startswith("### Alpha {.unnumbered}")
    assert "#" not in for_each(STUDIES[:1], shown)


def test_where_a_chapter_opens_no_heading_skips_a_level() -> None:
    told = for_each(STUDIES, shown, opening=True)
    assert not [line for line in told.split("\n") if line.startswith("#")]
    assert told.index("**Alpha**") < told.index("Of Alpha.") < told.index("**Beta**") < told.index("Of Beta.")


@pytest.mark.parametrize("settings", [{}, {"opening": True}])
def test_one_study_alone_goes_without_its_name(settings: dict) -> None:
    assert for_each(STUDIES[:1], shown, **settings).strip() == "Of Alpha."
