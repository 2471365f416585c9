"""The sentences on question answering."""

from analysis.chapters.common import CI, Study, decide, largest, smallest
from analysis.chapters.question_answering.scores import ALWAYS, GENERATIVE, QUANTITIES, Approach, approaches, groups
from analysis.facts import Comparison, Markdown, Row, Value, derived, sum_of
from analysis.sentences import noun, series, verb
from experiments.tables.terms import Stage

EVERY = 100  # points of 100


def describe_models(study: Study) -> Markdown:
    """Which model answers by which approach, and with which numbers it computes."""
    parts = [
        study.page.say(
            "{name} in {dtype} for {how}", name=one.training["model"], dtype=one.training["dtype"], how=one.text
        )
        for one in approaches(study)
    ]
    return study.page.say(
        "{who} {models}.", who=noun(len(parts), "The model is", "The models are"), models=series(parts)
    )


def describe_changes(study: Study) -> Markdown:
    """A list: for each approach the change of exact match and F1."""
    return Markdown("\n".join(f"- {_change(approach)}" for approach in approaches(study)) + "\n")


def _change(approach: Approach) -> Markdown:
    seeds = approach.score(Stage.FINE_TUNED, "exact")["seeds"]
    n, paragraphs = (approach.test("exact")[name] for name in ("n", "paragraphs"))
    return approach.page.say(
        "With {how}, {parts}, averaged over {seeds} {word} and evaluated on {n} {questions} about {paragraphs} "
        "{several}.",
        how=approach.text,
        parts=series([_changed(approach, quantity) for quantity in QUANTITIES]),
        seeds=seeds,
        word=noun(seeds, "seed"),
        n=n,
        questions=noun(n, "question"),
        paragraphs=paragraphs,
        several=noun(paragraphs, "paragraph"),
    )


def _changed(approach: Approach, quantity: str) -> Markdown:
    test = approach.test(quantity)
    before = approach.score(approach.before, quantity)["value"]
    if all(still := [test[name] == 0 for name in ("difference", "low", "high")]):
        return approach.page.say(
            "{what} stays at {before:.1f}", what=QUANTITIES[quantity], before=before, rests_on=still
        )
    decision = decide(test)
    effect = {
        "gain": "{what} rises significantly from {before:.1f} to {after:.1f}",
        "loss": "{what} falls significantly from {before:.1f} to {after:.1f}",
        "open": "the change of {what} from {before:.1f} to {after:.1f} is not significant",
    }[decision.outcome]
    if decision.outcome == "open" and (test["low"] > 0 or test["high"] < 0):
        effect += (
            ", although its interval leaves out zero: what decides is the p-value, which adds the data to the resamples"
        )
    return approach.page.say(
        effect + f" ({CI} of the difference {{interval:+.1f}}, {{p}})",
        what=QUANTITIES[quantity],
        before=before,
        after=approach.score(Stage.FINE_TUNED, quantity)["value"],
        interval=test.interval("difference"),
        p=test.p_value(),
        rests_on=decision.rests_on,
    )


def compare_groups(study: Study) -> Markdown:
    """The F1 of each approach by whether questions have an answer, before and after.

    There is nothing to say where all questions are of one group.
    """
    if not {"has-answer", "no-answer"} <= set(groups(study)):
        return Markdown("")
    return Markdown(" ".join(_compare_groups(approach) for approach in approaches(study)))


def _compare_groups(approach: Approach) -> Markdown:
    scored = {
        f"{group}_{when}": approach.score(stage, "f1", f"{group}-answer")["value"]
        for group in ("has", "no")
        for when, stage in (("before", approach.before), ("after", Stage.FINE_TUNED))
    }
    moves = {
        group: (
            "is {%s_after:.1f} before and after"
            if f"{scored[f'{group}_before'].number():.1f}" == f"{scored[f'{group}_after'].number():.1f}"
            else "goes from {%s_before:.1f} to {%s_after:.1f}"
        ).replace("%s", group)
        for group in ("has", "no")
    }
    return approach.page.say(
        f"With {{how}}, F1 {moves['has']} on answerable questions, and {moves['no']} on unanswerable ones.",
        how=approach.text,
        **scored,
    )


def compare_with_abstaining(study: Study) -> Markdown:
    """How the F1 of each fine-tuned model compares with always abstaining."""
    return Markdown(" ".join(_compare_with_abstaining(approach) for approach in approaches(study)))


def _compare_with_abstaining(approach: Approach) -> Markdown:
    row, abstains = approach.score(Stage.FINE_TUNED, "f1"), approach.score(Stage.FINE_TUNED, "abstention")["value"]
    if throughout := abstains == EVERY:
        return approach.page.say(
            "With {what}, the fine-tuned model abstains from every question in every run, so its F1 is that of always "
            "abstaining, {baseline:.1f}.",
            what=approach.text,
            baseline=row["baseline"],
            rests_on=[throughout],
        )
    how, rests_on = _beside_baseline(row)
    return approach.page.say(
        "With {what}, the fine-tuned model abstains from {abstains:.1f}% of the questions, and its F1 of {f1:.1f} "
        f"({CI} {{interval:.1f}}) {how} the {{baseline:.1f}} of always abstaining.",
        what=approach.text,
        abstains=abstains,
        f1=row["value"],
        interval=row.interval("value"),
        baseline=row["baseline"],
        rests_on=rests_on,
    )


