"""The sentences on judged answers, which follow what the judges mark and how far they can be believed."""

from collections.abc import Sequence

from analysis.chapters.early_exit.judges import Judge, judges, table
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of, min_of, sum_of
from analysis.sentences import noun, series, verb
from analysis.this_report.exits import agrees

MARKS = ("right", "wrong", "undecided")


def labelled(page: Chapter) -> Markdown:
    """How many examples we labelled, and of how many kinds."""
    examples = table(page, "examples")
    right = examples.where(label="right").count()
    kinds = derived(len(examples.distinct("category")), examples.column("category"), "kinds of labelled examples")
    return page.say(
        "{n} answers of our own, {right} of them right, in {kinds} {word}, say how far a judge can be "
        "believed before it marks anything else.",
        n=examples.count(),
        right=right,
        kinds=kinds,
        word=noun(kinds, "category", "categories"),
    )


def agreement(page: Chapter) -> Markdown:
    """A list: how far each judge agrees with our labels, beyond chance."""
    return Markdown("\n".join(f"- {_agreement(judge)}" for judge in judges(page)) + "\n")


def _agreement(judge: Judge) -> Markdown:
    row = judge.agreement
    if row["unparsed"] == row["n"]:
        told = "gives no verdict that can be read"
    elif row["kappa"].missing or row["kappa_low"] == row["kappa_high"] == 0:
        told = "marks all examples alike, so that it agrees with nothing but chance"
    elif row["kappa_low"] > 0:
        told = "agrees with our labels beyond chance, with a kappa of {kappa:.2f} ({low:.2f} to {high:.2f})"
    elif row["kappa_high"] < 0:
        told = "agrees with our labels less than chance would, with a kappa of {kappa:.2f} ({low:.2f} to {high:.2f})"
    else:
        told = "cannot be told from guessing, with a kappa of {kappa:.2f} ({low:.2f} to {high:.2f})"
    said = judge.page.say(
        "*{judge}* " + told + "; it marks {share:.0%} of {n} examples as we do.",
        judge=judge.label,
        kappa=row["kappa"],
        low=row["kappa_low"],
        high=row["kappa_high"],
        share=row["agreement"],
        n=row["n"],
    )
    return said if row["unparsed"] == row["n"] else Markdown(f"{said} {_orders(judge)}".rstrip())


def _orders(judge: Judge) -> Markdown:
    """What the order of answer and reference does, for a judge that reads them in an order."""
    row = judge.agreement
    if row["right_answer_first"].missing:
        return Markdown("")
    return judge.page.say(
        "{inconsistent:.0%} of its verdicts change with the order, and {unparsed:.0%} cannot be read; it says right of "
        "{answer:.0%} with the answer first and of {reference:.0%} with the reference first.",
        inconsistent=judge.share("inconsistent"),
        unparsed=judge.share("unparsed"),
        answer=row["right_answer_first"],
        reference=row["right_reference_first"],
    )


def marks(page: Chapter) -> Markdown:
    """A list: how much each judge marks right over the exits, and whether it is more than it marks of nothing."""
    return Markdown("\n".join(f"- {_marks(judge)}" for judge in judges(page)) + "\n")


def _marks(judge: Judge) -> Markdown:
    rows = list(judge.accuracy)
    values = [row["accuracy"] for row in rows]
    if not max_of(values).number():
        return judge.page.say("*{judge}* marks no answer of any exit right.", judge=judge.label)
    floors = [row[name] for row in rows for name in ("floor_empty", "floor_echo")]
    above = [
        row for row in rows if row["accuracy_low"] > row["floor_empty"] and row["accuracy_low"] > row["floor_echo"]
    ]
    said = judge.page.say(
        "*{judge}* marks {least:.1%} to {most:.1%} of an exit's answers right, and {low:.1%} to {high:.1%} of answers "
        "that say nothing or repeat the prompt;",
        judge=judge.label,
        least=min_of(values),
        most=max_of(values),
        low=min_of(floors),
        high=max_of(floors),
    )
    return judge.page.say(
        "{said} " + ("{above} of {all} exits are surely above both." if above else "no exit is surely above both."),
        said=said,
        above=_number(above, rows, "exits surely above both floors"),
        all=_number(rows, rows, "exits"),
    )


def depth(page: Chapter) -> Markdown:
    """Which judges see the deepest exits ahead of the shallowest, as far as their intervals stand apart."""
    rising, pairs = [], []
    for judge in judges(page):
        for first, last in _ends(judge):
            pairs.append((first, last))
            if first["accuracy_high"] < last["accuracy_low"]:
                rising.append((judge, first, last))
    cells = [row[name] for pair in pairs for row in pair for name in ("accuracy_low", "accuracy_high")]
    all_ = derived(len(pairs), cells, "judges, models and stages")
    if not rising:
        return page.say(
            "In none of {all} cases, counted over judges, models and stages, does the interval of the deepest exit "
            "stand above that of the shallowest.",
            all=all_,
        )
    n = derived(len(rising), cells, "cases in which the deepest exit stands above the shallowest")
    return page.say(
        "In {n} of {all} cases, counted over judges, models and stages, the interval of the deepest exit stands above "
        "that of the shallowest: by {judges}.",
        n=n,
        all=all_,
        judges=series([_rises(judge) for judge in _once(rising)]),
    )


