"""Sentences of pages: which changed, and into what."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from report.diffing.sentences import Sentence, compare_sentences, read_sentences

PAGE = """<!doctype html><html><head><title>T</title></head><body><main>
<p>It rises from 50% to 60%. Nothing else does (see 1.2 there). Version 1.0 · abc123def456.</p>
<figure id="fig-x"><img src="x.svg" alt="A chart."><figcaption>Figure 1: Of it.</figcaption></figure>
<table><tbody><tr><td>0.5</td></tr></tbody></table>
</main></body></html>"""


def sentences(*texts: str) -> list[Sentence]:
    return [Sentence("prose", None, text) for text in texts]


def moves(old: list[Sentence], new: list[Sentence]) -> list[tuple]:
    return [(each.before, each.after, each.words) for each in compare_sentences({"a": old}, {"a": new})]


def test_a_page_is_read_by_sentences_without_its_tables_and_its_version(tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    found = read_sentences(page, ["1.0 · abc123def456"])
    assert [each.text for each in found] == [
        "It rises from 50% to 60%.",
        "Nothing else does (see 1.2 there).",
        "Version <version>.",
        "A chart.",
        "Figure 1: Of it.",
    ]
    assert [each.label for each in found[-2:]] == ["fig-x", "fig-x"]


def test_digits_words_and_new_sentences_are_told_apart():
    old = sentences("It rises from 50% to 60%.", "The model is small.", "This goes.", "The end.")
    new = sentences("It rises from 51% to 61.5%.", "The model is rather small.", "The end.", "This comes.")
    assert moves(old, new) == [
        ("The model is small.", "The model is rather small.", True),
        ("This goes.", None, True),
        (None, "This comes.", True),
        ("It rises from 50% to 60%.", "It rises from 51% to 61.5%.", False),
    ]


def test_the_same_change_on_several_pages_is_told_once():
    pages = [{name: sentences(f"It is {word}.") for name in ("a", "b")} for word in ("small", "large")]
    (change,) = compare_sentences(*pages)
    assert change.pages == ("a", "b")


TEXTS = st.lists(st.sampled_from(["It rises.", "It falls by 1.", "It falls by 2.", "The end.", "A b c d."]), max_size=8)


@given(TEXTS, TEXTS)
def test_every_sentence_is_accounted_for(old: list[str], new: list[str]):
    there = moves(sentences(*old), sentences(*new))
    came = [after for _, after, _ in there if after]
    went = [before for before, _, _ in there if before]
    assert {*came} <= {*new}
    assert {*went} <= {*old}
    assert {*new} - {*old} <= {*came}
    assert {*old} - {*new} <= {*went}
    assert (there == []) == (old == new)
