"""The figures and tables on classifiers before and after fine-tuning, for any number of studies."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.chapters.classification import accuracy
from analysis.chapters.classification.rankings import rankings
from analysis.chapters.common import Classifier, interval_in_points, points
from analysis.chapters.decisions import INTERVAL
from analysis.chapters.floats import draw_curves
from analysis.facts import Chapter, Markdown
from analysis.figures.paired import Pair, pairs
from analysis.tables import column

Studies = Sequence[Classifier]
TEST = {
    "Corrected": column(lambda line: line.row["corrected"], ","),
    "Broken": column(lambda line: line.row["broken"], ","),
    "Difference": column(lambda line: points(line.row["difference"]), "+.1f"),
    INTERVAL: column(lambda line: interval_in_points(line.row, "difference"), "+.1f", align="right"),
    "*p*": column(lambda line: line.row.p_value(), "bare", align="right"),
}
"""The columns of a test."""
UNLABELLED = "how many rows of the file that it is taken from have no gold label, "


def show_accuracy(
    page: Chapter,
    studies: Studies,
    beside: Sequence[Pair] = (),
    more: str = "",
    label: str = "fig-before-after",
    dense: bool = False,
) -> Markdown:
    """The figure of accuracies before and after. `beside` are lines of other sources, on which `more` tells."""
    own = ": over all seeds" if not beside else ": our studies, over all seeds (top)"
    tuned = _tuned(studies)
    found = [*accuracy.pairs_of(studies), *beside]
    before = "before"
    if dense and len({(pair.group, _stage(pair)) for pair in found}) == 1:  # what all share is said once
        before = f"before {_stage(found[0])}".rstrip()
        found = [replace(pair, name=pair.name.split("\n")[0], group=None) for pair in found]
    return page.figure(
        pairs(
            found,
            axis="accuracy",
            spec=".0%",
            sides=(before, "after"),
            baseline="majority or chance" if beside else "majority",
            dense=dense,
        ),
        label=label,
        caption=f"Accuracy before and after{' fine-tuning' if tuned else ''}, with {INTERVAL}s"
        f"{own if tuned else ''}{more}.",
    )


def _tuned(studies: Studies) -> bool:
    """Whether any of them was run here, before and after fine-tuning and with seeds; others were adopted."""
    return any(study.measured for study in studies)


def _stage(pair: Pair) -> str:
    """The stage before, where the name of a line says it on a second one."""
    return pair.name.partition("\n")[2]


def show_scores(page: Chapter, studies: Studies) -> Markdown:
    """The table of scores; nothing without a study."""
    if not studies:
        return Markdown("")
    return page.tabulate(
        accuracy.score_lines(studies),
        label="tbl-scores",
        columns={
            "Study": lambda line: line.title,
            "Stage": lambda line: line.stage,
            "Accuracy": column(lambda line: line.row["value"], ".1%"),
            INTERVAL: column(lambda line: line.row.interval("value"), ".1%", align="right"),
            "Macro F1": column(lambda line: line.beside("macro_f1"), ".1%"),
            "Majority": column(lambda line: line.row["baseline"], ".1%"),
            "Examples": column(lambda line: line.row["n"], ","),
        },
        caption=f"Scores of each stage{' over all seeds' if _tuned(studies) else ''}. Majority is the accuracy of "
        "naming the most frequent label whatever the text.",
    )


def show_tests(page: Chapter, studies: Studies) -> Markdown:
    """The table of tests; nothing without a study."""
    if not studies:
        return Markdown("")
    lines = accuracy.test_lines(studies)
    return page.tabulate(
        lines,
        label="tbl-tests",
        columns={"Study": lambda line: line.study.shown, **TEST},
        caption=(
            "Tests of fine-tuned against before, in points of accuracy, over all seeds"
            if _tuned(studies)
            else "Tests of after against before, in points of accuracy"
        )
        + f": {_tests_of(lines)}.",
    )


def _tests_of(lines: Sequence[accuracy.Line]) -> str:
    """By which tests the rows were worked out."""
    single = [line.row.cells["test"] == "mcnemar-exact" for line in lines]
    if all(single):
        return "McNemar's exact test"
    bootstrap = "a paired bootstrap of the examples"
    if not any(single):
        return f"{bootstrap}. The discordant examples of the seeds are summed"
    return f"{bootstrap} where there are several, whose discordant examples are summed, and McNemar's exact test of one"


def tabulate_seed_tests(page: Chapter, studies: Studies) -> Markdown:
    """The table of the tests of single seeds; nothing without a seed."""
    if not (found := accuracy.seed_test_lines(studies)):
        return Markdown("")
    return page.tabulate(
        found,
        label="tbl-seed-tests",
        columns={"Study": lambda line: line.title, "Run": lambda line: line.run, **TEST},
        caption="Tests of fine-tuned against before of each seed, in points of accuracy: McNemar's exact test with "
        "Holm's correction [@holm1979] for the number of seeds.",
    )


def show_rankings(page: Chapter, studies: Studies) -> Markdown:
    """The table of the rankings of label words; nothing where no study tried several."""
    if not (ranked := rankings(studies)):
        return Markdown("")
    return page.tabulate(
        ranked,
        label="tbl-rankings",
        columns={
            "Study": lambda way: way.title,
            "Ranked by": lambda way: way.name,
            "Accuracy": column(lambda way: way.row["value"], ".1%"),
            INTERVAL: column(lambda way: way.row.interval("value"), ".1%", align="right"),
            "Majority": column(lambda way: way.row["baseline"], ".1%"),
            "Ties": column(lambda way: way.row["ties"], ",", align="right"),
            "Unparsed": column(lambda way: way.row["unparsed"], ",", align="right"),
        },
        caption="Zero-shot accuracy by normalisation of the label words' likelihoods: summed over tokens, divided by "
        "the number of tokens or characters, or divided by their likelihood after a content-free prompt. For "
        "comparison, the label is also parsed from generated text.",
    )


def show_learning(page: Chapter, studies: Studies) -> Markdown:
    """The figure of learning curves; nothing without a study that we ran."""
    if not (found := accuracy.learning_curves(studies)):
        return Markdown("")
    return draw_curves(
        page,
        found,
        x="epoch",
        y="validation accuracy",
        spec=".0%",
        label="fig-learning",
        caption="Accuracy on the validation examples over the epochs, {lines}. The tested checkpoint is "
        "chosen by the loss on these examples alone.",
    )


def show_splits(page: Chapter, studies: Studies) -> Markdown:
    """The table of the parts of the data; nothing without a study that we ran."""
    if not (found := accuracy.split_lines(studies)):
        return Markdown("")
    return page.tabulate(
        found,
        label="tbl-splits",
        columns={
            "Study": lambda line: line.title,
            "Part": lambda line: line.row["part"],
            "Rule": lambda line: line.row["rule"],
            "Examples": column(lambda line: line.row["n"], ","),
            "Left out": column(lambda line: line.row["left_out"], ","),
            **({"No label": column(accuracy.unlabelled, ",")} if any(map(accuracy.counts_unlabelled, found)) else {}),
            "Cut": column(lambda line: line.row["truncated"], ","),
            "Tokens": column(lambda line: line.row["longest"], ","),
        },
        caption="The examples of each part: how they were chosen, how many were left out because their text also "
        "occurs in a later part, "
        + (UNLABELLED if any(map(accuracy.counts_unlabelled, found)) else "")
        + "how many were truncated, and how many tokens they have at most.",
    )
