"""The sentences on judged answers, which follow the judges' marks and their agreement with labels."""

from collections.abc import Sequence

from analysis.chapters.common import CI, Study
from analysis.chapters.early_exit.judges import Judge, judges
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of, min_of, sum_of
from analysis.sentences import noun, series, verb

MARKS = ("right", "wrong", "undecided")


def labelled_examples(study: Study) -> Markdown:
    """How many labelled examples there are, and of how many categories."""
    examples = study.table("examples")
    right = examples.where(label="right").count()
    kinds = derived(len(examples.distinct("category")), examples.column("category"), "categories of labelled examples")
    return study.page.say(
        "The labelled examples are {n} answers, {right} of them right, in {kinds} {word}.",
        n=examples.count(),
        right=right,
        kinds=kinds,
        word=noun(kinds, "category", "categories"),
    )


def agreement(study: Study) -> Markdown:
    """A list: the agreement of each judge with our labels, compared with chance."""
    return Markdown("\n".join(f"- {_agreement(judge)}" for judge in judges(study)) + "\n")


def _agreement(judge: Judge) -> Markdown:
    row = judge.agreement
    kappa = f"with a kappa of {{kappa:.2f}} ({CI} {{interval:.2f}})"
    if row["unparsed"] == row["n"]:
        result = "gives no verdict that can be parsed"
    elif row["kappa"].missing or row["kappa_low"] == row["kappa_high"] == 0:
        result = "marks all examples alike, so its agreement is that of chance"
    elif row["kappa_low"] > 0:
        result = f"agrees with our labels significantly better than chance, {kappa}"
    elif row["kappa_high"] < 0:
        result = f"agrees with our labels significantly less than chance, {kappa}"
    else:
        result = f"does not differ significantly from chance, {kappa}"
    sentence = judge.page.say(
        "*{judge}* " + result + "; {share:.0%} of {n} examples are marked as labelled.",
        judge=judge.label,
        kappa=row["kappa"],
        interval=row.interval("kappa"),
        share=row["agreement"],
        n=row["n"],
    )
    return sentence if row["unparsed"] == row["n"] else Markdown(f"{sentence} {_orders(judge)}".rstrip())


def _orders(judge: Judge) -> Markdown:
    """The effect of the order of answer and reference, for a judge that reads them in an order."""
    row = judge.agreement
    if row["right_answer_first"].missing:
        return Markdown("")
    return judge.page.say(
        "{inconsistent:.0%} of its verdicts change with the order and {unparsed:.0%} are unparsed; it accepts "
        "{answer:.0%} with the answer first and {reference:.0%} with the reference first.",
        inconsistent=judge.share("inconsistent"),
        unparsed=judge.share("unparsed"),
        answer=row["right_answer_first"],
        reference=row["right_reference_first"],
    )


def accepted_shares(study: Study) -> Markdown:
    """A list: the shares of answers that each judge accepts, compared with those of the trivial baselines."""
    return Markdown("\n".join(f"- {_accepted_shares(judge)}" for judge in judges(study)) + "\n")


def _accepted_shares(judge: Judge) -> Markdown:
    rows = list(judge.accuracy)
    values = [row["accuracy"] for row in rows]
    if not max_of(values).number():
        return judge.page.say("*{judge}* accepts no answer of any exit.", judge=judge.label)
    baselines = [row[name] for row in rows for name in ("floor_empty", "floor_echo")]
    above = [
        row for row in rows if row["accuracy_low"] > row["floor_empty"] and row["accuracy_low"] > row["floor_echo"]
    ]
    sentence = judge.page.say(
        "*{judge}* accepts {least:.1%} to {most:.1%} of an exit's answers, and {low:.1%} to {high:.1%} of answers that "
        "are empty or repeat the prompt;",
        judge=judge.label,
        least=min_of(values),
        most=max_of(values),
        low=min_of(baselines),
        high=max_of(baselines),
    )
    return judge.page.say(
        "{sentence} for "
        + ("{above} of {all} exits" if above else "none of {all} exits")
        + " the interval lies above both baselines.",
        sentence=sentence,
        above=_number(above, rows, "exits whose interval lies above both baselines"),
        all=_number(rows, rows, "exits"),
    )


