"""The audit of documents that print part of what a check needs, or what cannot be."""

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from analysis.audit import CHECKS, audit, checked
from analysis.audit.scores import recurring
from analysis.claims import evaluate
from analysis.sources import Source, sources
from experiments.tables.errors import UserError
from tests.analysis.reported import told
from tests.analysis.transcribed import WithDocument, figure


def the_source(*figures) -> Source:
    return next(each for each in sources(WithDocument({"figures": figures})) if each.name == "doc")


def verdicts(check, *figures):
    found = list(checked(check, CHECKS[check], the_source(*figures), []))
    for each in found:
        assert "{" not in told(each)
        assert "could not be made" not in told(each)
    return [each.verdict for each in found]


DEV = {"dataset": "sst2", "split": "dev"}
PRF = ("precision", "recall", "f1")


def three(*prints, **about):
    return [figure(name, text, **about) for name, text in zip(PRF, prints, strict=True)]


def by_class(quantity, unit="fraction", n=None, **prints):
    about = {} if n is None else {"n": n}
    return [figure(quantity, text, unit, label=label, **about) for label, text in prints.items()]


def mean(printed="3.44", **about):
    return figure("rating", printed, "mean", **about)


IMPOSSIBLE = {
    "an F1 above precision and recall": ("f1-from-precision-and-recall", three("0.30", "0.30", "0.45")),
    "an F1 of one class below both": ("f1-from-precision-and-recall", three("0.90", "0.80", "0.70", label="positive")),
    "a macro F1 above that of the macro averages": (
        "f1-from-precision-and-recall",
        [figure(f"macro_{name}", text) for name, text in zip(PRF, ("0.50", "0.60", "0.62"), strict=True)],
    ),
    "a macro F1 below every average over classes": (
        "f1-from-precision-and-recall",
        [figure(f"macro_{name}", text) for name, text in zip(PRF, ("0.90", "0.80", "0.60"), strict=True)],
    ),
    "class sizes that are not the number behind an average": (
        "class-supports",
        [*by_class("recall", n=250, a="0.90", b="0.70"), figure("macro_recall", "0.80", n=600)],
    ),
    "class sizes that are not the number behind the accuracy": (
        "class-supports",
        [*by_class("support", "count", a="100", b="100"), figure("accuracy", "0.80", n=250)],
    ),
    "exact match above F1": (
        "exact-match-above-f1",
        [figure("exact_match", "81.2", "percent"), figure("f1", "78.0", "percent")],
    ),
    "a share of no whole number, of a set without a split": (
        "proportion-of-whole-examples",
        [figure("accuracy", "83.4%", "percent", dataset="own"), figure("samples", "6", "count", dataset="own")],
    ),
    "a share of no whole number of its own n": (
        "proportion-of-whole-examples",
        [figure("response_rate", "33%", "percent", n=8)],
    ),
    "a recall of no whole number of its class": (
        "proportion-of-whole-examples",
        [figure("recall", "0.55", label="positive"), figure("support", "10", "count", label="positive")],
    ),
    "a macro F1 that is no mean of the classes": (
        "macro-scores",
        [
            *by_class("f1", a="0.90", b="0.70"),
            *by_class("support", "count", a="50", b="50"),
            figure("macro_f1", "0.85"),
        ],
    ),
    "a weighted F1 that is no mean of the classes": (
        "macro-scores",
        [
            *by_class("f1", a="0.90", b="0.70"),
            *by_class("support", "count", a="90", b="10"),
            figure("weighted_f1", "0.80"),
        ],
    ),
    "a balanced accuracy out of reach": (
        "macro-scores",
        [
            figure("accuracy", "0.90"),
            figure("balanced_accuracy", "0.99"),
            *by_class("support", "count", a="80", b="10", c="10"),
        ],
    ),
    "a macro F1 that no confusion matrix gives": (
        "confusion-counts",
        [figure("accuracy", "0.90"), figure("macro_f1", "0.80"), *by_class("support", "count", a="50", b="50")],
    ),
    "class sizes that are not the number of examples": (
        "class-supports",
        [*by_class("support", "count", a="50", b="49"), figure("samples", "100", "count")],
    ),
    "a mean of no whole numbers": ("mean-of-whole-numbers", [mean("5.19", n=28)]),
    "a mean of no whole numbers on a scale of items": ("mean-of-whole-numbers", [mean("0.81", n=28, items=2)]),
    "a deviation of no whole numbers": ("deviation-of-whole-numbers", [mean(sd="2.47", n=18)]),
    "a deviation behind ± of no whole numbers": (
        "deviation-of-whole-numbers",
        [mean("3.44 ± 2.47", spread_is="sd", n=18)],
    ),
    "a binary deviation": ("deviation-of-whole-numbers", [mean("0.19", sd="0.35", n=1683, range=[0, 1])]),
    "a deviation too great for the scale": ("deviation-within-range", [mean("4.00", sd="3.20", n=20, range=[1, 7])]),
    "a mean outside the scale": ("deviation-within-range", [mean("8.00", sd="1.00", n=20, range=[1, 7])]),
    "parts that are not the total": (
        "parts-make-total",
        [figure("tokens", "100", "count"), *by_class("tokens", "count", train="60", test="30")],
    ),
    "splits that are not the whole set": (
        "parts-make-total",
        [figure("samples", text, "count", split=s) for s, text in (("all", "100"), ("train", "80"), ("test", "30"))],
    ),
    "trainable and frozen that are not the total": (
        "parts-make-total",
        [
            figure(f"{n}_parameters", text, "count")
            for n, text in (("total", "10"), ("trainable", "4"), ("frozen", "7"))
        ],
    ),
    "shares that are more than the whole": ("parts-make-total", by_class("share", a="0.60", b="0.50")),
    "right answers that are not the accuracy": (
        "parts-make-total",
        [figure("correct", "90", "count"), figure("accuracy", "0.80"), figure("samples", "100", "count")],
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_found(name):
    check, figures = IMPOSSIBLE[name]
    assert "inconsistent" in verdicts(check, *figures)


POSSIBLE = [
    ("f1-from-precision-and-recall", three("0.90", "0.80", "0.85")),
    ("f1-from-precision-and-recall", three("0.90", "0.80", "0.85", label="positive")),
    ("exact-match-above-f1", [figure("exact_match", "78.0%", "percent"), figure("f1", "0.78")]),
    ("proportion-of-whole-examples", [figure("response_rate", "38%", "percent", n=8)]),
    ("proportion-of-whole-examples", [figure("accuracy", "17/20", "percent")]),
    ("macro-scores", [*by_class("f1", a="0.90", b="0.70"), figure("macro_f1", "0.80")]),
    (
        "macro-scores",
        [
            figure("accuracy", "0.90"),
            figure("macro_recall", "0.70"),
            *by_class("support", "count", a="80", b="9", c="11"),
        ],
    ),
    (
        "confusion-counts",
        [*three("0.80", "0.80", "0.80"), figure("accuracy", "0.80"), *by_class("support", "count", a="10", b="10")],
    ),
    ("class-supports", [*by_class("support", "count", a="50", b="50"), figure("samples", "100", "count")]),
    ("class-supports", [*by_class("recall", n=50, a="0.90", b="0.70"), figure("macro_recall", "0.80", n=100)]),
    (  # two classes, one with precision 1 and recall 0.10, the other with 0.53 and 1
        "f1-from-precision-and-recall",
        [figure(f"macro_{name}", text) for name, text in zip(PRF, ("0.76", "0.55", "0.44"), strict=True)],
    ),
    ("mean-of-whole-numbers", [mean("5.18", n=28)]),
    ("deviation-of-whole-numbers", [mean("5.21", sd="1.6", n=28)]),
    ("deviation-within-range", [mean("4.00", sd="3.00", n=20, range=[1, 7])]),
    ("parts-make-total", by_class("share", a="33.3%", b="33.3%", c="33.3%", unit="percent")),
    (
        "parts-make-total",
        [figure("total_parameters", "1.2B", "count"), *by_class("total_parameters", "count", a="1B", b="0.2B")],
    ),
]


@pytest.mark.parametrize(("check", "figures"), POSSIBLE)
def test_what_can_be_is_consistent(check, figures):
    assert verdicts(check, *figures) == ["consistent"]


INCOMPLETE = [
    ("f1-from-precision-and-recall", three("0.90", None, "0.85")),
    ("f1-from-precision-and-recall", three("0.90", "0.80", None)),
    ("exact-match-above-f1", [figure("exact_match", "81.2", "percent")]),
    ("exact-match-above-f1", [figure("exact_match", "81.2", "score"), figure("f1", "0.78")]),
    ("f1-from-precision-and-recall", [*three("0.30", "0.30", "0.3")[:2], figure("f1", "45.0", "score")]),
    ("macro-scores", [figure("macro_f1", "0.80")]),
    ("macro-scores", [*by_class("f1", a="0.90", b="0.70"), figure("weighted_f1", "0.80")]),
    ("class-supports", by_class("support", "count", a="50", b="50")),
    ("class-supports", [*by_class("support", "count", a="50", b=None), figure("samples", "100", "count")]),
    ("mean-of-whole-numbers", [mean()]),
    ("mean-of-whole-numbers", [figure("rating", "3.44", "score", n=18)]),
    ("deviation-of-whole-numbers", [mean(sd="2.47")]),
    ("deviation-of-whole-numbers", [mean("3.44 ± 2.47", n=18)]),
    ("deviation-within-range", [mean(sd="2.47", n=18)]),
    ("parts-make-total", [figure("tokens", "100", "count"), *by_class("tokens", "count", train="60", test=None)]),
    ("parts-make-total", [figure("correct", "90", "count")]),
    ("peak-fits-device", [figure("peak_gpu_memory", "6.2 GB", "GB")]),
    ("share-is-quotient", [figure("trainable_share", "0.06%", "percent", model="llama-2-7b")]),
    (
        "difference-beyond-sampling",
        [
            figure("accuracy", "50.9%", "percent", method="pretrained", **DEV),
            figure("samples", "872", "count", **DEV),
            figure("accuracy", "91.0%", "percent", method="fine-tuned", dataset="sst2", split="test"),
        ],
    ),
]


@pytest.mark.parametrize(("check", "figures"), INCOMPLETE)
def test_what_lacks_an_input_is_unverifiable(check, figures):
    assert verdicts(check, *figures) == ["unverifiable"]


def test_an_f1_below_both_may_be_an_average_over_classes():
    assert verdicts("f1-from-precision-and-recall", *three("0.90", "0.80", "0.70")) == ["suspicious"]
    assert verdicts("f1-from-precision-and-recall", *three("0.90", "0.80", "0.60")) == ["inconsistent"]
    of_100 = [figure(name, text, "score") for name, text in zip(PRF, ("90.0", "80.0", "60.0"), strict=True)]
    assert verdicts("f1-from-precision-and-recall", *of_100) == ["suspicious"]


@given(st.lists(st.tuples(*[st.integers(0, 30)] * 3), min_size=1, max_size=4), st.data())
def test_no_average_of_real_classes_is_inconsistent(counts, data):
    """Any true positives, false positives and false negatives; any weights, as the sizes of classes are."""
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(counts), max_size=len(counts)))
    share = [
        (a / (a + b) if a else 0, a / (a + c) if a else 0, 2 * a / (2 * a + b + c) if a else 0) for a, b, c in counts
    ]
    means = [sum(w * each[i] for w, each in zip(weights, share, strict=True)) / sum(weights) for i in range(3)]
    figures = [figure(f"weighted_{name}", f"{mean:.4f}") for name, mean in zip(PRF, means, strict=True)]
    assert verdicts("f1-from-precision-and-recall", *figures) == ["consistent"]


