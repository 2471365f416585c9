"""The figures and tables on adopted values and answers, and on what was left out when predictions were adopted."""

from collections.abc import Sequence

from analysis.chapters.adopted.sides import named_in, side, sides_of
from analysis.chapters.common import ADOPTED, Study, estimate, named
from analysis.chapters.decisions import INTERVAL
from analysis.chapters.floats import join
from analysis.chapters.question_answering.scores import GROUPS, QUANTITIES
from analysis.facts import Chapter, Markdown
from analysis.figures.paired import Pair, pairs
from analysis.tables import column

NO_LABEL = {"-": "(empty or -)"}  # the table calls an empty cell as one that holds a dash
BEST = {"best_exact": "exact match", "best_f1": "F1"}
ERRORS = {"mse": "mean squared error", "mae": "mean absolute error", "r2": "R²"}


def show_left_out(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The table of cells that are no label; nothing where all are."""
    rows = named_in([(study, study.table("left-out")) for study in studies if study.has("left-out")])
    if not rows:
        return Markdown("")
    return page.tabulate(
        rows,
        label="tbl-left-out",
        columns={
            "Study": lambda each: each[0],
            "Of": lambda each: each[1]["what"],
            "Cell": lambda each: named(NO_LABEL, "cell")(each[1]),
            "Number": column(lambda each: each[1]["count"], ","),
        },
        caption="Cells of adopted files that are no label: examples without a gold label are left out, and predictions "
        "that are no label count as wrong.",
    )


def show_values(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The table of the errors of adopted regressions."""
    return page.tabulate(
        named_in([(study, study.table("values")) for study in studies]),
        label="tbl-values",
        columns={
            "Study": lambda each: each[0],
            "Side": lambda each: each[1]["side"],
            "Score": lambda each: named(ERRORS, "score")(each[1]),
            "Value": column(lambda each: each[1]["value"], ".3f"),
            INTERVAL: column(lambda each: each[1].interval("value"), ".3f", align="right"),
            "Mean": column(lambda each: each[1]["baseline"], ".3f"),
            "Examples": column(lambda each: each[1]["n"], ","),
        },
        caption="Errors of adopted values, and R². Mean is the score of always predicting the mean gold value.",
    )


def show_differences(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The table of the tests of adopted regressions; nothing where no study has two sides."""
    rows = named_in([(study, study.table("differences")) for study in studies if study.has("differences")])
    if not rows:
        return Markdown("")
    return page.tabulate(
        rows,
        label="tbl-differences",
        columns={
            "Study": lambda each: each[0],
            "Sides": lambda each: side(each[1], "before", "after"),
            "Score": lambda each: named(ERRORS, "score")(each[1]),
            "Difference": column(lambda each: each[1]["difference"], "+.3f"),
            INTERVAL: column(lambda each: each[1].interval("difference"), "+.3f", align="right"),
            "*p*": column(lambda each: each[1].p_value(), "bare", align="right"),
        },
        caption="Differences of errors by a paired bootstrap of the examples, with Holm's correction [@holm1979] for "
        "their number in a study. Below 0 the second side is better.",
    )


def show_answers(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The figure of exact match and F1 of adopted answers, a line for each side that is compared."""
    found = [pair for study in studies for pair in _pairs(study)]
    return page.figure(
        pairs(found, axis="points of 100", spec=".1f", sides=("first side", "side"), baseline="always abstaining"),
        label="fig-adopted-answers",
        caption=f"Exact match and F1 of adopted answers, with {INTERVAL}s that resample whole paragraphs.",
    )


def _pairs(study: Study) -> list[Pair]:
    first, *others = sides_of(study)
    scores = study.table("scores")
    return [
        Pair(
            f"{study.title}, {other or first}\n{title}",
            None if other is None else estimate(scores.at(side=first, score=f"{quantity}[all]")),
            estimate(scores.at(side=other or first, score=f"{quantity}[all]")),
            scores.at(side=first, score=f"{quantity}[all]")["baseline"],
            ADOPTED,
        )
        for other in others or [None]
        for quantity, title in QUANTITIES.items()
    ]


def show_answer_scores(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """Show the scores of adopted answers by group of questions.

    A second table shows the best ones, where studies have no-answer probabilities.
    """
    scores = page.tabulate(
        named_in([(study, study.table("scores").where(quantity=("exact", "f1", "abstention"))) for study in studies]),
        label="tbl-adopted-answers",
        columns={
            "Study": lambda each: each[0],
            "Side": lambda each: each[1]["side"],
            "Quantity": lambda each: named(QUANTITIES, "quantity")(each[1]),
            "Questions": lambda each: named(GROUPS, "group")(each[1]),
            "Value": column(lambda each: each[1].interval("value", estimate=True), ".1f", align="right"),
            "Abstaining": column(lambda each: each[1]["baseline"], ".1f"),
            "n": column(lambda each: each[1]["n"], ","),
        },
        caption=f"Scores of adopted answers in points of 100, with {INTERVAL}s that resample whole paragraphs. "
        "Abstaining is the same score of always abstaining.",
    )
    return join([scores, _show_best(page, studies)])


def _show_best(page: Chapter, studies: Sequence[Study]) -> Markdown:
    found = [(study, study.table("scores").where(quantity=tuple(BEST))) for study in studies]
    rows = named_in([(study, scores) for study, scores in found if len(scores)])
    if not rows:
        return Markdown("")
    return page.tabulate(
        rows,
        label="tbl-adopted-best",
        columns={
            "Study": lambda each: each[0],
            "Side": lambda each: each[1]["side"],
            "Quantity": lambda each: named(BEST, "quantity")(each[1]),
            "Value": column(lambda each: each[1]["value"], ".1f"),
            "Threshold": column(lambda each: each[1]["threshold"], ".3g"),
            "n": column(lambda each: each[1]["n"], ","),
        },
        caption="Scores of adopted answers in points of 100 where a threshold of the no-answer probability decides "
        "which questions count as answered. It is chosen on the same questions, by the script of SQuAD v2.0.",
    )


def show_answer_tests(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The table of the tests of adopted answers; nothing where no study has two sides."""
    rows = named_in([(study, study.table("tests")) for study in studies if study.has("tests")])
    if not rows:
        return Markdown("")
    return page.tabulate(
        rows,
        label="tbl-adopted-answer-tests",
        columns={
            "Study": lambda each: each[0],
            "Sides": lambda each: side(each[1], "before", "after"),
            "Score": lambda each: named(QUANTITIES, "quantity")(each[1]),
            "Corrected": column(lambda each: each[1]["corrected"], ",", align="right"),
            "Broken": column(lambda each: each[1]["broken"], ",", align="right"),
            "Difference": column(lambda each: each[1]["difference"], "+.1f"),
            INTERVAL: column(lambda each: each[1].interval("difference"), "+.1f", align="right"),
            "*p*": column(lambda each: each[1].p_value(), "bare", align="right"),
        },
        caption="Tests of each other side against the first, in points of 100: paired bootstraps that resample whole "
        "paragraphs. Corrected and broken count answers by exact match.",
    )
