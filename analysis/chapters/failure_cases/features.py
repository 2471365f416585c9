"""Features of the examples that fine-tuning broke, compared with those that stayed right."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, quantiles

from analysis.chapters.common import CI
from analysis.chapters.decisions import Decided, choose_first_that_holds, count
from analysis.chapters.failure_cases.transitions import Compared
from analysis.facts import Chapter, Interval, Markdown, PValue, Row, Value, derived, interval_of, p_value_of
from analysis.sentences import series, verb
from experiments.statistics.comparisons import fisher, mann_whitney
from experiments.statistics.corrections import holm
from experiments.statistics.level import CONFIDENCE, CONFIDENCE_TEXT, LEVEL
from experiments.statistics.proportions import wilson
from experiments.tables.terms import Correctness


@dataclass(frozen=True)
class Feature:
    """A recorded feature: its name, how examples with more and with less of it are described, and its format."""

    name: str
    more: str
    less: str
    spec: str = ".0%"

    @property
    def is_share(self) -> bool:
        """Whether an example has it or not, so that a share of the examples is shown and no median."""
        return self.spec == ".0%"


FEATURES = {
    "words": Feature("words", "are longer", "are shorter", ".0f"),
    "question_words": Feature("words of the question", "have longer questions", "have shorter questions", ".0f"),
    "context_words": Feature("words of the paragraph", "have longer paragraphs", "have shorter paragraphs", ".0f"),
    "overlap": Feature("lexical overlap", "have a higher lexical overlap", "have a lower lexical overlap", ".2f"),
    "negation": Feature("negation", "contain a negation more often", "contain a negation less often"),
    "answerable": Feature("answerable", "are answerable more often", "are answerable less often"),
}
FEWEST = 5
"""Examples in the smaller group below which nothing is compared."""


@dataclass(frozen=True)
class Group:
    """The broken or the kept examples of a study."""

    study: Compared
    name: str
    rows: Sequence[Row]

    def cells(self, feature: str) -> list:
        """The bare cells of a feature that are there."""
        return [row[feature].data for row in self.rows if not row[feature].missing]

    def summary(self, feature: str) -> Interval:
        """The median with its quartiles, or the share with its confidence interval."""
        cells = self.cells(feature)
        if FEATURES[feature].is_share:
            low, high = wilson(sum(cells), len(cells))
            level, method = CONFIDENCE, f"{CONFIDENCE_TEXT} Wilson interval"
            found = {"share": mean(cells), "lower bound of its interval": low, "upper bound of its interval": high}
        else:
            low, middle, high = quantiles(cells, n=4, method="inclusive") if len(cells) > 1 else cells * 3
            level, method = None, "quartiles"
            found = {"median": middle, "lower quartile": low, "upper quartile": high}
        name = FEATURES[feature].name
        estimate, lower, upper = (self.value(data, f"{what} of {name} among") for what, data in found.items())
        return interval_of(lower, upper, estimate, method=method, level=level)

    @property
    def count(self) -> Value:
        """How many examples there are."""
        return self.value(len(self.rows), "number of")

    def value(self, data: str | float, how: str) -> Value:
        """A value worked out from the examples of the group."""
        return derived(data, [self.study.examples.count()], f"{how} the {self.name} examples of {self.study.title}")


@dataclass(frozen=True)
class Comparison:
    """One feature in the broken and the kept examples of one study."""

    broken: Group
    kept: Group
    feature: str
    p: PValue
    """Corrected for all comparisons."""
    is_first: bool
    """Whether it is the first of its study."""

    @property
    def study(self) -> Compared:
        """The study that both groups belong to."""
        return self.broken.study

    @property
    def difference(self) -> Decided:
        """What the broken examples have significantly more or less of, as a predicate: by the medians or shares."""
        broken, kept = (group.summary(self.feature).estimate for group in (self.broken, self.kept))
        return choose_first_that_holds(
            (FEATURES[self.feature].more, [self.p < LEVEL, broken > kept]),
            (FEATURES[self.feature].less, [self.p < LEVEL, broken < kept]),
            (f"differ in {FEATURES[self.feature].name}", [self.p < LEVEL]),
        )


def comparisons(studies: Sequence[Compared]) -> list[Comparison]:
    """Every feature that a study records, for the studies with enough broken and kept examples."""
    found = [(*groups, feature) for groups in map(_groups, studies) for feature in _features(*groups)]
    corrected = holm([_p(*each) for each in found])
    return [
        Comparison(
            broken,
            kept,
            feature,
            p_value_of(
                broken.value(p, f"corrected p-value of {test} on {FEATURES[feature].name}, kept examples against"),
                test=test,
                correction="Holm",
            ),
            index == 0 or found[index - 1][0] is not broken,
        )
        for index, ((broken, kept, feature), p) in enumerate(zip(found, corrected, strict=True))
        for test in ["Fisher's exact test" if FEATURES[feature].is_share else "Mann-Whitney rank-sum test"]
    ]


def _groups(study: Compared) -> tuple[Group, Group]:
    which, rows = (study.majority_classes(), study.one_row_each()) if study.has_classes else ({}, [])
    broken, kept = (
        Group(study, name, [row for row in rows if which.get(str(row["id"].data)) == correctness])
        for name, correctness in (("broken", Correctness.BROKEN), ("kept", Correctness.BOTH_RIGHT))
    )
    return broken, kept


def _features(broken: Group, kept: Group) -> list[str]:
    """The features that the study records and that are not the same for all; none where a group is too small."""
    if _too_small(broken, kept):
        return []
    columns = [feature for feature in FEATURES if feature in broken.study.examples.columns]
    return [
        feature
        for feature in columns
        if broken.cells(feature) and kept.cells(feature) and len({*broken.cells(feature), *kept.cells(feature)}) > 1
    ]


def _too_small(*groups: Group) -> bool:
    return min(len(group.rows) for group in groups) < FEWEST


def _p(broken: Group, kept: Group, feature: str) -> float:
    left, right = broken.cells(feature), kept.cells(feature)
    if FEATURES[feature].is_share:
        return fisher(sum(left), len(left), sum(right), len(right))
    return mann_whitney(left, right)


# --- sentences -------------------------------------------------------------------------------------------------------


def describe_differences(page: Chapter, found: Sequence[Comparison]) -> Markdown:
    """Which features differ significantly between the broken and the kept examples."""
    if not found:
        return Markdown("No study has enough broken and kept examples for a comparison.")
    significant = count(found, lambda each: [each.p < LEVEL], "significant comparisons", "comparisons")
    head = significant.say(
        page,
        "Of {of} comparisons, {n} {are} significant:",
        none="Of {of} comparisons between broken and kept examples, none is significant.",
        are=verb(significant.n, "is", "are"),
    )
    items = [_describe_difference(page, each) for each in found if each.p < LEVEL]
    return Markdown("\n".join([head, "", *items, ""])) if items else head


def _describe_difference(page: Chapter, each: Comparison) -> Markdown:
    spec, difference = FEATURES[each.feature].spec, each.difference
    what = CI if FEATURES[each.feature].is_share else "medians with quartiles"
    told = page.say(
        f"broken examples {difference.words}: {{broken:{spec}}} against {{kept:{spec}}} ({what}; {{p}})",
        rests_on=difference.rests_on,
        broken=each.broken.summary(each.feature),
        kept=each.kept.summary(each.feature),
        p=each.p,
    )
    return page.say("- On {study}, {told}.", study=each.study.text, told=told)


def list_left_out(studies: Sequence[Compared]) -> Markdown:
    """The studies that the comparison leaves out."""
    recorded = [study for study in studies if FEATURES.keys() & set(study.examples.columns)]
    names = [study.text for study in recorded if _too_small(*_groups(study))]
    if not names:
        return Markdown("")
    return Markdown(f"Left out, with too few broken or kept examples: {series(names)}.")