def of_three_classes(matrix, decimals=2):
    """The scores of each class that a matrix of counts (rows: what is right) gives, with the sizes."""
    figures = [figure("accuracy", f"{sum(matrix[i][i] for i in range(3)) / sum(map(sum, matrix)):.4f}")]
    figures[0] |= {"n": sum(map(sum, matrix))}
    for i, label in enumerate("abc"):
        right, size, named = matrix[i][i], sum(matrix[i]), sum(row[i] for row in matrix)
        scores = right / named if named else 0, right / size, 2 * right / (size + named)
        of_class = {"label": label, "n": size}
        figures += [figure(name, f"{x:.{decimals}f}", **of_class) for name, x in zip(PRF, scores, strict=True)]
    return figures


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3), st.integers(1, 4))
def test_the_scores_of_three_real_classes_can_be_given(matrix, decimals):
    if not all(map(sum, matrix)):
        reject()
    found = verdicts("confusion-counts", *of_three_classes(matrix, decimals))
    assert found == ["consistent"] * 3


def test_a_precision_that_no_count_gives_beside_its_recall_is_found():
    """Eight of ten are right, so that the precision is 8 of 8, of 9, of 10, …: never 0.90."""
    figures = of_three_classes([[8, 1, 1], [1, 6, 3], [0, 3, 7]])
    assert verdicts("confusion-counts", *figures) == ["consistent"] * 3
    next(each for each in figures if (each["quantity"], each.get("label")) == ("precision", "a"))["printed"] = "0.90"
    assert verdicts("confusion-counts", *figures) == ["inconsistent", "consistent", "consistent"]
    assert verdicts("confusion-counts", *figures[1:]) == []  # a class that is not printed could hold more


