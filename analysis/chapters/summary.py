"""The first page: a list of findings, and the counts of claims and of audit findings."""

from collections.abc import Callable, Sequence

from analysis.audit import Finding, audit
from analysis.chapters import parameters, studies
from analysis.chapters.classification.accuracy import describe_change_briefly
from analysis.chapters.common import Study
from analysis.chapters.early_exit import judge_sentences
from analysis.chapters.early_exit import sentences as exit_sentences
from analysis.chapters.layers import sentences as layer_sentences
from analysis.chapters.question_answering import sentences as answer_sentences
from analysis.claims import Verdict, evaluate
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.sentences import noun, series, verb

OUTCOMES = {
    "holds": ("holds", "hold"),
    "fails": ("fails", "fail"),
    "unverifiable": ("cannot be decided from what is printed", "cannot be decided from what is printed"),
}


def counted(page: Chapter) -> list[Markdown]:
    """A sentence on each study that compares published parameter counts with exact ones."""
    found = [study for study in studies.parameter_counts(page) if study.has("validation")]
    return _told(found, lambda study: parameters.summary(page, study.table("validation")))


def measured(page: Chapter) -> list[Markdown]:
    """A sentence on each study of what models do, those whose predictions were adopted too."""
    return [
        *(describe_change_briefly(study) for study in studies.classifiers(page)),
        *(answer_sentences.summarise(study) for study in studies.question_answering(page)),
        *_told(studies.probing(page), layer_sentences.summarise),
        *_told(studies.early_exits(page), exit_sentences.summarise),
        *_told(studies.judging(page), judge_sentences.summarise),
    ]


def published(page: Chapter) -> list[Markdown]:
    """A sentence on the claims of published documents, and one on the audit of their figures."""
    verdicts, findings = evaluate(page), audit(page)
    return [
        *([count_claims(page, verdicts)] if verdicts else []),
        *([count_findings(page, findings)] if any(each.verdict != "unverifiable" for each in findings) else []),
    ]


def _told(found: Sequence[Study], tell: Callable[[Study], Markdown]) -> list[Markdown]:
    """What is told of each study, with its name before it where there are several."""
    return [Markdown(f"*{study.shown}:* {tell(study)}" if len(found) > 1 else tell(study)) for study in found]


def items(sentences: Sequence[Markdown]) -> Markdown:
    """The sentences as a list."""
    return Markdown("".join(f"- {sentence}\n" for sentence in sentences))


def count_claims(page: Chapter, verdicts: Sequence[Verdict]) -> Markdown:
    """How many claims of the source reports hold, fail, or cannot be decided."""
    statements = [verdict.statement for verdict in verdicts]
    parts = []
    for outcome, (one, many) in OUTCOMES.items():
        found = [verdict for verdict in verdicts if verdict.outcome == outcome]
        n = _count(len(found), statements, f"claims whose verdict is {outcome}")
        parts.append(page.say("{n} {does}", n=n, does=verb(n, one, many)))
    whole = _count(len(verdicts), statements, "claims of the source reports")
    return page.say(
        "Of the {all} {claims} that the published documents make, {parts}.",
        all=whole,
        claims=noun(whole, "claim"),
        parts=series(parts),
    )


def count_findings(page: Chapter, findings: Sequence[Finding]) -> Markdown:
    """How many findings of the audit there are, and how many are inconsistent or suspicious."""
    checked = [finding for finding in findings if finding.verdict != "unverifiable"]
    values = [each for finding in checked for each in finding.values.values() if isinstance(each, Value)]
    doubtful = [finding for finding in checked if finding.verdict in ("inconsistent", "suspicious")]
    return page.say(
        "An audit of the printed figures makes {all} checks; in {doubtful} of them a figure disagrees with the rest of "
        "its document, with its sample size, or with a trivial baseline.",
        all=_count(len(checked), values, "findings of the audit"),
        doubtful=_count(len(doubtful), values, "findings that are inconsistent or suspicious"),
    )


def _count(number: int, parts: list[Value], what: str) -> Value:
    return derived(number, parts, f"number of {what}")
