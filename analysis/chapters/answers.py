"""The chapter on question answering: which scores stand beside which, and the sentences that follow them."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.chapters.studies import ALL, FINE_TUNED, STAGES, ZERO_SHOT, p_value, verdict
from analysis.facts import Chapter, Markdown, Row, Value, View, derived, sum_of
from analysis.figures.intervals import Estimate
from analysis.figures.paired import Pair
from analysis.sentences import series, verb

STUDY = "squad-lora"
THRESHOLD, ALWAYS = "threshold", "always-answer"
THEIRS = "As reported (S1): another model, other questions"
QUANTITIES = {"exact": "exact match", "f1": "F1"}
GROUPS = {"all": "all", "has-answer": "answerable", "no-answer": "unanswerable"}
APPROACHES = {"extractive": "marking a span", "generative": "generating the answer"}
SHORT = {"extractive": "span", "generative": "generated"}


@dataclass(frozen=True)
class Approach:
    """One way of answering the questions of the study."""

    page: Chapter
    name: str

    @property
    def text(self) -> str:
        return APPROACHES.get(self.name, self.name)

    @property
    def label(self) -> Markdown:
        """Its name in a table."""
        return Markdown(SHORT.get(self.name, self.name))

    @property
    def before(self) -> str:
        """The stage before fine-tuning: zero-shot, or an untrained head."""
        stages = table(self.page, "scores").where(approach=self.name).distinct("stage")
        return ZERO_SHOT if ZERO_SHOT in stages else next(str(stage) for stage in stages if stage != FINE_TUNED)

    @property
    def model(self) -> Value:
        return table(self.page, "cost").where(approach=self.name, stage="training").rows[0]["model"]

    def score(self, stage: str, quantity: str, group: str = "all", policy: str = THRESHOLD) -> Row:
        return table(self.page, "scores").at(
            approach=self.name, run=ALL, stage=stage, policy=policy, score=f"{quantity}[{group}]"
        )

    def test(self, quantity: str, run: str = ALL) -> Row:
        return table(self.page, "tests").at(approach=self.name, run=run, policy=THRESHOLD, quantity=quantity)


def table(page: Chapter, name: str) -> View:
    """A table of the study."""
    return page.table(f"{STUDY}/{name}")


def approaches(page: Chapter) -> list[Approach]:
    """The ways of answering, in the order of the study."""
    return [Approach(page, str(name)) for name in table(page, "scores").distinct("approach")]


def groups(page: Chapter) -> list[str]:
    """The groups of questions that there are."""
    return [group for group in GROUPS if group in table(page, "scores").distinct("group")]


# --- the figure ------------------------------------------------------------------------------------------------------


def measured_pairs(page: Chapter) -> list[Pair]:
    """A line for each approach, score and group; F1 without an answer is exact match again, and left out."""
    return [
        Pair(f"{QUANTITIES[quantity]}, {GROUPS[group]}", *(_estimate(approach.score(stage, quantity, group)) for stage
             in (approach.before, FINE_TUNED)), approach.score(FINE_TUNED, quantity, group)["baseline"],
             f"Measured: {approach.text} ({STAGES[approach.before]} before)")
        for approach in approaches(page)
        for quantity in QUANTITIES
        for group in groups(page)
        if (quantity, group) != ("f1", "no-answer")
    ]  # fmt: skip


def reported_pairs(page: Chapter) -> list[Pair]:
    """What S1 prints, in points of a hundred."""
    figures = page.table("published-s1/figures")
    return [
        Pair(name, *(Estimate("", percent(figures.at(figure=f"s1-qa-{figure}-{side}")["value"])) for side in
             (ZERO_SHOT, FINE_TUNED)), group=THEIRS)
        for figure, name in (("exact-match", "exact match"), ("f1", "F1"))
    ]  # fmt: skip


def percent(share: Value) -> Value:
    """A share in points of a hundred, as the scores of SQuAD are counted."""
    return (share * 100).as_unit(None)


def _estimate(row: Row) -> Estimate:
    return Estimate("", row["value"], row["low"], row["high"])


# --- tables ----------------------------------------------------------------------------------------------------------


def scores(page: Chapter) -> list[dict[str, object]]:
    """A row for each approach, stage and group."""
    return [
        {"approach": first(approach, index), "of": approach, "stage": stage, "group": group}
        for approach in approaches(page)
        for index, (stage, group) in enumerate((s, g) for s in (approach.before, FINE_TUNED) for g in groups(page))
    ]


def cell(entry: dict[str, object], quantity: str, column: str = "value") -> Value:
    """A cell of an entry of `scores`."""
    return entry["of"].score(entry["stage"], quantity, entry["group"])[column]


def overlaps(page: Chapter) -> list[dict[str, object]]:
    """A row for each approach and stage, for the scores that count shared words."""
    return [
        {"approach": first(approach, index), "of": approach, "stage": stage, "group": "has-answer"}
        for approach in approaches(page)
        for index, stage in enumerate((approach.before, FINE_TUNED))
    ]


def tests(page: Chapter) -> list[dict[str, object]]:
    """The tests of exact match and F1, seed by seed and over all seeds."""
    rows = table(page, "tests").where(policy=THRESHOLD)
    return [
        {"approach": first(approach, index), "row": row}
        for approach in approaches(page)
        for index, row in enumerate(
            row for quantity in QUANTITIES for row in rows.where(approach=approach.name, quantity=quantity)
        )
    ]


def thresholds(page: Chapter) -> list[dict[str, object]]:
    """Every threshold with what it does to the questions."""
    rows = table(page, "thresholds")
    return [
        {"approach": first(approach, index), "row": row}
        for approach in approaches(page)
        for index, row in enumerate(rows.where(approach=approach.name))
    ]


def first(approach: Approach, index: int) -> Markdown:
    """The name of an approach in the first of the rows about it."""
    return approach.label if index == 0 else Markdown("")


# --- sentences -------------------------------------------------------------------------------------------------------


def models(page: Chapter) -> Markdown:
    """Which model answers how."""
    return page.say("{models}.", models=series([
        page.say("{name} by {how}", name=approach.model, how=approach.text) for approach in approaches(page)
    ]))  # fmt: skip


def changes(page: Chapter) -> Markdown:
    """A list: for each approach whether exact match and F1 rise or fall, and by how much."""
    return Markdown("\n".join(f"- {_change(approach)}" for approach in approaches(page)) + "\n")


def _change(approach: Approach) -> Markdown:
    parts = [_changed(approach, quantity) for quantity in QUANTITIES]
    return approach.page.say(
        "By {how}, {parts}, in the mean of {seeds} seeds over {n} questions about {paragraphs} paragraphs.",
        how=approach.text, parts=series(parts), seeds=approach.score(FINE_TUNED, "exact")["seeds"],
        n=approach.test("exact")["n"], paragraphs=approach.test("exact")["paragraphs"],
    )  # fmt: skip


def _changed(approach: Approach, quantity: str) -> Markdown:
    test = approach.test(quantity)
    said = {
        "gain": "{what} rises from {before:.1f} to {after:.1f}",
        "loss": "{what} falls from {before:.1f} to {after:.1f}",
        "open": "{what} goes from {before:.1f} to {after:.1f}, which may be chance",
    }[verdict(test)]
    return approach.page.say(
        said + " (difference {low:+.1f} to {high:+.1f}, {p})", what=QUANTITIES[quantity],
        before=approach.score(approach.before, quantity)["value"], after=approach.score(FINE_TUNED, quantity)["value"],
        low=test["low"], high=test["high"], p=p_value(test["p_holm"]),
    )  # fmt: skip


def against_silence(page: Chapter) -> Markdown:
    """How each fine-tuned model stands to one that never answers."""
    return Markdown(" ".join(_against_silence(approach) for approach in approaches(page)))


def _against_silence(approach: Approach) -> Markdown:
    row = approach.score(FINE_TUNED, "f1")
    if row["low"] > row["baseline"]:
        how = "is surely better than saying nothing"
    elif row["high"] < row["baseline"]:
        how = "is surely worse than saying nothing"
    else:
        how = "cannot be told from saying nothing"
    return approach.page.say(
        "By {what}, the fine-tuned model abstains from {abstains:.1f} % of all questions, and its F1 of {f1:.1f} "
        "({low:.1f} to {high:.1f}) " + how + ", which scores {silent:.1f}.",
        what=approach.text, abstains=approach.score(FINE_TUNED, "abstention")["value"], f1=row["value"],
        low=row["low"], high=row["high"], silent=row["baseline"],
    )  # fmt: skip


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
        parts=series(parts), silent=rows[0]["baseline"], worth=series(worth),
    )  # fmt: skip


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
        "Even on the validation questions, where it was chosen, the threshold scores higher than never answering in "
        "{better} of {all} runs.",
        better=derived(len(better), cells, "runs whose threshold scores higher than silence"),
        all=derived(len(rows), cells, "runs with a threshold"),
    )  # fmt: skip


def unread(page: Chapter) -> Markdown:
    """Generated texts that hold no answer, say that there is none, or do not end."""
    rows = table(page, "thresholds").where(approach="generative")
    counts = {name: sum_of(rows.column(name)) for name in ("n", "unparsed", "declined", "unfinished")}
    return page.say(
        "Of {n:,} generated texts, over stages and seeds, {unparsed:,} {hold} no answer, {declined:,} {say} themselves "
        "that there is none, and {unfinished:,} did not end within the limit.",
        **counts, hold=verb(counts["unparsed"], "holds", "hold"), say=verb(counts["declined"], "says", "say"),
    )  # fmt: skip


def signature(page: Chapter) -> Value:
    """sacrebleu's signature, which all rows share. FactError where they do not."""
    cells = [row["signature"] for row in table(page, "scores").where(quantity="bleu")]
    page.expect(len({cell.data for cell in cells}) == 1, "all BLEU scores have one signature")
    return cells[0]