def effect_of_depth(study: Study) -> Markdown:
    """By which judges the deepest exit is better than the shallowest, where their intervals do not overlap."""
    rising, pairs = [], []
    for judge in judges(study):
        for first, last in _ends(judge):
            pairs.append((first, last))
            if first["accuracy_high"] < last["accuracy_low"]:
                rising.append((judge, first, last))
    cells = [row[name] for pair in pairs for row in pair for name in ("accuracy_low", "accuracy_high")]
    all_ = derived(len(pairs), cells, "judges, models and stages")
    if not rising:
        return study.page.say(
            "In none of {all} cases, counted over judges, models and stages, does the interval of the deepest exit lie "
            "above that of the shallowest.",
            all=all_,
        )
    n = derived(len(rising), cells, "cases in which the interval of the deepest exit lies above that of the shallowest")
    return study.page.say(
        "In {n} of {all} cases, counted over judges, models and stages, the interval of the deepest exit lies above "
        "that of the shallowest: by {judges}.",
        n=n,
        all=all_,
        judges=series([_rises(judge) for judge in _once(rising)]),
    )


def _rises(judge: Judge) -> Markdown:
    """The name of a judge, with a warning where it does not agree with our labels."""
    warning = "" if judge.agrees else ", which does not agree significantly with our labels"
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


def limits(study: Study) -> Markdown:
    """The errors of the judges that agree with our labels, and which judges give no evidence."""
    parts = [_mistakes(judge) for judge in judges(study) if judge.agrees]
    unable = [judge.label for judge in judges(study) if not judge.agrees]
    if unable:
        parts.append(
            study.page.say(
                "The marks of {judges} are no evidence about answers, since {they} not agree with our labels "
                "significantly better than chance.",
                judges=series([study.page.say("*{name}*", name=name) for name in unable]),
                they=verb(len(unable), "it does", "they do"),
            )
        )
    return Markdown(" ".join(parts))


def _mistakes(judge: Judge) -> Markdown:
    """The errors of a judge: how many right answers it rejects, and how many wrong ones it accepts."""
    row = judge.agreement
    right, wrong = (sum_of([row[f"{label}_as_{mark}"] for mark in MARKS]) for label in ("right", "wrong"))
    return judge.page.say(
        "*{judge}* rejects or leaves undecided {missed} of {right} right answers, and accepts {passed} of {wrong} "
        "wrong ones.",
        judge=judge.label,
        missed=row["right_as_wrong"] + row["right_as_undecided"],
        right=right,
        passed=row["wrong_as_right"],
        wrong=wrong,
    )


def _number(some: Sequence[Row], rows: Sequence[Row], what: str) -> Value:
    cells = [row[name] for row in rows for name in ("accuracy_low", "floor_empty", "floor_echo")]
    return derived(len(some), cells, f"number of {what}")


def summarise(study: Study) -> Markdown:
    """One sentence for the first page: how many of the judges agree with our labels."""
    all_judges = judges(study)
    able = [judge for judge in all_judges if judge.agrees]
    cells = [judge.agreement["n"] for judge in all_judges]
    return study.page.say(
        "Of {all} {judges} of these answers, {able} {agree} with our labels significantly better than chance"
        + (": {names}." if able else "."),
        all=derived(len(all_judges), cells, "number of judges"),
        judges=noun(len(all_judges), "judge"),
        able=derived(len(able), cells, "judges that agree with our labels significantly better than chance"),
        agree=verb(len(able), "agrees", "agree"),
        names=series([study.page.text(judge.label) for judge in able]),
    )


def prices(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The cost of judging by endpoints, as far as the studies state prices."""
    asked = [judge.cost for study in studies for judge in judges(study) if not judge.cost["host"].missing]
    if not asked:
        return Markdown("All judges ran on the local machine and had no monetary cost.")
    return Markdown(" ".join(_price(page, row) for row in asked))


def _price(page: Chapter, row: Row) -> Markdown:
    if not row["money"].missing:
        cost = "for {money:.2f} {currency}"
    elif row["uncounted"].data:
        cost = "at an unknown cost, since {uncounted} answers do not state their number of tokens"
    else:
        cost = "at an unknown cost, since the study states no prices"
    return page.say(
        "*{judge}* made {calls:,} requests to {host}, {retries:,} of them retries, " + cost + ".",
        **{name: row[name] for name in ("judge", "host", "calls", "retries", "money", "currency", "uncounted")},
    )
