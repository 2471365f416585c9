"""The sentences of the chapter on layers, which follow its numbers; those on anomalies have a module of their own."""

from analysis.chapters.common import ALPHA, p_bare, p_value
from analysis.chapters.layers.curves import (
    PLACES,
    QUANTITIES,
    TRAINED,
    N,
    Target,
    curve,
    models,
    poolings,
    state,
    table,
    targets,
)
from analysis.facts import Chapter, Markdown, Row, derived, min_of, sum_of
from analysis.sentences import noun, series, verb, whether

# --- how it was probed -----------------------------------------------------------------------------------------------


def subjects(page: Chapter) -> Markdown:
    """Which models read which examples."""
    inputs, first = table(page, "inputs"), table(page, "targets").rows[0]
    parts = [
        page.say(
            "{model} with {depth} blocks and {features:,} features a state",
            model=row["model"],
            depth=row["depth"],
            features=row["features"],
        )
        for row in inputs
    ]
    return page.say(
        "{models} read {n:,} prompts, made from the data set {dataset}.",
        models=series(parts),
        n=first["n"],
        dataset=first["dataset"],
    )


def selection(page: Chapter) -> Markdown:
    """How many examples are left out, and how many are probed."""
    steps = table(page, "selection")
    out = sum_of(steps.column("left_out"))
    return page.say(
        "{out:,} {examples} left out by the rules of @tbl-layer-selection, and {n:,} are probed.",
        out=out,
        examples=verb(out, "example is", "examples are"),
        n=steps.rows[-1]["remaining"],
    )


def predicted(page: Chapter) -> Markdown:
    """What is predicted, by which probe, and what a guess knows."""
    parts = []
    for row in table(page, "targets"):
        if row["classes"].missing:
            parts.append(
                page.say(
                    "the {target} by {probe}, a number with mean {mean:.2f} and standard deviation {sd:.2f}",
                    target=row["target"],
                    probe=row["probe"],
                    mean=row["mean"],
                    sd=row["sd"],
                )
            )
        else:
            share = table(page, "classes").at(target=row["target"].data, label=row["majority"].data)["share"]
            parts.append(
                page.say(
                    "the {target} by {probe}, one of {classes} classes of which the most frequent, "
                    "{majority}, has {share:.1%}",
                    target=row["target"],
                    probe=row["probe"],
                    classes=row["classes"],
                    majority=row["majority"],
                    share=share,
                )
            )
    return page.say("Predicted are {parts}.", parts=series(parts))


