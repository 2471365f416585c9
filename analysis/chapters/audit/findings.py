"""The findings of the audit, each with the figures in question as printed and what was recomputed of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analysis.audit import Finding
from analysis.audit.explained import explanations
from analysis.chapters.published.show import DOUBTFUL, subject
from analysis.facts import Chapter, Markdown, Row, derived
from analysis.facts.escape import markdown
from analysis.sentences import series
from analysis.sources import in_words, short_name

MEANINGS = {
    "inconsistent": "the figures contradict each other",
    "suspicious": "they can stand together, but not with what the document says of them",
    "consistent": "the recomputation gives what is printed",
    "unverifiable": "something that the recomputation needs is not printed",
}
"""The verdicts of the audit in the order in which they are listed, and what they say of the figures."""
HEADINGS = {
    "inconsistent": "Figures that contradict each other",
    "suspicious": "Figures in doubt",
    "consistent": "Figures that agree",
    "unverifiable": "Figures that cannot be checked",
}
MOST_FIGURES = 3
"""Figures that are named one by one; of others their number is told."""


@dataclass(frozen=True)
class Line:
    """A finding with the name under which a chapter lists it as a claim."""

    name: str
    finding: Finding


def numbered(findings: Iterable[Finding]) -> Iterator[Line]:
    """The findings with names that tell them apart, such as `audit.at-chance.SOURCE.1`."""
    times: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        times[finding.check, finding.source] += 1
        yield Line(f"audit.{finding.check}.{finding.source}.{times[finding.check, finding.source]}", finding)


def tell(page: Chapter, line: Line) -> Markdown:
    """The sentence of a finding, listed as a claim with its verdict."""
    return page.claim(line.name, line.finding.verdict, line.finding.template, **line.finding.values)


def explain_verdicts() -> Markdown:
    """A list of the verdicts with what they say."""
    return Markdown("".join(f"- **{verdict}**: {meaning};\n" for verdict, meaning in MEANINGS.items())[:-2] + ".\n")


def show_findings(page: Chapter, findings: Sequence[Finding], verdict: str) -> Markdown:
    """The section of the findings with this verdict; nothing without any."""
    lines = [line for line in numbered(findings) if line.finding.verdict == verdict]
    if not lines:
        return Markdown("")
    table = page.tabulate(
        lines,
        label=f"tbl-audit-{verdict}",
        columns={
            "Question": lambda line: Markdown(markdown(_asks(line.finding.check))),
            "Printed figure and place": lambda line: _as_printed(page, line.finding),
            "Recomputation": lambda line: Markdown(f"[{tell(page, line)}]{{.long}}"),
        },
        caption=f"Findings whose verdict is *{verdict}*: {MEANINGS[verdict]}.",
    )
    return Markdown(f"\n## {HEADINGS[verdict]} {{#sec-audit-{verdict}}}\n\n{table}\n")


def _asks(check: str) -> str:
    explained = explanations().get(check)
    return explained.asks if explained else check.replace("-", " ")


def _as_printed(page: Chapter, finding: Finding) -> Markdown:
    """The document, and its figures in question: the first of them by name, with the number of the others."""
    source = Markdown(f"**{markdown(short_name(finding.source))}**")
    if not finding.figures:
        return source
    rows = list(page.table(f"{finding.study}/figures").where(figure=finding.figures))
    # One more is named rather than counted.
    most = MOST_FIGURES if len(rows) > MOST_FIGURES + 1 else len(rows)
    by_place: dict[object, list[Row]] = {}
    for row in rows[:most]:
        by_place.setdefault(row["place"].data, []).append(row)
    parts = [_figures(page, some) for some in by_place.values()]
    if len(rows) > most:
        more = derived(len(rows) - most, [row["place"] for row in rows], "number of further figures in question")
        parts.append(page.say("{more} more", more=more))
    return page.say("{source}: {figures}", source=source, figures=Markdown("; ".join(parts)))


def _figures(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """Figures of one place, which is told once, as is what several of them are about."""
    by_subject: dict[object, list[Row]] = {}
    for row in rows:
        by_subject.setdefault(subject(row).data, []).append(row)
    parts = [
        page.say("{named} for {subject}", named=series([_named(page, row) for row in some]), subject=subject(some[0]))
        for some in by_subject.values()
    ]
    return page.say("{parts} ({place})", parts=Markdown("; ".join(parts)), place=rows[0]["place"])


def _named(page: Chapter, row: Row) -> Markdown:
    """The quantity of a figure with its print, where it is printed."""
    quantity = in_words(row.cells["quantity"])
    if row["printed"].missing:
        return page.say("{quantity}", quantity=quantity)
    return page.say("{quantity} {printed}", quantity=quantity, printed=row["printed"])


def list_findings(page: Chapter, findings: Iterable[Finding]) -> Markdown:
    """A list: what the audit doubts, then what it could not check, then what it found nothing against."""
    ranks = {verdict: rank for rank, verdict in enumerate(DOUBTFUL)}
    lines = sorted(numbered(findings), key=lambda line: ranks.get(line.finding.verdict, len(ranks)))
    if not lines:
        return Markdown("No check of the audit applies to these figures.")
    items = [
        (f"**{line.finding.verdict}:** " if line.finding.verdict in ranks else "") + tell(page, line) for line in lines
    ]
    return Markdown("What the audit finds, doubts first:\n\n" + "".join(f"- {item}\n" for item in items))
