"""The answers that chapters open with: one sentence over all studies, or one for each of them."""

from collections.abc import Callable, Iterable, Sequence

from analysis.chapters.classification.accuracy import describe_change_briefly
from analysis.chapters.common import (
    Classifier,
    Study,
    by_outcome,
    change,
    largest,
    name_change,
    points,
    rest_together,
    span,
)
from analysis.chapters.failure_cases.transitions import Compared
from analysis.chapters.floats import join
from analysis.chapters.resources.costs import SECONDS_PER_MINUTE, Cost, gigabytes
from analysis.facts import Chapter, Markdown, Value, derived, max_of, min_of, ratio, sum_of
from analysis.facts.formatting import formatted
from analysis.sentences import noun, series
from experiments.tables.terms import Correctness

OUTCOMES = {
    "gain": "significantly raises accuracy",
    "loss": "significantly lowers accuracy",
    "open": "does not change accuracy significantly",
}
"""What fine-tuning does."""
ADOPTED_OUTCOMES = {
    "gain": "rises significantly",
    "loss": "falls significantly",
    "open": "does not change significantly",
}
"""What accuracy does between predictions that were adopted, of whose making nothing is known."""


def ask_on_accuracy(studies: Sequence[Classifier]) -> Markdown:
    """The question of a chapter on accuracy before and after."""
    ours = [study.measured for study in studies]
    improves = "do the predictions after improve on those before"
    improves = "does fine-tuning improve on the model before it" if any(ours) or not ours else improves
    return Markdown(f"How much {improves}, and is the difference more than chance?")


def answer_for_each(studies: Sequence[Study], summarise: Callable[[Study], Markdown]) -> Markdown:
    """The answer of each study, a paragraph each, with the study's name where there are several."""
    several = len(studies) > 1
    return join(f"**Answer{f', {study.shown}' if several else ''}.** {summarise(study)}" for study in studies)


def answer_on_accuracy(page: Chapter, studies: Sequence[Classifier]) -> Markdown:
    """In how many studies accuracy rises, falls or does not change by fine-tuning, and where it rises most."""
    found = [study for study in studies if study.compared]
    if not found:
        return Markdown("")
    if len(found) == 1:
        return describe_change_briefly(found[0])
    tests = [study.test["difference"] for study in found]
    decided = by_outcome(study.test for study in found)
    ours = any(study.measured for study in found)
    subject, outcomes = ("fine-tuning", OUTCOMES) if ours else ("accuracy", ADOPTED_OUTCOMES)
    parts = [
        page.say(
            f"{words} in {{n}}",
            n=derived(len(some), tests, f"studies in which {subject} {words}"),
            rests_on=rest_together(some),
        )
        for outcome, words in outcomes.items()
        if (some := decided[outcome])
    ]
    counted = page.say(
        f"In {{all}} comparisons, {subject} {{parts}}.",
        all=derived(len(found), tests, "studies of classification"),
        parts=series(parts),
    )
    if not decided["gain"]:
        return counted
    gaining = [study for study in found if change(study.test) == "gain"]
    most = max(gaining, key=lambda study: study.test["difference"].number())
    gains = [study.test["difference"] for study in gaining]
    sentence = page.say(
        "The largest gain" + _mark_of_kinds(gains) + " is {difference:.1f} points, from {before:.1%} to {after:.1%} "
        "({study}).",
        rests_on=[most.test["difference"] == largest(gains)],
        difference=points(most.test["difference"]),
        before=most.score(most.before)["value"],
        after=most.score(most.after)["value"],
        study=most.text,
    )
    return Markdown(f"{counted} {sentence}")


def _mark_of_kinds(values: Sequence[Value]) -> str:
    """What a sentence that ranks values of several kinds adds."""
    return ", measured or reported," if len({value.kind for value in values}) > 1 else ""


def tell_kind(ours: Iterable[bool]) -> Markdown:
    """Of which kind the numbers of a chapter are; `ours` says of each study in it whether it was run for the report."""
    ran = list(ours)
    if ran and not any(ran):
        return Markdown("Numbers are *reported* by whoever made the predictions; a letter or a caption says so.")
    return Markdown("Numbers are *measured*, unless they carry the letter of another kind.")


def answer_on_transitions(page: Chapter, studies: Sequence[Compared]) -> Markdown:
    """Over all studies, how many right predictions are broken and how many wrong ones are corrected."""
    if not studies:
        return Markdown("")
    count = {name: sum_of([each.transition(name)["count"] for each in studies]) for name in Correctness}
    broken, corrected = count[Correctness.BROKEN], count[Correctness.CORRECTED]
    right, wrong = broken + count[Correctness.BOTH_RIGHT], corrected + count[Correctness.BOTH_WRONG]
    if not right.number() or not wrong.number():
        return Markdown("")
    return page.say(
        f"Over {{n}} {{comparisons}}, {name_change(each.has_seeds for each in studies)} "
        "breaks {share:.0%} of the predictions that were right ({broken:,} of "
        "{right:,}) and corrects {part:.0%} of those that were wrong ({corrected:,} of {wrong:,}).",
        n=derived(len(studies), [each.transition(Correctness.BROKEN)["n"] for each in studies], "compared studies"),
        comparisons=noun(len(studies), "comparison"),
        share=ratio(broken, right),
        broken=broken,
        right=right,
        part=ratio(corrected, wrong),
        corrected=corrected,
        wrong=wrong,
    )


def answer_on_cost(page: Chapter, found: Sequence[Cost]) -> Markdown:
    """The shortest and the longest training, and the memory that trainings took."""
    trained = [cost for cost in found if len(cost.training)]
    if not trained:
        return Markdown("")
    rows = [(cost, row) for cost in trained for row in cost.training]
    quickest, slowest = (pick(rows, key=lambda each: each[1]["wall_seconds"].number()) for pick in (min, max))
    memory = [gigabytes(row["peak_memory"]) for _, row in rows if not row["peak_memory"].missing]
    low, high = (end(memory) for end in (min_of, max_of)) if memory else (None, None)
    (least, in_least), (most, in_most) = (_in_time(row["wall_seconds"]) for _, row in (quickest, slowest))
    alike = (formatted(least, ".0f"), in_least) == (formatted(most, ".0f"), in_most)
    shortest = f"{{least:.0f}} {in_least} ({{quick}})"
    return page.say(
        f"One training takes {shortest if alike else f'from {shortest} to {{most:.0f}} {in_most} ({{slow}})'}"
        + (f", and {span('.1f', low, high)} GB of memory." if memory else "."),
        least=least,
        quick=quickest[0].title,
        **({} if alike else {"most": most, "slow": slowest[0].title}),
        **({"low": low, "high": high} if memory else {}),
    )


def _in_time(seconds: Value) -> tuple[Value, str]:
    """A wall time in seconds, or in minutes where it is long, and the word for it."""
    if seconds.number() < 2 * SECONDS_PER_MINUTE:
        return seconds, "second" if formatted(seconds, ".0f") == "1" else "seconds"
    return seconds / SECONDS_PER_MINUTE, "minutes"
