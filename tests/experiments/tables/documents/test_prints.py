"""A figure in a text, however it is set; a place in a document, however it is called."""

import pytest

from experiments.tables.documents.places import resolve
from experiments.tables.documents.prints import Print, nearest
from experiments.tables.documents.quotations import missing_part, what_stands_there
from experiments.tables.documents.text_files import read_text
from experiments.tables.documents.typography import plain, words_of

FOUND = [
    ("1,235,814,400", "count", "has 1 235 814 400 parameters"),
    ("1,235,814,400", "count", "has 1,235,\n814,400 parameters"),
    ("1235814400", "count", "has 1.235.814.400 parameters"),
    ("1.2 Billion", "count", "of 1.2 billion"),
    ("1.2 Billion", "count", "a 1.2B model"),
    ("26.27%", "percent", "EM: 26.27 %, F1"),
    ("26.27%", "percent", "Scores in %: 26.27"),
    ("26.27%", "percent", "26.27 percent"),
    ("0.85", "fraction", "0.33,0.85,0.91"),
    ("0,85", "fraction", "it is 0,85"),
    ("0.85", "fraction", "it is .85"),
    ("16", "count", "sizes [8,16,32]"),
    ("-3.2", "score", "drops by −3.2 points"),
    ("85.2 ± 0.3", "score", "85.2 +/- 0.3"),
    ("17/20", "fraction", "17 / 20 right"),
    ("2.3×10^-5", "number", "a rate of 2.3 · 10⁻⁵"),
    ("1e-4", "number", "lr=1e-4,"),
    ("<0.001", "score", "p < 0.001"),
    ("~7B", "count", "about 7 billion"),
    ("14.9 GB", "GB", "14.9GB."),
    ("85.3*", "percent", "85.3 %"),
    ("Stratified", "text", "- Sampling: stratified sampling"),
    ("5.6 million", "count", "5.6-million"),
    ("5M", "count", "has 5 m weights"),
    ("5 m", "count", "has 5 million weights"),
    ("5", "count", "5 b, as a footnote says, and 5 m-estimates"),
    ("5", "count", "5 meters and 5 models"),
    ("5", "minutes", "after 5 m"),
]
ABSENT = [
    ("1,235,814,400", "count", "1,235,814,401"),
    ("814,400", "count", "1,235,814,400"),
    ("1,235", "count", "1,235,814"),
    ("0.85", "fraction", "10.85 and 0.851 and 0.85.1"),
    ("0.3", "fraction", "0.33"),
    ("1.2 Billion", "count", "1.2 million"),
    ("1.2", "count", "1.2 billion"),
    ("30", "count", "30%"),
    ("26.27%", "percent", "a share of 26.27"),
    ("3.2", "score", "drops by −3.2"),
    ("3.2", "score", "drops by -3.2"),
    ("-3.2", "score", "drops by 3.2"),
    ("2.3", "number", "2.3e-5"),
    ("1", "count", "F1 and Llama1"),
    ("17/20", "fraction", "17/21"),
    ("Stratified", "text", "unstratified"),
    ("5", "count", "has 5 m weights"),
    ("5", "count", "has 5m weights"),
]


@pytest.mark.parametrize(("printed", "unit", "text"), FOUND)
def test_a_figure_is_found_however_it_is_set(printed, unit, text):
    assert Print(printed, unit).found_in(plain(text))


@pytest.mark.parametrize(("printed", "unit", "text"), ABSENT)
def test_another_figure_is_not_taken_for_it(printed, unit, text):
    assert not Print(printed, unit).found_in(plain(text))


def test_the_nearest_number_is_the_one_that_may_be_meant():
    assert nearest("0.486065", ["0.500413", "0.486005", "0.486"]) == "0.486005"
    assert nearest("0.486065", ["0.486065", "12"]) is None


DOCUMENT = """\
# Title
Words of 11.
## 1. Setup
- one 21
  - nested 22
- two 23
## 2. Results
First 31.

Second 32.

Part 3: Of time
It took 33.

Notes:

As said 34.

Base scores

| Name | A |
|------|---|
| x    | 41 |
| y    | 42 |

Table 2: Others
| Name | A |
|------|---|
| z    | 51 |
## Results of others
Third 61.
"""

PLACES = [
    ("whole text", {"11", "21", "22", "23", "31", "32", "33", "34", "41", "42", "51", "61"}),
    ("Section 1", {"21", "22", "23"}),
    ("Sections 1 and 2", {"21", "22", "23", "31", "32", "33", "34", "41", "42", "51"}),
    ("Setup, first point", {"21", "22"}),
    ("Setup, last point", {"23"}),
    ("Results, second paragraph", {"32"}),
    ("Part 3", {"33", "34", "41", "42", "51"}),
    ("Notes", {"34", "41", "42", "51"}),
    ("Base scores", {"41", "42"}),
    ("Results, Base scores, last row", {"42"}),
    ("Table 2", {"51"}),
    ("Results of others", {"61"}),
]


@pytest.mark.parametrize(("place", "numbers"), PLACES)
def test_a_place_is_the_blocks_that_it_names(place, numbers):
    blocks = read_text(DOCUMENT)
    scope = resolve(place, blocks)
    text = " ".join(plain(blocks[at].text) for at in scope.blocks)
    known = {"11", "21", "22", "23", "31", "32", "33", "34", "41", "42", "51", "61"}
    assert {number for number in known if Print(number, "count").found_in(text)} == numbers
    assert scope.unresolved is None


def test_a_part_of_a_place_that_leads_nowhere_is_told():
    blocks = read_text(DOCUMENT)
    scope = resolve("Setup, footnote 3", blocks)
    assert scope.unresolved == "footnote 3"
    assert scope.blocks == resolve("Setup", blocks).blocks


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("the “best” of all", 'it is the "best" of all'),
        ("a repre-\nsentation that holds", "a representation that holds"),
        ("fine-tuning helps […] everywhere", "fine‑tuning **helps** a lot, everywhere"),
        ("| Layer 8 | 0 |", "|Layer 8|0|"),
    ],
)
def test_a_quotation_is_compared_by_its_words(quote, text):
    assert missing_part(quote, words_of(text)) is None


def test_a_quotation_names_what_stands_in_its_place():
    text = words_of("It shows a clear decrease in EM and F1 overall.")
    assert missing_part("a clear increase in EM and F1", text) == "a clear increase in EM and F1"
    assert "decrease" in what_stands_there("a clear increase in EM and F1", text)
    assert missing_part("EM and F1 […] a clear decrease", text) == "a clear decrease"
