"""The studies that the report declares."""

from analysis.facts import open_chapter
from analysis.this_report import studies
from tests.analysis.reported import FROZEN


def test_every_study_of_the_report_is_frozen(book):
    page = open_chapter("story")
    declared = [
        *studies.classifiers(page),
        studies.question_answering(page),
        studies.probing(page),
        studies.early_exits(page),
        studies.judging(page),
    ]
    assert [study.name for study in declared if not (FROZEN / study.name).is_dir()] == []
