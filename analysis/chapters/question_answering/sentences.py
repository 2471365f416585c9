"""The sentences of the chapter on question answering, which follow its numbers."""

from analysis.chapters.common import FINE_TUNED, ZERO_SHOT, p_value, verdict
from analysis.chapters.question_answering.scores import ALWAYS, QUANTITIES, Approach, approaches, percent, table
from analysis.facts import Chapter, Markdown, Value, derived, sum_of
from analysis.sentences import noun, series, verb

EVERY = 100  # points of 100


def models(page: Chapter) -> Markdown:
    """Which model answers how."""
    return page.say(
        "{models}.",
        models=series(
            [page.say("{name} by {how}", name=approach.model, how=approach.text) for approach in approaches(page)]
        ),
    )


def changes(page: Chapter) -> Markdown:
    """A list: for each approach whether exact match and F1 rise or fall, and by how much."""
    return Markdown("\n".join(f"- {_change(approach)}" for approach in approaches(page)) + "\n")


def _change(approach: Approach) -> Markdown:
    parts = [_changed(approach, quantity) for quantity in QUANTITIES]
    return approach.page.say(
        "By {how}, {parts}, in the mean of {seeds} {word} over {n} questions about {paragraphs} paragraphs.",
        how=approach.text,
        parts=series(parts),
        seeds=approach.score(FINE_TUNED, "exact")["seeds"],
        word=noun(approach.score(FINE_TUNED, "exact")["seeds"], "seed"),
        n=approach.test("exact")["n"],
        paragraphs=approach.test("exact")["paragraphs"],
    )


def _changed(approach: Approach, quantity: str) -> Markdown:
    test = approach.test(quantity)
    if not any(test[name].number() for name in ("difference", "low", "high")):
        return approach.page.say(
            "{what} stays at {before:.1f}",
            what=QUANTITIES[quantity],
            before=approach.score(approach.before, quantity)["value"],
        )
    said = {
        "gain": "{what} rises from {before:.1f} to {after:.1f}",
        "loss": "{what} falls from {before:.1f} to {after:.1f}",
        "open": "{what} goes from {before:.1f} to {after:.1f}, which may be chance",
    }[verdict(test)]
    return approach.page.say(
        said + " (difference {low:+.1f} to {high:+.1f}, {p})",
        what=QUANTITIES[quantity],
        before=approach.score(approach.before, quantity)["value"],
        after=approach.score(FINE_TUNED, quantity)["value"],
        low=test["low"],
        high=test["high"],
        p=p_value(test["p_holm"]),
    )


def against_silence(page: Chapter) -> Markdown:
    """How each fine-tuned model stands to one that never answers."""
    return Markdown(" ".join(_against_silence(approach) for approach in approaches(page)))


def _against_silence(approach: Approach) -> Markdown:
    row, abstains = approach.score(FINE_TUNED, "f1"), approach.score(FINE_TUNED, "abstention")["value"]
    if abstains.number() == EVERY:
        return approach.page.say(
            "By {what}, the fine-tuned model abstains from every question in every run, and scores what silence "
            "scores, {silent:.1f}.",
            what=approach.text,
            silent=row["baseline"],
        )
    if row["low"] > row["baseline"]:
        how = "is surely better than saying nothing"
    elif row["high"] < row["baseline"]:
        how = "is surely worse than saying nothing"
    else:
        how = "cannot be told from saying nothing"
    return approach.page.say(
        "By {what}, the fine-tuned model abstains from {abstains:.1f}% of all questions, and its F1 of {f1:.1f} "
        "({low:.1f} to {high:.1f}) " + how + ", which scores {silent:.1f}.",
        what=approach.text,
        abstains=abstains,
        f1=row["value"],
        low=row["low"],
        high=row["high"],
        silent=row["baseline"],
    )


