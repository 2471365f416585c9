"""The sentences on probes of every layer; those on anomalies have a module of their own."""

from collections.abc import Sequence

from analysis.chapters.common import CI, N, Study, largest, slug, smallest
from analysis.chapters.layers.anomalies import better_ones, clearly_better
from analysis.chapters.layers.curves import (
    LAST,
    PLACES,
    QUANTITIES,
    TRAINED,
    Target,
    best,
    curve,
    fullest,
    is_best,
    models,
    poolings,
    state,
    targets,
)
from analysis.facts import Markdown, Row, View, derived, max_of, min_of, sum_of
from analysis.sentences import noun, series, verb, whether
from experiments.statistics.level import CONFIDENCE_TEXT, LEVEL

# --- how it was probed -----------------------------------------------------------------------------------------------


def describe_subjects(study: Study) -> Markdown:
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
    return Markdown("\n".join((describe_targets(study), describe_selection(study), describe_folds(study))))


def describe_controls(study: Study) -> Markdown:
    """Selectivity, and what the trivial baseline scores on the control tasks."""
    return Markdown(f"{describe_selectivity(study)}\n{describe_baseline_of_controls(study)}")


def describe_selection(study: Study) -> Markdown:
    """How many examples are excluded, and how many are probed."""
    steps = study.table("selection")
    out = sum_of(steps.column("left_out"))
    none = out == 0
    return study.page.say(
        ("No example is" if none else "{out:,} {examples}")
        + " excluded by the rules of {table}, and {n:,} are probed.",
        rests_on=[none] if none else [],
        out=out,
        examples=verb(out, "example is", "examples are"),
        n=steps.rows[-1]["remaining"],
        table=Markdown(f"@{study.label('tbl-layer-selection')}"),
    )


def describe_targets(study: Study) -> Markdown:
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
            classes = study.table("classes").where(target=row["target"].data)
            share = classes.at(label=row["majority"].data)["share"]
            parts.append(
                study.page.say(
                    "the {target} by {probe} ({classes} classes, of which the most frequent, "
                    "{majority}, has a share of {share:.1%})",
                    target=row["target"],
                    probe=row["probe"],
                    classes=row["classes"],
                    majority=row["majority"],
                    share=share,
                    rests_on=[share == max_of(classes.column("share"))],
                )
            )
    return study.page.say(
        "{what} {parts}.", what=noun(len(parts), "The target is", "The targets are"), parts=series(parts)
    )


