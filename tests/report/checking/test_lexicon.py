"""Words that compare are found with what they want of a relation."""

import pytest

from report.checking.lexicon import find_comparatives


def found(text: str) -> list[tuple[str, str, bool]]:
    return [(each.text, each.wants, each.negated) for each in find_comparatives(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is better than chance.", [("better", "up", False)]),
        ("Its perplexity is better.", [("better", "down", False)]),
        ("No model is worse.", [("worse", "down", True)]),
        ("It does not rise; the other falls.", [("rise", "up", True), ("falls", "down", False)]),
        ("The gain is not significant.", [("significant", "significant", True)]),
        ("The gain is insignificant.", [("insignificant", "significant", True)]),
        ("It is twice as much.", [("twice", "ratio", False)]),
        ("There is no difference.", [("no difference", "none", False)]),
        ("The gain is non-significant.", [("non-significant", "significant", True)]),
        ("Tuning lowers the error.", [("lowers", "down", False)]),
        ("It stays above the baseline, and far below 0.9.", [("above the", "up", False), ("far below", "down", False)]),
        ("It lies above 0.9.", [("above", "up", False)]),
        (
            "For none of 8 exits the interval of the score lies above zero.",
            [("none", "nothing", False), ("above zero", "up", True)],
        ),
        ("No stage has an interval of its score that lies wholly above zero.", [("above zero", "up", True)]),
        ("It lies above zero in 0 of 8 layers.", [("above zero", "up", True)]),
        ("It needs more memory than the base.", [("than", "ratio", False)]),
        ("It is as accurate as the base.", [("as accurate as", "none", False)]),
        ("A five-fold gain.", [("five-fold", "ratio", False)]),
        (
            "More than half of them outperform it.",
            [("More than", "up", False), ("half", "ratio", False), ("outperform", "up", False)],
        ),
    ],
)
def test_direction_and_negation(text, expected):
    assert found(text) == expected


def test_a_question_states_nothing():
    assert found("Is the tuned model better? It is.") == []
    assert found("Which is better? The tuned one is better.") == [("better", "up", False)]


def test_words_inside_of_words_do_not_compare():
    assert found("The betterment of a fallacy, a call and an almost smaller-scale allele.") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A better-than-baseline score.", [("better", "up")]),
        ("A better\u2011than\u2011chance score.", [("better", "up")]),
        ("A much-better and twice-as-fast model.", [("better", "up"), ("twice", "ratio")]),
        ("An above-chance score.", [("above-chance", "up")]),
        ("It is be\u00adtter, w\u200borse and hi\u2060gher.", [("better", "up"), ("worse", "down"), ("higher", "up")]),
        ("It is b\u0435tter and w\u03bfr\u0455\u0435.", [("better", "up"), ("worse", "down")]),
        (
            "It is \uff42\uff45\uff54\uff54\uff45\uff52 and \U0001d41b\U0001d41e\U0001d42c\U0001d42d.",
            [("better", "up"), ("best", "up")],
        ),
        ("It outper\ufb01rms, and the \ufb01gure rises.", [("rises", "up")]),
        ("The model crushes the baseline.", [("crushes", "up")]),
        ("It trounced, dwarfs and is eclipsing it.", [("trounced", "up"), ("dwarfs", "up"), ("eclipsing", "up")]),
        ("The gap vanishes.", [("vanishes", "down")]),
        ("It soars, is plummeting, and collapsed.", [("soars", "up"), ("plummeting", "down"), ("collapsed", "down")]),
        ("It is beaten by chance.", [("beaten by", "down")]),
        ("The error collapses.", [("collapses", "down")]),
        ("It betters and out-performs the base.", [("betters", "up"), ("out-performs", "up")]),
        (
            "It suffered, and slipped; it is trailing.",
            [("suffered", "down"), ("slipped", "down"), ("trailing", "down")],
        ),
        ("It needs three times the memory.", [("three times the", "ratio")]),
        (
            "It matches the baseline at the same accuracy.",
            [("matches the baseline", "none"), ("the same accuracy", "none")],
        ),
        ("It is similar to the base, and on a par with it.", [("similar to", "none"), ("on a par", "none")]),
        ("It leads, and ranks second elsewhere.", [("leads", "up"), ("ranks second", "either")]),
        ("A gain over the base, which loses.", [("gain over", "up"), ("loses", "down")]),
        ("It costs more and is more efficient.", [("costs more", "up"), ("more efficient", "either")]),
        ("It gives more right answers.", [("more right answers", "up")]),
        ("Neither is right. No answer is right.", [("Neither is", "ratio"), ("No answer is right", "nothing")]),
        ("Everything is right: no errors.", [("Everything is right", "all"), ("no errors", "nothing")]),
        ("A perfect score.", [("perfect", "all")]),
        ("The intervals do not overlap.", [("intervals do not overlap", "ratio")]),
        ("It compares favourably, and is far ahead.", [("compares favourably", "up"), ("far ahead", "up")]),
    ],
)
def test_words_in_disguise_and_in_compounds(text, expected):
    assert [(word, wants) for word, wants, _ in found(text)] == expected


def test_a_word_in_disguise_stands_where_it_is_written():
    text = "So it is: be\u00adt\u200bt\u0435r than \ufb01ve."
    better, *_ = find_comparatives(text)
    assert text[better.start : better.end] == "be\u00adt\u200bt\u0435r"


@pytest.mark.parametrize(
    "text", ["an all-purpose way", "every-day use", "the most-frequent class", "лучше и выше", "ταχύτερο"]
)
def test_parts_of_compounds_and_other_languages_do_not_compare(text):
    assert found(text) == []
