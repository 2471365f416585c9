"""What the studies of a report say together: fine-tuning and its cost, anomalies across layers, sources, limits."""

from collections.abc import Sequence

from analysis.audit import Finding
from analysis.chapters.classification.accuracy import MOST_NAMED
from analysis.chapters.common import Classifier, Study, change, interval_in_points, points, smallest
from analysis.chapters.decisions import INTERVAL
from analysis.chapters.layers.anomalies import RULES, count_better, rows_of
from analysis.chapters.layers.curves import best, curve, is_best, models, poolings, state, targets
from analysis.chapters.published.show import DOUBTFUL, findings_on
from analysis.chapters.resources.costs import Cost, as_share, minutes, over_runs, trainable_share
from analysis.claims import Tried, Verdict
from analysis.facts import Chapter, Markdown, Value, count_true, derived, max_of, min_of
from analysis.figures.intervals import Estimate, intervals
from analysis.sentences import capitalise, noun, series
from analysis.sources import short_name
from analysis.tables import column
from experiments.tables.terms import Stage

# --- zero-shot against fine-tuned ------------------------------------------------------------------------------------


def compare_zero_shot_with_majority(page: Chapter, studies: Sequence[Classifier]) -> Markdown:
    """In how many studies the zero-shot accuracy is above the majority baseline by its whole interval."""
    rows = [study.score(study.before) for study in studies if study.compared and study.before == Stage.ZERO_SHOT]
    if not rows:
        return Markdown("")
    margins = [row["low"] - row["baseline"] for row in rows]
    above = [margin for margin in margins if margin > 0]
    return page.say(
        "Before fine-tuning, the zero-shot accuracy lies above the majority baseline, with its whole interval, in "
        "{above} of {all} {comparisons}.",
        above=derived(len(above), margins, "comparisons whose zero-shot interval lies above the majority baseline"),
        all=derived(len(rows), margins, "comparisons that begin zero-shot"),
        comparisons=noun(len(rows), "comparison"),
        rests_on=[smallest(above) > 0] if above else [],
    )


def list_disagreeing_seeds(page: Chapter, studies: Sequence[Classifier]) -> Markdown:
    """Which studies have a seed whose test decides otherwise than that over all seeds."""
    found = [study for study in studies if study.compared and study.seeds]
    if not found:
        return Markdown("")
    apart = [
        study
        for study in found
        if {change(study.table("tests").at(run=run)) for run in study.seeds} != {change(study.test)}
    ]
    cells = [row["p_holm"] for study in found for row in study.table("tests")]
    n = derived(
        len(apart),
        cells,
        "number of studies in which the test of a seed decides otherwise than that of all seeds together",
    )
    if not apart:
        return page.say(
            "In every study with seeds, each seed alone decides as the test over all seeds does.", rests_on=[n == 0]
        )
    named = series([study.text for study in apart]) if len(apart) <= MOST_NAMED else None
    return page.say(
        "In {n} of {all} studies a single seed decides otherwise than the test over all seeds"
        + (" ({named})." if named else ".")
        + " A report of one seed could have come to another result.",
        n=n,
        rests_on=[n > 0],
        all=derived(len(found), cells, "studies with seeds"),
        **({"named": named} if named else {}),
    )


# --- cost ------------------------------------------------------------------------------------------------------------


def show_gains(page: Chapter, studies: Sequence[Classifier]) -> Markdown:
    """The figure of the gain of fine-tuning, study by study."""
    found = [study for study in studies if study.compared]
    if not found:
        return Markdown("")
    estimates = []
    for study in found:
        bounds = interval_in_points(study.test, "difference")
        estimates.append(Estimate(study.title, points(study.test["difference"]), bounds.lower, bounds.upper))
    none = derived(0, [study.test["difference"] for study in found], "no difference")
    return page.figure(
        intervals(
            estimates,
            axis="difference in accuracy, points",
            spec="+.1f",
            references=[("no difference", none)],
        ),
        label="fig-gains",
        caption=f"What fine-tuning adds to the accuracy before it, over all seeds, with {INTERVAL}s.",
    )


