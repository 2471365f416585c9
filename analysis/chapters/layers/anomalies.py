"""Anomalies of layers: each that was found with its test, and how many tests were made."""

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.chapters.common import CI, N, Study, largest, smallest
from analysis.chapters.layers.curves import Target, models, poolings, state, state_title, targets
from analysis.facts import Comparison, Markdown, Row, Value, View, derived, min_of
from analysis.facts.escape import markdown
from analysis.figures.events import Found
from analysis.sentences import noun, verb
from experiments.statistics.level import LEVEL


@dataclass(frozen=True)
class Rule:
    """One rule: its name in the table, its title, and what is said of a layer that meets it, and where none does.

    `none` is said where some effects have the sign of the anomaly without being significant, `nowhere` where no effect
    has it.
    """

    name: str
    title: str
    layer: str
    none: str
    nowhere: str = ""


RULES = (
    Rule(
        "later-worse",
        "a later layer is worse",
        "layer {layer} ({value}) is worse than layer {against} ({reference})",
        "No layer is significantly worse than the one before it, nor the middle or last one than the first",
        "No layer is worse than the one before it, nor the middle or last one than the first",
    ),
    Rule(
        "error-grows",
        "the error grows with depth",
        "from layer {against} to layer {layer} the error grows, with {quantity} going from {reference} to {value}",
        "No curve's error grows significantly with depth",
        "No curve's error grows with depth",
    ),
    Rule(
        "at-baseline",
        "a layer is at the baseline",
        "layer {layer} ({value})",
        "Every layer is significantly better than its baseline",
    ),
    Rule(
        "random-weights-better",
        "random weights are better",
        "at layer {layer} random weights ({reference}) are better than trained ones ({value})",
        "With random weights, no layer is significantly better than with trained ones",
        "With random weights, no layer is better than with trained ones",
    ),
)
RULES_BY_NAME = {rule.name: rule for rule in RULES}
MOST_LISTED = 4
"""Anomalies of one curve that are listed with their tests; further ones are counted."""


def rows_of(study: Study, rule: Rule, **conditions: object) -> View:
    """The tests of a rule."""
    return study.table("anomalies").where(rule=rule.name, **conditions)


def name_tests(studies: Iterable[Study]) -> Markdown:
    """By which tests two layers are compared."""
    rows = [row for study in studies for row in study.table("anomalies").where(rule="later-worse", score="accuracy")]
    tests = {str(row["test"].data) for row in rows}
    bootstrap = "a paired bootstrap of the examples, drawn with the predictions of the seeds"
    if "mcnemar-exact" not in tests:
        return Markdown(f"Layers are compared by {bootstrap}.")
    several = f", over several seeds by {bootstrap}," if "paired-bootstrap" in tests else ""
    return Markdown(f"Accuracies are compared by McNemar's exact test{several} and errors by a paired bootstrap.")


def list_found(study: Study, rule: str) -> Markdown:
    """A list of the anomalies that a rule found, curve by curve, or a sentence that it found none."""
    this = RULES_BY_NAME[rule]
    sentences = [
        _curve(study, this, target, pooling, model, hits)
        for target in targets(study)
        for pooling in poolings(study)
        for model in models(study)
        if len(hits := rows_of(study, this, target=target.name, pooling=pooling, model=model, found=True))
    ]
    if sentences:
        return Markdown("".join(f"- {sentence}\n" for sentence in sentences))
    return _tell_none(study, this)


def _tell_none(study: Study, rule: Rule) -> Markdown:
    """That a rule found nothing, and how many effects have the sign of the anomaly without being significant."""
    rows = rows_of(study, rule)
    if rule.name == "at-baseline":
        better = _number(rows.where(found=False), rows, "layers that are better than their baseline")
        every = better == rows.count()
        return study.page.say(
            f"{rule.none} ({{all}} tests).", all=rows.count(), rests_on=[every, *_clearly(study, rows, better=True)]
        )
    leaning = [row for tested in test_lines(study) if tested.rule == rule for row in tested.leaning_rows]
    found = _number(leaning, rows, f"tests in which {rule.title}")
    if not leaning:
        return study.page.say(f"{rule.nowhere} ({{all}} tests).", all=rows.count(), rests_on=[found == 0])
    return study.page.say(
        f"{rule.none}: of {{all}} tests, {{some}} {{have}} an effect in this direction, with a corrected p-value of at "
        "least {p:.3f}.",
        all=rows.count(),
        have=verb(len(leaning), "has", "have"),
        p=min_of([row["p_holm"] for row in leaning]),
        some=found,
        rests_on=[smallest(row.p_value() for row in leaning) >= LEVEL],
    )


