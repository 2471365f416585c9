"""CONTRIBUTING.md states the subset that the reader holds chapters to."""

from report.press.source.subset_page import BEGIN, END, page
from report.rendering.stamp import PACKAGES


def test_contributing_states_the_subset():
    text = (PACKAGES / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert BEGIN in text, "CONTRIBUTING.md lacks the section that `python -m report.press.source.subset_page` prints"
    assert BEGIN + text.partition(BEGIN)[2].partition(END)[0] + END == page()
