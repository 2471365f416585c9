"""The sentences on early exits, which follow their scores and tests."""

from collections.abc import Sequence

from analysis.chapters.common import CI, Study
from analysis.chapters.decisions import CONFIDENCE_PERCENT, count, gain, loss, tell
from analysis.chapters.early_exit.scores import DEEPER, DEEPEST, SCORES, SPECS, STAGES, TUNING, Exits, exits
from analysis.facts import Chapter, Comparison, Markdown, Row, Value, derived, max_of, min_of, present
from analysis.sentences import capitalise, noun, series, verb, whether
from experiments.statistics.level import LEVEL
from experiments.tables.terms import ALL, Stage

EFFECTS = {
    "gain": "significantly raises {score} by {by:{spec}}",
    "loss": "significantly lowers {score} by {by:{spec}}",
    "open": "does not significantly change {score}",
}
DIFFERENCES = {
    "gain": "gains {by:{spec}} in {score}",
    "loss": "loses {by:{spec}} in {score}",
    "open": "does not change significantly in {score}",
}


def describe_models(study: Study) -> Markdown:
    """The models, their sizes, and the depths of their exits."""
    found = exits(study)
    begin = "The model is" if len(found) == 1 else "The models are"
    return study.page.say(begin + " {models}.", models=series([_model(one) for one in found]))


def _model(one: Exits) -> Markdown:
    size = one.table("cost").where(stage=Stage.BASE).rows[0]["logical_base"]
    depths = [row["depth"] for row in one.scores(Stage.BASE, "bleu")]
    return one.page.say(
        "{name} ({size:,} parameters, exits after {depths} blocks)",
        name=one.label,
        size=size,
        depths=series([one.page.say("{depth}", depth=depth) for depth in depths]),
    )


def describe_examples(study: Study) -> Markdown:
    """How many instructions the models are trained and tested on, with how many seeds."""
    parts = {str(row["part"].data): row for row in study.table("splits")}
    seeds = exits(study)[0].score(Stage.FINE_TUNED, exits(study)[0].depths[-1], "bleu")["seeds"]
    return study.page.say(
        "Fine-tuning takes {train:,} instructions and {seeds} {words}; each exit is tested on {n:,} others, and "
        + (
            "{left_out:,} whose text occurs among these were left out of the training."
            if parts["train"]["left_out"].number()
            else "no text occurs in both."
        ),
        train=parts["train"]["n"],
        seeds=seeds,
        words=noun(seeds, "seed"),
        n=parts["test"]["n"],
        left_out=parts["train"]["left_out"],
    )


# --- scores and baselines -------------------------------------------------------------------------------------------


def describe_scores(study: Study) -> Markdown:
    """What is to be said of the scores: beside those of the prompt, at the deepest exits, and how BLEU was made."""
    figure, table = study.label("fig-exit-scores"), study.label("tbl-exit-scores")
    where = f"@{figure} draws the scores of each exit, @{table} lists them."
    return Markdown(
        "\n".join((where, compare_with_prompt(study), describe_deepest_exits(study), describe_signature(study)))
    )


def compare_with_prompt(study: Study) -> Markdown:
    """For each score, how many exits have an interval above the score of returning the prompt, and how many below."""
    rows = {quantity: every_exit(study, quantity) for quantity in SCORES}
    every = [row for found in rows.values() for row in found]
    first = next(iter(rows.values()))
    all_ = derived(len(first), [row["value"] for row in first], "exits over models and stages")
    below = count(every, _below_prompt, "scores below that of the prompt", "scores of exits")
    if below.n == below.of:
        return study.page.say(
            "For all {all} exits, counted over models and stages, each score is lower than that of returning the "
            f"prompt ({CONFIDENCE_PERCENT} interval below it).",
            all=all_,
            rests_on=below.rests_on,
        )
    parts = [_beside_prompt(study.page, SCORES[quantity], found) for quantity, found in rows.items()]
    return study.page.say(
        "Of {all} exits, counted over models and stages and judged by their intervals against returning the prompt: "
        "{parts}.",
        all=all_,
        parts=Markdown("; ".join(parts)),
    )


def _beside_prompt(page: Chapter, score: str, rows: Sequence[Row]) -> Markdown:
    """In one score, how many exits have an interval above that of returning the prompt, below it, and around it."""
    parts = []
    for holds, words in (
        (_above_prompt, "better"),
        (_below_prompt, "worse"),
        (_like_prompt, "neither"),
    ):
        found = count(rows, holds, f"exits that are {words}", "exits over models and stages")
        if found.n.number():
            parts.append(found.say(page, f"{{n}} {verb(found.n, 'is', 'are')} {words}", none=""))
    return page.say("in {score}, {parts}", score=score, parts=series(parts))


def _above_prompt(row: Row) -> list[Comparison]:
    return [row["low"] > row["echo_baseline"]]


def _below_prompt(row: Row) -> list[Comparison]:
    return [row["high"] < row["echo_baseline"]]


