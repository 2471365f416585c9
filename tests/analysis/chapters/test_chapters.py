"""The chapters of this report before any study of their sort is frozen."""

import re
from pathlib import Path

import pytest

from analysis.facts import FactError

REPORT = Path(__file__).parents[3] / "report"


@pytest.mark.parametrize("chapter", ["layers", "early-exit", "question-answering"])
def test_a_chapter_without_a_study_names_one_to_run(book, chapter):
    text = (REPORT / f"{chapter}.qmd").read_text("utf-8")
    (book / "report" / f"{chapter}.qmd").write_text(text, "utf-8")
    first = re.search(r"```\{python\}\n(.*?)```", text, re.DOTALL)
    with pytest.raises(FactError, match=f"{chapter} takes for granted .*experiments run [a-z]"):
        exec(first[1], {})
