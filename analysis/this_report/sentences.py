"""Sentences that compare our results with what the source reports print."""

from collections.abc import Sequence

from analysis.audit import Finding
from analysis.chapters.common import CI, NO_BREAK, Study
from analysis.chapters.early_exit.trivial_answers import empty_baselines
from analysis.chapters.published.show import findings_on
from analysis.chapters.question_answering.scores import percent
from analysis.chapters.question_answering.sentences import describe_directions
from analysis.facts import Chapter, Markdown, Row, Value, View, derived, max_of, min_of
from analysis.sentences import series
from analysis.this_report.reported import figures_of, sst2_majority
from experiments.tables.terms import Stage


def compare_with_majority(page: Chapter) -> Markdown:
    """How the zero-shot accuracy of S1 compares with always giving one answer, and what S2 calls pretrained."""
    before, majority = figures_of(page, "s1").at(figure="s1-sst2-accuracy-zero-shot")["value"], sst2_majority(page)
    beside, rests_on = "compares with {majority:.1%} for the majority baseline", []
    if below := before < 1 - majority:
        beside, rests_on = "is lower than the accuracy of a constant answer, whichever label it names", [below]
    elif below := before < majority:
        beside, rests_on = "is lower than that of the majority baseline, {majority:.1%}", [below]
    return page.say(
        "The accuracy of {before:.0%} that S1 calls zero-shot "
        + beside
        + "; the model that S2 calls pretrained has an untrained head (@sec-s1, @sec-s2).",
        before=before,
        majority=majority,
        rests_on=rests_on,
    )


def compare_zero_shot_prompts(study: Study, other: str) -> Markdown:
    """Why the zero-shot accuracy of the study of mistakes is not that of another study of its model: another prompt.

    Both rank the same label words of the same examples; nothing where the other study has not all of them, or no head
    was called pretrained.
    """
    page, made = study.page, study.table("mistakes").where(mistake="random-head").rows
    if not made:
        return Markdown("")
    rows = list(study.table("predictions").where(stage=Stage.ZERO_SHOT))
    there = {row["id"].data: row for row in page.table(f"{other}/predictions").where(stage=Stage.ZERO_SHOT)}
    if not all(row["id"].data in there for row in rows):
        return Markdown("")
    same = [there[row["id"].data] for row in rows]
    here, elsewhere = (
        derived(
            sum(row["predicted"] == row["gold"] for row in found) / len(found),
            [row["predicted"] for row in found],
            f"share of right zero-shot predictions of {name} on the examples of {study.name}",
        )
        for found, name in ((rows, study.name), (same, other))
    )
    return page.say(
        "In @sec-before-after the same model, asked for the likelihood of the same words by another prompt, reaches "
        "{whole:.1%} on {all:,} examples. That prompt reaches {elsewhere:.1%} on the {n:,} examples of this chapter "
        "too, "
        "where the prompt that is used here, a question in a chat, reaches {here:.1%}: it is the prompt and not the "
        "choice "
        "of examples that tells the two apart.",
        whole=page.table(f"{other}/scores").at(run="all", stage=Stage.ZERO_SHOT, score="accuracy")["value"],
        all=page.table(f"{other}/scores").at(run="all", stage=Stage.ZERO_SHOT, score="accuracy")["n"],
        n=made[0]["honest_n"],
        elsewhere=elsewhere,
        here=here,
    )


def compare_answers_with_s1(study: Study) -> Markdown:
    """The change of exact match and BLEU in S1, and in our candidate answers."""
    figures = figures_of(study.page, "s1")
    (before, after), (bleu_before, bleu_after) = (
        [figures.at(figure=f"s1-qa-{score}-{side}")["value"] for side in (Stage.ZERO_SHOT, Stage.FINE_TUNED)]
        for score in ("exact-match", "bleu")
    )
    printed = study.page.say(
        "S1 reports that exact match falls from {before:.2f} to {after:.2f} while BLEU rises.",
        before=percent(before),
        after=percent(after),
        rests_on=[after < before, bleu_after > bleu_before],
    )
    return study.page.say(
        "{printed} For our candidate answers, judged by whether the intervals overlap: {parts}. Results of another "
        "model on other questions neither confirm nor refute those of S1.",
        printed=printed,
        parts=describe_directions(study),
    )