def _like_prompt(row: Row) -> list[Comparison]:
    return [row["low"] <= row["echo_baseline"], row["high"] >= row["echo_baseline"]]


def describe_deepest_exits(study: Study) -> Markdown:
    """The scores of the deepest exit of each fine-tuned model, beside those of returning the prompt."""
    parts = []
    for one in exits(study):
        rows = [one.score(Stage.FINE_TUNED, one.depths[-1], quantity) for quantity in SCORES]
        scores = [
            study.page.say(
                f"{{score}} {{value:{SPECS.get(quantity, '.1f')}}} (prompt: {{baseline:.1f}})",
                score=title,
                value=row["value"],
                baseline=row["echo_baseline"],
            )
            for (quantity, title), row in zip(SCORES.items(), rows, strict=True)
        ]
        parts.append(
            study.page.say("the full fine-tuned {name} reaches {scores}", name=one.label, scores=series(scores))
        )
    sentence = study.page.say("{parts}.", parts=Markdown("; ".join(parts)))
    return Markdown(capitalise(sentence))


def describe_signature(study: Study) -> Markdown:
    """The signature of BLEU, which all rows share. FactError where they do not."""
    cells = [row["signature"] for row in study.table("scores").where(quantity="bleu")]
    study.page.expect(len({cell.data for cell in cells}) == 1, "all BLEU scores have one signature")
    return study.page.say(
        "BLEU is smoothed, so it is positive even if no sequence of four words is shared (sacrebleu: {signature}).",
        signature=cells[0],
    )


def describe_failing_answers(study: Study) -> Markdown:
    """The shares of answers that are empty, repeat themselves or do not end, and the exit with the largest share."""
    rows = every_exit(study, "bleu")
    parts = []
    for share, words in {
        "empty_share": "are empty",
        "repeated_share": "repeat a piece of text at least three times",
        "unfinished_share": "do not end by themselves",
    }.items():
        cells = [row[share] for row in rows]
        least, most = min_of(cells), max_of(cells)
        if not most.number():
            parts.append(Markdown(f"no answers {words}"))
            continue
        worst = next(row for row in rows if row[share] == most)
        if f"{least.number():.0%}" == f"{most.number():.0%}":
            parts.append(study.page.say("{most:.0%} " + words, most=most))
            continue
        parts.append(
            study.page.say(
                "{least:.0%} to {most:.0%} " + words + " (most for the {stage} {model} at depth {depth})",
                least=least,
                most=most,
                stage=str(worst["stage"].data),
                model=worst["model"],
                depth=worst["depth"],
                rests_on=[worst[share] == most],
            )
        )
    return study.page.say("Of the answers of an exit, {parts}.", parts=series(parts))


# --- tests -----------------------------------------------------------------------------------------------------------


def describe_effects_of_tuning(study: Study) -> Markdown:
    """A list: for each model the effect of fine-tuning on the deepest exit, and the outcomes of all tests."""
    return Markdown("\n".join(f"- {_effect_of_tuning(one)}" for one in exits(study)) + "\n")


def _effect_of_tuning(one: Exits) -> Markdown:
    last = [one.tests(TUNING, quantity, after_depth=one.depths[-1]).rows[0] for quantity in SCORES]
    every = [row for quantity in SCORES for row in one.tests(TUNING, quantity)]
    return one.page.say(
        "For {model}, fine-tuning {parts} at the deepest exit. Of {all} tests over exits and scores, {counts}.",
        model=one.label,
        parts=series([_by(row, one.page, EFFECTS) for row in last]),
        all=_number(every, every, "tests"),
        counts=count_changes(one.page, every),
    )


def describe_effects_of_depth(study: Study) -> Markdown:
    """A list: for each model and stage the difference between the deepest exit and the shallowest."""
    return Markdown(
        "\n".join(
            f"- {_effect_of_depth(one, stage)}" for one in exits(study) for stage in STAGES if len(one.depths) > 1
        )
        + "\n"
    )


def _effect_of_depth(one: Exits, stage: str) -> Markdown:
    rows = [one.tests(DEEPEST, quantity, after_stage=stage).rows[0] for quantity in SCORES]
    steps = [row for quantity in SCORES for row in one.tests(DEEPER, quantity, after_stage=stage)]
    return one.page.say(
        "From depth {first} to depth {last}, the {stage} {model} {parts}. Of {all} steps from one exit to the next, "
        "{counts}.",
        first=rows[0]["before_depth"],
        last=rows[0]["after_depth"],
        stage=stage,
        model=one.label,
        parts=series([_by(row, one.page, DIFFERENCES) for row in rows]),
        all=_number(steps, steps, "steps between exits"),
        counts=count_changes(one.page, steps),
    )


def _by(row: Row, page: Chapter, words: dict[str, str]) -> Markdown:
    """One test in words: "significantly raises ROUGE-L by 1.2 (95% CI +0.4 to +2.1, p = 0.012)"."""
    quantity = str(row["quantity"].data)
    spec = SPECS.get(quantity, ".1f")
    decided = tell(row, words)
    return page.say(
        decided.words.replace("{spec}", spec) + f" ({CI} {{interval:+{spec}}}, {{p}})",
        rests_on=decided.rests_on,
        score=SCORES[quantity],
        by=abs(row["difference"]),
        interval=row.interval("difference"),
        p=row.p_value(),
    )


