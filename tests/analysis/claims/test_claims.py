"""The sources' claims: what becomes of each, that its own source alone decides it, and that its sentence says how."""

import json
from pathlib import Path

import pytest

from analysis.claims import PREDICATES, ClaimError, evaluate
from analysis.claims.own_results import OwnResults
from analysis.facts import Value, open_chapter
from tests.analysis.reported import TABLES, altered, score, told
from tests.analysis.transcribed import WithDocument, figure

EXPECTED = {
    "s0-accuracy-rises-to-last-layer": "unverifiable",
    "s0-openhathi-error-grows": "unverifiable",
    "s0-openllama-error-falls-then-rises": "unverifiable",
    "s0-each-model-wins-one-task": "unverifiable",
    "s1-fine-tuning-raises-accuracy": "holds",
    "s1-few-trainable-parameters": "holds",
    "s1-exact-match-and-f1-fall": "holds",
    "s1-difference-is-significant": "unverifiable",
    "s1-bleu-improves": "holds",
    "s1-rouge-and-meteor-improve": "unverifiable",
    "s1-same-number-of-parameters": "unverifiable",
    "s2-fine-tuning-raises-accuracy": "holds",
    "s2-total-is-the-model": "fails",
    "s2-share-follows-from-counts": "holds",
    "s2-corrected-case-was-contradiction": "fails",
    "s2-uncorrected-case-was-contradiction": "fails",
    "s3-count-agrees-with-paper": "holds",
    "s3-head-explains-the-difference": "holds",
    "s3-only-the-head-is-trained": "unverifiable",
    "s3-fine-tuning-raises-scores": "unverifiable",
    "s4-scores-rise-with-the-layer": "fails",
    "s4-only-the-last-layer-answers": "holds",
}


def verdict(claim, tables=TABLES):
    of = "doc" if isinstance(tables, WithDocument) else None
    return next(verdict for verdict in evaluate(tables, of) if verdict.claim == claim)


def outcome(claim, tables=TABLES):
    return verdict(claim, tables).outcome


def document(test, *figures, cases=()):
    """A document with one claim that says nothing of directions."""
    claim = {"claim": "the-claim", "statement": "So it is.", "place": "page 1", **test}
    return WithDocument({"figures": figures, "claims": [claim], "cases": cases})


STEPS = {"along": "method", "steps": ["zero-shot", "fine-tuned"]}


def accuracies(before, after):
    about = {"dataset": "sst2", "model": "llama-3.2-1b"}
    return [figure("accuracy", text, method=m, **about) for m, text in (("zero-shot", before), ("fine-tuned", after))]


def counts(unit="count", **printed):
    return [figure(f"{name}_parameters", text, unit) for name, text in printed.items()]


def by_layer(*printed):
    return [figure("bleu", text, layer=8 * (at + 1)) for at, text in enumerate(printed)]


SHARE = {"share": {"quantity": "trainable_share"}}
PART = {"part": {"quantity": "trainable_parameters"}, "whole": {"quantity": "total_parameters"}}
LEFT, RIGHT = {"quantity": "total_parameters"}, {"quantity": "head_parameters"}
ONE, OTHER = {"quantity": "accuracy", "method": "fine-tuned"}, {"quantity": "accuracy", "method": "zero-shot"}
RISES = {"predicate": "rises", "of": {"quantity": "accuracy"}, **STEPS}
SIGNIFICANT = {"predicate": "difference-significant", "left": ONE, "right": OTHER, "n": {"quantity": "samples"}}
CASE = {"predicate": "label-of-case", "group": "corrected", "case": 1, "label": {"quantity": "label_id"}}
LABEL = figure("label_id", "2", "count", method="contradiction")