def test_the_average_of_printed_classes_is_told_of_once():
    macro = [figure(f"macro_{name}", text) for name, text in zip(PRF, ("0.76", "0.55", "0.44"), strict=True)]
    figures = [*macro, *by_class("f1", a="0.18", b="0.69")]
    assert verdicts("f1-from-precision-and-recall", *figures) == []
    assert verdicts("macro-scores", *figures)[0] == "consistent"


def test_the_precision_of_a_class_may_have_another_number_of_examples_than_its_recall():
    """So many were named, and so many there are: the size of the class is not known."""
    figures = [*by_class("recall", n=50, a="0.90", b="0.70"), *by_class("precision", n=40, a="0.90", b="0.70")]
    assert verdicts("class-supports", *figures, figure("accuracy", "0.80", n=90)) == []


def test_an_average_over_classes_that_are_not_all_printed_is_only_suspicious():
    assert verdicts("macro-scores", *by_class("f1", a="0.90", b="0.70"), figure("macro_f1", "0.60")) == ["suspicious"]


def test_settings_of_classes_add_up_to_nothing():
    assert (
        verdicts("parts-make-total", figure("epochs", "3", "count"), *by_class("epochs", "count", a="3", b="3")) == []
    )


def test_the_f1_of_answers_counts_no_classes():
    figures = [figure("exact_match", "0.5"), figure("f1", "0.9"), *by_class("support", "count", a="10", b="10")]
    assert verdicts("confusion-counts", *figures) == []


