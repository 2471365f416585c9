"""What well-known mistakes look like: the figure that would be printed, and beside it the one that is right."""

from collections.abc import Iterator, Sequence

from analysis.chapters.common import CI, N, Study, named
from analysis.chapters.decisions import INTERVAL, choose_first_that_holds, place_beside
from analysis.chapters.floats import join
from analysis.facts import Markdown, Row, Value, derived
from analysis.figures.intervals import Estimate
from analysis.figures.paired import Pair, pairs
from analysis.sentences import noun, series, whether
from analysis.tables import column
from experiments.statistics.level import LEVEL
from experiments.tables.terms import Stage

TITLES = {
    "wrong-labels": "Labels misread",
    "random-head": "New head called pretrained",
    "adapter-without-head": "Adapter without its head",
    "always-abstaining": "Abstaining on each question",
    "prompt-scored": "Prompt scored",
    "constant-first-state": "Constant first state",
    "packed-weights": "Packed weights counted",
    "head-counted-twice": "Head counted twice",
    "packed-weights-and-head": "Packed weights, with both heads",
}
QUANTITIES = {"accuracy": "accuracy", "exact": "exact match", "f1": "F1", "bleu": "BLEU"}
COUNTED = {"total": "parameters", "trainable-share": "trainable share"}


def show_mistakes(study: Study) -> Markdown:
    """The figure and the table of all mistakes that spoil a score, and the table of those that spoil a count."""
    return join([*_show_scores(study), *_show_counts(study)])


def refer_to_floats(made: Sequence[Study]) -> Markdown:
    """Where the scores and the counts of the mistakes that were made stand; nothing of what was not made."""
    scores, counts = (
        [study.label(label) for study in made if study.table(table).rows]
        for table, label in (("mistakes", "fig-mistakes"), ("miscounts", "tbl-miscounts"))
    )
    told = []
    if scores:
        told.append(f"@{scores[0]} and @{scores[0].replace('fig-', 'tbl-', 1)} hold the scores")
    if counts:
        told.append(f"@{counts[0]} holds the counts")
    return Markdown(f"{'; '.join(told)}." if told else "")


