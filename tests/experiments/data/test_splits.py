"""Rules that split: the same seed gives the same examples, parts are whole and disjoint, proportions hold."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.data.examples import Question, Sentence
from experiments.data.load import load_split
from experiments.data.overlap import check_disjoint, normalise, overlap, without
from experiments.data.splits import by_article, by_paragraph, digest, first, grouped, sample, stratified
from experiments.tables.errors import UserError


def sentences(count):
    return tuple(Sentence(f"s-{i}", f"text {i}", "ab"[i % 3 == 0]) for i in range(count))


def questions(*titles):
    return tuple(Question(f"q{i}", "?", f"c {t}", t, f"p {t}", ()) for i, t in enumerate(titles))


def test_the_first_are_the_first():
    assert [e.id for e in first(sentences(5), 2)] == ["s-0", "s-1"]


@given(st.integers(1, 60), st.integers(0, 2**32), st.data())
def test_a_sample_has_its_size_keeps_the_order_and_depends_on_the_seed_alone(count, seed, data):
    examples = sentences(count)
    n = data.draw(st.integers(1, count))
    chosen = sample(examples, n, seed)
    positions = [examples.index(example) for example in chosen]
    assert len(chosen) == n
    assert positions == sorted(set(positions))
    assert chosen == sample(examples, n, seed)


def test_another_seed_gives_another_sample():
    assert sample(sentences(100), 10, 1) != sample(sentences(100), 10, 2)


@given(st.integers(10, 80), st.sampled_from([0.2, 0.5, 0.8]), st.integers(0, 2**32 - 1))
def test_stratified_parts_are_whole_disjoint_and_in_proportion(count, share, seed):
    examples = sentences(count)
    one, other = stratified(examples, share, seed)
    assert sorted(e.id for e in (*one, *other)) == sorted(e.id for e in examples)
    whole = Counter(e.label for e in examples)
    for label, number in Counter(e.label for e in one).items():
        assert abs(number - share * whole[label]) <= 1
    assert (one, other) == stratified(examples, share, seed)


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=40), st.floats(0.1, 0.9), st.integers(0, 99))
def test_no_group_stands_in_both_parts(titles, share, seed):
    examples = questions(*titles)
    if len(set(titles)) < 2:
        with pytest.raises(UserError, match="cannot be split by group"):
            grouped(examples, share, seed, by_article)
        return
    one, other = grouped(examples, share, seed, by_article)
    assert one
    assert other
    assert not {e.title for e in one} & {e.title for e in other}
    assert sorted(e.id for e in (*one, *other)) == sorted(e.id for e in examples)


def test_a_group_split_comes_near_its_share():
    examples = questions(*(f"{i % 50}" for i in range(500)))
    one, _ = grouped(examples, 0.8, 3, by_paragraph)
    assert len(one) == 400


@pytest.mark.parametrize("n", [0, -1, 6])
def test_more_than_there_are_is_one_line(n):
    for rule in (lambda: first(sentences(5), n), lambda: sample(sentences(5), n, 0)):
        with pytest.raises(UserError, match=f"cannot take {n} of 5 examples"):
            rule()


def test_a_label_too_rare_to_split_is_one_line():
    examples = (*sentences(6)[1:3], Sentence("x", "alone", "c"))
    with pytest.raises(UserError, match=r"3 examples cannot be split 0.5 to 0.5 by label"):
        stratified(examples, 0.5, 0)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2, float("nan")])
def test_a_share_that_leaves_nothing_is_one_line(share):
    with pytest.raises(UserError, match="leaves one part empty"):
        stratified(sentences(10), share, 0)


def test_the_digest_tells_order_label_and_text():
    examples = sentences(4)
    changed = (*examples[:3], Sentence("s-3", "text 3", "c"))
    assert len({digest(examples), digest(examples[::-1]), digest(changed), digest(examples[:3])}) == 4
    assert digest(examples) == digest(list(examples))


def test_normalised_text_forgets_case_punctuation_spacing_and_width():
    assert normalise("  A ﬁne, ＷＩＤＥ day!") == normalise("a fine wide DAY") == "a fine wide day"
    assert normalise("Straße") == "strasse"
    assert normalise("not good") != normalise("good")


def test_an_overlap_names_both_and_can_be_taken_out():
    left = (Sentence("l-1", "Good film!", "a"), Sentence("l-2", "Other", "a"))
    right = (Sentence("r-1", "bad film", "b"), Sentence("r-2", "good  film", "b"))
    assert overlap(left, right) == [("l-1", "r-2")]
    with pytest.raises(UserError, match="1 texts of dev stand in train too, the first as l-1 and r-2"):
        check_disjoint(left, right, ("train", "dev"))
    check_disjoint(without(left, right), right, ("train", "dev"))
    assert [e.id for e in without(left, right)] == ["l-2"]


def test_questions_about_the_same_paragraph_do_not_overlap():
    parts = load_split("smoke-questions", "train").examples
    assert overlap(parts[:1], parts[1:2]) == []