def test_the_recalls_of_the_classes_make_the_accuracy():
    sizes = by_class("support", "count", a="90", b="10")
    recalls = by_class("recall", a="0.90", b="0.50")
    assert verdicts("class-supports", figure("accuracy", "0.86"), *recalls, *sizes)[-1] == "consistent"
    assert verdicts("class-supports", figure("accuracy", "0.70"), *recalls, *sizes)[-1] == "inconsistent"


def test_a_difference_of_shares_is_no_share():
    assert verdicts("proportion-of-whole-examples", figure("accuracy", "+3.2%", "percent", n=7)) == []


def test_one_figure_that_cannot_be_checked_hides_no_other():
    figures = [mean("5.19", n=28), mean(">5", n=28, method="other")]
    found = list(checked("mean-of-whole-numbers", CHECKS["mean-of-whole-numbers"], the_source(*figures), []))
    assert [each.verdict for each in found] == ["inconsistent", "unverifiable"]


def test_a_document_without_claims_is_a_source_like_any_other():
    tables = WithDocument({"figures": [figure("accuracy", "83.4%", "percent"), figure("samples", "6", "count")]})
    assert "doc" in {found.source for found in audit(tables)}
    assert evaluate(tables, "doc") == []


def test_the_tables_may_be_given_by_their_method_alone():
    """As in `audit(open_chapter("published").table)`."""
    tables = WithDocument({"figures": [figure("accuracy", "83.4%", "percent"), figure("samples", "6", "count")]})
    assert [found.verdict for found in audit(tables.table)] == [found.verdict for found in audit(tables)]
    assert [found.claim for found in evaluate(tables.table)] == [found.claim for found in evaluate(tables)]


