"""The sentences of the chapter on early exits, which follow its scores and tests."""

from collections.abc import Sequence

from analysis.chapters.common import FINE_TUNED, p_value, verdict
from analysis.chapters.early_exit.scores import (
    BASE,
    DEEPER,
    DEEPEST,
    SCORES,
    SPECS,
    STAGES,
    TUNING,
    Exits,
    exits,
    table,
)
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of, min_of, present
from analysis.sentences import noun, series, verb

CHANGES = {
    "gain": "raises {score} by {by:{spec}}",
    "loss": "lowers {score} by {by:{spec}}",
    "open": "does not surely change {score}",
}
CHANGED = {
    "gain": "gains {by:{spec}} in {score}",
    "loss": "loses {by:{spec}} in {score}",
    "open": "does not surely change in {score}",
}


def models(page: Chapter) -> Markdown:
    """Which models there are, how large, and after how many of their blocks they answer."""
    return page.say("{models}.", models=series([_model(one) for one in exits(page)]))


def _model(one: Exits) -> Markdown:
    size = one.table("cost").where(stage=BASE).rows[0]["logical_base"]
    depths = [row["depth"] for row in one.scores(BASE, "bleu")]
    return one.page.say(
        "{name} with {size:,} parameters, which answers after {depths} blocks",
        name=one.label,
        size=size,
        depths=series([one.page.say("{depth}", depth=depth) for depth in depths]),
    )


def examples(page: Chapter) -> Markdown:
    """On how many instructions the models are trained and tested, with how many seeds."""
    parts = {str(row["part"].data): row for row in table(page, "splits")}
    seeds = exits(page)[0].score(FINE_TUNED, exits(page)[0].depths[-1], "bleu")["seeds"]
    return page.say(
        "Each is fine-tuned on {train:,} instructions, with {seeds} {words}; {n:,} others test every exit, and "
        + (
            "{left_out:,} whose text stands among those were left out of the training."
            if parts["train"]["left_out"].number()
            else "no text stands in both."
        ),
        train=parts["train"]["n"],
        seeds=seeds,
        words=noun(seeds, "seed"),
        n=parts["test"]["n"],
        left_out=parts["train"]["left_out"],
    )


# --- scores and their floors -----------------------------------------------------------------------------------------


def against_floors(page: Chapter) -> Markdown:
    """By each score, how many exits are surely better than returning the prompt, and how many surely worse."""
    rows = {quantity: every_exit(page, quantity) for quantity in SCORES}
    every = [row for found in rows.values() for row in found]
    first = next(iter(rows.values()))
    all_ = derived(len(first), [row["value"] for row in first], "exits over models and stages")
    if all(row["high"] < row["echo_floor"] for row in every):
        return page.say(
            "All {all} exits, counted over models and stages, do surely worse than returning the prompt, "
            "by each of the scores.",
            all=all_,
        )
    parts = []
    for quantity, found in rows.items():
        cells = [row[name] for row in found for name in ("low", "high", "echo_floor")]
        above = sum(row["low"] > row["echo_floor"] for row in found)
        below = sum(row["high"] < row["echo_floor"] for row in found)
        parts.append(
            page.say(
                "by {score}, {above} are surely better than returning the prompt and {below} surely worse",
                score=SCORES[quantity],
                above=derived(above, cells, "exits surely above the echo floor"),
                below=derived(below, cells, "exits surely below the echo floor"),
            )
        )
    return page.say(
        "Of {all} exits, counted over models and stages, {parts}.", all=all_, parts=Markdown("; ".join(parts))
    )


def deepest(page: Chapter) -> Markdown:
    """What the deepest exit scores, model by model, beside the prompt repeated."""
    parts = []
    for one in exits(page):
        rows = [one.score(FINE_TUNED, one.depths[-1], quantity) for quantity in SCORES]
        told = [
            page.say(
                f"{{score}} {{value:{SPECS.get(quantity, '.1f')}}} (prompt repeated: {{floor:.1f}})",
                score=title,
                value=row["value"],
                floor=row["echo_floor"],
            )
            for (quantity, title), row in zip(SCORES.items(), rows, strict=True)
        ]
        parts.append(page.say("the whole fine-tuned {name} reaches {told}", name=one.label, told=series(told)))
    said = page.say("{parts}.", parts=Markdown("; ".join(parts)))
    return Markdown(said[0].upper() + said[1:])


def signature(page: Chapter) -> Markdown:
    """How BLEU is counted, which all rows share. FactError where they do not."""
    cells = [row["signature"] for row in table(page, "scores").where(quantity="bleu")]
    page.expect(len({cell.data for cell in cells}) == 1, "all BLEU scores have one signature")
    return page.say(
        "BLEU is smoothed, so that it is not 0 where no run of four words is shared (sacrebleu: {signature}).",
        signature=cells[0],
    )


def failures(page: Chapter) -> Markdown:
    """Where most answers are empty, repeat themselves or do not end."""
    rows = every_exit(page, "bleu")
    parts = []
    for share, words in {
        "empty_share": "are empty",
        "repeated_share": "repeat a piece of text three times or more",
        "unfinished_share": "do not end by themselves",
    }.items():
        cells = [row[share] for row in rows]
        least, most = min_of(cells), max_of(cells)
        if not most.number():
            parts.append(Markdown(f"no answers {words}"))
            continue
        worst = next(row for row in rows if row[share] == most)
        if f"{least.number():.0%}" == f"{most.number():.0%}":
            parts.append(page.say("{most:.0%} " + words, most=most))
            continue
        parts.append(
            page.say(
                "{least:.0%} to {most:.0%} " + words + " (most for {stage} {model} at depth {depth})",
                least=least,
                most=most,
                stage=str(worst["stage"].data),
                model=worst["model"],
                depth=worst["depth"],
            )
        )
    return page.say("Exit by exit, {parts}.", parts=series(parts))


