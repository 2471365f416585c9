"""The sentences on judged answers, which follow the judges' marks and their agreement with labels."""

from collections.abc import Sequence

from analysis.chapters.common import CI, Study, span
from analysis.chapters.decisions import choose_first_that_holds, count
from analysis.chapters.early_exit.judges import Judge, judges
from analysis.chapters.floats import for_each
from analysis.facts import Chapter, Comparison, Markdown, Row, Value, derived, max_of, min_of, sum_of
from analysis.sentences import noun, series, verb

MARKS = ("right", "wrong", "undecided")


def describe_all_labelled_examples(studies: Sequence[Study]) -> Markdown:
    """The labelled examples of each study, told once where the studies share them."""
    if len(studies) > 1 and len({_labelled(study) for study in studies}) == 1:
        shared = study_names(studies)
        return Markdown(
            f"{describe_labelled_examples(studies[0])} {shared} share them, so a judge that compares strings, and "
            "reads no prompt, marks them alike in each."
        )
    return for_each(studies, describe_labelled_examples)


def study_names(studies: Sequence[Study]) -> Markdown:
    """The names of studies in a sentence: "*Answers of A* and *Answers of B*"."""
    return series([Markdown(f"*{study.shown}*") for study in studies])


def _labelled(study: Study) -> tuple:
    names = ("id", "category", "reference", "answer", "label")
    return tuple(tuple(row[name].data for name in names) for row in study.table("examples").sort("id"))


def describe_labelled_examples(study: Study) -> Markdown:
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


def describe_agreement(study: Study) -> Markdown:
    """A list: the agreement of each judge with our labels, compared with chance."""
    return Markdown("\n".join(f"- {_agreement(judge)}" for judge in judges(study)) + "\n")


def _agreement(judge: Judge) -> Markdown:
    row = judge.agreement
    sentence = judge.page.say(
        "Judge *{judge}* {result}; {share:.0%} of {n} examples are marked as labelled.",
        judge=judge.label,
        result=_compare_with_chance(judge),
        share=row["agreement"],
        n=row["n"],
    )
    return sentence if row["unparsed"] == row["n"] else Markdown(f"{sentence} {_orders(judge)}".rstrip())


def _compare_with_chance(judge: Judge) -> Markdown:
    """Whether its agreement is more than chance, or less, by the interval of kappa."""
    row, low, high = judge.agreement, judge.agreement["kappa_low"], judge.agreement["kappa_high"]
    if row["unparsed"] == row["n"]:
        return Markdown("gives no verdict that can be parsed")
    if row["kappa"].missing or low == high == 0:
        return Markdown("marks the examples alike, so its agreement is that of chance")
    result = choose_first_that_holds(
        ("agrees with our labels significantly better than chance", [low > 0]),
        ("agrees with our labels significantly less than chance", [high < 0]),
        ("does not differ significantly from chance", [low <= 0, high >= 0]),
    )
    return judge.page.say(
        f"{result.words}, with a kappa of {{kappa:.2f}} ({CI} {{interval:.2f}})",
        rests_on=result.rests_on,
        kappa=row["kappa"],
        interval=row.interval("kappa"),
    )


def _orders(judge: Judge) -> Markdown:
    """The effect of the order of answer and reference, for a judge that reads them in an order."""
    row = judge.agreement
    if row["right_answer_first"].missing:
        return Markdown("")
    return judge.page.say(
        "Its verdict changes with the order on {inconsistent:.0%} of them, and is unparsed in one order or both on "
        "{unparsed:.0%}. Each order by itself, it accepts {answer:.0%} with the answer first and {reference:.0%} with "
        "the reference first{why}.",
        inconsistent=judge.share("inconsistent"),
        unparsed=judge.share("unparsed"),
        answer=row["right_answer_first"],
        reference=row["right_reference_first"],
        why=_why_orders_differ(judge),
    )


def _why_orders_differ(judge: Judge) -> Markdown:
    """Why a judge accepts more in one order although no verdict changes: those parsed in that order alone."""
    row = judge.agreement
    steady, apart = row["inconsistent"] == 0, row["right_answer_first"] != row["right_reference_first"]
    if not (steady and apart):
        return Markdown("")
    return judge.page.say("; the two differ by verdicts that are parsed in one order alone", rests_on=[apart])


def describe_accepted_shares(study: Study) -> Markdown:
    """A list: the shares of answers that each judge accepts, compared with those of the trivial baselines."""
    return Markdown("\n".join(f"- {_accepted_shares(judge)}" for judge in judges(study)) + "\n")


def _accepted_shares(judge: Judge) -> Markdown:
    rows = list(judge.accuracy)
    values = [row["accuracy"] for row in rows]
    if not max_of(values).number():
        return judge.page.say("Judge *{judge}* accepts no answer of any exit.", judge=judge.label)
    baselines = [row[name] for row in rows for name in ("empty_baseline", "echo_baseline")]
    above = count(
        rows,
        lambda row: [row["accuracy_low"] > row["empty_baseline"], row["accuracy_low"] > row["echo_baseline"]],
        "exits whose interval lies above both baselines",
        "exits",
    )
    sentence = judge.page.say(
        "Judge *{judge}* accepts {answers} of an exit's answers, and {trivial} of answers that are empty or repeat the "
        "prompt;",
        judge=judge.label,
        answers=_range(judge.page, values),
        trivial=_range(judge.page, baselines),
    )
    counted = above.say(
        judge.page,
        "for {n} of {of} exits the interval lies above both baselines.",
        none="in none of {of} exits does the interval lie above both baselines.",
    )
    return Markdown(f"{sentence} {counted}")


