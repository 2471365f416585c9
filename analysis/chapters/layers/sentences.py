"""The sentences on probes of every layer; those on anomalies have a module of their own."""

from analysis.chapters.common import CI, N, Study
from analysis.chapters.layers.curves import (
    LAST,
    PLACES,
    QUANTITIES,
    TRAINED,
    Target,
    best,
    curve,
    fullest,
    models,
    poolings,
    state,
    targets,
)
from analysis.facts import Markdown, Row, derived, min_of, sum_of
from analysis.sentences import noun, series, verb, whether
from experiments.statistics.level import CONFIDENCE_TEXT

# --- how it was probed -----------------------------------------------------------------------------------------------


def subjects(study: Study) -> Markdown:
    """Which models read which examples."""
    inputs, first = study.table("inputs"), study.table("targets").rows[0]
    parts = [
        study.page.say(
            "{model} ({depth} blocks, {features:,} features per hidden state)",
            model=row["model"],
            depth=row["depth"],
            features=row["features"],
        )
        for row in inputs
    ]
    return study.page.say(
        "{who} {models}; {they} {n:,} prompts, made from the data set {dataset}.",
        who=noun(len(parts), "The model is", "The models are"),
        they=noun(len(parts), "it reads", "they read"),
        models=series(parts),
        n=first["n"],
        dataset=first["dataset"],
    )


def describe_method(study: Study) -> Markdown:
    """What is predicted from which examples, and in which folds."""
    return Markdown("\n".join((predicted(study), selection(study), folds(study))))


def describe_controls(study: Study) -> Markdown:
    """Selectivity, and what the trivial baseline scores on the control tasks."""
    return Markdown(f"{selectivity(study)}\n{baseline_of_controls(study)}")


def selection(study: Study) -> Markdown:
    """How many examples are excluded, and how many are probed."""
    steps = study.table("selection")
    out = sum_of(steps.column("left_out"))
    return study.page.say(
        "{out:,} {examples} excluded by the rules of {table}, and {n:,} are probed.",
        out=out,
        examples=verb(out, "example is", "examples are"),
        n=steps.rows[-1]["remaining"],
        table=Markdown(f"@{study.label('tbl-layer-selection')}"),
    )


def predicted(study: Study) -> Markdown:
    """The targets, their probes, and their distributions."""
    parts = []
    for row in study.table("targets"):
        if row["classes"].missing:
            parts.append(
                study.page.say(
                    "the {target} by {probe} (a number with mean {mean:.2f} and standard deviation {sd:.2f})",
                    target=row["target"],
                    probe=row["probe"],
                    mean=row["mean"],
                    sd=row["sd"],
                )
            )
        else:
            share = study.table("classes").at(target=row["target"].data, label=row["majority"].data)["share"]
            parts.append(
                study.page.say(
                    "the {target} by {probe} ({classes} classes, of which the most frequent, "
                    "{majority}, has a share of {share:.1%})",
                    target=row["target"],
                    probe=row["probe"],
                    classes=row["classes"],
                    majority=row["majority"],
                    share=share,
                )
            )
    return study.page.say(
        "{what} {parts}.", what=noun(len(parts), "The target is", "The targets are"), parts=series(parts)
    )


def folds(study: Study) -> Markdown:
    """The folds of the cross-validation and the control tasks."""
    row = study.table("targets").rows[0]
    controls = study.table("layers").rows[0]["controls"]
    return study.page.say(
        "Each example is predicted once, by a probe that is fitted on the other {rest} of {folds} folds, which are the "
        "same for all models. {controls} control {tasks} assign a random target to each value of {by}: there are "
        "{types:,} values among {n:,} examples, {alone:,} of which occur in one example only, so a probe cannot learn "
        "their targets from other examples.",
        rest=row["folds"] - 1,
        folds=row["folds"],
        controls=controls,
        tasks=noun(controls, "task"),
        by=row["types_by"],
        types=row["types"],
        n=row["n"],
        alone=row["types_alone"],
    )


# --- what the probes read --------------------------------------------------------------------------------------------


def best_layers(study: Study, pooling: str) -> Markdown:
    """A list: for each target the best layer of each model, beside the baseline and the random-weights control."""
    return Markdown("".join(f"- {_best(study, pooling, target)}\n" for target in targets(study)))


def _best(study: Study, pooling: str, target: Target) -> Markdown:
    spec, parts, rows = target.quantity.spec, [], []
    for model in models(study):
        layers = curve(study, pooling, target, model)
        top = best(layers, target.quantity)
        rows.append(top)
        parts.append(
            study.page.say(
                f"{{value:{spec}}} for {{model}} at layer {{layer}} of {{depth}} ({CI} {{interval:{spec}}}; random "
                f"weights {{random:{spec}}})",
                model=model,
                layer=top["layer"],
                depth=top["depth"],
                value=top["value"],
                interval=top.interval("value"),
                random=top["twin"],
            )
        )
    return study.page.say(
        f"The best {{quantity}} of the {{target}} is {{parts}}; that of the baseline is {{baseline:{spec}}}.",
        quantity=target.quantity.name,
        target=target.name,
        parts=series(parts),
        baseline=rows[0]["baseline"],
    )