def _show_scores(study: Study) -> Iterator[Markdown]:
    rows = study.table("mistakes")
    if not rows.rows:
        return
    lines = [
        Pair(
            f"{TITLES[_word(row, 'mistake')]}: {_word(row, 'case')}, {QUANTITIES[_word(row, 'quantity')]}",
            *(Estimate("", row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in ("printed", "honest")),
            None if row["baseline"].missing else row["baseline"],
        )
        for row in rows
    ]
    yield study.page.figure(
        pairs(
            lines,
            axis="score, from 0 to 1",
            spec=".2f",
            sides=("with the mistake", "without it"),
            baseline="most frequent label",
        ),
        label=study.label("fig-mistakes"),
        caption=f"Scores with a mistake that was made on purpose, and without it, with {INTERVAL}s.",
    )
    yield study.page.tabulate(
        rows,
        label=study.label("tbl-mistakes"),
        columns={
            "Mistake": named(TITLES, "mistake"),
            "Made on": "case",
            "Quantity": named(QUANTITIES, "quantity"),
            "With it": column(lambda row: row.interval("printed", estimate=True), ".3f", align="right"),
            "n": column("printed_n", ","),
            "Without it": column(lambda row: row.interval("honest", estimate=True), ".3f", align="right"),
            "n ": column("honest_n", ","),
            "*p*": column(_p_value, "bare", align="right"),
        },
        caption=f"Scores with and without each mistake, with {INTERVAL}s. The p-value is that of a paired "
        "test, where both scores are of one set of examples.",
    )


def _show_counts(study: Study) -> Iterator[Markdown]:
    rows = study.table("miscounts")
    if not rows.rows:
        return
    yield study.page.tabulate(
        rows,
        label=study.label("tbl-miscounts"),
        columns={
            "Mistake": named(TITLES, "mistake"),
            "Quantity": named(COUNTED, "quantity"),
            "Counted by": "by",
            "With it": column("printed", _of_count, align="right"),
            "Without it": column("honest", _of_count, align="right"),
        },
        caption="Parameters of the classifier with its adapter, miscounted and counted. Of the head, the "
        "count without the mistake has the trained copy alone.",
    )


def summarise(study: Study) -> Markdown:
    """How many of the scores are lower and how many higher with their mistake, and how many of the tests show it."""
    table = study.table("mistakes")
    rows = table.rows
    if not rows:
        return study.page.say("No mistake that spoils a score was made here.", rests_on=[table.count() == 0])
    changes = [row["printed"] - row["honest"] for row in rows]
    sides = [
        study.page.say(
            f"{{n}} {'is' if len(some) == 1 else 'are'} {words}",
            n=derived(len(some), changes, f"scores that are {words} with the mistake"),
            rests_on=[test(change) for change in some],
        )
        for words, test in (("lower", lambda change: change < 0), ("higher", lambda change: change > 0))
        if (some := [change for change in changes if test(change)])
    ]
    if not sides:
        return study.page.say("None of these mistakes changes its score.", rests_on=[each == 0 for each in changes])
    every = derived(len(rows), changes, "scores with a mistake")
    counted = study.page.say(
        "Of {all} {scores}, {sides} with their mistake than without it.",
        all=every,
        scores=noun(every, "score"),
        sides=series(sides),
    )
    p_values = [row.p_value() for row in rows if not row["p_value"].missing]
    if not p_values:
        return counted
    shown = [p for p in p_values if p < LEVEL]
    decided = study.page.say(
        "Where a test compares both scores of one set of examples, the change is significant in {shown} of {all}.",
        shown=derived(len(shown), p_values, f"mistakes with p below {LEVEL}"),
        all=derived(len(p_values), p_values, "mistakes whose two scores are tested"),
        rests_on=[p < LEVEL if p < LEVEL else p >= LEVEL for p in p_values],
    )
    return Markdown(f"{counted} {decided}")


def describe_wrong_labels(study: Study) -> Markdown:
    """Each label read as the next one, in generated answers and in the predictions of a classifier."""
    rows = study.table("mistakes").where(mistake="wrong-labels")
    if not rows.rows:
        return Markdown("")
    not_below = [row for row in rows if row["printed_high"] >= row["baseline"]]
    beside = choose_first_that_holds(
        (
            "the accuracy with the mistake is significantly lower than what needs no model",
            [row["printed_high"] < row["baseline"] for row in rows],
        ),
        (
            "for the {cases}, the accuracy with the mistake is not significantly lower than that",
            [row["printed_high"] >= row["baseline"] for row in not_below],
        ),
    )
    parts = [
        study.page.say(
            "for the {case}, accuracy "
            + ("on average over {runs} seeds " if row["runs"] > 1 else "")
            + f"is {{printed:.1%}} ({CI} {{interval:.1%}}) instead of {{honest:.1%}}",
            **({"runs": row["runs"]} if row["runs"] > 1 else {}),
            case=row["case"],
            printed=row["printed"],
            interval=row.interval("printed"),
            honest=row["honest"],
        )
        for row in rows
    ]
    return study.page.say(
        "Each answer of {model} was read as the label after the one that it names: {parts} ("
        + N
        + "). The most frequent label alone would be right in {baseline:.1%}: {beside}.",
        model=rows.rows[0]["model"],
        parts=series(parts),
        n=rows.rows[0]["printed_n"],
        baseline=rows.rows[0]["baseline"],
        beside=study.page.say(
            beside.words, rests_on=beside.rests_on, cases=series([study.page.text(row["case"]) for row in not_below])
        ),
    )


def describe_random_head(study: Study) -> Markdown:
    """A classifier with a new head, evaluated as if it were pretrained."""
    found = study.table("mistakes").where(mistake="random-head")
    if not found.rows:
        return Markdown("")
    row = found.rows[0]
    beside = place_beside(row["printed_low"], row["printed_high"], row["baseline"])
    return study.page.say(
        "A classification head with random weights was put on {model}, {runs} times, and evaluated without training. "
        f"Its accuracy is {{printed:.1%}} on average ({CI} {{interval:.1%}}), from {{least:.1%}} to {{most:.1%}} by "
        "the random seed alone, {beside}. The same model, asked for the likelihood of the label words, reaches "
        "{honest:.1%}: {decided}.",
        **_values(row, "model", "runs", "printed", "least", "most", "honest"),
        interval=row.interval("printed"),
        beside=study.page.say(
            beside.words + " the {baseline:.1%} of the most frequent label",
            rests_on=beside.rests_on,
            baseline=row["baseline"],
        ),
        decided=_decide(study, row),
    )


def describe_adapter_without_head(study: Study) -> Markdown:
    """A trained adapter that is loaded over a new head."""
    found = study.table("mistakes").where(mistake="adapter-without-head")
    if not found.rows:
        return Markdown("")
    row, trained = found.rows[0], study.table("predictions").where(stage=Stage.FINE_TUNED)
    names = trained.distinct("run")
    seeds = derived(
        len(names), [trained.where(run=name).rows[0]["run"] for name in names], "fine-tuned models, one a seed"
    )
    return study.page.say(
        "{model} was fine-tuned with LoRA, which trains the adapter and the head, and reaches {honest:.1%}"
        + (" on average over {seeds} seeds. The adapters were" if len(names) > 1 else ". Its adapter was")
        + " then loaded over {runs} new {heads}, as happens where the head is not saved with it: accuracy is "
        f"{{printed:.1%}} on average ({CI} {{interval:.1%}}), from {{least:.1%}} to {{most:.1%}}: {{decided}}.",
        **_values(row, "model", "honest", "printed", "runs", "least", "most"),
        **({"seeds": seeds} if len(names) > 1 else {}),
        heads=noun(row["runs"], "head"),
        interval=row.interval("printed"),
        decided=_decide(study, row),
    )


def describe_abstaining(study: Study) -> Markdown:
    """Answering no question at all."""
    found = study.table("mistakes").where(mistake="always-abstaining")
    if not found.rows:
        return Markdown("")
    exact, f1 = (found.at(quantity=name) for name in ("exact", "f1"))
    equal = exact["printed"] == f1["printed"]
    return study.page.say(
        "If no question is answered, exact match is {exact:.1%} and F1 {f1:.1%} of {n:,} questions{equal}. On the "
        "{answerable:,} questions that have an answer, "
        + whether(exact["honest"] == f1["honest"], "both are {honest:.1%}.", "they are {honest:.1%} and {of_f1:.1%}."),
        exact=exact["printed"],
        f1=f1["printed"],
        n=exact["printed_n"],
        equal=study.page.say(": the two are equal, since no answer is partly right", rests_on=[equal]) if equal else "",
        answerable=exact["honest_n"],
        honest=exact["honest"],
        of_f1=f1["honest"],
    )


def describe_prompt_scored(study: Study) -> Markdown:
    """Prompt and answer scored against prompt and reference."""
    found = study.table("mistakes").where(mistake="prompt-scored")
    if not found.rows:
        return Markdown("")
    answers, nothing = (found.at(case=case) for case in ("answers", "no answers"))
    beside = choose_first_that_holds(
        ("with the prompt, the model scores no more than an empty answer", [answers["printed"] <= nothing["printed"]]),
        ("most of the score is that of the prompt", [nothing["printed"] > answers["printed"] / 2]),
        ("{share:.0%} of the score is that of the prompt", []),
    )
    return study.page.say(
        f"For the answers of {{model}}, BLEU is {{printed:.3f}} ({CI} {{interval:.3f}}) if the prompt is scored with "
        "answer and reference, and {honest:.3f} if the new tokens are scored alone. For empty answers, it is "
        "{empty:.3f} with the prompt and {zero:.3f} without it: {beside}.",
        model=answers["model"],
        printed=answers["printed"],
        interval=answers.interval("printed"),
        honest=answers["honest"],
        empty=nothing["printed"],
        zero=nothing["honest"],
        beside=study.page.say(
            beside.words,
            rests_on=beside.rests_on,
            **({"share": nothing["printed"] / answers["printed"]} if answers["printed"].number() else {}),
        ),
    )


def describe_constant_state(study: Study) -> Markdown:
    """A probe of the first layer at a token that is the same in every example."""
    found = study.table("mistakes").where(mistake="constant-first-state")
    if not found.rows:
        return Markdown("")
    row = found.rows[0]
    constant = row["distinct"] == 1
    beside = choose_first_that_holds(
        (
            "part of the change from that token to a later layer is then no effect of depth: its first state held no "
            "information about the example, and the later one holds some",
            [constant, row["honest_low"] > row["printed"]],
        ),
        ("that the change from that token to a later layer comes from this is not shown", []),
    )
    return study.page.say(
        "At the first layer of {model}, the last token has {distinct} distinct {states} among {n:,} examples"
        + (
            ", so a probe can only name the most frequent class: its accuracy is {printed:.1%}, and that of the most "
            "frequent class {baseline:.1%}."
            if constant
            else ": the state is not constant, so the mistake shows in part at most. Accuracy is {printed:.1%}, and "
            "that of the most frequent class {baseline:.1%}."
        )
        + " The mean over all tokens of this layer gives {honest:.1%}; {beside}.",
        **_values(row, "model", "distinct", "printed", "baseline", "honest"),
        states=noun(row["distinct"], "state"),
        n=row["printed_n"],
        beside=study.page.say(beside.words, rests_on=beside.rests_on),
    )


def describe_packed(study: Study) -> Markdown:
    """The elements of packed weights, counted as weights."""
    found = study.table("miscounts").where(mistake="packed-weights", quantity="total")
    if not found.rows:
        return Markdown("")
    row = found.rows[0]
    return study.page.say(
        "In NF4, the elements of the classifier number {printed:,.0f}, but they stand for {honest:,.0f} weights: two "
        "weights share an element of a packed layer, so the count is {share:.0%} of the weights.",
        printed=row["printed"],
        honest=row["honest"],
        share=row["printed"] / row["honest"],
    )


def describe_head_twice(study: Study) -> Markdown:
    """The head and its trained copy, both counted; and both mistakes together."""
    rows = study.table("miscounts")
    head = [_describe_head(study, row) for row in rows.where(mistake="head-counted-twice")]
    share = [
        study.page.say(
            f"With packed weights{' as well' if head else ' and the head counted twice'}, the trainable share is "
            "{wrong:.2%} instead of {right:.2%}.",
            wrong=row["printed"],
            right=row["honest"],
        )
        for row in rows.where(quantity="trainable-share")
    ]
    return Markdown(" ".join([*head, *share]))


def _describe_head(study: Study, head: Row) -> Markdown:
    return study.page.say(
        "PEFT keeps the head as it was and trains a copy, which takes its place when the model answers. Both are "
        "stored, and PEFT's own count has both, {printed:,.0f}; the model that answers has {honest:,.0f}, without the "
        "{more:,.0f} of the head that the copy replaces. As a number of parameters of that model, the count of PEFT "
        "has the head counted twice.",
        printed=head["printed"],
        honest=head["honest"],
        more=head["printed"] - head["honest"],
    )


def _values(row: Row, *names: str) -> dict[str, Value]:
    return {name: row[name] for name in names}


def _decide(study: Study, row: Row) -> Markdown:
    """What the test of honest against printed says."""
    p, printed, honest = row.p_value(), row["printed"], row["honest"]
    decided = choose_first_that_holds(
        ("the mistake lowers accuracy significantly ({p})", [p < LEVEL, printed < honest]),
        ("the mistake raises accuracy significantly ({p})", [p < LEVEL, printed > honest]),
        ("the difference is not significant ({p}), so the mistake does not show in this figure", [p >= LEVEL]),
    )
    return study.page.say(decided.words, rests_on=decided.rests_on, p=p)


def _word(row: Row, name: str) -> str:
    return str(row[name].data)


def _p_value(row: Row) -> Value:
    return row["p_value"] if row["p_value"].missing else row.p_value()


def _of_count(row: Row) -> str:
    return ".2%" if _word(row, "quantity") == "trainable-share" else ",.0f"