def show_gain_and_cost(page: Chapter, studies: Sequence[Classifier]) -> Markdown:
    """The table of what fine-tuning brings and what it takes, for each classifier that we trained."""
    found = [
        (study, Cost(study.title, study.text, study.table("cost")))
        for study in studies
        if study.measured and study.compared
    ]
    if not found:
        return Markdown("")
    return page.tabulate(
        found,
        label="tbl-gain-and-cost",
        columns={
            "Study": lambda entry: entry[0].shown,
            "Model": lambda entry: entry[1].common("model"),
            "Gain": column(lambda entry: points(entry[0].test["difference"]), "+.1f"),
            INTERVAL: column(lambda entry: interval_in_points(entry[0].test, "difference"), "+.1f", align="right"),
            "*p*": column(lambda entry: entry[0].test.p_value(), "bare", align="right"),
            "Trained": column(
                lambda entry: trainable_share(entry[1]), lambda entry: as_share(trainable_share(entry[1]))
            ),
            "Minutes": column(lambda entry: over_runs(entry[1].training, "wall_seconds", minutes).value, ".1f"),
        },
        caption="What fine-tuning brings and what it takes: accuracy in points over all seeds, the share of the "
        "parameters that is trained, and the mean wall time of one training.",
    )


# --- layers ----------------------------------------------------------------------------------------------------------


def count_anomalies(study: Study) -> Markdown:
    """A list: how often each rule finds an anomaly, and in which models and hidden states where not in all of them."""
    items = []
    for rule in RULES:
        rows = rows_of(study, rule)
        hits = rows.where(found=True)
        of_models = [model for model in models(study) if len(hits.where(model=model))]
        of_states = [state(pooling) for pooling in poolings(study) if len(hits.where(pooling=pooling))]
        where = {
            "models": of_models if len(of_models) < len(models(study)) else [],
            "states": of_states if len(of_states) < len(poolings(study)) else [],
        }
        told = "; ".join({"models": "in {models}", "states": "{states}"}[name] for name, some in where.items() if some)
        items.append(
            study.page.say(
                "{rule}: {n:,} of {all:,} tests" + (f" ({told})" if told else ""),
                rule=rule.title,
                n=hits.count(),
                all=rows.count(),
                **{name: series(some) for name, some in where.items() if some},
            )
        )
    heading = f"{count_better(study)} Of the anomalies that are searched for, the tests find:"
    return Markdown("\n".join([heading, "", *(f"- {item}" for item in items)]))


def locate_best_layers(study: Study) -> Markdown:
    """For each target in how many curves the best layer is the last one."""
    parts = []
    for target in targets(study):
        curves = [curve(study, pooling, target, model) for pooling in poolings(study) for model in models(study)]
        tops = [best(layers, target.quantity) for layers in curves]
        ends = [(row["layer"], row["depth"]) for row in tops]
        cells = [cell for pair in ends for cell in pair]
        parts.append(
            study.page.say(
                "The best {quantity} of the {target} is that of the last layer in {n} of {all} curves.",
                quantity=target.quantity.name,
                target=target.name,
                n=count_true((layer == last for layer, last in ends), "curves with the best layer last"),
                all=derived(len(tops), cells, "curves"),
                rests_on=[is_best(*each, target.quantity) for each in zip(tops, curves, strict=True)],
            )
        )
    return Markdown(" ".join(parts))


# --- sources ---------------------------------------------------------------------------------------------------------


def describe_each_source(
    page: Chapter, verdicts: Sequence[Verdict], findings: Sequence[Finding], tried: Sequence[Tried]
) -> Markdown:
    """A list: of each source the claims that hold and those that fail, and how many of its figures are doubtful."""
    sources = dict.fromkeys(each.source for each in (*verdicts, *findings))
    return Markdown("".join(f"- {_on_source(page, source, verdicts, findings, tried)}\n" for source in sources))


