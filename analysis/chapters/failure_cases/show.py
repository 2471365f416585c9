"""The figure and tables on single examples before and after fine-tuning, for any number of studies."""

from collections.abc import Sequence

from analysis.chapters.decisions import INTERVAL
from analysis.chapters.failure_cases import features, transitions
from analysis.chapters.failure_cases.features import FEATURES, Comparison
from analysis.chapters.failure_cases.transitions import Compared
from analysis.chapters.floats import join
from analysis.facts import Chapter, Markdown
from analysis.figures.flows import MOST_PANELS, Transitions, flows
from analysis.tables import column
from experiments.tables.terms import Correctness


def show_transitions(page: Chapter, studies: Sequence[Compared]) -> Markdown:
    """The figure of transitions."""
    found = transitions.panels(studies)
    parts = [found[first : first + MOST_PANELS] for first in range(0, len(found), MOST_PANELS)]
    how = " fine-tuning, over all seeds" if any(each.has_seeds for each in studies) else ""
    return join(_transitions(page, part, number, how) for number, part in enumerate(parts, start=1))


def _transitions(page: Chapter, found: Sequence[Transitions], number: int, how: str) -> Markdown:
    return page.figure(
        flows(found),
        label="fig-transitions" if number == 1 else f"fig-transitions-part-{number}",
        caption=f"Right and wrong predictions before and after{how}; the width of a band is its "
        "share of the predictions. Answers to questions count as right by exact match.",
    )


def show_shares(page: Chapter, studies: Sequence[Compared]) -> Markdown:
    """The table of the shares of each correctness class."""
    shares = {
        title: column(lambda each, name=name: each.share(name), ".0%", align="right")
        for name, title in transitions.TITLES.items()
    }
    seeds = ", over all seeds. An example counts once for each seed; the"
    if not any(each.has_seeds for each in studies):
        seeds = "; the"
    return page.tabulate(
        studies,
        label="tbl-transitions",
        columns={
            "Study": lambda each: each.shown,
            **shares,
            "Predictions": column(lambda each: each.transition(Correctness.BROKEN)["n"], ","),
        },
        caption=f"Shares of the predictions with their {INTERVAL}s{seeds} intervals resample examples, not "
        "predictions.",
    )


def show_features(page: Chapter, studies: Sequence[Compared]) -> Markdown:
    """The table of the features of broken and kept examples, and what differs between them."""
    found = features.comparisons(studies)
    table = _tabulate_features(page, found) if found else ""
    sentences = [features.describe_differences(page, found), features.list_left_out(studies)]
    return Markdown("\n".join(filter(None, [table, *sentences])))


def _tabulate_features(page: Chapter, found: Sequence[Comparison]) -> Markdown:
    def spec(each: Comparison) -> str:
        return FEATURES[each.feature].spec

    return page.tabulate(
        found,
        label="tbl-common",
        columns={
            "Study": lambda each: each.study.shown if each.is_first else Markdown(""),
            "Feature": lambda each: Markdown(FEATURES[each.feature].name),
            "Broken": column(lambda each: each.broken.summary(each.feature), spec, align="right"),
            "n broken": column(lambda each: each.broken.count, ","),
            "Kept": column(lambda each: each.kept.summary(each.feature), spec, align="right"),
            "n kept": column(lambda each: each.kept.count, ","),
            "*p*": column(lambda each: each.p, "bare", align="right"),
        },
        caption="Features of broken and kept examples: medians with their quartiles, or shares with their "
        f"{INTERVAL}. Lexical overlap is the share of the words of the hypothesis or the question that stand in "
        "the premise or the paragraph.",
    )
