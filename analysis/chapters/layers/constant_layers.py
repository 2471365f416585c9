"""Hidden states that are constant at the first layer, and the effective rank of those that vary."""

from analysis.chapters.common import Study, span
from analysis.chapters.layers.curves import LAST, TRAINED, Target, curve, poolings, state, targets, tells_only_length
from analysis.facts import Markdown, Row, derived, max_of, min_of
from analysis.sentences import noun, series, verb, whether


def describe_first_states(study: Study) -> Markdown:
    """The embedding of the last token of each model, and how many hidden states are constant."""
    return Markdown(f"{constant_layers(study)}\n{count_degenerate(study)}")


def constant_layers(study: Study) -> Markdown:
    """A list: for each model whether the last token's embedding is constant, why, and what a probe then scores.

    Nothing where the study does not probe the last token.
    """
    if LAST not in poolings(study):
        return Markdown("")
    return Markdown("".join(f"- {_first_state(study, row)}\n" for row in study.table("inputs")))


def _first_state(study: Study, row: Row) -> Markdown:
    """The embedding of the last token, of one model."""
    model = row["model"]
    main = targets(study)[0]
    first = curve(study, LAST, main, str(model.data)).rows[0]
    common = {"model": model, "n": row["n"], "distinct": first["distinct"], "ends": row["last_tokens"]}
    one_end = row["last_tokens"] == 1
    if first["degenerate"].data:
        scores = [_at_baseline(study, target, str(model.data)) for target in targets(study)]
        end = (
            "all {n:,} prompts end in the same token, whose embedding takes {distinct} {values}"
            if one_end
            else ("the {n:,} prompts end in {ends:,} tokens with one embedding")
        )
        return study.page.say(
            "**{model}**: " + end + ". As no feature varies, a probe can only reproduce its baseline: {scores}.",
            scores=series(scores),
            values=noun(first["distinct"], "value"),
            rests_on=[one_end] if one_end else [],
            **common,
        )
    if tells_only_length(first, row):
        return study.page.say(
            "**{model}**: all {n:,} prompts end in the same token, whose embedding takes {distinct:,} values, one for "
            "each position of that token. The hidden state encodes the length of the prompt alone.",
            rests_on=[one_end],
            **common,
        )
    return study.page.say(
        "**{model}**: the {n:,} prompts end in {ends:,} different {tokens}, and the embedding of the last token takes "
        "{distinct:,} values, so it is not constant.",
        tokens=noun(row["last_tokens"], "token"),
        **common,
    )


def _at_baseline(study: Study, target: Target, model: str) -> Markdown:
    row = curve(study, LAST, target, model).rows[0]
    spec = target.quantity.spec
    return study.page.say(
        f"{{quantity}} of the {{target}} {{value:{spec}}} (baseline {{baseline:{spec}}})",
        target=target.name,
        quantity=target.quantity.name,
        value=row["value"],
        baseline=row["baseline"],
    )


def count_degenerate(study: Study) -> Markdown:
    """How many hidden states are constant, and which."""
    main = targets(study)[0]
    rows = study.table("layers").where(weights=TRAINED, target=main.name, score=main.score)
    marked = rows.where(degenerate=True)
    count = derived(len(marked), rows.column("degenerate"), "hidden states without a feature that varies")
    whole = derived(len(rows), rows.column("degenerate"), "hidden states of trained models")
    if not len(marked):
        return study.page.say(
            "Of {whole} hidden states (one for each model, layer and pooling), none is constant.",
            whole=whole,
            rests_on=[count == 0],
        )
    names = [
        study.page.say(
            "{model} at layer {layer} ({state})",
            model=row["model"],
            layer=row["layer"],
            state=state(str(row["pooling"].data)),
        )
        for row in marked
    ]
    return study.page.say(
        "Of {whole} hidden states (one for each model, layer and pooling), {count} {are} constant: {names}.",
        whole=whole,
        count=count,
        are=verb(count, "is", "are"),
        names=series(names),
    )


def describe_rise_from_uninformative_state(study: Study) -> Markdown:
    """A list: the rise from the first layer to the last, where the first holds no information, for each pooling."""
    main, sentences = targets(study)[0], []
    for row in study.table("inputs") if LAST in poolings(study) else ():
        first = curve(study, LAST, main, str(row["model"].data)).rows[0]
        if first["degenerate"].data or tells_only_length(first, row):
            sentences += [_rise(study, target, str(row["model"].data)) for target in targets(study)]
    if not sentences:
        return Markdown("")
    lead = (
        "Against such a hidden state, the last layer is in effect compared with the trivial baseline. The effect of "
        "depth can be seen where the first layer includes the whole prompt too, in the mean over all tokens."
    )
    return Markdown("\n".join(["", lead, "", *(f"- {sentence}" for sentence in sentences), ""]))


def _rise(study: Study, target: Target, model: str) -> Markdown:
    spec, parts = target.quantity.spec, []
    for pooling in poolings(study):
        rows = curve(study, pooling, target, model)
        test = step(study, target, model, pooling, rows.rows[0], rows.rows[-1])
        parts.append(
            study.page.say(
                f"from {{first:{spec}}} to {{last:{spec}}} with {{state}} ({{p}})",
                first=rows.rows[0]["value"],
                last=rows.rows[-1]["value"],
                state=state(pooling),
                p=test.p_value(),
            )
        )
    return study.page.say(
        "From the first to the last layer of {model}, the {quantity} of the {target} changes {parts}.",
        model=model,
        quantity=target.quantity.name,
        target=target.name,
        parts=series(parts),
    )


def step(study: Study, target: Target, model: str, pooling: str, earlier: Row, later: Row) -> Row:
    """The test of a layer against an earlier one."""
    return study.table("anomalies").at(
        model=model,
        pooling=pooling,
        target=target.name,
        rule="later-worse",
        layer=later["layer"].data,
        against=f"layer-{earlier['layer'].data}",
    )


def describe_geometry(study: Study) -> Markdown:
    """The range of the effective rank of hidden states that vary, by pooling, and the number of features."""
    parts = []
    for pooling in poolings(study):
        main = targets(study)[0]
        rows = study.table("layers").where(
            weights=TRAINED, target=main.name, score=main.score, pooling=pooling, degenerate=False
        )
        if len(rows):
            low, high = (end(rows.column("effective_rank")) for end in (min_of, max_of))
            shown = span(".1f", low, high)
            parts.append(study.page.say(f"{shown} with {{state}}", low=low, high=high, state=state(pooling)))
    if not parts:
        return Markdown("")
    features = study.table("inputs").column("features")
    least, most = min_of(features), max_of(features)
    return study.page.say(
        "The effective rank of hidden states that vary is {parts}, with "
        + whether(least == most, "{least:,} features.", "{least:,} to {most:,} features."),
        parts=series(parts),
        least=least,
        most=most,
    )


def describe_partly_constant(study: Study) -> Markdown:
    """How many hidden states have constant features beside others that vary."""
    main = targets(study)[0]
    rows = study.table("layers").where(weights=TRAINED, target=main.name, score=main.score, degenerate=False)
    partly = rows.where(share_constant=lambda share: share > 0)
    count = derived(len(partly), rows.column("share_constant"), "hidden states with some constant features")
    if not len(partly):
        return study.page.say("In these hidden states every feature varies.", rests_on=[count == 0])
    return study.page.say(
        "In {count} of these hidden states some features are constant, at most {most:.1%} of them.",
        count=count,
        most=max_of(partly.column("share_constant")),
    )