def folds(page: Chapter) -> Markdown:
    """Folds and control tasks."""
    row = table(page, "targets").rows[0]
    controls = table(page, "layers").rows[0]["controls"]
    return page.say(
        "Each example is predicted once, by a probe that was fitted on the other {rest} of {folds} folds, the same for "
        "all models. {controls} control {tasks} give each value of {by} a target at random: there are {types:,} values "
        "among {n:,} examples, {alone:,} of which belong to one example only, so that no probe can learn theirs from "
        "others.",
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


def best_layers(page: Chapter, pooling: str) -> Markdown:
    """A list: for each target the layer of each model that scores best, beside the baseline and the random twin."""
    return Markdown("\n".join(f"- {_best(page, pooling, target)}" for target in targets(page)) + "\n")


def _best(page: Chapter, pooling: str, target: Target) -> Markdown:
    spec, parts, rows = target.quantity.spec, [], []
    for model in models(page):
        layers = curve(page, pooling, target, model)
        best = layers.lowest("value") if target.quantity.less_is_better else layers.highest("value")
        rows.append(best)
        parts.append(
            page.say(
                f"{{model}} at layer {{layer}} of {{depth}} with {{value:{spec}}} ({{low:{spec}}} to {{high:{spec}}}; "
                f"twin "
                f"{{twin:{spec}}})",
                model=model,
                layer=best["layer"],
                depth=best["depth"],
                value=best["value"],
                low=best["low"],
                high=best["high"],
                twin=best["twin"],
            )
        )
    return page.say(
        f"The {{quantity}} of the {{target}} is best of {{parts}}; the baseline has {{baseline:{spec}}}.",
        quantity=target.quantity.name,
        target=target.name,
        parts=series(parts),
        baseline=rows[0]["baseline"],
    )


def selectivity(page: Chapter) -> Markdown:
    """For each target in how many states of a model, layer and pooling the interval of selectivity is clear of 0."""
    parts = []
    for target in targets(page):
        rows = table(page, "layers").where(weights=TRAINED, target=target.name, score=target.against_controls)
        cells = [row[name] for row in rows for name in ("selectivity_low", "selectivity_high")]
        above = sum(row["selectivity_low"].number() > 0 for row in rows)
        below = sum(row["selectivity_high"].number() < 0 for row in rows)
        parts.append(
            page.say(
                "that of the {target}, by {quantity}, has its interval above 0 in {above} and below it in "
                "{below} of {all} "
                "states",
                target=target.name,
                quantity=QUANTITIES[target.against_controls].name,
                above=derived(above, cells, "states whose selectivity has its interval above 0"),
                below=derived(below, cells, "states whose selectivity has its interval below 0"),
                all=derived(len(rows), cells, "states of trained models"),
            )
        )
    return page.say(
        "Selectivity is how much better a probe does at its target than at the control tasks: {parts}. These 95% "
        "intervals are not corrected for their number.",
        parts=series(parts),
    )


def floor_of_controls(page: Chapter) -> Markdown:
    """What a guess scores at the control tasks, beside what it scores at the target."""
    parts = []
    for target in targets(page):
        row = table(page, "layers").where(weights=TRAINED, target=target.name, score=target.against_controls).rows[0]
        spec = QUANTITIES[target.against_controls].spec
        parts.append(
            page.say(
                f"at the {{target}} {{guess:{spec}}}, and at its control tasks {{control:{spec}}}",
                control=row["control_baseline"],
                guess=row["baseline"],
                target=target.name,
            )
        )
    return page.say("A guess scores {parts}.", parts=Markdown("; ".join(parts)))


# --- across models ---------------------------------------------------------------------------------------------------


def across_models(page: Chapter) -> Markdown:
    """A list: for each target and pooling, which model is better than which at the last layer."""
    told = [_across(page, target, pooling) for target in targets(page) for pooling in poolings(page)]
    return Markdown("\n".join(f"- {sentence}" for sentence in told) + "\n")


def _across(page: Chapter, target: Target, pooling: str) -> Markdown:
    rows = table(page, "comparisons").where(target=target.name, pooling=pooling, place=PLACES[-1])
    clear = [row for row in rows if not row["better"].missing]
    where = {"target": target.name, "state": state(pooling), "tests": rows.rows[0]["tests"], "n": rows.rows[0]["n"]}
    if not clear:
        return page.say(
            "{target}, {state}: no model is told from another at the last layer; the smallest p-value is {p} ({tests} "
            "tests, " + N + ").",
            p=p_bare(min_of(rows.column("p_holm"))),
            **where,
        )
    parts = [_won(page, target, row) for row in clear]
    return page.say(
        "{target}, {state}: at the last layer {parts}{others} ({tests} tests, " + N + ").",
        parts=series(parts),
        others=whether(len(clear) == len(rows), "", "; other pairs are not told apart"),
        **where,
    )


def _won(page: Chapter, target: Target, row: Row) -> Markdown:
    first = row["better"] == row["model"]
    ends = ("value", "other_value") if first else ("other_value", "value")
    spec, shown = target.quantity.spec, target.quantity
    return page.say(
        f"{{better}} is better than {{worse}}, {{one:{spec}}} against {{two:{spec}}} (difference of {{pair}} "
        f"{{low:{shown.step}}} to {{high:{shown.step}}}{shown.unit}, {{p}})",
        better=row["better"],
        worse=row["other" if first else "model"],
        one=row[ends[0]],
        two=row[ends[1]],
        pair=derived(f"{row['model'].data} − {row['other'].data}", [row["model"], row["other"]], "the two models"),
        low=shown.difference(row["low"]),
        high=shown.difference(row["high"]),
        p=p_value(row["p_holm"]),
    )


# --- the first page --------------------------------------------------------------------------------------------------


def in_short(page: Chapter) -> Markdown:
    """One sentence for the first page: what can be read at the last layer, and how many first layers hold nothing."""
    main, pooling = targets(page)[0], "mean" if "mean" in poolings(page) else poolings(page)[0]
    firsts = [curve(page, "last", main, model).rows[0] for model in models(page)]
    flat = [row for row in firsts if row["degenerate"].data]
    return page.say(
        "Probes look into {whole} models that have read about {n:,} movies: at the last layer, {state} tells {parts}; "
        "at the first, the last token's state is one constant vector in {count}{so}.",
        whole=derived(len(firsts), [row["model"] for row in firsts], "models that were probed"),
        n=firsts[0]["n"],
        state=state(pooling),
        parts=series([_readable(page, target, pooling) for target in targets(page)]),
        count=derived(len(flat), [row["degenerate"] for row in firsts], "models with a constant first state"),
        so=whether(bool(flat), ", so that a rise from there is no effect of depth"),
    )


def _readable(page: Chapter, target: Target, pooling: str) -> Markdown:
    """In how many models a state of the last layer is shown to be better than the baseline, and than the twin's."""
    tests, twins = (
        [
            row
            for row in table(page, "anomalies").where(rule=rule, target=target.name, pooling=pooling)
            if row["layer"] == curve(page, pooling, target, str(row["model"].data)).rows[-1]["layer"]
        ]
        for rule in ("at-baseline", "twin-wins")
    )
    better = sum(not row["found"].data for row in tests)
    clear = sum(not row["found"].data and row["p_holm"] < ALPHA for row in twins)
    return page.say(
        "the {target} better than a guess in {better} (than its random twin in {clear})",
        target=target.name,
        better=derived(better, [row["found"] for row in tests], "models better than a guess"),
        clear=derived(clear, [row["p_holm"] for row in twins], "models better than their random twin"),
    )