OPPOSITES = [
    (RISES, accuracies("13%", "95%"), accuracies("95%", "13%")),
    (RISES | {"predicate": "falls"}, accuracies("95%", "13%"), accuracies("13%", "95%")),
    ({"predicate": "greater", "left": ONE, "right": OTHER}, accuracies("0.1", "0.9"), accuracies("0.9", "0.1")),
    ({"predicate": "less", "left": ONE, "right": OTHER}, accuracies("0.9", "0.1"), accuracies("0.1", "0.9")),
    (
        {"predicate": "rises", "of": {"quantity": "bleu"}, "along": "layer"},
        by_layer("0.10", "0.20", "0.30"),
        by_layer("0.10", "0.30", "0.20"),
    ),
    (
        {"predicate": "only-the-last", "of": {"quantity": "bleu"}, "along": "layer"},
        by_layer("0", "0", "0.3"),
        by_layer("0", "0.3", "0"),
    ),
    (
        {"predicate": "equal", "left": LEFT, "right": RIGHT},
        counts(total="12", head="12"),
        counts(total="12", head="13"),
    ),
    (
        {"predicate": "within-rounding", "left": LEFT, "right": RIGHT},
        counts(total="1.2 million", head="1,234,567"),
        counts(total="1.2 million", head="1,334,567"),
    ),
    (
        {"predicate": "within", "left": LEFT, "right": RIGHT, "tolerance": 0.01},
        counts(total="1,001", head="1,000"),
        counts(total="1,100", head="1,000"),
    ),
    (
        {"predicate": "share-of", **SHARE, **PART},
        [*counts(trainable="25", total="1,000"), figure("trainable_share", "2.5%", "percent")],
        [*counts(trainable="25", total="1,000"), figure("trainable_share", "3.5%", "percent")],
    ),
    (
        {"predicate": "share-below", "below": 0.05, **PART},
        counts(trainable="25", total="1,000"),
        counts(trainable="250", total="1,000"),
    ),
    (
        {"predicate": "sum-of", "total": LEFT, "parts": [RIGHT, {"quantity": "trainable_parameters"}]},
        counts(total="12", head="4", trainable="8"),
        counts(total="12", head="8", trainable="8"),
    ),
    (
        SIGNIFICANT,
        [*accuracies("0.20", "0.40"), figure("samples", "1000", "count")],
        [*accuracies("0.40", "0.20"), figure("samples", "1000", "count")],
    ),
    (
        {"predicate": "monotone", "of": {"quantity": "bleu"}, "along": "layer"},
        by_layer("0.30", "0.20", "0.10"),
        by_layer("0.10", "0.30", "0.20"),
    ),
    (
        {"predicate": "best", "left": ONE, "among": {"quantity": "accuracy"}},
        accuracies("0.1", "0.9"),
        accuracies("0.9", "0.1"),
    ),
    (
        {"predicate": "times", "left": ONE, "right": OTHER, "factor": 2},
        accuracies("0.20", "0.50"),
        accuracies("0.40", "0.50"),
    ),
    (
        {"predicate": "greater", "left": ONE, "right": {"value": "90%"}},
        accuracies("0.1", "0.95")[::-1],
        accuracies("0.1", "0.85")[::-1],
    ),
    (
        {"predicate": "difference-of", "difference": {"quantity": "gain"}, "left": ONE, "right": OTHER},
        [*accuracies("0.70", "0.80"), figure("gain", "+10%", "percent")],
        [*accuracies("0.70", "0.80"), figure("gain", "+13%", "percent")],
    ),
    (
        {"predicate": "mean-of", "mean": {"quantity": "mean_accuracy"}, "of": {"quantity": "accuracy"}},
        [*accuracies("0.70", "0.80"), figure("mean_accuracy", "0.75")],
        [*accuracies("0.70", "0.80"), figure("mean_accuracy", "0.77")],
    ),
    (
        {"predicate": "at-chance", "of": OTHER, "classes": 3},
        [*accuracies("0.33", "0.85"), figure("samples", "100", "count", dataset="sst2")],
        [*accuracies("0.53", "0.85"), figure("samples", "100", "count", dataset="sst2")],
    ),
    (
        {"predicate": "all-of", "parts": [RISES, {"predicate": "greater", "left": ONE, "right": OTHER}]},
        accuracies("0.1", "0.9"),
        accuracies("0.9", "0.1"),
    ),
]


@pytest.mark.parametrize(("test", "holding", "failing"), OPPOSITES, ids=lambda value: str(value)[:40])
def test_opposite_figures_get_the_opposite_verdict(test, holding, failing):
    assert outcome("the-claim", document(test, *adapted(holding))) == "holds"
    assert outcome("the-claim", document(test, *adapted(failing))) == "fails"


def adapted(figures):
    """Figures whose unit is that of their print."""
    return [each | {"printed_unit": "percent"} if each["printed"].endswith("%") else each for each in figures]


