"""What only this report says stands in one folder."""

import re
from pathlib import Path

import analysis
from analysis.facts import open_chapter
from analysis.this_report import studies
from tests.analysis.reported import FROZEN

ROOT = Path(analysis.__file__).parent
GENERIC = ("chapters", "figures", "texts", "sentences.py", "tables.py")


def test_nothing_generic_names_a_study_or_a_source():
    names = [folder.name for folder in FROZEN.iterdir() if folder.is_dir()]
    named = re.compile("|".join([*map(re.escape, names), r"\b[Ss][0-4]\b"]))
    paths = [ROOT / part for part in GENERIC]
    files = [file for path in paths for file in (path, *path.rglob("*.py")) if file.is_file()]
    assert len(files) > len(GENERIC)
    assert [f"{file}: {found[0]}" for file in files if (found := named.search(file.read_text("utf-8")))] == []


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