# --- tests -----------------------------------------------------------------------------------------------------------


def tuning(page: Chapter) -> Markdown:
    """A list: for each model what fine-tuning does to the deepest exit, and over all exits."""
    return Markdown("\n".join(f"- {_tuned(one)}" for one in exits(page)) + "\n")


def _tuned(one: Exits) -> Markdown:
    last = [one.tests(TUNING, quantity, after_depth=one.depths[-1]).rows[0] for quantity in SCORES]
    every = [row for quantity in SCORES for row in one.tests(TUNING, quantity)]
    return one.page.say(
        "In {model}, fine-tuning {parts} at the deepest exit. Of {all} tests over exits and scores, {counts}.",
        model=one.label,
        parts=series([_by(row, one.page, CHANGES) for row in last]),
        all=_number(every, every, "tests"),
        counts=counted(one.page, every),
    )


def deepening(page: Chapter) -> Markdown:
    """A list: for each model and stage how the deepest exit stands to the shallowest."""
    return Markdown("\n".join(f"- {_deeper(one, stage)}" for one in exits(page) for stage in STAGES) + "\n")


def _deeper(one: Exits, stage: str) -> Markdown:
    rows = [one.tests(DEEPEST, quantity, after_stage=stage).rows[0] for quantity in SCORES]
    steps = [row for quantity in SCORES for row in one.tests(DEEPER, quantity, after_stage=stage)]
    return one.page.say(
        "From depth {first} to depth {last}, {stage} {model} {parts}. Of {all} steps from one exit to the next, "
        "{counts}.",
        first=rows[0]["before_depth"],
        last=rows[0]["after_depth"],
        stage=stage,
        model=one.label,
        parts=series([_by(row, one.page, CHANGED) for row in rows]),
        all=_number(steps, steps, "steps between exits"),
        counts=counted(one.page, steps),
    )


def _by(row: Row, page: Chapter, words: dict[str, str]) -> Markdown:
    """One test in words: "raises ROUGE-L by 1.2 (+0.4 to +2.1, p = 0.012)"."""
    quantity = str(row["quantity"].data)
    spec = SPECS.get(quantity, ".1f")
    return page.say(
        words[verdict(row)].replace("{spec}", spec) + f" ({{low:+{spec}}} to {{high:+{spec}}}, {{p}})",
        score=SCORES[quantity],
        by=abs(row["difference"]),
        low=row["low"],
        high=row["high"],
        p=p_value(row["p_holm"]),
    )


def counted(page: Chapter, tests: Sequence[Row]) -> Markdown:
    """How many tests say gain, loss, or neither: "3 surely rise, 1 surely falls and 8 cannot be told from chance"."""
    parts = []
    for outcome, one, many in (
        ("gain", "surely rises", "surely rise"),
        ("loss", "surely falls", "surely fall"),
        ("open", "cannot be told from chance", "cannot be told from chance"),
    ):
        n = _number([row for row in tests if verdict(row) == outcome], tests, f"tests that say {outcome}")
        parts.append(page.say(f"{{n}} {verb(n, one, many)}", n=n))
    return series(parts)


def _number(some: Sequence[Row], tests: Sequence[Row], what: str) -> Value:
    return derived(len(some), [row["p_holm"] for row in tests], f"number of {what}")


def learning(page: Chapter) -> Markdown:
    """Where the loss on the validation examples begins and ends, and which checkpoints were chosen."""
    parts = []
    for one in exits(page):
        rows = one.table("curves")
        best = rows.where(best=True)
        first, last = min_of(best.column("epoch")), max_of(best.column("epoch"))
        losses = present(best.column("validation_loss"))
        parts.append(
            page.say(
                ("after {first:.3g} epochs" if first == last else "after {first:.3g} to {last:.3g} epochs")
                + " in {model}, with a loss of {least:.2f} to {most:.2f}",
                model=one.label,
                first=first,
                last=last,
                least=min_of(losses),
                most=max_of(losses),
            )
        )
    return page.say("The checkpoints that were chosen stand {parts}.", parts=Markdown("; ".join(parts)))


def in_short(page: Chapter) -> Markdown:
    """One sentence for the first page: what depth and fine-tuning do to the scores."""
    steps = [row for one in exits(page) for quantity in SCORES for row in one.tests(DEEPER, quantity)]
    tuned = [row for one in exits(page) for quantity in SCORES for row in one.tests(TUNING, quantity)]
    rows = every_exit(page, "bleu")
    cells = [row[name] for row in rows for name in ("high", "echo_floor")]
    gains = {
        name: _number([row for row in tests if verdict(row) == "gain"], tests, "surely rising scores")
        for name, tests in (("deeper", steps), ("tuned", tuned))
    }
    return page.say(
        "Answers from early exits: of {steps} steps to a deeper exit, counted over models, stages and scores, {deeper} "
        "surely raise the score; of {tests} comparisons with the base model, fine-tuning surely wins {tuned}. By BLEU, "
        "{below} of {all} exits do surely worse than returning the prompt.",
        below=derived(sum(row["high"] < row["echo_floor"] for row in rows), cells, "exits surely below the echo floor"),
        all=derived(len(rows), cells, "exits over models and stages"),
        steps=_number(steps, steps, "steps"),
        tests=_number(tuned, tuned, "comparisons"),
        **gains,
    )


def every_exit(page: Chapter, quantity: str) -> list[Row]:
    """The rows of a score at all exits, over models and stages."""
    return [row for one in exits(page) for stage in STAGES for row in one.scores(stage, quantity)]