def describe_folds(study: Study) -> Markdown:
    """The seeds, the folds of the cross-validation and the control tasks."""
    row = study.table("targets").rows[0]
    first = study.table("layers").rows[0]
    controls, seeds = first["controls"], first["seeds"]
    each = (
        "Each example is predicted once" if seeds == 1 else "For each of {seeds} seeds, each example is predicted once"
    )
    means = (
        "" if seeds == 1 else " Each seed has folds, control tasks and random weights of its own, and scores are means."
    )
    return study.page.say(
        f"{each}, by a probe that is fitted on the other {{rest}} of {{folds}} folds, which the models share.{means} "
        "{controls} control {tasks} assign a random target to each value of {by}: there are "
        "{types:,} values among {n:,} examples, {alone:,} of which occur in one example only, so a probe cannot learn "
        "their targets from other examples.",
        seeds=seeds,
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


def describe_best_layers(study: Study, pooling: str) -> Markdown:
    """A list: for each target the best layer of each model, beside the baseline and the random-weights control."""
    figure = f" (@{study.label(f'fig-layers-{slug(pooling)}')})"
    lines = [
        _best(study, pooling, target, Markdown(figure if index == 0 else ""))
        for index, target in enumerate(targets(study))
    ]
    return Markdown("".join(f"- {line}\n" for line in lines))


def _best(study: Study, pooling: str, target: Target, figure: Markdown) -> Markdown:
    spec, parts, rests_on = target.quantity.spec, [], []
    for model in models(study):
        layers = curve(study, pooling, target, model)
        top = best(layers, target.quantity)
        rests_on.append(is_best(top, layers, target.quantity))
        parts.append(
            study.page.say(
                f"{{value:{spec}}} for {{model}} at layer {{layer}} of {{depth}} ({CI} {{interval:{spec}}}; random "
                f"weights {{random:{spec}}})",
                model=model,
                layer=top["layer"],
                depth=top["depth"],
                value=top["value"],
                interval=top.interval("value"),
                random=top["random_weights"],
            )
        )
    return study.page.say(
        f"With {{state}}{{figure}}, the best {{quantity}} of the {{target}} is {{parts}}; that of the baseline is "
        f"{{baseline:{spec}}}.",
        state=state(pooling),
        figure=figure,
        quantity=target.quantity.name,
        target=target.name,
        parts=series(parts),
        baseline=top["baseline"],
        rests_on=rests_on,
    )


def describe_seeds(study: Study) -> Markdown:
    """How far the scores of the seeds lie apart; nothing for a single seed."""
    rows = study.table("layers").where(weights=TRAINED)
    if rows.rows[0]["seeds"] == 1:
        return Markdown("")
    parts = []
    for target in targets(study):
        quantity = target.quantity
        most = max_of(rows.where(target=target.name, score=target.score).column("seed_sd"))
        parts.append(
            study.page.say(
                f"{{most:{quantity.step.lstrip('+')}}}{quantity.unit} for the {quantity.name} of the {{target}}",
                most=quantity.difference(most),
                target=target.name,
            )
        )
    return study.page.say(
        "The scores of a layer with other seeds have a standard deviation of at most {parts}.", parts=series(parts)
    )


def describe_selectivity(study: Study) -> Markdown:
    """For each target how many hidden states have an interval of selectivity above zero, and how many below it."""
    parts = []
    for target in targets(study):
        rows = study.table("layers").where(weights=TRAINED, target=target.name, score=target.against_controls)
        lows, highs = rows.column("selectivity_low"), rows.column("selectivity_high")
        above, below = [low for low in lows if low > 0], [high for high in highs if high < 0]
        up = derived(len(above), lows, "number of hidden states whose interval of selectivity lies above zero")
        down = derived(len(below), highs, "number of hidden states whose interval of selectivity lies below zero")
        parts.append(
            study.page.say(
                "above zero in {above} and below zero in {below} of {all} hidden states for the {target} (by "
                "{quantity})",
                target=target.name,
                quantity=QUANTITIES[target.against_controls].name,
                above=up,
                below=down,
                all=derived(len(rows), lows, "hidden states of trained models"),
                rests_on=[
                    smallest(above) > 0 if above else up == 0,
                    largest(below) < 0 if below else down == 0,
                ],
            )
        )
    return study.page.say(
        f"The {CONFIDENCE_TEXT} interval of selectivity lies {{parts}}. The intervals are not corrected for their "
        "number.",
        parts=Markdown("; ".join(parts)),
    )


def describe_baseline_of_controls(study: Study) -> Markdown:
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


def compare_models(study: Study) -> Markdown:
    """A list: for each target and pooling, which models differ significantly at the last layer."""
    sentences = [_across(study, target, pooling) for target in targets(study) for pooling in poolings(study)]
    return Markdown("".join(f"- {sentence}\n" for sentence in sentences))


def _across(study: Study, target: Target, pooling: str) -> Markdown:
    rows = study.table("comparisons").where(target=target.name, pooling=pooling, place=PLACES[-1])
    clear = [row for row in rows if not row["better"].missing]
    where = {
        "target": target.name,
        "quantity": target.quantity.name,
        "state": state(pooling),
        "tests": rows.rows[0]["tests"],
        "n": rows.rows[0]["n"],
    }
    undecided = [row.p_value() for row in rows if row["better"].missing and row.p_value() >= LEVEL]
    alike = [smallest(undecided) >= LEVEL] if undecided else []
    if not clear:
        return study.page.say(
            "{target} ({quantity}), {state}: no two models differ significantly at the last layer, with p-values of at "
            "least {p:.3f} ({tests} tests, " + N + ").",
            p=min_of(rows.column("p_holm")),
            rests_on=alike,
            **where,
        )
    parts = [_won(study, target, row) for row in clear]
    others = study.page.say("; other pairs do not differ significantly", rests_on=alike) if undecided else ""
    return study.page.say(
        "{target} ({quantity}), {state}: at the last layer {parts}{others} ({tests} tests, " + N + ").",
        parts=series(parts),
        others=others,
        **where,
    )


def _won(study: Study, target: Target, row: Row) -> Markdown:
    first = row["better"] == row["model"]
    ends = ("value", "other_value") if first else ("other_value", "value")
    spec, shown = target.quantity.spec, target.quantity
    one, two = (row[end] for end in ends)
    return study.page.say(
        f"{{better}} is better than {{worse}}, {{one:{spec}}} against {{two:{spec}}} ({{pair}}: {CI} "
        f"{{interval:{shown.step}}}{shown.unit}, {{p}})",
        better=row["better"],
        worse=row["other" if first else "model"],
        one=one,
        two=two,
        pair=derived(f"{row['model'].data} − {row['other'].data}", [row["model"], row["other"]], "the two models"),
        interval=shown.interval(row, "difference"),
        p=row.p_value(),
        rests_on=[one < two if shown.less_is_better else one > two],
    )


# --- the first page --------------------------------------------------------------------------------------------------


def summarise(study: Study) -> Markdown:
    """One sentence for the first page: the targets that can be predicted; and how many first states are constant."""
    main, pooling = targets(study)[0], fullest(study)
    lasts = [curve(study, pooling, main, model).rows[-1] for model in models(study)]
    common = {
        "whole": derived(len(lasts), [row["model"] for row in lasts], "models that were probed"),
        "models": noun(len(lasts), "model"),
        "n": lasts[0]["n"],
        "state": state(pooling),
    }
    tests = {target: _last_layers(study, target, pooling, "at-baseline") for target in targets(study)}
    better = [row for rows in tests.values() for row in better_ones(rows)]
    if better:
        probed = study.page.say(
            "In {whole} {models} that read {n:,} prompts, linear probes on {state} at the last layer are significantly "
            "better than the trivial baseline {parts}.",
            parts=series([_readable(study, target, better_ones(rows), rows) for target, rows in tests.items()]),
            rests_on=clearly_better(study, better),
            **common,
        )
    else:
        cells = [row["found"] for rows in tests.values() for row in rows]
        probed = study.page.say(
            "In {whole} {models} that read {n:,} prompts, linear probes on {state} at the last layer are not found "
            "better than the trivial baseline.",
            rests_on=[derived(len(better), cells, "number of probes better than the trivial baseline") == 0],
            **common,
        )
    probed = Markdown(f"{probed} {_beside_controls(study, pooling)}")
    if LAST not in poolings(study):
        return probed
    firsts = [curve(study, LAST, main, model).rows[0] for model in models(study)]
    flat = [row for row in firsts if row["degenerate"].data]
    constant = study.page.say(
        "At the first layer, the hidden state of the last token is constant in {count} {models}{so}.",
        count=derived(len(flat), [row["degenerate"] for row in firsts], "models with a constant first hidden state"),
        models=noun(len(flat), "model"),
        so=whether(bool(flat), ", so a change from there is not an effect of depth"),
    )
    return Markdown(f"{probed} {constant}")


def _beside_controls(study: Study, pooling: str) -> Markdown:
    """How the probes of the last layers compare with those of a model with random weights."""
    tests = {target: _last_layers(study, target, pooling, "random-weights-better") for target in targets(study)}
    better = [row for rows in tests.values() for row in better_ones(rows)]
    if not better:
        cells = [row["p_holm"] for rows in tests.values() for row in rows]
        none = derived(len(better), cells, "number of probes better than with random weights") == 0
        return study.page.say("None is found better than with random weights.", rests_on=[none])
    return study.page.say(
        "They are significantly better than those of a model with random weights {parts}.",
        parts=series([_readable(study, target, better_ones(rows), rows) for target, rows in tests.items()]),
        rests_on=clearly_better(study, better),
    )


def _last_layers(study: Study, target: Target, pooling: str, rule: str) -> list[Row]:
    """The tests of a rule at the last layer of each model."""
    tests: View = study.table("anomalies").where(rule=rule, target=target.name, pooling=pooling)
    depths = {row["model"].data: row["depth"] for row in study.table("inputs")}
    return [row for row in tests if row["layer"] == depths[row["model"].data]]


def _readable(study: Study, target: Target, better: Sequence[Row], tests: Sequence[Row]) -> Markdown:
    """In how many models a probe of the last layer is better than what it is compared with."""
    n = derived(len(better), [row["p_holm"] for row in tests], "models with a probe of the last layer that is better")
    return study.page.say("for the {target} in {n}", target=target.name, n=n)