def with_s1(page: Chapter) -> Markdown:
    """S1 sees exact match fall and BLEU rise; what ours do."""
    parts = []
    for approach in approaches(page):
        ways = [_direction(approach, quantity, group) for quantity, group in (("exact", "all"), ("bleu", "has-answer"))]
        parts.append(page.say("by {how}, exact match {exact} and BLEU {bleu}", how=approach.text, exact=ways[0],
                              bleu=ways[1]))  # fmt: skip
    figures = page.table("published-s1/figures")
    printed = [figures.at(figure=f"s1-qa-exact-match-{side}")["value"] for side in (ZERO_SHOT, FINE_TUNED)]
    return page.say(
        "S1 reports that exact match falls from {before:.2f} to {after:.2f} while BLEU rises. In our runs, {parts}; "
        "another model on other questions neither confirms nor refutes it.",
        before=percent(printed[0]), after=percent(printed[1]), parts=series(parts),
    )  # fmt: skip


def _direction(approach: Approach, quantity: str, group: str) -> Markdown:
    before, after = (approach.score(stage, quantity, group) for stage in (approach.before, FINE_TUNED))
    if before["high"] < after["low"]:
        return Markdown("rises")
    if after["high"] < before["low"]:
        return Markdown("falls")
    return Markdown("stays within the intervals")
