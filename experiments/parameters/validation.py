"""Checks published counts against computed ones, and explains those that differ."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from experiments.parameters.catalogue import find_model
from experiments.parameters.count import Count
from experiments.parameters.explain import Explanation, Figure, explain
from experiments.parameters.explain.words import equation, summary
from experiments.parameters.study import Report, Study
from experiments.system import Context
from experiments.tables.errors import UserError
from experiments.tables.sidecar import Column

VALIDATION_COLUMNS = (
    Column(name="figure", type="string", meaning="identifier of the published figure"),
    Column(name="table", type="string", meaning="the reported table that the figure is from"),
    Column(name="model", type="string", meaning="registry name of the model"),
    Column(name="configuration", type="string", meaning="the configuration that the figure should be of"),
    Column(name="quantity", type="string", meaning="what is counted: total, trainable, share, embedding, …"),
    Column(name="printed", type="string", kind="reported", meaning="the figure to the letter"),
    Column(
        name="reported",
        type="integer",
        kind="reported",
        nullable=True,
        meaning="the published count; none for a share",
    ),
    Column(name="computed", type="integer", nullable=True, meaning="the exact count; none for a share"),
    Column(name="difference", type="integer", nullable=True, meaning="reported less computed"),
    Column(
        name="reported_share",
        type="number",
        kind="reported",
        nullable=True,
        meaning="published trainable share of the total",
    ),
    Column(name="computed_share", type="number", nullable=True, meaning="exact trainable share of the logical total"),
    Column(name="verdict", type="string", meaning="exact, rounded, explained or not-reproduced"),
    Column(name="decomposition", type="string", nullable=True, meaning="how the published figure comes about"),
)

DECOMPOSITION_COLUMNS = (
    Column(name="figure", type="string", meaning="identifier of the published figure"),
    Column(name="rank_of_explanation", type="integer", meaning="1 for the likeliest explanation"),
    Column(name="term", type="integer", meaning="position of the term in its sum, from 1"),
    Column(name="words", type="string", meaning="what the term counts"),
    Column(name="elements", type="integer", meaning="the term, with its sign; the terms add up to the figure"),
    Column(name="summary", type="string", meaning="the way of counting, in one line"),
    Column(name="likelihood", type="string", meaning="usual or unusual"),
)


@dataclass(frozen=True)
class Published:
    """A row of a reported table: what was printed, and the counts (or the share) that it admits."""

    printed: str
    value: float
    figure: Figure | None


@dataclass(frozen=True)
class Checked:
    """A report with its published figures, its configuration counted, and the explanations found."""

    report: Report
    count: Count
    published: dict[str, Published]
    explanations: list[Explanation]

    @property
    def computed(self) -> dict[str, int]:
        total, parts = self.count.total, self.count.components
        embedding = parts["embedding"].logical_base
        return {
            "total": total.logical_base + total.added,
            "trainable": total.trainable,
            "embedding": embedding,
            "non_embedding": total.logical_base - embedding,
            "head": parts["head"].logical_base,
        }

    @property
    def share(self) -> float:
        return self.computed["trainable"] / self.computed["total"]


@dataclass(frozen=True)
class Checks:
    """All reports of a study, checked, and how many explanations of each figure are kept."""

    reports: list[Checked]
    most: int


def check_all(study: Study, context: Context) -> Checks:
    """Every report of the study, checked. Raises UserError for a figure that its table does not have."""
    counts = {entry.name: entry.count() for entry in study.configurations}
    reports = context.progress(study.reports, "explaining", len(study.reports))
    return Checks([_check(report, counts[report.configuration], context) for report in reports], study.explanations)


def validation_rows(checks: Checks) -> Iterator[dict[str, object]]:
    """A row for each published figure that a report names."""
    for entry in checks.reports:
        for quantity, figure in entry.report.figures.items():
            published = entry.published[quantity]
            row = {"figure": figure, "table": entry.report.table, "model": entry.count.model}
            row |= {"configuration": entry.report.configuration, "quantity": quantity, "printed": published.printed}
            judge = _share_verdict if quantity == "share" else _count_verdict
            yield {**dict.fromkeys(column.name for column in VALIDATION_COLUMNS), **row, **judge(entry, quantity)}


def decomposition_rows(checks: Checks) -> Iterator[dict[str, object]]:
    """The likeliest explanations of each total and trainable count, term by term; no far-fetched ones."""
    for entry in checks.reports:
        plausible = [found for found in entry.explanations if found.likelihood != "far-fetched"]
        for quantity in ("total", "trainable"):
            if quantity not in entry.report.figures:
                continue
            for rank, explanation in enumerate(plausible[: checks.most], 1):
                terms = explanation.total_terms if quantity == "total" else explanation.trainable_terms
                for position, (words, elements) in enumerate(terms, 1):
                    yield {
                        "figure": entry.report.figures[quantity],
                        "rank_of_explanation": rank,
                        "term": position,
                        "words": words,
                        "elements": elements,
                        "summary": summary(explanation),
                        "likelihood": explanation.likelihood,
                    }


def _check(report: Report, counted: Count, context: Context) -> Checked:
    rows = {row["figure"]: row for row in context.read(report.table).rows}
    published = {}
    for quantity, name in report.figures.items():
        if name not in rows or rows[name]["value"] is None:
            state = "has no value" if name in rows else "is not in it"
            raise UserError(f"{report.table}: the figure {name}, which the study checks, {state}")
        published[quantity] = _published(rows[name], quantity)
    total, trainable = (published[q].figure if q in published else None for q in ("total", "trainable"))
    found = []
    if trainable or (total and total.exact):  # a rounded total alone fits far too many ways of counting
        labels = counted.labels if counted.head == "classification" else None
        found = explain(find_model(counted.model), total, trainable, labels).explanations
    return Checked(report, counted, published, found)


def _published(row: dict, quantity: str) -> Published:
    figure = None
    if quantity != "share":
        low, high = math.ceil(row["low"]), math.floor(row["high"])
        figure = Figure(row["printed"], low, high, max(1, round(row["high"] - row["low"])))
    return Published(row["printed"], row["value"], figure)


def _count_verdict(entry: Checked, quantity: str) -> dict[str, object]:
    published, computed = entry.published[quantity], entry.computed[quantity]
    reported, figure = round(published.value), published.figure
    row = {"reported": reported, "computed": computed, "difference": reported - computed}
    if quantity == "trainable":
        row["computed_share"] = entry.share
    if computed in figure:
        return {**row, "verdict": "exact" if figure.exact else "rounded"}
    words = _explained(entry, quantity, reported, computed, figure)
    return {**row, "verdict": "explained" if words else "not-reproduced", "decomposition": words}


def _explained(entry: Checked, quantity: str, reported: int, computed: int, figure: Figure) -> str | None:
    """How a figure that is not the exact count comes about; None where nothing plausible gives it."""
    if not figure.exact:
        return _other_rounding(reported, computed, figure.step)
    if quantity == "embedding":
        return _resized(entry, reported, computed)
    best = entry.explanations[0] if quantity in ("total", "trainable") and entry.explanations else None
    if best is None or best.likelihood == "far-fetched":
        return None
    return equation(best.total_terms if quantity == "total" else best.trainable_terms)


def _other_rounding(reported: int, computed: int, step: int) -> str | None:
    if not 0 < abs(computed - reported) < step:
        return None
    how = "cut off after the last printed digit" if computed > reported else "rounded up"
    return f"{computed:,}, {how} instead of rounded to the nearest"


def _resized(entry: Checked, reported: int, computed: int) -> str | None:
    config = find_model(entry.count.model).config
    rows, rest = divmod(reported - computed, config.integer("hidden_size"))
    vocabulary = config.integer("vocab_size")
    if rest or (vocabulary + rows) % 64:
        return None
    return f"a vocabulary of {vocabulary + rows:,} instead of {vocabulary:,}, {rows * config.integer('hidden_size'):+,}"


def _share_verdict(entry: Checked, quantity: str) -> dict[str, object]:
    published = entry.published[quantity]
    row = {"reported_share": published.value, "computed_share": entry.share}
    if math.isclose(published.value, entry.share, rel_tol=1e-12):
        return {**row, "verdict": "exact"}
    parts = [entry.published[part].figure for part in ("trainable", "total") if part in entry.published]
    if len(parts) == 2 and math.isclose(published.value, parts[0].low / parts[1].low, rel_tol=1e-12):
        words = f"{parts[0].low:,} / {parts[1].low:,}, the quotient of the two published counts"
        return {**row, "verdict": "explained", "decomposition": words}
    return {**row, "verdict": "not-reproduced"}
