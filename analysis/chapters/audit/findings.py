"""The findings of the audit, each with the figures in question as printed and what was recomputed of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analysis.audit import Finding
from analysis.audit.explained import explanations
from analysis.chapters.published.show import DOUBTFUL, subject
from analysis.facts import Chapter, Markdown, Row, derived
from analysis.facts.escape import markdown
from analysis.sentences import noun, series
from analysis.sources import short_name

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
MOST_FIGURES = 2
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
    """The document, and its figures in question: one by one where they are few, else their number and places."""
    source = Markdown(f"**{markdown(short_name(finding.source))}**")
    if not finding.figures:
        return source
    rows = list(page.table(f"{finding.study}/figures").where(figure=finding.figures))
    if len(rows) <= MOST_FIGURES:
        return page.say("{source}: {figures}", source=source, figures=series([_figure(page, row) for row in rows]))
    count = derived(len(rows), [row["place"] for row in rows], "number of figures in question")
    places = list({row["place"].data: row["place"] for row in rows}.values())
    shown = Markdown("several places")
    if len(places) <= MOST_FIGURES:
        shown = series([page.say("{place}", place=place) for place in places])
    return page.say(
        "{source}: {n} {figures} ({places})", source=source, n=count, figures=noun(count, "figure"), places=shown
    )


def _figure(page: Chapter, row: Row) -> Markdown:
    if row["printed"].missing:
        return page.say("{subject} ({place})", subject=subject(row), place=row["place"])
    return page.say(
        "{printed} for {subject} ({place})", printed=row["printed"], subject=subject(row), place=row["place"]
    )


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