@pytest.mark.parametrize(("printed", "expected"), [("1,0,0", "fails"), ("1,2,0", "unverifiable")])
def test_a_label_that_is_not_printed_with_a_case_refutes_it_and_one_that_is_proves_nothing(printed, expected):
    cases = [{"group": "corrected", "case": 1, "printed": printed, "place": "page 1"}]
    assert outcome("the-claim", document(CASE, LABEL, cases=cases)) == expected


def test_every_predicate_is_tried_on_opposite_figures():
    assert {test["predicate"] for test, *_ in OPPOSITES} | {"label-of-case"} == set(PREDICATES)


def test_another_document_changes_no_verdict_of_the_others():
    found = evaluate(document(RISES, *adapted(accuracies("95%", "13%"))))
    assert {each.claim: each.outcome for each in found} == EXPECTED | {"the-claim": "fails"}
    mine = found[-1] if found[-1].claim == "the-claim" else found[0]
    tables = {origin.table for value in mine.values.values() if isinstance(value, Value) for origin in value.origins}
    assert tables == {"a-document/figures"}


@pytest.mark.parametrize(
    ("test", "figures"),
    [
        (RISES, accuracies("0.851", "0.85")),
        (RISES, accuracies("0.85", "0.85")),
        ({"predicate": "equal", "left": LEFT, "right": RIGHT}, counts(total="1.2 million", head="1.2 million")),
        ({"predicate": "share-below", "below": 0.05, **PART}, counts(trainable="50 thousand", total="1 million")),
        (
            {"predicate": "within", "left": LEFT, "right": RIGHT, "tolerance": 0.01},
            counts(total="1.21 million", head="1.20 million"),
        ),
        (SIGNIFICANT, [*accuracies("0.2", "0.3"), figure("samples", "100", "count")]),
        (SIGNIFICANT, [*accuracies("0.925", "0.931"), figure("samples", "120", "count")]),  # no count rounds to it
        ({"predicate": "monotone", "of": {"quantity": "bleu"}, "along": "layer"}, by_layer("0.10", "0.10", "0.20")),
        ({"predicate": "best", "left": ONE, "among": {"quantity": "accuracy"}}, accuracies("0.85", "0.85")),
        ({"predicate": "times", "left": ONE, "right": OTHER, "factor": 2}, accuracies("0.40", "0.80")),
        ({"predicate": "greater", "left": ONE, "right": {"value": 0.85}}, accuracies("0.1", "0.85")),
        (
            {"predicate": "at-chance", "of": OTHER, "chance": 0.5},
            [*accuracies("0.4", "0.85"), figure("samples", "60", "count", dataset="sst2")],
        ),
    ],
)
def test_what_rounding_leaves_open_is_no_verdict(test, figures):
    assert outcome("the-claim", document(test, *figures)) == "unverifiable"


@pytest.mark.parametrize(("left", "right"), [("0.9", "0.4"), ("0.5", "0.4")])
def test_a_factor_that_a_claim_names_is_a_value_of_the_claim(left, right):
    test = {"predicate": "times", "left": ONE, "right": OTHER, "factor": 2}
    found = verdict("the-claim", document(test, *accuracies(right, left)))
    assert "2 times" not in found.template
    assert any("2 times" in str(value.data) for value in found.values.values() if not isinstance(value, str))


@pytest.mark.parametrize(("test", "figures"), [(test, figures) for test, figures, _ in OPPOSITES])
def test_a_figure_that_is_not_printed_leaves_a_claim_open(test, figures):
    first, *others = adapted(figures)
    found = verdict("the-claim", document(test, first | {"printed": None, "note": "not printed"}, *others))
    if "steps" in test or test["predicate"] not in ("rises", "monotone"):  # a curve goes on without the point
        assert found.outcome == "unverifiable"
        assert "cannot be told" in told(found)


def test_every_claim_gets_its_verdict_with_evidence():
    verdicts = evaluate(TABLES)
    assert {verdict.claim: verdict.outcome for verdict in verdicts} == EXPECTED
    for each in verdicts:
        values = [value for value in each.values.values() if isinstance(value, Value)]
        assert values
        assert all(value.origins for value in values)
        assert each.statement.origins[0].table.endswith("/claims")
        assert "{" not in told(each)
        own = {
            origin.table.partition("/")[0] for value in values for origin in value.origins if origin.kind == "reported"
        }
        assert own <= {each.statement.origins[0].table.partition("/")[0]}


