"""A test or a correction that is named beside a p-value is the one by which that was worked out."""

import pytest

from report.checking.methods import misnamed_methods
from report.checking.passages import Passage
from report.ledger.model import Fact


def p_value(
    identity: str,
    test: str = "",
    correction: str | None = None,
    column: str = "p_holm",
    table: str = "runs/none",
    **row,
) -> Fact:
    origin = {"table": table, "row": row, "column": column, "digest": "0", "kind": "measured"}
    shown = {"id": identity, "chapter": "a", "form": "sentence", "label": "tbl-tests", "text": "0.03", "unit": None}
    value = {"p": 0.03, "test": test, "correction": correction}
    return Fact.model_validate(shown | {"value": value, "kind": "measured", "how": column, "origins": [origin]})


def told(text: str, *facts: Fact) -> list[str]:
    """The names that are wrong in a text in which the facts stand for `0.03`; all are beside it where it has none."""

    def beside(begin: int, finish: int) -> tuple[Fact, ...]:
        return facts if "0.03" in text[begin:finish] or "0.03" not in text else ()

    return [text[begin:end] for begin, end, _ in misnamed_methods(Passage("prose", text), beside)]


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ("McNemar’s exact test", []),
        ("a binomial test", []),
        ("a t-test", ["t-test"]),
        ("Student's t", ["Student's t"]),
        ("a paired bootstrap", ["paired bootstrap"]),
        ("Fisher's exact test", ["Fisher"]),
        ("Holm's correction", []),
        ("Bonferroni's correction", ["Bonferroni"]),
        ("the test on a dev set", []),
    ],
)
def test_the_name_in_the_sentence_of_a_p_value_is_that_of_its_test(named, wrong):
    fact = p_value("a-1", correction="Holm", test="p-value of no difference", run="all")
    fact = fact.model_copy(update={"origins": (fact.origins[0].model_copy(update={"row": {"test": "mcnemar-exact"}}),)})
    assert told(f"The difference is told apart (p = 0.03) by {named}, as it is.", fact) == wrong


def test_another_sentence_may_name_another_test():
    fact = p_value("a-1", test="Fisher's exact test")
    assert told("It is p = 0.03 there. Elsewhere a t-test is made.", fact) == []
    assert told("It is p = 0.03 there, by a t-test.", fact) == ["t-test"]


def test_of_a_p_value_whose_test_is_unknown_any_may_be_named():
    assert told("It is p = 0.03 by a t-test.", p_value("a-1", column="p_value")) == []


def test_a_caption_names_the_tests_of_its_table():
    facts = [p_value("a-1", test="Mann-Whitney rank-sum test"), p_value("a-2", test="Fisher's exact test")]
    caption = "Tested by the Mann-Whitney rank-sum test and by Fisher's exact test."
    assert told(caption, *facts) == []
    assert told("Tested by a t-test.", *facts) == ["t-test"]


def test_the_test_is_read_from_the_row_of_its_table(write_table, tmp_path, monkeypatch):
    rows = [
        {"run": run, "test": test, "p_value": 0.03} for run, test in (("1", "mcnemar-exact"), ("all", "bootstrap-test"))
    ]
    columns = {"run": "string", "test": "string", "p_value": "number"}
    write_table(tmp_path / "experiments" / "frozen", "runs/tests", "measured", ["run"], columns, rows)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLOPHON_FROZEN", raising=False)
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    one, whole = (p_value("a-1", column="p_value", table="runs/tests", run=run) for run in ("1", "all"))
    text = "It is p = 0.03 by McNemar's exact test."
    assert told(text, one) == []
    assert told(text, whole) == ["McNemar"]


def test_the_test_of_a_corrected_p_value_is_that_of_the_column_which_was_corrected(write_table, tmp_path, monkeypatch):
    """Others in its table may be by other tests."""
    columns = {
        "run": "string",
        "p_value": {"type": "number", "meaning": "p-value of the paired bootstrap"},
        "p_mcnemar": {"type": "number", "meaning": "p-value of McNemar's exact test"},
        "p_holm": {"type": "number", "meaning": "p-value by Holm's correction for the runs"},
    }
    rows = [{"run": "1", "p_value": 0.03, "p_mcnemar": 0.04, "p_holm": 0.03}]
    write_table(tmp_path, "runs/answers", "measured", ["run"], columns, rows)
    monkeypatch.setenv("COLOPHON_FROZEN", str(tmp_path))
    corrected, other = (p_value("a-1", column=name, table="runs/answers", run="1") for name in ("p_holm", "p_mcnemar"))
    for fact in (corrected, corrected.model_copy(update={"value": 0.03})):
        assert told("Tested by McNemar's exact test.", fact) == ["McNemar"]
        assert told("Tested by paired bootstraps.", fact) == []
    assert told("Tested by McNemar's exact test.", corrected, other) == []


def test_a_p_value_that_is_missing_has_no_test():
    fact = p_value("a-1", test="Fisher's exact test")
    missing = p_value("a-2").model_copy(update={"value": None})
    assert told("Tested by a t-test.", fact, missing) == ["t-test"]
    assert told("Tested by a t-test.", missing) == []