@pytest.mark.parametrize(
    "figures",
    [
        [figure("accuracy", None, "percent", note="an image")],
        [figure("lora_rank", "16", "number"), figure("gpu", "P100", "text")],
        [figure("exact_match", "0%", "percent"), figure("f1", "0%", "percent"), figure("samples", "0", "count")],
        [figure("accuracy", "-", "text"), figure("loss", "1e-4", "score")],
    ],
)
def test_no_document_stops_the_audit(figures):
    found = [each for each in audit(WithDocument({"figures": figures})) if each.source == "doc"]
    assert not [each for each in found if "could not be made" in told(each)]


BOUNDED = ("0.90", "90%", "<5", ">0.9", "≥ 3.1", "~12", "3.44 ± 1.2", "1,234", "0", "-0.3", "1e-4", "n/a")
QUANTITIES = (
    "accuracy",
    "exact_match",
    "f1",
    "precision",
    "macro_f1",
    "rating",
    "support",
    "samples",
    "bleu",
    "loss",
    "total_parameters",
    "label_id",
)
printed_figures = st.builds(
    lambda quantity, printed, unit, about: figure(quantity, printed, unit, **about),
    st.sampled_from(QUANTITIES),
    st.sampled_from(BOUNDED),
    st.sampled_from(["fraction", "percent", "mean", "score", "count", "number"]),
    st.fixed_dictionaries(
        {},
        optional={
            "n": st.integers(1, 30),
            "label": st.sampled_from(["yes", "no"]),
            "method": st.sampled_from(["zero-shot", "fine-tuned"]),
            "dataset": st.sampled_from(["own", "sst2"]),
        },
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(printed_figures, min_size=1, max_size=6, unique_by=lambda each: each["figure"]))
def test_every_check_can_be_made_on_whatever_is_printed(figures):
    try:
        tables = WithDocument({"figures": figures})
    except (ValidationError, UserError):
        reject()
    stopped = [told(each) for each in audit(tables, "doc") if "could not be made" in told(each)]
    assert not stopped


def test_prints_that_recur_are_those_of_the_data_set_pigs4():
    """Scrutiny's `duplicate_count` of its data set pigs4: 5.17 stands three times, 4.22 and 8.13 twice.

    Its prints have three significant digits, too few to be held against anyone; two more are put behind each.
    """
    snouts, tails = ("4.73", "8.13", "4.22", "4.22", "5.17"), ("6.88", "7.33", "5.17", "7.57", "8.13")
    pigs4 = (*snouts, *tails, "6.09", "8.27", "4.40", "5.92", "5.17")
    assert recurring(f"{text}00" for text in pigs4) == {"4.2200": 2, "5.1700": 3, "8.1300": 2}
    assert recurring(pigs4) == {}


@pytest.mark.parametrize(
    ("note", "said"), [(None, "2 of 3 figures are not printed: accuracy, F1."), ("Lost.", "Lost.")]
)
def test_what_is_not_printed_is_told_in_a_sentence(note, said):
    more = {} if note is None else {"note": note}
    absent = [figure(name, None, "percent", **more) for name in ("accuracy", "f1")]
    (found,) = checked(
        "figures-are-printed", CHECKS["figures-are-printed"], the_source(*absent, figure("n", "3", "count")), []
    )
    assert told(found).endswith(said)