def _on_source(
    page: Chapter, source: str, verdicts: Sequence[Verdict], findings: Sequence[Finding], tried: Sequence[Tried]
) -> Markdown:
    of = [verdict for verdict in verdicts if verdict.source == source]
    parts: list[Markdown] = []
    for outcome, words in (("holds", "right"), ("fails", "not borne out by its figures")):
        if some := [verdict for verdict in of if verdict.outcome == outcome]:
            parts.append(
                page.say(f"{words}: {{claims}}", claims=Markdown("; ".join(_statement(page, each) for each in some)))
            )
    if undecided := [verdict for verdict in of if verdict.outcome == "unverifiable"]:
        n = derived(len(undecided), [each.statement for each in of], f"claims of {source} that cannot be decided")
        parts.append(page.say("{n} {claims} cannot be decided from what it prints", n=n, claims=noun(n, "claim")))
    doubtful = [
        each for each in findings_on(findings, source, *{f.check for f in findings}) if each.verdict in DOUBTFUL[:2]
    ]
    if doubtful:
        values = [each for finding in doubtful for each in finding.values.values() if isinstance(each, Value)]
        n = derived(len(doubtful), values, f"findings on {source} that are inconsistent or suspicious")
        parts.append(page.say("the audit doubts its figures in {n} {checks}", n=n, checks=noun(n, "check")))
    if ours := [each for each in tried if each.claim in {verdict.claim for verdict in of}]:
        parts.append(_on_ours(page, ours))
    name = Markdown(f"**{short_name(source)}**")
    return page.say("{name}. {parts}.", name=name, parts=Markdown(". ".join(_sentence(part) for part in parts)))


def _statement(page: Chapter, verdict: Verdict) -> Markdown:
    claim = verdict.statement
    return Markdown(f"*{page.text(derived(str(claim.data).rstrip('.'), [claim], claim.how))}*")


def _sentence(text: Markdown) -> str:
    return capitalise(text).removesuffix(".")


def _on_ours(page: Chapter, tried: Sequence[Tried]) -> Markdown:
    """How often the claims that are tried on our models hold, fail and stay open there."""
    trials = [trial for each in tried for trial in each.trials]
    cells = [p for trial in trials for p in trial.p_values.values()] or [
        value for trial in trials for value in trial.values.values()
    ]
    parts = []
    for outcome, words in (("holds", "hold in"), ("fails", "fail in"), ("open", "stay open in")):
        some = sum(trial.outcome == outcome for trial in trials)
        n = derived(some, cells, f"trials on our models whose outcome is {outcome}")
        parts.append(page.say(f"{words} {{n}}", n=n))
    return page.say(
        "Its claims on layers, tried on our models, {parts} of {all} trials",
        all=derived(len(trials), cells, "trials on our models"),
        parts=series(parts),
    )


# --- limits ----------------------------------------------------------------------------------------------------------


def describe_size_of_evidence(page: Chapter, costs: Sequence[Cost], studies: Sequence[Classifier]) -> Markdown:
    """How large the trained models are, on how many examples they are tested, and with how many seeds."""
    trained = [cost for cost in costs if len(cost.training)]
    tested = [study for study in studies if study.measured and study.compared]
    if not trained or not tested:
        return Markdown("")
    sizes = [cost.common("logical_base") for cost in trained]
    n = [study.test["n"] for study in tested]
    seeds = [study.score(study.after)["seeds"] for study in tested]
    return page.say(
        "The trained models have {least:,} to {most:,} parameters; the classifiers are tested on {few:,} to {many:,} "
        "examples, with {seeds} seeds at most.",
        least=min_of(sizes),
        most=max_of(sizes),
        few=min_of(n),
        many=max_of(n),
        seeds=max_of(seeds),
    )
