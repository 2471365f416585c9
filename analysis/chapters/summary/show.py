"""The first page: a list of findings, and the counts of claims and of audit findings."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from analysis.audit import audit
from analysis.chapters import studies
from analysis.chapters.audit.overview import count_findings
from analysis.chapters.classification import show as classification
from analysis.chapters.classification.accuracy import describe_change_briefly
from analysis.chapters.common import Study
from analysis.chapters.decisions import INTERVAL
from analysis.chapters.early_exit import judge_sentences
from analysis.chapters.early_exit import scores as exit_scores
from analysis.chapters.early_exit import sentences as exit_sentences
from analysis.chapters.floats import draw_panels
from analysis.chapters.layers import curves as layer_curves
from analysis.chapters.layers import sentences as layer_sentences
from analysis.chapters.parameters import show as parameters
from analysis.chapters.published.show import count_claims
from analysis.chapters.question_answering import sentences as answer_sentences
from analysis.claims import evaluate
from analysis.facts import Chapter, Markdown

ROW_CM, ALONE_CM = 2.2, 3.0
"""Height of the panels on the first page."""
MOST_EXITS = 3
"""Studies of early exits that are drawn on the first page."""


def describe_counts(page: Chapter) -> list[Markdown]:
    """A sentence on each study that compares published parameter counts with exact ones."""
    found = [study for study in studies.parameter_counts(page) if study.has("validation")]
    return _told(found, lambda study: parameters.describe_verdicts(page, study.table("validation")))


def describe_results(page: Chapter) -> list[Markdown]:
    """A sentence on each study of what models do, those whose predictions were adopted too."""
    classified = [describe_change_briefly(study) for study in studies.classifiers(page)]
    return [*classified, *describe_answers(page), *describe_depth(page)]


def describe_answers(page: Chapter) -> list[Markdown]:
    """A sentence on each study of question answering."""
    return [answer_sentences.summarise(study) for study in studies.question_answering(page)]


def describe_depth(page: Chapter) -> list[Markdown]:
    """A sentence on the first study of probes, on each of early exits, and on the first of judges of their answers."""
    return [
        *_told(studies.probing(page), layer_sentences.summarise, most=1),
        *_told(studies.early_exits(page), exit_sentences.summarise),
        *_told(studies.judging(page), judge_sentences.summarise, most=1),
    ]


def show_accuracy(page: Chapter) -> Markdown:
    """The figure of classifiers before and after fine-tuning; nothing without one."""
    found = [study for study in studies.classifiers(page) if study.compared]
    return (
        classification.show_accuracy(page, found, label="fig-summary-accuracy", dense=True) if found else Markdown("")
    )


def show_layers(page: Chapter) -> Markdown:
    """The figure of the first target of the first study of probes, layer by layer; nothing without one."""
    if not (found := studies.probing(page)):
        return Markdown("")
    study = found[0]
    pooling, target = layer_curves.fullest(study), layer_curves.targets(study)[0]
    shown = [replace(panel, row="") for panel in layer_curves.panels(study, pooling) if panel.row == target.name]
    return draw_panels(
        page,
        shown,
        x="layer (0: embedding)",
        y=target.quantity.name,
        spec=target.quantity.scale,
        one_scale=True,
        degenerate=layer_curves.DEGENERATE,
        row_cm=ROW_CM if len(shown) > 1 else ALONE_CM,
        label="fig-summary-layers",
        caption=page.caption(
            f"Probes of the {{target}} by {{state}} of each layer, with {INTERVAL}s.",
            target=target.name,
            state=layer_curves.state(pooling),
        ),
    )


def show_exits(page: Chapter) -> Markdown:
    """The figure of ROUGE-L at each exit of the first studies of early exits; nothing without one."""
    if not (found := studies.early_exits(page)):
        return Markdown("")
    title = exit_scores.SCORES["rouge_l"]
    shown = [
        replace(panel, row="", title=panel.row)
        for study in found[:MOST_EXITS]
        for panel in exit_scores.score_panels(study)
        if panel.title == title
    ]
    return draw_panels(
        page,
        shown,
        x="blocks",
        y=title,
        one_scale=True,
        row_cm=ROW_CM if len(shown) > 1 else ALONE_CM,
        label="fig-summary-exits",
        caption=f"{title} of the answers of each exit, before and after fine-tuning, and of two trivial answers.",
    )


def describe_published(page: Chapter) -> list[Markdown]:
    """A sentence on the claims of published documents, and one on the audit of their figures."""
    verdicts, findings = evaluate(page), audit(page)
    return [
        *([count_claims(page, verdicts)] if verdicts else []),
        *([count_findings(page, findings)] if any(each.verdict != "unverifiable" for each in findings) else []),
    ]


def _told(found: Sequence[Study], tell: Callable[[Study], Markdown], most: int | None = None) -> list[Markdown]:
    """What is told of each study, or of the first ones, with its name before it where there are several."""
    return [Markdown(f"*{study.shown}:* {tell(study)}" if len(found) > 1 else tell(study)) for study in found[:most]]


def list_sentences(sentences: Sequence[Markdown]) -> Markdown:
    """The sentences as a list."""
    return Markdown("".join(f"- {sentence}\n" for sentence in sentences))