def test_the_sentence_says_what_was_tested_whatever_the_statement_says():
    claim, table = "s1-fine-tuning-raises-accuracy", "published-s1/claims"
    right, swapped = verdict(claim), verdict(claim, altered(table, {claim: {"predicate": "falls"}}))
    assert (right.statement.data, right.outcome, swapped.outcome) == (swapped.statement.data, "holds", "fails")
    assert told(right) == "The accuracy (SST-2) rises from 13% (zero-shot) to 95% (fine-tuned)."
    assert told(swapped) == "The accuracy (SST-2) does not fall from 13% (zero-shot) to 95% (fine-tuned)."
    denied = verdict(claim, altered(table, {claim: {"statement": "Fine-tuning does not raise the accuracy."}}))
    assert denied.statement != right.statement
    assert told(denied) == told(right)


def test_the_falling_curves_are_counted():
    found = verdict("s4-scores-rise-with-the-layer")
    assert [value.data for value in found.values.values() if isinstance(value, Value)] == [18, 5, 13]


@pytest.mark.parametrize(
    ("claim", "table", "changes", "expected"),
    [
        ("s1-fine-tuning-raises-accuracy", "s1/figures", {"s1-sst2-accuracy-fine-tuned": score(0.1)}, "fails"),
        ("s1-few-trainable-parameters", "s1/figures", {"s1-trainable-parameters": score(8e8)}, "fails"),
        ("s1-exact-match-and-f1-fall", "s1/figures", {"s1-qa-f1-fine-tuned": score(0.9)}, "fails"),
        ("s1-bleu-improves", "s1/figures", {"s1-qa-bleu-fine-tuned": score(0.0045, 0.0005)}, "unverifiable"),
        ("s2-total-is-the-model", "s2/figures", {"s2-total-parameters": score(2_779_683_840.0)}, "holds"),
        ("s2-share-follows-from-counts", "s2/figures", {"s2-total-parameters": score(2e9)}, "fails"),
        ("s2-corrected-case-was-contradiction", "s2/cases", {"corrected": {"printed": "2,0,0"}}, "unverifiable"),
        ("s3-count-agrees-with-paper", "s3/figures", {"s3-total-parameters-paper": score(1.0e9)}, "fails"),
        ("s3-head-explains-the-difference", "s3/figures", {"s3-head-parameters": score(4097.0)}, "fails"),
        ("s4-only-the-last-layer-answers", "s4/figures", {"s4-judged-correct-24": score(0.1)}, "fails"),
    ],
)
def test_another_number_is_another_verdict(claim, table, changes, expected):
    assert outcome(claim) != expected
    assert outcome(claim, altered(f"published-{table}", changes)) == expected


def s0(**scores):
    """The tables with these S0 scores printed; names as in accuracy_openllama_first."""
    quantities = {"accuracy": "certificate-accuracy", "mse": "rating-mse"}
    changes = {}
    for name, value in scores.items():
        quantity, model, layer = name.split("_")
        changes[f"s0-{model}-7b-{quantities[quantity]}-{layer}-layer"] = score(value, 0.005)
    return altered("published-s0/figures", changes)


@pytest.mark.parametrize(
    ("last", "expected"), [(0.9, "holds"), (0.7, "fails"), (1.3, "fails"), (0.805, "unverifiable")]
)
def test_a_claim_of_several_parts_needs_them_all(last, expected):
    tables = s0(mse_openllama_first=1.2, mse_openllama_middle=0.8, mse_openllama_last=last)
    assert outcome("s0-openllama-error-falls-then-rises", tables) == expected


