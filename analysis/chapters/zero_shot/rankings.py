"""The ways in which a decoder comes to a label: rankings of label words, and reading generated text."""

from dataclasses import dataclass

from analysis.chapters.common import ALL, ZERO_SHOT, classifiers
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of, min_of, sum_of
from analysis.sentences import noun

RANKINGS = {"sum": "sum", "mean": "mean per token", "per-character": "mean per character", "calibrated": "calibrated"}
GENERATED = "generated"


@dataclass(frozen=True)
class Way:
    """One way in which a decoder comes to a label: its row over all examples, and its name."""

    title: Markdown
    row: Row
    name: Value


def ways(page: Chapter) -> list[Way]:
    """The rankings of label words, then reading generated text: of the studies that tried several."""
    found = []
    for study in classifiers(page):
        rows = study.table("scores").where(score="accuracy", run=ALL, stage=_is_zero_shot)
        if len(rows) > 1:
            others = {_way(row) for row in rows}
            chosen = next(name for name in RANKINGS if name not in others)
            found += [
                Way(Markdown(study.title if index == 0 else ""), row, _named_way(row, chosen))
                for index, row in enumerate(rows)
            ]
    return found


def _is_zero_shot(stage: str) -> bool:
    return stage == ZERO_SHOT or stage.startswith(f"{ZERO_SHOT}-")


def _way(row: Row) -> str:
    """`mean` of the stage `zero-shot-mean`, empty for the ranking that the study chose."""
    return str(row["stage"].data).removeprefix(ZERO_SHOT).removeprefix("-")


def _named_way(row: Row, chosen: str) -> Value:
    way = _way(row)
    said = {**RANKINGS, GENERATED: "read out of generated text"}.get(way, way) or f"{RANKINGS[chosen]} (chosen)"
    return derived(said, [row["stage"]], row["stage"].how)


def ways_differ(page: Chapter) -> Markdown:
    """How far the rankings lie apart, and what reading generated text makes of the same model."""
    ranked = [way.row for way in ways(page) if _way(way.row) != GENERATED]
    read = [way.row for way in ways(page) if _way(way.row) == GENERATED]
    ties = sum_of([row["ties"] for row in ranked])
    sentences = [
        page.say(
            "How the words are ranked moves the accuracy between {low:.1%} and {high:.1%}; "
            + ("{ties:,} {examples} tied." if ties.number() else "no example tied."),
            examples=noun(ties, "example"),
            low=min_of([row["value"] for row in ranked]),
            high=max_of([row["value"] for row in ranked]),
            ties=ties,
        )
    ]
    sentences += [
        page.say(
            "Read out of generated text, the label is right for {value:.1%}: {unparsed:,} of {n:,} texts hold no "
            "label, and count as wrong.",
            value=row["value"],
            unparsed=row["unparsed"],
            n=row["n"],
        )
        for row in read
    ]
    return Markdown(" ".join(sentences))