def describe_cost_of_s2(page: Chapter) -> Markdown:
    """The training time and memory that S2 prints."""
    figures = figures_of(page, "s2")
    cell = {name: figures.at(figure=f"s2-{name}")["printed"] for name in ("training-time", "gpu")}
    return page.say(
        "S2 reports a training time of {time} and a peak of {memory:.1f} GB of GPU memory on a {gpu}. It does not "
        "state "
        "whether the time includes loading and evaluation, nor how the peak was measured.",
        time=cell["training-time"],
        memory=figures.at(figure="s2-peak-gpu-memory")["value"],
        gpu=cell["gpu"],
    )


def describe_total_of_s2(page: Chapter, validation: View) -> Markdown:
    """The total of stored elements that S2 reports as the number of parameters."""
    total, share = (validation.at(figure=f"s2-{name}") for name in ("total-parameters", "trainable-share"))
    return page.say(
        "A report on Phi-2 (S2) gives a total of {printed:,} parameters, but the model with its adapter, the head and "
        "the copy of the head that is trained has {exact:,}. The share of trainable parameters is {true:.2%}, not "
        "{reported:.2%} as reported.",
        printed=total["reported"],
        exact=total["computed"],
        true=share["computed_share"],
        reported=share["reported_share"],
    )


def reconcile_totals_of_phi_2(page: Chapter, counts: View) -> Markdown:
    """The exact totals of Phi-2 in one sentence: with either head, and with the adapter."""
    plain, tuned = (counts.at(configuration=name, component="total") for name in ("phi-2", "phi-2-snli-qlora"))
    language, new = (
        counts.at(configuration=name, component="head")["logical_base"] for name in ("phi-2", "phi-2-snli-qlora")
    )
    copy = counts.at(configuration="phi-2-snli-qlora", component="head")["added"]
    return page.say(
        "Three exact totals of Phi-2 stand in this report: {plain:,} with the head of a language model, which has "
        "{language:,}; {base:,} with a three-way head of {new:,} in its place; and {whole:,} with, besides, an adapter "
        "of {adapter:,} and a copy of the new head, {copy:,}, which PEFT trains while it keeps the original.",
        plain=plain["logical_base"],
        language=language,
        base=tuned["logical_base"],
        new=new,
        whole=tuned["logical_base"] + tuned["added"],
        adapter=tuned["added"] - copy,
        copy=copy,
    )


def describe_answers_of_s1(page: Chapter, findings: Sequence[Finding]) -> Markdown:
    """That S1's F1 is nearly all exact match, and below that of never answering, before and after, in one sentence."""
    partly = findings_on(findings, "s1", "nearly-all-or-nothing")
    silent = findings_on(findings, "s1", "always-abstain")
    for name, found in (("nearly all or nothing", partly), ("below never answering", silent)):
        page.expect([each.verdict for each in found] == ["suspicious"] * 2, f"both scores of S1 are {name}")
    (before, after), (low_before, low_after) = ([each.values for each in found] for found in (partly, silent))
    baseline = low_before["baseline"]
    f1 = figures_of(page, "s1")
    below = [f1.at(figure=f"s1-qa-f1-{stage}")["high"] < baseline for stage in (Stage.ZERO_SHOT, Stage.FINE_TUNED)]
    return page.say(
        "Exact match and F1 are {exact} and {f1} zero-shot, {exact_after} and {f1_after} fine-tuned: partly right "
        "answers contribute {partial:.1%} of F1 before and {partial_after:.1%} after fine-tuning. Nearly the whole "
        "credit is for wholly right answers, as abstentions are. If the questions are those of the {dataset} {set} "
        "set, which holds unanswerable ones, both F1 are lower than the {baseline:.2%} that never answering scores.",
        rests_on=below,
        **{name: before[name] for name in ("exact", "f1", "partial")},
        **{f"{name}_after": after[name] for name in ("exact", "f1", "partial")},
        **{name: low_after[name] for name in ("dataset", "set")},
        baseline=baseline,
    )


def describe_guesses_of_s2(page: Chapter, findings: Sequence[Finding]) -> Markdown:
    """That no accuracy of S2 before fine-tuning can be told from a guess, in one sentence on all sets."""
    found = findings_on(findings, "s2", "at-chance")
    page.expect(
        {each.verdict for each in found} == {"suspicious"}, "each accuracy before fine-tuning is that of a guess"
    )
    parts = [
        page.say(
            f"{{accuracy}} on the {{split}} set ({CI} {{interval:.1%}})",
            **{name: each.values[name] for name in ("accuracy", "split", "interval")},
        )
        for each in found
    ]
    return page.say(
        "The pretrained model scores {parts}; the intervals hold the {guess:.1%} of a guess among {classes:,} labels "
        "(@fig-s2).",
        parts=series(parts),
        **{name: found[0].values[name] for name in ("guess", "classes")},
    )