def _beside_baseline(row: Row) -> tuple[str, list[Comparison]]:
    """How a score compares with its baseline by its whole interval, and the comparisons that decide it."""
    if above := row["low"] > row["baseline"]:
        return "is higher than", [above]
    if below := row["high"] < row["baseline"]:
        return "is lower than", [below]
    return "cannot be told from", [row["low"] <= row["baseline"], row["high"] >= row["baseline"]]


def summarise(study: Study) -> Markdown:
    """One sentence for the first page: the F1 of each approach, and which are better than always abstaining."""
    page, found = study.page, approaches(study)
    rows = [approach.score(Stage.FINE_TUNED, "f1") for approach in found]
    above = [row["low"] > row["baseline"] for row in rows]
    better = [one.text for one, holds in zip(found, above, strict=True) if holds]
    return page.say(
        "On {study}, F1 after fine-tuning is {parts}, against {baseline:.1f} for always abstaining; "
        + (
            "the interval lies above this baseline for {better}." if better else "no interval lies above this baseline."
        ),
        rests_on=[holds for holds in above if holds] or [row["low"] <= row["baseline"] for row in rows],
        study=study.text,
        parts=series(
            [
                page.say("{f1:.1f} with {how}", f1=row["value"], how=one.text)
                for one, row in zip(found, rows, strict=True)
            ]
        ),
        baseline=rows[0]["baseline"],
        better=series(better),
    )


def describe_scores_without_abstaining(study: Study) -> Markdown:
    """The F1 of the fine-tuned models where every candidate answer is given."""
    parts = [
        study.page.say(
            "{all:.1f} with {how}", how=one.text, all=one.score(Stage.FINE_TUNED, "f1", policy=ALWAYS)["value"]
        )
        for one in approaches(study)
    ]
    return study.page.say(
        "If each candidate answer of the fine-tuned models is given, whatever its margin, F1 is {parts}.",
        parts=series(parts),
    )


def describe_benefit_of_thresholds(study: Study) -> Markdown:
    """For how many runs the chosen threshold scores higher on the validation questions than always abstaining."""
    rows = list(study.table("thresholds"))
    benefits = [row["validation_f1"] - row["validation_f1_never"] for row in rows]
    better = [benefit for benefit in benefits if benefit > 0]
    runs = derived(len(rows), benefits, "runs")
    if not better:
        return study.page.say(
            "On the validation questions, on which it was chosen, no threshold scores higher than always abstaining, "
            "in any of {all} {runs}.",
            all=runs,
            runs=noun(runs, "run"),
            rests_on=[largest(benefits) <= 0],
        )
    return study.page.say(
        "On the validation questions, on which it was chosen, the threshold scores higher than always abstaining in "
        "{better} of {all} {runs}.",
        better=derived(len(better), benefits, "runs with a threshold that scores higher than always abstaining"),
        all=runs,
        runs=noun(runs, "run"),
        rests_on=[smallest(better) > 0],
    )


def describe_generated_texts(study: Study) -> Markdown:
    """How many generated texts contain no answer, state that there is none, or do not end; nothing without any."""
    table = study.table("thresholds")
    # A head that predicts spans has no answers before it was trained; only a model that generates is read zero-shot.
    rows = table.where(approach=[GENERATIVE, *table.where(stage=Stage.ZERO_SHOT).distinct("approach")])
    if not len(rows):
        return Markdown("")
    counts = {name: sum_of(rows.column(name)) for name in ("n", "unparsed", "declined", "unfinished")}
    if none := counts["unparsed"] == 0:
        return study.page.say(
            "All {n:,} generated texts, over stages and seeds, contain an answer"
            + (" or state that there is none, as {declined:,} {do}" if counts["declined"].number() else "")
            + "; {unfinished:,} did not end within the limit.",
            rests_on=[none],
            **counts,
            do=verb(counts["declined"], "does", "do"),
        )
    return study.page.say(
        "Of {n:,} generated texts, over stages and seeds, {unparsed:,} {contain} no answer, {declined:,} {state} that "
        "there is no answer, and {unfinished:,} did not end within the limit.",
        **counts,
        contain=verb(counts["unparsed"], "contains", "contain"),
        state=verb(counts["declined"], "states", "state"),
    )


def signature(study: Study) -> Value:
    """sacrebleu's signature, which all rows share. FactError where they do not."""
    cells = [row["signature"] for row in study.table("scores").where(quantity="bleu")]
    study.page.expect(len({cell.data for cell in cells}) == 1, "all BLEU scores have one signature")
    return cells[0]


def describe_directions(study: Study) -> Markdown:
    """For each approach whether exact match and BLEU of the candidates to answerable questions rise or fall.

    A change counts where the intervals before and after do not overlap.
    """
    parts = [
        study.page.say(
            "with {how}, exact match {exact} and BLEU {bleu}",
            how=approach.text,
            exact=_direction(approach, "exact"),
            bleu=_direction(approach, "bleu"),
        )
        for approach in approaches(study)
    ]
    return Markdown("; ".join(parts))


def _direction(approach: Approach, quantity: str) -> Markdown:
    before, after = (
        approach.score(stage, quantity, "has-answer", ALWAYS) for stage in (approach.before, Stage.FINE_TUNED)
    )
    if rises := after["low"] > before["high"]:
        return approach.page.say("rises", rests_on=[rises])
    if falls := after["high"] < before["low"]:
        return approach.page.say("falls", rests_on=[falls])
    overlap = [after["low"] <= before["high"], after["high"] >= before["low"]]
    return approach.page.say("does not clearly change", rests_on=overlap)