def test_figures_about_two_models_are_compared_quantity_by_quantity():
    last = {"accuracy_openhathi_last": 0.6, "accuracy_openllama_last": 0.5, "mse_openhathi_last": 1.1}
    assert outcome("s0-each-model-wins-one-task", s0(**last, mse_openllama_last=0.9)) == "holds"
    assert outcome("s0-each-model-wins-one-task", s0(**last, mse_openllama_last=1.3)) == "fails"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"predicate": "soars"}, "s1-bleu-improves of published-s1: soars with these parameters is no test"),
        ({"parameters": json.dumps({"of": {"quantity": "bleu"}})}, "rises with these parameters is no test.*along"),
        (
            {"parameters": json.dumps({"of": {"quantity": "blue"}, **STEPS})},
            r"published-s1 has no figure with blue",
        ),
        (
            {
                "predicate": "equal",
                "parameters": json.dumps(
                    {
                        "left": {"quantity": "epochs"},
                        "right": {
                            "table": "published-s2/figures",
                            "row": {"figure": "s2-epochs"},
                            "column": "value",
                            "words": "S2's",
                        },
                    }
                ),
            },
            "published-s2/figures was published by somebody; a claim sees the figures of its own source alone",
        ),
        (
            {
                "predicate": "equal",
                "parameters": json.dumps(
                    {
                        "left": {"quantity": "epochs"},
                        "right": {
                            "table": "parameter-counts/validation",
                            "row": {"figure": "s1-total-parameters"},
                            "column": "reported",
                            "words": "the count of S1",
                        },
                    }
                ),
            },
            "reported of parameter-counts/validation was published by somebody",
        ),
    ],
)
def test_a_claim_that_cannot_be_tested_is_an_error_and_no_skip(cells, message):
    with pytest.raises(ClaimError, match=message):
        evaluate(altered("published-s1/claims", {"s1-bleu-improves": cells}))


CHANCE = {"predicate": "at-chance", "of": OTHER}
SAMPLES = figure("samples", "100", "count", dataset="sst2")
LABELS = [figure("label_id", str(at), "count", dataset="sst2", method=f"label-{at}") for at in range(3)]


@pytest.mark.parametrize(
    ("test", "figures", "expected"),
    [
        (CHANCE, [*accuracies("0.33", "0.85"), SAMPLES, *LABELS], "holds"),
        (CHANCE, [*accuracies("0.33", "0.85"), *LABELS], "unverifiable"),
        (CHANCE, [*accuracies("0.33", "0.85"), SAMPLES], "unverifiable"),
        (SIGNIFICANT | {"n": None}, [*accuracies("0.20", "0.40"), SAMPLES], "holds"),
        (SIGNIFICANT | {"n": None}, accuracies("0.20", "0.40"), "unverifiable"),
        (SIGNIFICANT | {"n": None}, [each | {"n": 1000} for each in accuracies("0.20", "0.40")], "holds"),
    ],
)
def test_the_number_of_examples_is_the_one_that_is_named_or_printed(test, figures, expected):
    assert outcome("the-claim", document(test, *figures)) == expected


def test_the_better_of_two_errors_is_the_lower_one():
    errors = [figure("mse", text, "mse", method=name) for name, text in (("ours", "0.2"), ("theirs", "0.9"))]
    test = {"predicate": "best", "left": {"quantity": "mse", "method": "ours"}, "among": {"quantity": "mse"}}
    assert outcome("the-claim", document(test, *errors)) == "holds"
    assert outcome("the-claim", document(test | {"better": "higher"}, *errors)) == "fails"


def test_a_bound_is_compared_as_a_bound():
    test = {"predicate": "less", "left": {"quantity": "p"}, "right": {"value": 0.05}}
    assert outcome("the-claim", document(test, figure("p", "<0.001", "fraction"))) == "holds"
    assert outcome("the-claim", document(test, figure("p", "<0.1", "fraction"))) == "unverifiable"


