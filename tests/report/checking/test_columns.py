"""A place that shows another column than it was accepted with is told; new places and new numbers are not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.facts.fact_log import Body, FactLog
from experiments.tables.errors import UserError
from report.checking.columns import (
    FILE,
    Place,
    accept,
    between,
    choices_of,
    compared_by,
    keep,
    places_of,
    read_record,
    replaced,
    rests_of,
    typed,
)
from report.checking.passages import Passage, Span, read_passages
from report.ledger.model import Fact

PAGE = """<!doctype html><html><body>
<p>The model reaches <span class="fact" data-fact="a-1">86.6%</span> in 3.5 hours. Its F1 is {f1}.</p>
<figure id="tbl-scores"><table><thead><tr><th>Model</th><th>Score</th></tr></thead>
<tbody><tr><td>tiny</td><td><span class="fact" data-fact="a-3">0.9</span></td></tr></tbody></table></figure>
</body></html>"""
F1 = '<span class="fact" data-fact="a-2">80.1%</span>'


def fact(identity: str, column: str, text: str, form: str = "inline", label: str | None = None) -> Fact:
    origin = {"table": "study/scores", "row": {"model": "a"}, "column": column, "digest": "0", "kind": "measured"}
    shown = {"id": identity, "chapter": "a", "form": form, "label": label, "text": text, "value": 0.5}
    return Fact.model_validate(shown | {"unit": None, "kind": "measured", "how": column, "origins": [origin]})


@pytest.fixture
def places(tmp_path):
    """`places(columns)` are the places of a page whose facts come from these columns."""

    def read(first="accuracy", second="f1", cell="loss", point="accuracy", page=PAGE, f1=F1):
        (tmp_path / "page.html").write_text(page.replace("{f1}", f1))
        facts = [fact("a-1", first, "86.6%"), fact("a-2", second, "80.1%"), fact("a-3", cell, "0.9", "cell")]
        facts.append(fact("a-4", point, "0.5", "point", "fig-scores"))
        listed = {each.id: each for each in facts}
        return places_of("a", read_passages(tmp_path / "page.html"), listed, facts)

    return read


def accepted(places) -> dict[str, list[str]]:
    return {words: list(place.columns) for words, place in places.items()}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"first": "f1"}, "The model reaches … in 3.5 hours."),
        ({"second": "accuracy"}, "Its F1 is …."),
        ({"cell": "f1"}, "tbl-scores, Score"),
        ({"point": "loss"}, "fig-scores"),
    ],
)
def test_another_column_at_the_same_place_is_told(places, change, where):
    [(column, place, message)] = replaced(places(**change), accepted(places()))
    assert f"“{where}” showed" in message
    assert column in place.columns
    assert next(iter(change.values())) in column


def test_the_same_columns_and_other_words_are_not(places):
    assert list(replaced(places(), accepted(places()))) == []
    reworded = PAGE.replace("The model reaches", "It gets").replace("Score", "Figure")
    assert list(replaced(places(first="f1", cell="f1", page=reworded), accepted(places()))) == []


def rests(sentence: str, *hows: str) -> dict[str, list[str]]:
    sides = [{"how": how, "kind": "measured"} for how in hows]
    relations = [{"left": side, "right": {"how": "0", "kind": None, "value": 0}, "sign": ">"} for side in sides]
    passage = Passage("prose", sentence, [Span(0, len(sentence), "claim", "a-1")])
    return rests_of([passage], compared_by({"a-1": {"relations": relations}}))


@pytest.mark.parametrize(
    ("before", "now", "count"),
    [
        (["kappa_low[a]", "kappa_high[a]"], ["kappa_low[a]", "decided_kappa_low[a]"], 1),
        (["largest of 4: p_holm[a, b]"], ["largest of 12: p_value[a]"], 1),
        (["largest of 4: p_holm[a, b]"], ["p_holm[c]"], 0),
        (["−effect[a]"], ["effect[a]"], 0),
        (["number of rows with a gain"], ["number of rows with a loss"], 0),
    ],
)
def test_another_column_in_what_a_sentence_rests_on_is_told(before, now, count):
    found = list(replaced(rests("It does not differ.", *now), accepted(rests("It does not differ.", *before))))
    assert len(found) == count
    assert list(replaced(rests("It differs.", *now), accepted(rests("It does not differ.", *before)))) == []


def chosen(*hows: str) -> dict[str, Place]:
    def relation(how: str) -> dict:
        return {
            "sign": ">",
            "holds": True,
            "left": {"how": how, "kind": "measured"},
            "right": {"how": "0", "kind": None},
        }

    words = ("it rises", "it falls", "it stays")
    among = [{"words": said, "relations": [relation(how)]} for said, how in zip(words, hows, strict=True)]
    return choices_of(
        FactLog(Path("a.jsonl"), {}, Body(({"line": "choice", "among": among, "asked": ["told.py", 7]},)))
    )


@pytest.mark.parametrize(
    ("now", "count"),
    [
        (["gain_low[a]", "gain_high[a]", "gain[a]"], 0),
        (["gain_low[b]", "gain_high[b]", "gain[b]"], 0),
        (["p_value[a]", "gain_high[a]", "gain[a]"], 1),
        (["gain_low[a]", "gain_high[a]", "gain_low[a]"], 1),
        (["gain_high[a]", "gain_low[a]", "gain[a]"], 1),
    ],
)
def test_another_column_by_which_a_sentence_is_chosen_is_told_whichever_is(now, count):
    before = accepted(chosen("gain_low[a]", "gain_high[a]", "gain[a]"))
    found = list(replaced(chosen(*now), before))
    assert [place.asked for _, place, _ in found] == [("told.py", 7)] * count


def test_a_choice_without_a_column_is_no_place():
    assert chosen("number of rows", "number of rows", "number of rows") == {}


THIRD = "<p>The score of the model at this place is {f1} of all.</p></body>"


@pytest.mark.parametrize(
    ("f1", "count"),
    [("80.1%", 1), ("3", 1), ("−3.5 points", 1), ("high", 0), ("high in Table 3", 0), (F1, 0), (f"{F1} of 2", 0)],
)
def test_a_number_that_is_typed_in_the_place_of_a_value_is_told(places, tmp_path, f1, count):
    page = PAGE.replace("</body>", THIRD)
    record = accepted(places(page=page))
    now = places(page=page, f1=f1)
    found = list(typed(read_passages(tmp_path / "page.html"), now, record))
    assert [passage.text[start:end] for passage, start, end, _ in found] == [f1] * count
    assert list(typed(read_passages(tmp_path / "page.html"), now, record, lambda *_: True)) == []


def test_a_place_of_few_words_stands_for_no_other_sentence(places, tmp_path):
    places()
    record = {"…": [], "…: ….": [], "… of ….": [], "Its … is …": []}
    assert list(typed(read_passages(tmp_path / "page.html"), {}, record)) == []


@given(st.lists(st.sampled_from(["a", "b", "ab", " "]), min_size=2, max_size=8), st.text("ab …1", max_size=40))
def test_pieces_are_found_in_order_and_what_is_between_them_fills_the_text(pieces, text):
    found = between(text, pieces)
    if found:
        rest = [part for pair in zip(pieces[:-1], found, strict=True) for part in pair]
        assert "".join([*rest, pieces[-1]]) == text
    assert between("".join([*(f"{piece}…" for piece in pieces[:-1]), pieces[-1]]), pieces)


def test_long_sentences_with_many_gaps_take_no_time(places, tmp_path):
    words = ", ".join(["value …"] * 40) + " in this order."
    many = " ".join(["value 1, value 2,"] * 300) + " in that order."
    (tmp_path / "page.html").write_text(f"<html><body><p>{many}</p></body></html>")
    assert list(typed(read_passages(tmp_path / "page.html"), {}, {words: []})) == []


def test_what_a_render_showed_can_be_accepted(places, tmp_path):
    with pytest.raises(UserError):
        accept(tmp_path)
    (tmp_path / "report").mkdir()
    keep(tmp_path, {"a": places(), "b": places()}, whole=True)
    keep(tmp_path, {"a": places(first="f1")}, whole=False)
    assert accept(tmp_path) == 8
    record = read_record(tmp_path)
    assert record["a"]["The model reaches … in 3.5 hours."] == ["scores.f1"]
    assert record["b"] == accepted(places())


@pytest.mark.parametrize("content", ["{", json.dumps({"a": 1})])
def test_a_record_that_is_none_is_one_line(tmp_path, content):
    (tmp_path / "report").mkdir()
    (tmp_path / FILE).write_text(content)
    with pytest.raises(UserError) as caught:
        read_record(tmp_path)
    assert "\n" not in str(caught.value)