def count_changes(page: Chapter, tests: Sequence[Row]) -> Markdown:
    """How many tests show a rise, a fall, or neither: "3 are significant rises and 1 is a significant fall"."""
    parts = []
    for holds, one, many in (
        (gain, "is a significant rise", "are significant rises"),
        (loss, "is a significant fall", "are significant falls"),
        (_is_open, "is not significant", "are not significant"),
    ):
        found = count(tests, holds, f"tests of which each {one}", "tests")
        if found.n.number():
            parts.append(found.say(page, f"{{n}} {verb(found.n, one, many)}", none=""))
    return series(parts)


def _is_open(test: Row) -> list[Comparison]:
    return [test.p_value() >= LEVEL]


def _number(some: Sequence[Row], tests: Sequence[Row], what: str) -> Value:
    return derived(len(some), [row["p_holm"] for row in tests], f"number of {what}")


def describe_selected_checkpoints(study: Study) -> Markdown:
    """The epochs and validation losses of the selected checkpoints."""
    parts = []
    for one in exits(study):
        rows = one.table("curves")
        best = rows.where(best=True)
        first, last = min_of(best.column("epoch")), max_of(best.column("epoch"))
        losses = present(best.column("validation_loss"))
        parts.append(
            study.page.say(
                "for {model} after "
                + whether(first == last, "{first:.3g} {epochs}", "{first:.3g} to {last:.3g} epochs")
                + (
                    ", with a loss of {least:.2f}"
                    if _read_alike(losses)
                    else ", with a loss of {least:.2f} to {most:.2f}"
                ),
                model=one.label,
                first=first,
                last=last,
                **({"epochs": noun(first, "epoch")} if first == last else {}),
                least=min_of(losses),
                most=max_of(losses),
            )
        )
    return study.page.say("The checkpoints were selected {parts}.", parts=Markdown("; ".join(parts)))


def _read_alike(values: Sequence[Value]) -> bool:
    return len({f"{value.number():.2f}" for value in values}) == 1


def summarise(study: Study) -> Markdown:
    """One sentence for the first page: the effects of depth and of fine-tuning on the scores."""
    steps = [row for one in exits(study) for quantity in SCORES for row in one.tests(DEEPER, quantity)]
    tuned = [row for one in exits(study) for quantity in SCORES for row in one.tests(TUNING, quantity)]
    page = study.page
    deeper = count(steps, gain, "steps that significantly raise a score", "steps to a deeper exit")
    raised = count(tuned, gain, "scores that fine-tuning significantly raises", "scores of exits")
    below = count(every_exit(study, "bleu"), _below_prompt, "exits below the prompt", "exits over models and stages")
    return page.say(
        "In answers from early exits, {deeper}{down}, and {raised}{lowered}. {below}.",
        deeper=deeper.say(
            page,
            "{n} of {of} steps to a deeper exit significantly raise a score",
            none="of {of} steps to a deeper exit, none significantly raises a score",
        ),
        down=_and_falls(page, steps, "{n} significantly lowers one", "{n} significantly lower one"),
        raised=raised.say(
            page,
            "fine-tuning significantly raises {n} of {of} scores of exits",
            none="fine-tuning does not significantly raise any of {of} scores of exits",
        ),
        lowered=_and_falls(page, tuned, "and significantly lowers {n}", "and significantly lowers {n}"),
        below=below.say(
            page,
            "In BLEU, {n} of {of} exits are worse than returning the prompt",
            none="In BLEU, of {of} exits none is worse than returning the prompt",
        ),
    )


def _and_falls(page: Chapter, tests: Sequence[Row], one: str, many: str) -> Markdown:
    """How many tests show a significant fall beside those that show a rise, in these words; nothing where none does."""
    found = count(tests, loss, "tests that show a significant fall", "tests")
    if found.n == 0:
        return Markdown("")
    return Markdown(f" ({found.say(page, verb(found.n, one, many), none='')})")


def describe_smallest_significant(studies: Sequence[Study]) -> Markdown:
    """The smallest difference that is called significant; nothing where none is."""
    tests = [row for study in studies for row in study.table("tests").where(run=ALL) if row.p_value() < LEVEL]
    if not tests:
        return Markdown("")
    found = min(tests, key=lambda row: abs(row["difference"]).number())
    size = abs(found["difference"])
    return studies[0].page.say(
        "The smallest significant difference is {size:.2g} points.",
        size=size,
        rests_on=[found.p_value() < LEVEL, size == min_of(abs(row["difference"]) for row in tests)],
    )


def every_exit(study: Study, quantity: str) -> list[Row]:
    """The rows of a score at all exits, over models and stages."""
    return [row for one in exits(study) for stage in STAGES for row in one.scores(stage, quantity)]
