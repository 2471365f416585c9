"""Published figures: which rows stand in which table and figure, and in what words."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from analysis.audit import Finding, wilson_interval
from analysis.chapters.common import Study, named
from analysis.chapters.decisions import CONFIDENCE_PERCENT
from analysis.chapters.floats import join
from analysis.claims import Verdict
from analysis.facts import Chapter, Markdown, Row, Value, View, derived
from analysis.figures.intervals import Estimate, intervals
from analysis.figures.tallies import Tally, tallies
from analysis.sentences import noun, series, verb
from analysis.sources import FIELDS, Source, described, in_words, samples, short_name
from analysis.tables import ColumnSpec, column
from experiments.statistics.baselines import chance

METRICS = {name: in_words(name) for name in ("bleu", "rouge_l", "bertscore")}
SCORES = ("accuracy", "exact_match", "f1", "rouge", "meteor", *METRICS)
SETTINGS = (
    "samples",
    "lora_rank",
    "lora_alpha",
    "lora_dropout",
    "train_batch_size",
    "epochs",
    "learning_rate",
    "training_time",
    "gpu",
    "gpu_memory",
    "memory",
    "peak_gpu_memory",
)

OUTCOMES = {
    "holds": ("holds", "hold"),
    "fails": ("fails", "fail"),
    "unverifiable": ("cannot be decided from what is printed", "cannot be decided from what is printed"),
}

VERDICTS = ("holds", "consistent", "fails", "inconsistent", "suspicious", "unverifiable")
"""The verdicts on claims and on figures, in the order in which a figure stacks them."""
DOUBTFUL = ("inconsistent", "suspicious", "unverifiable")
"""The verdicts of the audit that its list names."""


def accuracies(source: Source) -> list[Estimate]:
    """The accuracies of a source with the Wilson intervals that its sample sizes allow, split by split."""
    estimates = []
    for row in source.printed.where(quantity="accuracy"):
        n, split = samples(source, row), row["split"].data
        bounds = None if n is None else wilson_interval(row, n)
        low, high = (None, None) if bounds is None else (bounds.lower, bounds.upper)
        name = described(row.cells, leaving_out=("quantity", "split")).removeprefix("figure").strip(" ()") or "accuracy"
        estimates.append(Estimate(name, row["value"], low, high, group=None if split is None else f"{split} set"))
    return estimates


def label_chance(figures: View) -> Value:
    """The accuracy of chance, one over the number of labels that a source lists."""
    labels = figures.where(quantity="label_id").column("printed")
    return derived(chance(len(labels)), labels, f"one of {len(labels)} labels")


def printed(figures: View) -> View:
    """The rows that the source gives a figure for."""
    return figures.where(printed=lambda cell: cell is not None)


def subject(row: Row) -> Value:
    """What a figure is about, in words: model, data set, split, method and layer, as far as the source says."""
    cells = [row[name] for name in FIELDS if name != "quantity" and row.cells.get(name) is not None]
    text = described(row.cells, leaving_out=("quantity",)).removeprefix("figure").strip(" ()")
    return derived(text or "the whole document", cells or [row["place"]], f"subject of the figure {row['figure'].data}")


# --- floats ----------------------------------------------------------------------------------------------------------

PRINTED: Mapping[str, str | ColumnSpec | Callable[[Row], Value]] = {
    "Quantity": column(named(in_words, "quantity")),
    "Of": subject,
    "Printed": column("printed", align="right"),
    "Place": "place",
}


def show_figures(study: Study) -> Markdown:
    """How many figures a study transcribes, and the table of those that are printed."""
    figures = study.table("figures")
    there = printed(figures)
    missing = len(figures) - len(there)
    counted = study.page.say(
        "{all} {figures} transcribed" + ("; {printed} of them {are} printed." if missing else "."),
        all=figures.count(),
        figures=noun(len(figures), "figure is", "figures are"),
        printed=there.count(),
        are=verb(len(there), "is", "are"),
    )
    if not len(there):
        return counted
    several = len(figures.distinct("source")) > 1
    columns = {"Document": "source", **PRINTED} if several else PRINTED
    table = study.page.tabulate(
        there,
        label=study.label("tbl-published"),
        columns=columns,
        caption=study.page.caption("The figures of {study}, as printed.", study=study.text),
    )
    return join([counted, table])


def show_accuracies(study: Study, source: Source) -> Markdown:
    """The figure of the accuracies that a source prints; nothing without any."""
    if not (found := accuracies(source)):
        return Markdown("")
    return study.page.figure(
        intervals(found, axis="accuracy", spec=".0%"),
        label=study.label("fig-published"),
        caption=study.page.caption(
            f"Accuracy in {{study}}, with the {CONFIDENCE_PERCENT} Wilson interval where the number of examples is "
            "printed.",
            study=study.text,
        ),
    )


def show_verdicts(page: Chapter, verdicts: Sequence[Verdict], findings: Sequence[Finding]) -> Markdown:
    """The figure of the verdicts on claims and figures, source by source; nothing without any."""
    panels = [
        Tally(title, counts)
        for title, counts in (("Claims", _by_outcome(verdicts)), ("Checks of figures", _by_verdict(findings)))
        if counts
    ]
    if not panels:
        return Markdown("")
    return page.figure(
        tallies(panels, parts=VERDICTS),
        label="fig-verdicts",
        caption="Claims of each document by the verdict on them, and checks of its figures by what they found. "
        "A claim or a check that lacks something that is not printed is *unverifiable*.",
    )


def _by_outcome(verdicts: Sequence[Verdict]) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for source in dict.fromkeys(verdict.source for verdict in verdicts):
        of = [verdict for verdict in verdicts if verdict.source == source]
        found[short_name(source)] = {
            outcome: derived(
                sum(each.outcome == outcome for each in of),
                [each.statement for each in of],
                f"number of claims of {source} whose verdict is {outcome}",
            )
            for outcome in OUTCOMES
        }
    return found


def _by_verdict(findings: Sequence[Finding]) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for source in dict.fromkeys(finding.source for finding in findings):
        of = [finding for finding in findings if finding.source == source]
        values = [value for each in of for value in each.values.values() if isinstance(value, Value)]
        found[short_name(source)] = {
            verdict: derived(
                sum(each.verdict == verdict for each in of),
                values,
                f"number of findings on {source} that are {verdict}",
            )
            for verdict in ("consistent", *DOUBTFUL)
        }
    return found


def count_claims(page: Chapter, verdicts: Sequence[Verdict]) -> Markdown:
    """How many claims of the source reports hold, fail, or cannot be decided."""
    statements = [verdict.statement for verdict in verdicts]
    parts = []
    for outcome, (one, many) in OUTCOMES.items():
        found = [verdict for verdict in verdicts if verdict.outcome == outcome]
        n = derived(len(found), statements, f"number of claims whose verdict is {outcome}")
        parts.append(page.say("{n} {does}", n=n, does=verb(n, one, many)))
    whole = derived(len(verdicts), statements, "number of claims of the source reports")
    return page.say(
        "Of the {all} {claims} that the published documents make, {parts}.",
        all=whole,
        claims=noun(whole, "claim"),
        parts=series(parts),
    )


# --- words -----------------------------------------------------------------------------------------------------------


def findings_on(findings: Iterable[Finding], source: str, *checks: str) -> list[Finding]:
    """The findings of these checks on one source, in the order of the audit."""
    return [finding for finding in findings if finding.source == source and finding.check in checks]
