"""The first page: one sentence for each thing that the report found."""

from analysis.audit import audit as audited
from analysis.chapters.common import classifiers
from analysis.chapters.early_exit import judge_sentences as judged_sentences
from analysis.chapters.early_exit import sentences as early_exit_sentences
from analysis.chapters.layers import sentences as layer_sentences
from analysis.chapters.parameters import summary as validation_summary
from analysis.chapters.question_answering import sentences as answer_sentences
from analysis.chapters.zero_shot.accuracy import change_in_short
from analysis.claims import evaluate
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.sentences import series, verb


def counts(page: Chapter) -> Markdown:
    """What became of the published parameter counts."""
    return _item(validation_summary(page, page.table("parameter-counts/validation")))


def stored_total(page: Chapter) -> Markdown:
    """The report that printed stored elements as the size of its model."""
    validation = page.table("parameter-counts/validation")
    total = validation.at(figure="s2-total-parameters")
    share = validation.at(figure="s2-trainable-share")
    return _item(
        page.say(
            "A report on Phi-2 prints a total of {printed:,} parameters; the model with its adapter has {exact:,}. The "
            "share of trainable parameters is {true:.2%}, and not the {reported:.2%} that it gives.",
            printed=total["reported"],
            exact=total["computed"],
            true=share["computed_share"],
            reported=share["reported_share"],
        )
    )


def studies(page: Chapter) -> Markdown:
    """What fine-tuning changed, a sentence for each study of ours."""
    sentences = [*(change_in_short(study) for study in classifiers(page)), answer_sentences.in_short(page)]
    return Markdown("".join(map(_item, sentences)))


def layers(page: Chapter) -> Markdown:
    """What probes read inside of models, and how many first layers hold nothing."""
    return _item(layer_sentences.in_short(page))


def exits(page: Chapter) -> Markdown:
    """What depth and fine-tuning do to answers from early exits, and which judges of them can be believed."""
    return Markdown(_item(early_exit_sentences.in_short(page)) + _item(judged_sentences.in_short(page)))


def claims(page: Chapter) -> Markdown:
    """How many claims hold, fail, or cannot be decided."""
    verdicts = evaluate(page)
    all_claims = [verdict.statement for verdict in verdicts]
    parts = []
    for outcome, (one, many) in {
        "holds": ("holds", "hold"),
        "fails": ("fails", "fail"),
        "unverifiable": ("cannot be decided from what is printed", "cannot be decided from what is printed"),
    }.items():
        found = [verdict.statement for verdict in verdicts if verdict.outcome == outcome]
        n = _how_many(len(found), all_claims, f"claims whose verdict is {outcome}")
        parts.append(page.say("{n} {does}", n=n, does=verb(n, one, many)))
    whole = _how_many(len(verdicts), all_claims, "claims of the five reports")
    return _item(page.say("Of the {all} claims that the reports make, {parts}.", all=whole, parts=series(parts)))


def audit(page: Chapter) -> Markdown:
    """What the audit of the printed figures makes of them."""
    findings = [finding for finding in audited(page) if finding.verdict != "unverifiable"]
    values = [each for finding in findings for each in finding.values.values() if isinstance(each, Value)]
    doubtful = [finding for finding in findings if finding.verdict in ("inconsistent", "suspicious")]
    return _item(
        page.say(
            "The audit looked at the printed figures in {all} places and found {doubtful} that do not fit the document "
            "itself, its sample sizes, or what a guess would score.",
            all=_how_many(len(findings), values, "findings of the audit"),
            doubtful=_how_many(len(doubtful), values, "findings that are inconsistent or suspicious"),
        )
    )


def _how_many(number: int, parts: list[Value], what: str) -> Value:
    return derived(number, parts, f"number of {what}")


def _item(sentence: Markdown) -> Markdown:
    return Markdown(f"- {sentence}\n")
