"""A typed number, or a word with an opposite, that gave way to another one is told where all else stayed."""

import pytest

from report.checking.columns import Compared, compared_by
from report.checking.passages import Passage, Span
from report.checking.retyped import inserted, kept, retyped, typed_words
from report.checking.sentences import digests_of

SENTENCE = "The models can be counted in at least four ways."


def record(*passages: Passage) -> dict[str, list[str]]:
    return {words: list(place.columns) for words, place in kept(typed_words(passages)).items()}


def changed(before: Passage, now: Passage) -> list[str]:
    found = retyped(typed_words([now]), record(before))
    return [passage.text[start:end] for passage, start, end, _ in found]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (SENTENCE, SENTENCE.replace("least", "most")),
        (SENTENCE, SENTENCE.replace("four", "three")),
        ("We read the report of Phi-2 here.", "We read the report of Phi-3 here."),
        ("It is shown that higher is better.", "It is shown that lower is better."),
        ("Scores before fine-tuning are shown.", "Scores after fine-tuning are shown."),
        ("Scores run from 0 to 100 here.", "Scores run from 0 to 10 here."),
    ],
)
@pytest.mark.parametrize("place", ["prose", "caption", "heading"])
def test_another_number_or_side_is_told(before, now, place):
    assert len(changed(Passage(place, before), Passage(place, now))) == 1
    assert changed(Passage(place, before), Passage(place, before)) == []


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (SENTENCE, SENTENCE.replace("models", "parameters")),
        (SENTENCE, "Another sentence has at most three ways."),
        ("No one has seen this before.", "No one has seen this."),
        ("This is version 0.1.0 of the report.", "This is version 0.2.0 of the report."),
        ("It was made on 3 May 2024 by us.", "It was made on 4 May 2024 by us."),
        ("Top: four.", "Top: five."),
    ],
)
def test_other_words_versions_dates_and_scraps_are_not(before, now):
    assert changed(Passage("prose", before), Passage("prose", now)) == []


def test_the_unit_of_a_column_stays_in_its_caption_and_may_change_with_a_value_in_a_sentence():
    before, now = "The time of each study in seconds.", "The time of each study in minutes."
    assert changed(Passage("caption", before), Passage("caption", now)) == ["minutes"]
    assert changed(Passage("prose", before), Passage("prose", now)) == []


@pytest.mark.parametrize("sort", ["fact", "claim", "code", "quotation", "structure"])
def test_what_is_made_or_tested_may_change(sort):
    def passage(word: str) -> Passage:
        text = f"The models can be counted in {word} ways."
        start = text.index(word)
        return Passage("prose", text, [Span(start, start + len(word), sort, "c-1")])

    assert changed(passage("four"), passage("five")) == []


def test_of_two_sentences_that_are_alike_but_for_a_number_each_may_stand():
    both = [Passage("prose", SENTENCE), Passage("prose", SENTENCE.replace("four", "five"))]
    assert list(retyped(typed_words(both), record(both[0]))) == []
    assert list(retyped(typed_words(both[::-1]), record(*both))) == []


def put_in(before: Passage, now: Passage) -> list[str]:
    record = {words: list(place.columns) for words, place in digests_of([before], {}).items()}
    return [passage.text[start:end] for passage, start, end, _ in inserted([now], record, {})]


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        ("One pass keeps the states of each layer.", "One pass keeps the states of each lower layer.", "lower"),
        ("Found in degenerate states", "Found in degenerate worse states", "worse"),
        ("Found in two states. It has 3 heads.", "Found in two significantly better states. It has 3 heads.", ""),
        ("Whether it is of use is open.", "Whether it is of better use is open.", "better"),
        ("How many are counted?", "How many higher are counted?", "higher"),
        ("Found in such states", "Found in twice as fast such states", "twice as fast"),
    ],
)
@pytest.mark.parametrize("place", ["prose", "caption", "alternative text", "table head", "heading"])
def test_a_word_that_compares_is_told_where_the_sentence_was_accepted_without_it(before, now, word, place):
    assert put_in(Passage(place, before), Passage(place, now)) == [word or "significantly better"]
    assert put_in(Passage(place, before), Passage(place, before)) == []
    assert put_in(Passage(place, now), Passage(place, now)) == []


