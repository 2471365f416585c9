"""The story of a layer that knows nothing, told from our own tables; and how much room states take."""

from analysis.chapters.common import p_value
from analysis.chapters.layers.curves import TRAINED, Target, curve, poolings, state, table, targets
from analysis.facts import Chapter, Markdown, Row, derived, max_of, min_of
from analysis.sentences import noun, series, verb
from analysis.this_report.probes import tells_only_length


def constant_layers(page: Chapter) -> Markdown:
    """The story of a layer that knows nothing: which states are constant, why, and what a probe makes of them."""
    told = [_first_state(page, row) for row in table(page, "inputs")]
    return Markdown("\n".join(f"- {sentence}" for sentence in told) + "\n")


def _first_state(page: Chapter, row: Row) -> Markdown:
    """The embedding of the last token, of one model."""
    model = row["model"]
    main = targets(page)[0]
    first = curve(page, "last", main, str(model.data)).rows[0]
    common = {"model": model, "n": row["n"], "distinct": first["distinct"], "ends": row["last_tokens"]}
    if first["degenerate"].data:
        scores = [_at_baseline(page, target, str(model.data)) for target in targets(page)]
        return page.say(
            "**{model}**: all {n:,} prompts end in the same token, and its embedding takes {distinct} value. No "
            "feature varies, and a probe can only give its baseline: {scores}.",
            scores=series(scores),
            **common,
        )
    if tells_only_length(first, row):
        return page.say(
            "**{model}**: all {n:,} prompts end in the same token, and its embedding takes {distinct:,} values, one "
            "for each place at which that token stands. The state tells how long a prompt is, and nothing else.",
            **common,
        )
    return page.say(
        "**{model}**: the {n:,} prompts end in {ends:,} different {tokens}, and the embedding of the last takes "
        "{distinct:,} values; it is not constant.",
        tokens=noun(row["last_tokens"], "token"),
        **common,
    )


def _at_baseline(page: Chapter, target: Target, model: str) -> Markdown:
    row = curve(page, "last", target, model).rows[0]
    spec = target.quantity.spec
    return page.say(
        f"{{quantity}} of the {{target}} {{value:{spec}}}, like the baseline's {{baseline:{spec}}}",
        target=target.name,
        quantity=target.quantity.name,
        value=row["value"],
        baseline=row["baseline"],
    )


def degenerate(page: Chapter) -> Markdown:
    """Which layers are marked, over all models and states, and whether all of them score their baseline."""
    main = targets(page)[0]
    rows = table(page, "layers").where(weights=TRAINED, target=main.name, score=main.score)
    marked = rows.where(degenerate=True)
    count = derived(len(marked), rows.column("degenerate"), "states without a feature that varies")
    whole = derived(len(rows), rows.column("degenerate"), "states of trained models")
    if not len(marked):
        return page.say("Of the {whole} states of a model, a layer and a pooling, none is constant.", whole=whole)
    names = [
        page.say(
            "{model} at layer {layer} ({state})",
            model=row["model"],
            layer=row["layer"],
            state=state(str(row["pooling"].data)),
        )
        for row in marked
    ]
    return page.say(
        "Of the {whole} states of a model, a layer and a pooling, {count} {are} constant: {names}.",
        whole=whole,
        count=count,
        are=verb(count, "is", "are"),
        names=series(names),
    )


def rise_from_nothing(page: Chapter) -> Markdown:
    """A list: what an empty first layer makes of the step from first to last, beside the states that are not empty."""
    main, told = targets(page)[0], []
    for row in table(page, "inputs"):
        first = curve(page, "last", main, str(row["model"].data)).rows[0]
        if first["degenerate"].data or tells_only_length(first, row):
            told += [_rise(page, target, str(row["model"].data)) for target in targets(page)]
    if not told:
        return Markdown("")
    lead = (
        "A step from such a state to the last layer compares the last layer with a guess. Whether depth adds anything "
        "shows where the first layer has the whole prompt too, in the mean over all tokens."
    )
    return Markdown("\n".join(["", lead, "", *(f"- {sentence}" for sentence in told), ""]))


def _rise(page: Chapter, target: Target, model: str) -> Markdown:
    spec, parts = target.quantity.spec, []
    for pooling in poolings(page):
        rows = curve(page, pooling, target, model)
        test = step(page, target, model, pooling, rows.rows[0], rows.rows[-1])
        parts.append(
            page.say(
                f"from {{first:{spec}}} to {{last:{spec}}} with {{state}} ({{p}})",
                first=rows.rows[0]["value"],
                last=rows.rows[-1]["value"],
                state=state(pooling),
                p=p_value(test["p_holm"]),
            )
        )
    return page.say(
        "From the first layer of {model} to its last, the {quantity} of the {target} goes {parts}.",
        model=model,
        quantity=target.quantity.name,
        target=target.name,
        parts=series(parts),
    )


def step(page: Chapter, target: Target, model: str, pooling: str, earlier: Row, later: Row) -> Row:
    """The test of a layer against an earlier one."""
    return table(page, "anomalies").at(
        model=model,
        pooling=pooling,
        target=target.name,
        rule="later-worse",
        layer=later["layer"].data,
        against=f"layer-{earlier['layer'].data}",
    )


def geometry(page: Chapter) -> Markdown:
    """Between which bounds the effective rank of states that vary lies, by pooling, beside the features there are."""
    parts = []
    for pooling in poolings(page):
        main = targets(page)[0]
        rows = table(page, "layers").where(
            weights=TRAINED, target=main.name, score=main.score, pooling=pooling, degenerate=False
        )
        if len(rows):
            parts.append(
                page.say(
                    "{low:.1f} to {high:.1f} with {state}",
                    low=min_of(rows.column("effective_rank")),
                    high=max_of(rows.column("effective_rank")),
                    state=state(pooling),
                )
            )
    features = table(page, "inputs").column("features")
    return page.say(
        "The effective rank of states that vary is {parts}, of {least:,} to {most:,} features.",
        parts=series(parts),
        least=min_of(features),
        most=max_of(features),
    )


def partly_constant(page: Chapter) -> Markdown:
    """States of which some features vary and others do not."""
    main = targets(page)[0]
    rows = table(page, "layers").where(weights=TRAINED, target=main.name, score=main.score, degenerate=False)
    partly = rows.where(share_constant=lambda share: share > 0)
    count = derived(len(partly), rows.column("share_constant"), "states with some constant features")
    if not len(partly):
        return Markdown("Where any feature varies, all of them do.")
    return page.say(
        "In {count} of these states some features are constant, up to {most:.1%} of them.",
        count=count,
        most=max_of(partly.column("share_constant")),
    )
