"""Anomalies of layers as sentences: each that was found with its test, and how many were looked for and not found."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.chapters.common import ALPHA, p_bare, p_value
from analysis.chapters.layers.curves import N, Target, models, poolings, state, state_title, table, targets
from analysis.facts import Chapter, Markdown, Row, Value, View, derived, min_of
from analysis.sentences import noun, series, verb, whether


@dataclass(frozen=True)
class Rule:
    """One rule: its name in the table, its title, what is said of a layer that meets it, and of none that does."""

    name: str
    title: str
    layer: str
    none: str


RULES = (
    Rule(
        "later-worse",
        "a later layer is worse",
        "layer {layer} ({value}) is worse than layer {against} ({reference})",
        "No layer is shown to be worse than the one before it, nor the middle or last one worse than the first",
    ),
    Rule(
        "error-grows",
        "the error grows with depth",
        "from layer {against} to layer {layer} the error grows, with the {quantity} from {reference} to {value}",
        "The error is not shown to grow with depth in any curve",
    ),
    Rule(
        "at-baseline",
        "a layer is at the baseline",
        "layer {layer} ({value})",
        "Every layer is better than its baseline",
    ),
    Rule(
        "twin-wins",
        "the random twin wins",
        "at layer {layer} the twin's {reference} is better than {value}",
        "The random twin is nowhere shown to be better than the trained model",
    ),
)
RULES_BY_NAME = {rule.name: rule for rule in RULES}


def rows_of(page: Chapter, rule: Rule, **conditions: object) -> View:
    """The tests of a rule."""
    return table(page, "anomalies").where(rule=rule.name, **conditions)


def found(page: Chapter, rule: str) -> Markdown:
    """A list: the anomalies that a rule has found, curve by curve, or the sentence that there is none."""
    this = RULES_BY_NAME[rule]
    told = [
        _curve(page, this, target, pooling, model, hits)
        for target in targets(page)
        for pooling in poolings(page)
        for model in models(page)
        if len(hits := rows_of(page, this, target=target.name, pooling=pooling, model=model, found=True))
    ]
    if told:
        return Markdown("\n".join(f"- {sentence}" for sentence in told) + "\n")
    return _none(page, this)


def _none(page: Chapter, rule: Rule) -> Markdown:
    """That a rule has found nothing, and which of its tests came nearest."""
    leaning = [row for tested in tests(page) if tested.rule == rule for row in tested.leaning_rows]
    if not leaning or rule.name == "at-baseline":
        return page.say(f"{rule.none}, by {{all}} tests.", all=rows_of(page, rule).count())
    return page.say(
        f"{rule.none}: of {{all}} tests {{some}} {{lean}} that way, with a corrected p-value of {{p}} at least.",
        all=rows_of(page, rule).count(),
        lean=verb(len(leaning), "leans", "lean"),
        p=p_bare(min_of([row["p_holm"] for row in leaning])),
        some=derived(len(leaning), [row["effect"] for row in leaning], "tests that lean that way"),
    )


def _curve(page: Chapter, rule: Rule, target: Target, pooling: str, model: str, hits: View) -> Markdown:
    parts = [_hit(page, rule, target, row) for row in hits]
    lead = f"not shown to be better than the baseline {verb(len(hits), 'is', 'are')} "
    return page.say(
        "{target}, {model}, {state}: {lead}{parts}; " + N + ", corrected for {tests} {word}.",
        target=target.name,
        model=model,
        state=state(pooling),
        lead=whether(rule.name == "at-baseline", lead),
        parts=series(parts),
        n=hits.rows[0]["n"],
        tests=hits.rows[0]["tests"],
        word=noun(hits.rows[0]["tests"], "test"),
    )


def _hit(page: Chapter, rule: Rule, target: Target, row: Row) -> Markdown:
    """One anomaly with its test."""
    shown = target.quantity
    numbers = rule.layer
    for gap in ("value", "reference"):
        numbers = numbers.replace(f"{{{gap}}}", f"{{{gap}:{shown.spec}}}")
    if row["degenerate"].data and rule.name == "at-baseline":
        return page.say(numbers + ", a constant state", layer=row["layer"], value=row["value"])
    effect: Callable[[Value], Value] = shown.difference
    unit, spec = shown.unit, shown.step
    if rule.name == "error-grows":
        unit += " over the whole depth"
    return page.say(
        numbers + f": {{effect:{spec}}}{unit} ({{low:{spec}}} to {{high:{spec}}}, {{p}})",
        layer=row["layer"],
        value=row["value"],
        reference=row["reference"],
        against=_against(row),
        quantity=shown.name,
        effect=effect(row["effect"]),
        low=effect(row["low"]),
        high=effect(row["high"]),
        p=p_value(row["p_holm"]),
    )


def _against(row: Row) -> Value:
    """`layer-3` as "3"."""
    cell = row["against"]
    return derived(str(cell.data).removeprefix("layer-"), [cell], cell.how)


# --- what was tested -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tested:
    """The tests of a rule on one target and one pooling."""

    rule: Rule
    target: Target
    pooling: str
    rows: View
    first: bool

    @property
    def title(self) -> Markdown:
        return Markdown(self.rule.title if self.first else "")

    @property
    def state(self) -> Markdown:
        return Markdown(state_title(self.pooling))

    @property
    def tested(self) -> Value:
        return self._count(self.rows, "tests")

    @property
    def found(self) -> Value:
        return self._count(self.rows.where(found=True), "tests by which the rule holds")

    @property
    def constant(self) -> Value:
        """Of those, the ones that compare a constant state."""
        return self._count(self.rows.where(found=True, degenerate=True), "of them with a constant state")

    @property
    def leaning(self) -> Value:
        """Not found, though the effect goes in the direction of the rule."""
        return self._count(self.leaning_rows, "tests that lean that way")

    @property
    def leaning_rows(self) -> View:
        worse = (lambda effect: effect > 0) if self._grows_is_worse else (lambda effect: effect < 0)
        return self.rows.where(found=False, effect=worse)

    @property
    def _grows_is_worse(self) -> bool:
        return self.target.quantity.less_is_better or self.rule.name == "error-grows"

    def _count(self, some: View, what: str) -> Value:
        return derived(len(some), self.rows.column("found") or [self.rows.count()], f"number of {what}")


def tests(page: Chapter) -> list[Tested]:
    """A row for each rule, target and pooling."""
    return [
        Tested(rule, target, pooling, rows_of(page, rule, target=target.name, pooling=pooling), index == 0)
        for rule in RULES
        for index, (target, pooling) in enumerate((t, p) for t in targets(page) for p in poolings(page))
    ]


def surely_better(page: Chapter) -> Markdown:
    """At how many layers the trained model is shown to be better than its baseline, and than its random twin."""
    baseline, twin = (rows_of(page, RULES_BY_NAME[name]) for name in ("at-baseline", "twin-wins"))
    above = baseline.where(found=False).count()
    clear = twin.where(found=False, p_holm=lambda p: p < ALPHA)
    better = derived(len(clear), twin.column("p_holm"), "layers shown to be better than their random twin")
    return page.say(
        "Of {all} probes, {above} {are} shown to be better than the baseline, and {better} better than the same probe "
        "on the random twin.",
        all=baseline.count(),
        above=above,
        are=verb(above, "is", "are"),
        better=better,
    )