def _range(page: Chapter, shares: Sequence[Value]) -> Markdown:
    """The least and the greatest share, or one of them where both read alike."""
    low, high = min_of(shares), max_of(shares)
    return page.say(span(".1%", low, high), low=low, high=high)


def describe_effect_of_depth(study: Study) -> Markdown:
    """By which judges the deepest exit is better than the shallowest, where their intervals do not overlap."""
    pairs = {judge.name: _ends(judge) for judge in judges(study)}
    above = count(
        [pair for of_judge in pairs.values() for pair in of_judge],
        _lies_above,
        "cases in which the interval of the deepest exit lies above that of the shallowest",
        "judges, models and stages",
    )
    rising = [judge for judge in judges(study) if any(all(_lies_above(pair)) for pair in pairs[judge.name])]
    return above.say(
        study.page,
        "In {n} of {of} cases, counted over judges, models and stages, the interval of the deepest exit lies above "
        "that of the shallowest: by {judges}.",
        none="In none of {of} cases, counted over judges, models and stages, does the interval of the deepest exit "
        "lie above that of the shallowest.",
        judges=series([_with_warning(judge) for judge in rising]),
    )


def _lies_above(pair: tuple[Row, Row]) -> list[Comparison]:
    first, last = pair
    return [last["accuracy_low"] > first["accuracy_high"]]


def _with_warning(judge: Judge) -> Markdown:
    """The name of a judge, with a warning where its marks are no evidence."""
    warning = "" if judge.agrees else ", whose marks are no evidence about answers"
    return judge.page.say("*{name}*" + warning, name=judge.label)


def _ends(judge: Judge) -> list[tuple[Row, Row]]:
    """The shallowest and the deepest exit of each model and stage."""
    found = []
    for model in judge.accuracy.distinct("model"):
        for stage in judge.accuracy.where(model=model).distinct("stage"):
            rows = judge.accuracy.where(model=model, stage=stage).sort("depth").rows
            found.append((rows[0], rows[-1]))
    return found


def describe_limits(study: Study) -> Markdown:
    """The errors of the judges that agree with our labels, and which judges give no evidence."""
    parts = [_mistakes(judge) for judge in judges(study) if judge.agrees]
    unable = [judge for judge in judges(study) if not judge.agrees]
    unknown = [judge for judge in unable if judge.agreement["kappa"].missing]
    by_chance = [judge for judge in unable if judge not in unknown]
    if by_chance:
        parts.append(
            study.page.say(
                "The marks of {judges} are no evidence about answers, since {their} agreement with our labels is not "
                "significantly better than chance.",
                judges=_names(by_chance),
                their=verb(len(by_chance), "its", "their"),
                rests_on=[judge.agreement["kappa_low"] <= 0 for judge in by_chance],
            )
        )
    if unknown:
        parts.append(
            study.page.say(
                "The marks of {judges} are no evidence about answers, since no kappa can be computed from them.",
                judges=_names(unknown),
            )
        )
    return Markdown(" ".join(parts))


def _names(found: list[Judge]) -> Markdown:
    return series([judge.page.say("*{name}*", name=judge.label) for judge in found])


def _mistakes(judge: Judge) -> Markdown:
    """The errors of a judge: how many right answers it rejects, and how many wrong ones it accepts."""
    row = judge.agreement
    right, wrong = (sum_of([row[f"{label}_as_{mark}"] for mark in MARKS]) for label in ("right", "wrong"))
    return judge.page.say(
        "Judge *{judge}* rejects or leaves undecided {missed} of {right} right answers, and accepts {passed} of "
        "{wrong} wrong ones.",
        judge=judge.label,
        missed=row["right_as_wrong"] + row["right_as_undecided"],
        right=right,
        passed=row["wrong_as_right"],
        wrong=wrong,
    )


def summarise(study: Study) -> Markdown:
    """One sentence for the first page: how many of the judges agree with our labels."""
    all_judges = judges(study)
    able = [judge for judge in all_judges if judge.agrees]
    counted = count(all_judges, _agrees, "judges that agree with our labels significantly better than chance", "judges")
    return counted.say(
        study.page,
        "Of {of} {judges}, {n} {agree} with our labels significantly better than chance: the {which} {names}.",
        none="Of {of} {judges}, none is significantly better than chance in its agreement with our labels.",
        judges=noun(len(all_judges), "judge"),
        agree=verb(len(able), "agrees", "agree"),
        which=noun(len(able), "judge"),
        names=_names(able),
    )


def _agrees(judge: Judge) -> list[Comparison]:
    """What makes its agreement more than chance; without a kappa it is not known."""
    kappa, low = judge.agreement["kappa"], judge.agreement["kappa_low"]
    return [Comparison(kappa, "!=", None, False)] if kappa.missing else [low > 0]


def describe_prices(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The cost of judging by endpoints, as far as the studies state prices."""
    costs = [judge.cost for study in studies for judge in judges(study)]
    asked = [row for row in costs if not row["host"].missing]
    if not asked:
        elsewhere = derived(len(asked), [row["host"] for row in costs], "number of judges behind an endpoint")
        return page.say("All judges ran on the local machine and had no monetary cost.", rests_on=[elsewhere == 0])
    return Markdown(" ".join(_price(page, row) for row in asked))


def _price(page: Chapter, row: Row) -> Markdown:
    if not row["money"].missing:
        cost = "for {money:.2f} {currency}"
    elif row["uncounted"].data:
        cost = "at an unknown cost, since {uncounted} answers do not state their number of tokens"
    else:
        cost = "at an unknown cost, since the study states no prices"
    return page.say(
        "Judge *{judge}* made {calls:,} requests to {host}, {retries:,} of them retries, " + cost + ".",
        **{name: row[name] for name in ("judge", "host", "calls", "retries", "money", "currency", "uncounted")},
    )
