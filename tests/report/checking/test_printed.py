"""The PDF's text: what a page shows too was checked there, and the rest is checked here."""

import pytest

from report.checking.passages import Passage
from report.checking.printed import check_printed

PAGE = [
    Passage("heading", "1 Scores"),
    Passage("prose", "The model reaches 86.6% accuracy in 3 of 4 tests, which is better than chance."),
    Passage("caption", "Table 1.1: Scores of 12 runs."),
    *(Passage("table cell", text) for text in ("base", "0.5000", "tuned", "0.8660")),
]


def left(*pages: str, printed_alone: bool = True) -> list[tuple[int, str]]:
    found = check_printed(pages, PAGE, [], printed_alone=printed_alone)
    return [(each.page, each.text[each.start : each.end]) for each in found]


def test_what_pages_show_is_seen_whatever_typesetting_does_to_it():
    assert (
        left(
            "A book\n29 November 2026\n",
            "2\nContents\n1 Scores . . . . . . . . . . . 3\n",
            "1 Scores 3\nThe model reaches 86.6% accu-\nracy in 3 of 4 tests, which is bet-\nter than chance.\n"
            "Table 1.1: Scores of 12 runs.\nbase 0.5000\ntuned 0.8660\n3\n",
        )
        == []
    )


def test_the_list_of_claims_counts_them_and_names_their_pages():
    assert left("Title", "A Claims 9\nScores: 21 hold (pages 3, 4); 1 fails (page\n7)\nand so on.\n9") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In print alone it reaches 95.3 % accuracy.", ["95.3 %"]),
        ("The model reaches 86.7% accuracy in 3 of 4 tests", ["86.7%"]),
        ("In print alone, accuracy is far better and falls.", ["better", "falls"]),
        ("tuned 0.8660\ntuned 0.8660", ["0.8660"]),
    ],
)
def test_what_no_page_shows_is_told(text, found):
    assert left("Title", f"1 Scores 2\n{text}\nand so on.\n2") == [(2, each) for each in found]


@pytest.mark.parametrize("heading", ["2.5 Tables by page", "B.5 Tables by page"])
def test_a_section_that_is_printed_alone_is_numbered_in_chapters_and_appendices(heading):
    assert left("Title", f"B Colophon 2\nThe list.\n{heading}\nThe tables.\n2") == []


@pytest.mark.parametrize(
    "text",
    [
        "The accuracy of the base model is 0.8660.",
        "After fine-tuning the accuracy of this model is\n0.8660.",
        "And the score is 0.8660 in the end",
    ],
)
def test_a_sentence_of_the_pdf_alone_may_not_use_a_number_that_a_page_says_of_something_else(text):
    page = f"1 Scores 2\n{text}\nand so on.\n2"
    assert left("Title", page) == [(2, "0.8660")]
    assert left("Title", page, printed_alone=False) == []


def test_a_row_or_a_column_set_apart_uses_a_number_of_the_page():
    assert left("Title", "1 Scores 2\nmodel score\n0.8660\ntuned model, seeds 0.5000\nTHE END\n2") == []
    assert left("Title", "Contents\n9.2 The scores of the 12 runs . . 3\n3 The rest . . 4\n2") == []