MANUAL = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text("utf-8").partition("## Add a claim\n")[2]
OWN = MANUAL.partition("```python\n")[2].partition("```")[0]
BROKEN = """

def breaks(left):
    raise RuntimeError("no idea")


def says_nothing(left):
    return True


def is_no_word(left):
    return Said([True], "So it is.")


def says_no_word(left):
    return Said(True, None)


def leaves(left):
    raise SystemExit(3)


def wants_more(left, right):
    return Said(True, "So it is.")


def asks_amiss(left):
    return Said(True, "{left.nothing} it is.")
"""
DOUBLES = {"predicate": "mine.doubles", "left": ONE, "right": OTHER, "factor": 3}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a predicate of its own in `mine.py`; the current folder."""
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    (tmp_path / "written").write_text(OWN + BROKEN)
    (tmp_path / "written").rename(tmp_path / "mine.py")  # what this process writes itself is no source to it
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("0.2", "0.9", "holds"), ("0.8", "0.9", "fails"), ("0.30", "0.90", "unverifiable")],
)
def test_a_project_adds_a_predicate(project, before, after, expected):
    found = verdict("the-claim", document(DOUBLES, *accuracies(before, after)))
    assert found.outcome == expected
    assert before in told(found)
    assert after in told(found)
    assert "3 times" in told(found)


def test_the_file_of_a_predicate_is_in_the_log_of_the_chapter_that_asks_for_it(project):
    (project / "story.qmd").write_text("# Story\n")
    page = open_chapter("story")
    verdict("the-claim", document(DOUBLES, *accuracies("0.2", "0.9")))
    logs = [path.read_text("utf-8") for path in (project / "_ledger").rglob("*") if path.is_file()]
    assert page.name == "story"
    assert any('"mine.py"' in line for log in logs for line in log.splitlines() if '"file"' in line)


def test_a_figure_that_is_not_printed_leaves_the_claim_of_a_project_open(project):
    before, after = accuracies("0.2", "0.9")
    assert outcome("the-claim", document(DOUBLES, before, after | {"printed": None})) == "unverifiable"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("breaks", r"mine\.py:1\d: mine\.breaks failed.*no idea"),
        ("says_nothing", "not a Said"),
        ("is_no_word", "not a Said"),
        ("says_no_word", "not a Said"),
        ("leaves", r"mine\.py:\d\d: mine\.leaves failed: SystemExit: 3"),
        ("wants_more", r"a-document: mine\.wants_more failed: TypeError.*right"),
        ("asks_amiss", "asks_amiss cannot be filled"),
    ],
)
def test_a_predicate_of_a_project_that_fails_is_told_with_its_line(project, name, complaint):
    test = {"predicate": f"mine.{name}", "left": ONE}
    with pytest.raises(ClaimError, match=complaint):
        verdict("the-claim", document(test, *accuracies("0.2", "0.9")))


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("parameter-counts/validation", {"figure": "s1-total-parameters"}, "reported"),
        ("published-s1/figures", {"figure": "s1-trainable-parameters"}, "value"),
    ],
)
def test_a_predicate_of_a_project_sees_no_figure_of_another_document(project, table, row, column):
    cell = {"table": table, "row": row, "column": column, "words": "the count"}
    with pytest.raises(ClaimError, match=rf"{column} of {table} was published by somebody"):
        verdict("the-claim", document({**DOUBLES, "right": cell}, *accuracies("0.2", "0.9")))


def test_a_predicate_of_a_project_sees_our_own_results(project):
    cell = {"table": "parameter-counts/validation", "row": {"figure": "s1-total-parameters"}, "column": "computed"}
    test = {**DOUBLES, "right": {**cell, "words": "the count"}}
    assert outcome("the-claim", document(test, *accuracies("0.2", "0.9"))) == "fails"


def test_own_results_stay_own_however_they_are_picked():
    view = OwnResults(TABLES.table("parameter-counts/validation").table)
    for picked in (view, view.where(quantity="total"), view.where(quantity="total").sort("figure")):
        assert picked.column("computed")
        with pytest.raises(ClaimError, match="reported of parameter-counts/validation was published by somebody"):
            picked.column("reported")


A, B, C = ({"quantity": name} for name in "abc")


@pytest.mark.parametrize(
    ("test", "figures", "expected", "sentence"),
    [
        ({"predicate": "sum-of", "total": A, "parts": [B, C]}, ("7/10", "3/10", "4/10"), "holds", "add up to 0.7"),
        ({"predicate": "within", "left": A, "right": B, "tolerance": 0.1}, ("100", "-5"), "fails", "by 2100.00%"),
        ({"predicate": "within", "left": A, "right": B, "tolerance": 0.1}, ("-5.2", "-5.0"), "holds", "4.00%"),
        ({"predicate": "within", "left": A, "right": B, "tolerance": 0.1}, ("0.3", "0.0"), "unverifiable", "be zero"),
        ({"predicate": "within", "left": A, "right": {"value": 0}, "tolerance": 0.1}, ("1",), "unverifiable", "zero"),
        ({"predicate": "share-of", "share": C, "part": A, "whole": B}, ("1", "0", "5"), "unverifiable", "may be zero"),
        ({"predicate": "share-below", "part": A, "whole": B, "below": 0.5}, ("1", "0"), "unverifiable", "may be zero"),
        ({"predicate": "less", "left": A, "right": {"value": 1235814400}}, ("5",), "holds", "1235814400"),
    ],
)
def test_a_sentence_tells_the_number_that_it_rests_on(test, figures, expected, sentence):
    units = ["fraction" if "/" in printed else "number" for printed in figures]
    found = verdict("the-claim", document(test, *map(figure, "abc", figures, units)))
    assert found.outcome == expected
    assert sentence in told(found)


@pytest.mark.parametrize(
    ("test", "figures", "complaint"),
    [
        ({"predicate": "greater", "left": A, "right": {"value": 80}}, [figure("a", "90%", "percent")], '"80%"'),
        ({"predicate": "greater", "left": A, "right": {"value": float("nan")}}, [figure("a", "9", "count")], "finite"),
        (
            {"predicate": "only-the-last", "of": A, "along": "layer"},
            [figure("a", p, layer=at, model=m) for m, p in (("x", "0"), ("y", "0.5")) for at in (1, 2)],
            "both have layer 1",
        ),
        (
            {"predicate": "only-the-last", "of": A, "along": "layer"},
            [figure("a", "0", layer=1), figure("a", "0.5")],
            "has no layer",
        ),
    ],
)
def test_a_claim_that_would_be_decided_on_something_else_is_refused(test, figures, complaint):
    with pytest.raises(ValueError, match=complaint):
        document(test, *figures)


def test_claims_of_one_name_in_two_documents_are_told_apart():
    twin = {"claim": "s1-bleu-improves", "statement": "So it is.", "place": "page 1", **RISES}
    found = evaluate(WithDocument({"figures": accuracies("0.1", "0.2"), "claims": [twin]}))
    assert {"s1-bleu-improves", "published-s1.s1-bleu-improves"} <= {each.claim for each in found}


@pytest.mark.parametrize(
    ("test", "printed", "unit", "expected", "sentence"),
    [
        ({"predicate": "greater", "right": {"value": 10}}, "12", "seconds", "holds", "than 10 seconds"),
        ({"predicate": "less", "right": {"value": 10}}, "12", "seconds", "fails", "than 10 seconds"),
        ({"predicate": "less", "right": {"value": 2}}, "1.5 h", "hours", "holds", "than 2 hours"),
        ({"predicate": "greater", "right": {"value": 400}}, "500 MB", "MB", "holds", "than 400 MB"),
        ({"predicate": "equal", "right": {"value": 500}}, "600 MB", "MB", "fails", "equal 500 MB"),
        ({"predicate": "within", "right": {"value": 500}, "tolerance": 0.1}, "510 MB", "MB", "holds", "500 MB"),
        ({"predicate": "times", "right": {"value": 2}, "factor": 2}, "5.0", "hours", "holds", "2 times 2 hours"),
    ],
)
def test_a_number_has_the_unit_of_the_figures_that_it_is_compared_with(test, printed, unit, expected, sentence):
    found = verdict("the-claim", document({"left": A, **test}, figure("a", printed, unit)))
    assert found.outcome == expected
    assert sentence in told(found)


def test_a_number_beside_figures_in_two_units_is_refused():
    times = [figure("a", "12", "seconds", model="x"), figure("a", "2", "minutes", model="y")]
    with pytest.raises(ValueError, match="minutes and seconds"):
        document({"predicate": "less", "left": A, "right": {"value": 10}}, *times)


@pytest.mark.parametrize(
    ("table", "row", "column", "printed", "unit", "expected", "shown"),
    [
        ("cost", {"run": "all", "stage": "zero-shot"}, "wall_seconds", "20", "seconds", "holds", "here in s, 25.8"),
        ("cost", {"run": "all", "stage": "zero-shot"}, "wall_seconds", "30", "seconds", "fails", "here in s, 25.8"),
        (
            "scores",
            {"run": "all", "stage": "zero-shot", "score": "accuracy"},
            "value",
            "0.9",
            "fraction",
            "fails",
            "here, 0.667",
        ),
    ],
)
def test_a_cell_is_brought_to_the_unit_of_the_figures_and_shown_with_its_decimals(
    table, row, column, printed, unit, expected, shown
):
    cell = {"table": f"sst2-lora/{table}", "row": row, "column": column, "words": "what was measured here"}
    found = verdict("the-claim", document({"predicate": "less", "left": A, "right": cell}, figure("a", printed, unit)))
    assert found.outcome == expected
    assert shown in told(found)
