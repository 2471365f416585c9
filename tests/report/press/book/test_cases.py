"""The passes on declarative cases, through real Pandoc."""

from pathlib import Path

import pytest
import yaml

CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_chapter_becomes(case, build_book, as_markdown):
    docs = build_book({"a.qmd": "# A\n\n" + case["given"]}, case.get("to", "html"))
    assert as_markdown(docs["a"]) == case["becomes"].strip()