def describe_gains_of_s2(page: Chapter, findings: Sequence[Finding]) -> Markdown:
    """That fine-tuning changes each accuracy of S2 by more than sampling explains, in one sentence on all sets."""
    found = [
        each for each in findings_on(findings, "s2", "difference-beyond-sampling") if each.verdict != "unverifiable"
    ]
    page.expect({each.verdict for each in found} == {"consistent"}, "sampling explains no change of accuracy in S2")
    parts = [
        page.say(
            f"{{before}} and {{after}} on the {{split}} set (n{NO_BREAK}={NO_BREAK}{{n:,.0f}}; {CI} {{one:.1%}} and "
            f"{{other:.1%}})",
            **{name: each.values[name] for name in ("before", "after", "split", "n", "one", "other")},
        )
        for each in found
    ]
    return page.say(
        "Fine-tuned, the accuracies differ from those before, and not by the sampling of the examples, since the "
        "intervals do not overlap: {parts}.",
        parts=series(parts),
        rests_on=[each.values["one"].upper < each.values["other"].lower for each in found],
    )


def describe_cases_of_s2(page: Chapter) -> Markdown:
    """Which single cases S2 prints, and which it does not."""
    printed = page.table("published-s2/cases")
    count = {name: printed.where(group=name).count() for name in ("corrected", "not-corrected", "broken")}
    page.expect(not count["broken"].number(), "S2 prints no case that fine-tuning broke")
    return page.say(
        "S2 prints {corrected} cases that its fine-tuning corrected and {not_corrected} that it did not; {cut} of the "
        "{all} are truncated. It prints {broken} that fine-tuning broke, and does not state whether there are any.",
        corrected=count["corrected"],
        not_corrected=count["not-corrected"],
        broken=count["broken"],
        cut=printed.where(note=lambda note: note is not None).count(),
        all=printed.count(),
    )


def heading_of_case(row: Row) -> Value:
    """The heading of a printed case in words."""
    return derived(str(row["group"].data).replace("-", " "), [row["group"]], row["group"].how)


# --- S4 --------------------------------------------------------------------------------------------------------------


def recurring_in_s4(page: Chapter, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that a BLEU of S4 recurs. FactError where there is none."""
    found = [each for each in findings if each.check == "values-recur" and each.source == "s4"]
    page.expect(bool(found), "some BLEU of S4 recurs to the last digit")
    return found


def describe_recurring_bleu(page: Chapter, recurring: Sequence[Finding]) -> Markdown:
    """The BLEU values that recur in S4."""
    parts = [
        page.say("{score} in {cells} of {all} cells", **{name: each.values[name] for name in ("score", "cells", "all")})
        for each in recurring
    ]
    return page.say("In S4, unrelated cells have the same BLEU to the last digit: {parts}.", parts=series(parts))


def compare_empty_answers_with_s4(study: Study, recurring: Sequence[Finding]) -> Markdown:
    """Whether the BLEU of an empty answer, scored with the prompt, agrees with the values that recur in S4.

    What follows from it, of any study, is for the chapter to say once.
    """
    page, figures = study.page, figures_of(study.page, "s4")
    values = [percent(figures.at(figure=name)["value"]) for each in recurring for name in each.figures]
    low, high = min_of(values).across_kinds(), max_of(values).across_kinds()
    empty = empty_baselines(study)
    there = [row for row in empty if row["low"] <= high and row["high"] >= low]
    if len(there) == len(empty):
        result = "For {models}, the interval of this baseline includes values that recur in S4."
    elif there:
        result = "For {there} alone of {models}, the interval of this baseline includes values that recur in S4."
    else:
        result = "For {models}, the interval of this baseline does not include the values that recur in S4."
    return page.say(
        result,
        models=series([page.say("{name}", name=row["model"]) for row in empty]),
        **({"there": series([page.say("{name}", name=row["model"]) for row in there])} if "{there}" in result else {}),
    )


def describe_judge_of_s4(page: Chapter) -> Markdown:
    """What S4 prints of its judge."""
    rows = figures_of(page, "s4").where(quantity="judged_correct").sort("layer")
    parts = [page.say("{printed} at layer {layer}", printed=row["printed"], layer=row["layer"]) for row in rows]
    return page.say(
        "S4 reports that its judge accepts {parts}. It names neither the judge, nor its prompt, nor the number of "
        "questions, so neither an interval nor the judge's agreement with labels can be given.",
        parts=series(parts),
    )
