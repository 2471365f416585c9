"""What needs no table: the list that ships, and the project's own, which is refused where it would allow anything."""

import json
from pathlib import Path

import pytest

import report.checking
from experiments.tables.errors import UserError
from report.checking.allowed import AllowedFile, read_allowed, ships
from report.checking.lexicon import find_comparatives
from report.checking.numbers import find_numbers


def left_over(text: str) -> list[str]:
    """The numbers and words of the text that nothing on the list that ships allows."""
    found = [*((n.start, n.start + len(n.text.rstrip(" %")), n.text) for n in find_numbers(text))]
    found += [(word.start, word.end, word.text) for word in find_comparatives(text)]
    return [what for start, end, what in found if not ships(text, start, end)]


@pytest.mark.parametrize(
    "text",
    [
        "F1 of GPT-2 in NF4, as UTF-8, on SST-2 and SQuAD 2.0",
        "in 2024. It was (Lin 2004), Cohen (1960), and Holm et al. 1979; until 29 November 2026 and on 2026-11-29",
        "with 95 % intervals, their 95% Wilson intervals, and 95% paired bootstrap intervals; (95% CI)",
        "a p-value below 0.05, p < .05, at the 5 % level",
        "Section 4.2, Table 3, Figures 1 and 2, page 7 and Appendix A",
        "seed 0, layer 3, layers 0 to 12, blocks 8, 16 and 24, layer 5 of 6",
        "Python 3.11 in version 0.1.0 and v2.3, 4-bit",
        "The mean over all tokens, over all seeds; higher is better",
        "GPT-4o, Llama 3.1 8B, Qwen2.5-0.5B-Instruct and the 7B model; top-5, pass@1, COVID-19, ISO 639-1, an RTX 4090",
        "See p. 12 and pp.\u00a012–14, eq. (2), week 3, Group 7; a seed of 42; Five-fold cross-validation",
        "Between 2019 and 2023, from 2018–2020, in the 2017 paper, on 15/03/2025 at 23:59",
        "It falls back to the lower layers; upper and lower case; we do not know whether it is better",
    ],
)
def test_names_years_levels_and_indices(text):
    assert left_over(text) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("In 2024 examples it fails", ["2024"]),
        ("it reaches 95 % accuracy", ["95 %"]),
        ("layer 3.5% of them", ["3.5%"]),
        ("a table of 12 rows", ["12"]),
        ("seeds: 7", ["7"]),
        ("it is p 0.04", ["0.04"]),
        ("Row 95.3%", ["95.3%"]),
        ("all models are better", ["all", "better"]),
        ("over all it is worse", ["all", "worse"]),
        ("Llama scores 93% with 7B parameters", ["93%", "7"]),
        ("the lower layers are better, and whether or not, they are higher", ["better", "higher"]),
        ("it falls to 3 in 2018–2020.5", ["3", "2018", "2020.5", "falls"]),
    ],
)
def test_and_no_more_than_these(text, kept):
    assert left_over(text) == kept


@pytest.fixture
def allow(tmp_path):
    def write(text: str):
        (tmp_path / "report").mkdir(exist_ok=True)
        (tmp_path / "report" / "allowed.yaml").write_text(text)
        return read_allowed(tmp_path, ["index", "scores"])

    return write


def test_entries_of_a_project(allow):
    phrase, pattern = allow(
        "allowed:\n- phrase: [from 0 to 1, five or\n    six]\n  why: ends\n"
        "- pattern: 'batch(es)? of \\d+'\n  why: sizes\n  in: scores\n"
    )
    assert phrase.covers("It runs From 0  to 1.", 13, 14)
    assert not phrase.covers("It runs from 0 to 10.", 18, 20)
    assert pattern.covers("in batches of 16", 14, 16)
    assert (pattern.chapter, pattern.place) == ("scores", "report/allowed.yaml:5")
    assert read_allowed(Path("/nowhere"), []) == []


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("allowed:\n- phrase: from 0 to 1\n", 2, "why"),
        ("allowed:\n- {phrase: x y, why: good, until: 3}\n", 2, "until"),
        ("allowed:\n- {phrase: x y, why: good}\n- {why: no reason}\n", 3, "phrase"),
        ("allowed:\n- {pattern: '\\d+', why: any}\n", 2, "write the words around it"),
        ("allowed:\n- {pattern: '.*', why: any}\n", 2, "matches anything"),
        ("allowed:\n- {pattern: '[\\d.,]+ ?%?', why: any}\n", 2, "write the words around it"),
        ("allowed:\n- {pattern: '(', why: any}\n", 2, "no regular expression"),
        ("allowed:\n- {phrase: better, why: any}\n", 2, "write the words around it"),
        ("allowed:\n- {phrase: outperforms, why: any}\n", 2, "write the words around it"),
        ("allowed:\n- {phrase: x y, why: good, in: nowhere}\n", 2, "no chapter 'nowhere'"),
        ("allowed: [\n", 2, "not YAML"),
        ("permitted: []\n", 1, "allowed"),
    ],
)
def test_what_is_wrong_in_it_is_one_line_each(allow, text, line, what):
    with pytest.raises(UserError) as caught:
        allow(text)
    assert all(message.startswith(f"report/allowed.yaml:{line}:") for message in str(caught.value).splitlines())
    assert what in str(caught.value)


def test_the_schema_is_that_of_the_model():
    path = Path(report.checking.__file__).parent / "allowed.schema.json"
    assert json.loads(path.read_text()) == AllowedFile.model_json_schema(), "write allowed.schema.json again"


@pytest.mark.parametrize("text", ["of each lower layer", "every higher layer", "any lower layer", "no higher layers"])
def test_a_name_is_none_where_it_is_said_of_each(text):
    assert set(left_over(text)) & {"lower", "higher"}