def _number(some: Iterable[Row], rows: View, what: str) -> Value:
    """How many rows of the tests `rows` are `some`."""
    return derived(len(list(some)), rows.column("found") or [rows.count()], f"number of {what}")


def _clearly(study: Study, rows: Iterable[Row], *, better: bool) -> list[Comparison]:
    """What a sentence rests on that tells of significant effects in one direction; nothing for no effects."""
    rows, less = list(rows), {target.name: target.quantity.less_is_better for target in targets(study)}
    if not rows:
        return []
    gains = [-row["effect"] if less[str(row["target"].data)] else row["effect"] for row in rows]
    clear = largest(row.p_value() for row in rows) < LEVEL
    return [clear, smallest(gains) > 0] if better else [clear, largest(gains) < 0]


def _curve(study: Study, rule: Rule, target: Target, pooling: str, model: str, hits: View) -> Markdown:
    parts = [_hit(study, rule, target, row) for row in _clearest(rule, hits)]
    if len(parts) < len(hits):
        rest = derived(len(hits) - len(parts), hits.column("found"), "further layers by which the rule holds")
        parts.append(study.page.say("and {rest} more", rest=rest))
    return study.page.say(
        "{target} ({quantity}), {model}, {state}: {lead}{parts} (" + N + ", corrected for {tests} {word}).",
        target=target.name,
        quantity=target.quantity.name,
        model=model,
        state=state(pooling),
        lead=Markdown(f"{_not_better(study, hits)} " if rule.name == "at-baseline" else ""),
        parts=Markdown("; ".join(parts)),
        n=hits.rows[0]["n"],
        tests=hits.rows[0]["tests"],
        word=noun(hits.rows[0]["tests"], "test"),
    )


def _not_better(study: Study, hits: View) -> Markdown:
    """What is said of layers at the baseline: that none is better, or none significantly so."""
    undecided = [row.p_value() for row in hits if row.p_value() >= LEVEL]
    if len(undecided) < len(hits):  # the others are worse than the baseline
        none = _number([], hits, "layers that are better than the baseline by their tests")
        return study.page.say("not found better than the baseline:", rests_on=[none == 0])
    return study.page.say("not significantly better than the baseline:", rests_on=[smallest(undecided) >= LEVEL])


def _clearest(rule: Rule, hits: View) -> list[Row]:
    """The anomalies that are listed, in their order.

    Of layers at the baseline these are the first ones, else those of the smallest p.
    """
    if rule.name == "at-baseline":
        return list(hits)[:MOST_LISTED]
    rows = enumerate(hits)
    by_test = sorted(rows, key=lambda each: (each[1]["p_holm"].number(), -abs(each[1]["effect"].number())))
    return [row for _, row in sorted(by_test[:MOST_LISTED], key=lambda each: each[0])]


def _hit(study: Study, rule: Rule, target: Target, row: Row) -> Markdown:
    """One anomaly with its test."""
    shown = target.quantity
    numbers = rule.layer
    for gap in ("value", "reference"):
        numbers = numbers.replace(f"{{{gap}}}", f"{{{gap}:{shown.spec}}}")
    if row["degenerate"].data and rule.name == "at-baseline":
        return study.page.say(numbers + ", a constant hidden state", layer=row["layer"], value=row["value"])
    unit, spec = shown.unit, shown.step
    if rule.name == "error-grows":
        unit += " over all layers"
    return study.page.say(
        numbers + f": {{effect:{spec}}}{unit} ({CI} {{interval:{spec}}}, {{p}})",
        layer=row["layer"],
        value=row["value"],
        reference=row["reference"],
        against=_against(row),
        quantity=shown.name,
        effect=shown.difference(row["effect"]),
        interval=shown.interval(row, "effect"),
        p=row.p_value(),
        rests_on=_decided(rule, target, row),
    )


def _decided(rule: Rule, target: Target, row: Row) -> list[Comparison]:
    """The comparisons behind the words of an anomaly that was found."""
    value, reference, less = row["value"], row["reference"], target.quantity.less_is_better
    match rule.name:
        case "error-grows":
            return [row["effect"] > 0]
        case "later-worse":
            return [value > reference if less else value < reference]
        case "random-weights-better":
            return [reference < value if less else reference > value]
    return []