@pytest.mark.parametrize("now", ["One pass keeps states of each lower layer.", "Lower layers."])
def test_a_sentence_that_is_new_may_compare(now):
    assert put_in(Passage("caption", "One pass keeps the states of each layer."), Passage("caption", now)) == []


def test_a_value_may_change_in_a_sentence_into_which_a_word_is_typed():
    def passage(text: str) -> Passage:
        start = text.index("86.6")
        return Passage("prose", text, [Span(start, start + 4, "fact", "c-1")])

    assert put_in(passage("It has 86.6 layers."), passage("It has 86.6 lower layers.")) == ["lower"]
    assert put_in(passage("It has 86.6 layers."), Passage("prose", "It has 9 lower layers.")) == []


@pytest.mark.parametrize(("sign", "found"), [(">", ["significantly"]), ("<", [])])
def test_a_tested_sentence_is_told_where_it_rests_on_what_it_did_without_the_word(sign, found):
    """With other comparisons it may be the sentence that its numbers ask for now."""

    def passage(text: str) -> Passage:
        return Passage("prose", text, [Span(0, len(text), "claim", "a-1")])

    before, now = passage("Depth changes the score."), passage("Depth changes the score significantly.")
    record = digests_of([before], {"a-1": Compared("score", ">")})
    accepted = {words: list(place.columns) for words, place in record.items()}
    told = inserted([now], accepted, {"a-1": Compared("score", sign)})
    assert [each.text[start:end] for each, start, end, _ in told] == found


def test_a_bound_that_is_typed_in_a_tested_sentence_is_kept():
    def passage(word: str) -> Passage:
        text = f"Few answers repeat a text {word} three times."
        return Passage("prose", text, [Span(0, len(text), "claim", "a-1")])

    assert changed(passage("at least"), passage("at most")) == ["at most"]


def test_a_head_is_told_apart_by_its_table():
    def head(label: str, text: str) -> Passage:
        return Passage("table head", text, label=label)

    assert changed(head("tbl-inputs", "At most"), head("tbl-inputs", "At least")) == ["At least"]
    assert changed(head("tbl-inputs", "At most"), head("tbl-others", "At least")) == []


@pytest.mark.parametrize(("signs", "found"), [(">=", ["worse"]), ("<", [])])
def test_another_word_that_compares_is_told_where_the_comparisons_stayed(signs, found):
    def passage(text: str) -> Passage:
        return Passage("prose", text, [Span(0, len(text), "claim", "a-1")])

    record = digests_of([passage("It is not significantly better.")], {"a-1": Compared("p_value", ">=")})
    accepted = {words: list(place.columns) for words, place in record.items()}
    now = passage("It is not significantly worse.")
    told = inserted([now], accepted, {"a-1": Compared("p_value", signs)})
    assert [each.text[start:end] for each, start, end, _ in told] == found


@pytest.mark.parametrize(
    ("how", "right", "apart"),
    [
        ("largest of 4: score[a]", "smallest of 4: score[a]", True),
        ("largest of 4: score[a]", "largest of 5: score[b]", False),
    ],
)
def test_two_extremes_are_two_tests(how, right, apart):
    def of(extreme: str) -> Compared:
        sides = {"left": {"how": "score[a]", "kind": "measured"}, "right": {"how": extreme, "kind": "measured"}}
        relation = {"sign": "==", **{name: {**side, "value": 1.0} for name, side in sides.items()}}
        return compared_by({"a-1": {"relations": [relation]}})["a-1"]

    assert (of(how) != of(right)) == apart