def _rises(judge: Judge) -> Markdown:
    """A judge that sees the deepest exit ahead, with a warning where its marks are no evidence."""
    warning = "" if _believable(judge) else ", which is not shown to agree with our labels"
    return judge.page.say("*{name}*" + warning, name=judge.label)


def _once(rising: Sequence[tuple[Judge, Row, Row]]) -> list[Judge]:
    return list({judge.name: judge for judge, _, _ in rising}.values())


def _ends(judge: Judge) -> list[tuple[Row, Row]]:
    """The shallowest and the deepest exit of each model and stage."""
    found = []
    for model in judge.accuracy.distinct("model"):
        for stage in judge.accuracy.where(model=model).distinct("stage"):
            rows = judge.accuracy.where(model=model, stage=stage).sort("depth").rows
            found.append((rows[0], rows[-1]))
    return found


def s4(page: Chapter) -> Markdown:
    """What S4 prints of its judge."""
    rows = page.table("published-s4/figures").where(quantity="judged_correct").sort("layer")
    told = [page.say("{printed} at layer {layer}", printed=row["printed"], layer=row["layer"]) for row in rows]
    return page.say(
        "S4 reports that its judge accepts {told}. It prints neither the judge, nor its prompt, nor the number of "
        "questions, so that no interval can be given, and no agreement with anybody.",
        told=series(told),
    )


def limits(page: Chapter) -> Markdown:
    """What the judges cannot say, given how far they agree with our labels."""
    parts = [_mistakes(judge) for judge in judges(page) if _believable(judge)]
    unable = [judge.label for judge in judges(page) if not _believable(judge)]
    if unable:
        parts.append(
            page.say(
                "The marks of {judges} are no evidence about answers, since {they} not shown to agree with our labels "
                "any "
                "better than chance would.",
                judges=series([page.say("*{name}*", name=name) for name in unable]),
                they=verb(len(unable), "it is", "they are"),
            )
        )
    return Markdown(" ".join(parts))


def _believable(judge: Judge) -> bool:
    return agrees(judge.agreement)


def _mistakes(judge: Judge) -> Markdown:
    """The confusion of a judge that agrees with us beyond chance: what it misses, and what it lets pass."""
    row = judge.agreement
    right, wrong = (sum_of([row[f"{label}_as_{mark}"] for mark in MARKS]) for label in ("right", "wrong"))
    return judge.page.say(
        "*{judge}* does not accept {missed} of {right} right answers, and accepts {passed} of {wrong} wrong ones.",
        judge=judge.label,
        missed=row["right_as_wrong"] + row["right_as_undecided"],
        right=right,
        passed=row["wrong_as_right"],
        wrong=wrong,
    )


def _number(some: Sequence[Row], rows: Sequence[Row], what: str) -> Value:
    cells = [row[name] for row in rows for name in ("accuracy_low", "floor_empty", "floor_echo")]
    return derived(len(some), cells, f"number of {what}")


def in_short(page: Chapter) -> Markdown:
    """One sentence for the first page: how many of the judges can be believed."""
    all_judges = judges(page)
    able = [judge for judge in all_judges if _believable(judge)]
    cells = [judge.agreement["n"] for judge in all_judges]
    return page.say(
        "Of {all} {judges} of these answers, {able} {agree} with our own labels beyond chance"
        + (": {names}." if able else "."),
        all=derived(len(all_judges), cells, "number of judges"),
        judges=noun(len(all_judges), "judge"),
        able=derived(len(able), cells, "judges that agree with our labels beyond chance"),
        agree=verb(len(able), "agrees", "agree"),
        names=series([page.text(judge.label) for judge in able]),
    )


def money(page: Chapter) -> Markdown:
    """What asking endpoints cost, as far as the study states prices."""
    asked = [judge.cost for judge in judges(page) if not judge.cost["host"].missing]
    if not asked:
        return Markdown("All judges ran on this machine, so none of them cost money.")
    return Markdown(" ".join(_price(page, row) for row in asked))


def _price(page: Chapter, row: Row) -> Markdown:
    if not row["money"].missing:
        told = "{money:.2f} {currency}"
    elif row["uncounted"].data:
        told = "a sum that is not known, as {uncounted} answers do not say how many tokens they took"
    else:
        told = "a sum that is not known, as the study has no prices"
    return page.say(
        "*{judge}* asked {host} {calls:,} times, {retries:,} of them again, for " + told + ".",
        **{name: row[name] for name in ("judge", "host", "calls", "retries", "money", "currency", "uncounted")},
    )