def _against(row: Row) -> Value:
    """The layer that a test compares with, as its number: `layer-3` as "3"."""
    cell = row["against"]
    return derived(str(cell.data).removeprefix("layer-"), [cell], cell.how)


def places(study: Study) -> list[Found]:
    """A panel for each model: by hidden state and target, the layers at which each rule found an anomaly."""
    depths = {str(row["model"].data): row["depth"] for row in study.table("inputs")}
    return [
        Found(
            model,
            depths[model],
            {
                f"{target.name},\n{state_title(pooling)}": {
                    rule.title: list(rows_of(study, rule, **where, found=True).column("layer")) for rule in RULES
                }
                for target in targets(study)
                for pooling in poolings(study)
                for where in [{"target": target.name, "pooling": pooling, "model": model}]
            },
        )
        for model in models(study)
    ]


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
        """The title of the rule, in its first row."""
        return Markdown(self.rule.title if self.first else "")

    @property
    def named_target(self) -> Markdown:
        """The name of the target, as escaped markdown."""
        return Markdown(markdown(self.target.name))

    @property
    def state(self) -> Markdown:
        """The hidden state that is probed."""
        return Markdown(markdown(state_title(self.pooling)))

    @property
    def tested(self) -> Value:
        """How many tests there are."""
        return self._count(self.rows, "tests")

    @property
    def found(self) -> Value:
        """How many tests found the anomaly."""
        return self._count(self.rows.where(found=True), "tests by which the rule holds")

    @property
    def constant(self) -> Value:
        """Of those, the ones that compare a constant hidden state."""
        return self._count(self.rows.where(found=True, degenerate=True), "of them with a constant hidden state")

    @property
    def leaning(self) -> Value:
        """Tests with an effect in the direction of the rule that is not significant."""
        return self._count(
            self.leaning_rows, "tests with an effect in the direction of the rule that is not significant"
        )

    @property
    def leaning_rows(self) -> View:
        """The tests with an effect in the direction of the rule that is not significant."""
        worse = (lambda effect: effect > 0) if self._grows_is_worse else (lambda effect: effect < 0)
        return self.rows.where(found=False, effect=worse)

    @property
    def _grows_is_worse(self) -> bool:
        return self.target.quantity.less_is_better or self.rule.name == "error-grows"

    def _count(self, some: View, what: str) -> Value:
        return derived(len(some), self.rows.column("found") or [self.rows.count()], f"number of {what}")


def test_lines(study: Study) -> list[Tested]:
    """A row for each rule, target and pooling."""
    return [
        Tested(rule, target, pooling, rows_of(study, rule, target=target.name, pooling=pooling), index == 0)
        for rule in RULES
        for index, (target, pooling) in enumerate((t, p) for t in targets(study) for p in poolings(study))
    ]


def count_better(study: Study) -> Markdown:
    """How many probes are significantly better than the baseline, and than those of the random-weights control."""
    baseline, random = (rows_of(study, RULES_BY_NAME[name]) for name in ("at-baseline", "random-weights-better"))
    return study.page.say(
        "Of {all} probes, {above} the baseline, and {better} the same probe of the random-weights control.",
        all=baseline.count(),
        above=_how_many_better(study, baseline, better_ones(baseline), "layers better than the baseline"),
        better=_how_many_better(study, random, better_ones(random), "layers better than with random weights"),
    )


def _how_many_better(study: Study, rows: View, better: list[Row], what: str) -> Markdown:
    n = _number(better, rows, what)
    if not better:
        return study.page.say("none is found better than", rests_on=[n == 0])
    return study.page.say(
        "{n} {are} significantly better than", n=n, are=verb(n, "is", "are"), rests_on=clearly_better(study, better)
    )


def better_ones(rows: Iterable[Row]) -> list[Row]:
    """Of the tests of layers against baselines or controls, those by which the layer is significantly better."""
    return [row for row in rows if not row["found"].data and row.p_value().significant]


def clearly_better(study: Study, rows: Iterable[Row]) -> list[Comparison]:
    """What a sentence rests on that tells of layers that are significantly better; nothing for no layer."""
    return _clearly(study, rows, better=True)