def in_short(page: Chapter) -> Markdown:
    """One sentence for the first page: the F1 of each approach, and how it stands to silence."""
    parts = [
        page.say("{f1:.1f} by {how}", f1=approach.score(FINE_TUNED, "f1")["value"], how=approach.text)
        for approach in approaches(page)
    ]
    rows = [approach.score(FINE_TUNED, "f1") for approach in approaches(page)]
    worth = [one.text for one, row in zip(approaches(page), rows, strict=True) if row["low"] > row["baseline"]]
    return page.say(
        "Questions about paragraphs are answered with an F1 of {parts}, where never answering scores {silent:.1f}; "
        + ("surely better than that is {worth}." if worth else "no way of answering is surely better than that."),
        parts=series(parts),
        silent=rows[0]["baseline"],
        worth=series(worth),
    )


def if_it_had_to_answer(page: Chapter) -> Markdown:
    """What the threshold is worth: the score of giving every answer there is."""
    parts = [
        page.say("{all:.1f} by {how}", how=approach.text, all=approach.score(FINE_TUNED, "f1", policy=ALWAYS)["value"])
        for approach in approaches(page)
    ]
    return page.say(
        "Where every candidate of the fine-tuned models is given, whatever its margin, their F1 is {parts}.",
        parts=series(parts),
    )


def worth_of_thresholds(page: Chapter) -> Markdown:
    """For how many runs the best threshold does better on the validation questions than silence."""
    rows = list(table(page, "thresholds"))
    better = [row for row in rows if row["validation_f1"] > row["validation_f1_never"]]
    cells = [row[name] for row in rows for name in ("validation_f1", "validation_f1_never")]
    return page.say(
        "On the validation questions, where it was chosen, a threshold scores higher than never answering in {better} "
        "of {all} runs" + ("." if len(better) == len(rows) else "; elsewhere nothing is better than silence."),
        better=derived(len(better), cells, "runs with a threshold that scores higher than silence"),
        all=derived(len(rows), cells, "runs"),
    )


def unread(page: Chapter) -> Markdown:
    """Generated texts that hold no answer, say that there is none, or do not end."""
    rows = table(page, "thresholds").where(approach="generative")
    counts = {name: sum_of(rows.column(name)) for name in ("n", "unparsed", "declined", "unfinished")}
    return page.say(
        "Of {n:,} generated texts, over stages and seeds, {unparsed:,} {hold} no answer, {declined:,} {say} themselves "
        "that there is none, and {unfinished:,} did not end within the limit.",
        **counts,
        hold=verb(counts["unparsed"], "holds", "hold"),
        say=verb(counts["declined"], "says", "say"),
    )


def signature(page: Chapter) -> Value:
    """sacrebleu's signature, which all rows share. FactError where they do not."""
    cells = [row["signature"] for row in table(page, "scores").where(quantity="bleu")]
    page.expect(len({cell.data for cell in cells}) == 1, "all BLEU scores have one signature")
    return cells[0]


def with_s1(page: Chapter) -> Markdown:
    """S1 sees exact match fall and BLEU rise; what ours do."""
    parts = [
        page.say(
            "by {how}, exact match {exact} and BLEU {bleu}",
            how=approach.text,
            exact=_direction(approach, "exact"),
            bleu=_direction(approach, "bleu"),
        )
        for approach in approaches(page)
    ]
    figures = page.table("published-s1/figures")
    printed = [figures.at(figure=f"s1-qa-exact-match-{side}")["value"] for side in (ZERO_SHOT, FINE_TUNED)]
    return page.say(
        "S1 reports that exact match falls from {before:.2f} to {after:.2f} while BLEU rises. Among our candidates, "
        "{parts}. Another model on other questions neither confirms nor refutes it.",
        before=percent(printed[0]),
        after=percent(printed[1]),
        parts=series(parts),
    )


def _direction(approach: Approach, quantity: str) -> Markdown:
    """Which way the candidates to answerable questions go, as far as their intervals do not meet."""
    before, after = (approach.score(stage, quantity, "has-answer", ALWAYS) for stage in (approach.before, FINE_TUNED))
    if before["high"] < after["low"]:
        return Markdown("rises")
    if after["high"] < before["low"]:
        return Markdown("falls")
    return Markdown("does not surely change")
