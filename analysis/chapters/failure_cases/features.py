"""What the examples that fine-tuning broke have in common, beside those that stayed right."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, quantiles

from analysis.chapters.common import ALPHA, p_value, unbroken
from analysis.chapters.failure_cases.transitions import Compared, compared
from analysis.facts import Chapter, Markdown, Row, Value, derived
from analysis.sentences import series
from experiments.statistics.comparisons import fisher, mann_whitney
from experiments.statistics.corrections import holm
from experiments.statistics.proportions import wilson


@dataclass(frozen=True)
class Feature:
    """A recorded feature: its name, what is said of examples with more and with less of it, the format of a median."""

    name: str
    more: str
    less: str
    spec: str | None = None
    """None for what is yes or no, and told as a share."""


FEATURES = {
    "words": Feature("words", "are longer", "are shorter", ".0f"),
    "question_words": Feature("words of the question", "have longer questions", "have shorter questions", ".0f"),
    "context_words": Feature("words of the paragraph", "have longer paragraphs", "have shorter paragraphs", ".0f"),
    "overlap": Feature("lexical overlap", "share more words", "share fewer words", ".2f"),
    "negation": Feature("negation", "hold a negation more often", "hold a negation less often"),
    "answerable": Feature("answerable", "have an answer more often", "have an answer less often"),
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
        return [row[feature].data for row in self.rows if not row[feature].missing]

    def shown(self, feature: str) -> Value:
        """A median with the middle half, or a share with its 95% interval, as text."""
        cells, spec = self.cells(feature), FEATURES[feature].spec
        if spec is None:
            low, high = wilson(sum(cells), len(cells))
            said, how = f"{mean(cells):.0%} ({low:.0%} to {high:.0%})", "share with its 95% interval"
        else:
            low, middle, high = quantiles(cells, n=4, method="inclusive") if len(cells) > 1 else cells * 3
            said, how = f"{middle:{spec}} ({low:{spec}} to {high:{spec}})", "median with the middle half"
        return self.value(unbroken(said), f"{how} of {feature} among")

    @property
    def count(self) -> Value:
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
    p: Value
    """Corrected for all comparisons of the chapter."""
    is_first: bool
    """Whether it is the first of its study."""

    @property
    def study(self) -> Compared:
        return self.broken.study

    @property
    def is_told(self) -> bool:
        """Whether the test tells the groups apart."""
        return self.p.number() < ALPHA

    @property
    def how(self) -> str:
        """What the broken examples have more or less of, as a predicate."""
        more = mean(self.broken.cells(self.feature)) > mean(self.kept.cells(self.feature))
        return FEATURES[self.feature].more if more else FEATURES[self.feature].less


def comparisons(page: Chapter) -> list[Comparison]:
    """Every feature that a study records, for the studies with enough broken and kept examples."""
    found = [(*groups, feature) for groups in map(_groups, compared(page)) for feature in _features(*groups)]
    corrected = holm([_p(*each) for each in found])
    return [
        Comparison(
            broken,
            kept,
            feature,
            broken.value(p, f"corrected p-value for {feature} between kept and"),
            index == 0 or found[index - 1][0] is not broken,
        )
        for index, ((broken, kept, feature), p) in enumerate(zip(found, corrected, strict=True))
    ]


def _groups(study: Compared) -> tuple[Group, Group]:
    which, rows = study.most_often(), study.one_row_each()
    broken, kept = (
        Group(study, name, [row for row in rows if which.get(str(row["id"].data)) == correctness])
        for name, correctness in (("broken", "broken"), ("kept", "both-right"))
    )
    return broken, kept


def _features(broken: Group, kept: Group) -> list[str]:
    """Those that the study records and that are not the same for all; none where a group is too small."""
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
    if FEATURES[feature].spec is None:
        return fisher(sum(left), len(left), sum(right), len(right))
    return mann_whitney(left, right)


# --- sentences -------------------------------------------------------------------------------------------------------


def told(page: Chapter) -> Markdown:
    """Which features tell the broken examples from the kept ones, as far as tests can."""
    found = comparisons(page)
    if not found:
        return Markdown("No study has enough broken and kept examples for a comparison.")
    clear = [each for each in found if each.is_told]
    n, some = (
        derived(len(those), [each.p for each in found], what)
        for those, what in ((found, "number of comparisons"), (clear, "number of comparisons that differ"))
    )
    if not clear:
        return page.say("None of the {n} comparisons tells the broken examples from the kept ones beyond chance.", n=n)
    items = [
        page.say(
            "- On {study}, broken examples " + each.how + ": {broken} against {kept} ({p}).",
            study=each.study.text,
            broken=each.broken.shown(each.feature),
            kept=each.kept.shown(each.feature),
            p=p_value(each.p),
        )
        for each in clear
    ]
    show = "shows" if len(clear) == 1 else "show"
    head = page.say("Of {n} comparisons, {some} " + show + " a difference beyond chance:", n=n, some=some)
    return Markdown("\n".join([head, "", *items, ""]))


def not_compared(page: Chapter) -> Markdown:
    """The studies that the comparison leaves out."""
    names = [study.text for study in compared(page) if _too_small(*_groups(study))]
    return Markdown(f"Left out for too few examples: {series(names)}." if names else "Every study is compared.")