def selectivity(study: Study) -> Markdown:
    """For each target how many hidden states have an interval of selectivity above 0, and how many below it."""
    parts = []
    for target in targets(study):
        rows = study.table("layers").where(weights=TRAINED, target=target.name, score=target.against_controls)
        cells = [row[name] for row in rows for name in ("selectivity_low", "selectivity_high")]
        above = sum(row["selectivity_low"].number() > 0 for row in rows)
        below = sum(row["selectivity_high"].number() < 0 for row in rows)
        parts.append(
            study.page.say(
                "for the {target}, by {quantity}, its interval lies above 0 in {above} and below 0 in {below} of {all} "
                "hidden states",
                target=target.name,
                quantity=QUANTITIES[target.against_controls].name,
                above=derived(above, cells, "hidden states whose selectivity has its interval above 0"),
                below=derived(below, cells, "hidden states whose selectivity has its interval below 0"),
                all=derived(len(rows), cells, "hidden states of trained models"),
            )
        )
    return study.page.say(
        "Selectivity compares the score on the target with that on the control tasks: {parts}. These "
        f"{CONFIDENCE_TEXT} intervals are not corrected for their number.",
        parts=Markdown("; ".join(parts)),
    )


def baseline_of_controls(study: Study) -> Markdown:
    """The score of the trivial baseline on each target and on its control tasks."""
    parts = []
    for target in targets(study):
        row = study.table("layers").where(weights=TRAINED, target=target.name, score=target.against_controls).rows[0]
        spec = QUANTITIES[target.against_controls].spec
        parts.append(
            study.page.say(
                f"{{baseline:{spec}}} on the {{target}} and {{control:{spec}}} on its control tasks",
                control=row["control_baseline"],
                baseline=row["baseline"],
                target=target.name,
            )
        )
    return study.page.say("The trivial baseline scores {parts}.", parts=Markdown("; ".join(parts)))


# --- across models ---------------------------------------------------------------------------------------------------


def across_models(study: Study) -> Markdown:
    """A list: for each target and pooling, which models differ significantly at the last layer."""
    sentences = [_across(study, target, pooling) for target in targets(study) for pooling in poolings(study)]
    return Markdown("".join(f"- {sentence}\n" for sentence in sentences))


def _across(study: Study, target: Target, pooling: str) -> Markdown:
    rows = study.table("comparisons").where(target=target.name, pooling=pooling, place=PLACES[-1])
    clear = [row for row in rows if not row["better"].missing]
    where = {"target": target.name, "state": state(pooling), "tests": rows.rows[0]["tests"], "n": rows.rows[0]["n"]}
    if not clear:
        return study.page.say(
            "{target}, {state}: no two models differ significantly at the last layer; the smallest p-value is {p:.3f} "
            "({tests} tests, " + N + ").",
            p=min_of(rows.column("p_holm")),
            **where,
        )
    parts = [_won(study, target, row) for row in clear]
    return study.page.say(
        "{target}, {state}: at the last layer {parts}{others} ({tests} tests, " + N + ").",
        parts=series(parts),
        others=whether(len(clear) == len(rows), "", "; other pairs do not differ significantly"),
        **where,
    )


def _won(study: Study, target: Target, row: Row) -> Markdown:
    first = row["better"] == row["model"]
    ends = ("value", "other_value") if first else ("other_value", "value")
    spec, shown = target.quantity.spec, target.quantity
    return study.page.say(
        f"{{better}} is better than {{worse}}, {{one:{spec}}} against {{two:{spec}}} ({{pair}}: {CI} "
        f"{{interval:{shown.step}}}{shown.unit}, {{p}})",
        better=row["better"],
        worse=row["other" if first else "model"],
        one=row[ends[0]],
        two=row[ends[1]],
        pair=derived(f"{row['model'].data} − {row['other'].data}", [row["model"], row["other"]], "the two models"),
        interval=shown.interval(row, "difference"),
        p=row.p_value(),
    )


# --- the first page --------------------------------------------------------------------------------------------------


def summarise(study: Study) -> Markdown:
    """One sentence for the first page: the targets that can be predicted; and how many first states are constant."""
    main, pooling = targets(study)[0], fullest(study)
    lasts = [curve(study, pooling, main, model).rows[-1] for model in models(study)]
    probed = study.page.say(
        "In {whole} {models} that read {n:,} prompts, linear probes on {state} at the last layer are significantly "
        "better than the trivial baseline {parts}.",
        whole=derived(len(lasts), [row["model"] for row in lasts], "models that were probed"),
        models=noun(len(lasts), "model"),
        n=lasts[0]["n"],
        state=state(pooling),
        parts=series([_readable(study, target, pooling) for target in targets(study)]),
    )
    if LAST not in poolings(study):
        return probed
    firsts = [curve(study, LAST, main, model).rows[0] for model in models(study)]
    flat = [row for row in firsts if row["degenerate"].data]
    return study.page.say(
        "{probed} At the first layer, the hidden state of the last token is constant in {count} {models}{so}.",
        probed=probed,
        count=derived(len(flat), [row["degenerate"] for row in firsts], "models with a constant first hidden state"),
        models=noun(len(flat), "model"),
        so=whether(bool(flat), ", so a rise from there is not an effect of depth"),
    )


def _readable(study: Study, target: Target, pooling: str) -> Markdown:
    """In how many models a probe of the last layer is better than the baseline, and than with random weights."""
    tests, controls = (
        [
            row
            for row in study.table("anomalies").where(rule=rule, target=target.name, pooling=pooling)
            if row["layer"] == curve(study, pooling, target, str(row["model"].data)).rows[-1]["layer"]
        ]
        for rule in ("at-baseline", "twin-wins")
    )
    better = sum(not row["found"].data for row in tests)
    clear = sum(not row["found"].data and row.p_value().significant for row in controls)
    return study.page.say(
        "for the {target} in {better} (than the random-weights control in {clear})",
        target=target.name,
        better=derived(better, [row["found"] for row in tests], "models better than the trivial baseline"),
        clear=derived(clear, [row["p_holm"] for row in controls], "models better than with random weights"),
    )
