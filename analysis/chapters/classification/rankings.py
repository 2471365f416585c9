"""How a decoder comes to a label: by ranking the label words in several ways, or by generating text."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.chapters.common import Classifier, reads_alike, span
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of, min_of, sum_of
from analysis.sentences import noun
from experiments.tables.terms import ALL, Stage

RANKINGS = {"sum": "sum", "mean": "mean per token", "per-character": "mean per character", "calibrated": "calibrated"}
GENERATED = "generated"


@dataclass(frozen=True)
class Ranking:
    """One way in which a decoder comes to a label: its row over all examples, and its name."""

    study: Classifier
    title: Markdown
    row: Row
    name: Value


def rankings(studies: Sequence[Classifier]) -> list[Ranking]:
    """The rankings of label words, then parsing generated text, of the studies that tried several.

    Studies that train one model in several ways have one zero-shot result: it is that of the first of them.
    """
    found: list[Ranking] = []
    seen: list[set] = []
    for study in (each for each in studies if each.measured):
        rows = study.table("scores").where(score="accuracy", run=ALL, stage=_is_zero_shot)
        results = {(row["stage"].data, row["value"].data, row["n"].data) for row in rows}
        if len(rows) > 1 and not any(results <= before for before in seen):
            seen.append(results)
            others = {_suffix(row) for row in rows}
            chosen = next(name for name in RANKINGS if name not in others)
            found += [
                Ranking(study, study.shown if index == 0 else Markdown(""), row, _name(row, chosen))
                for index, row in enumerate(rows)
            ]
    return found


def _is_zero_shot(stage: str) -> bool:
    return stage == Stage.ZERO_SHOT or stage.startswith(f"{Stage.ZERO_SHOT}-")


def _suffix(row: Row) -> str:
    """`mean` of the stage `zero-shot-mean`, empty for the ranking that the study chose."""
    return str(row["stage"].data).removeprefix(Stage.ZERO_SHOT).removeprefix("-")


def _name(row: Row, chosen: str) -> Value:
    way = _suffix(row)
    name = {**RANKINGS, GENERATED: "parsed from generated text"}.get(way, way) or f"{RANKINGS[chosen]} (chosen)"
    return derived(name, [row["stage"]], row["stage"].how)


def compare_rankings(page: Chapter, found: Sequence[Ranking]) -> Markdown:
    """A list: for each study the range of accuracies over the rankings, and that of labels parsed from text."""
    studies = dict.fromkeys(way.study for way in found)
    lines = [_compare(page, study, [way.row for way in found if way.study == study]) for study in studies]
    return Markdown("".join(f"- {line}\n" for line in lines))


def _compare(page: Chapter, study: Classifier, rows: Sequence[Row]) -> Markdown:
    ranked = [row for row in rows if _suffix(row) != GENERATED]
    ties = sum_of([row["ties"] for row in ranked])
    low, high = (end([row["value"] for row in ranked]) for end in (min_of, max_of))
    how = "however" if reads_alike(".1%", low, high) else "depending on how"
    sentences = [
        page.say(
            f"On {{study}}, zero-shot accuracy is {span('.1%', low, high)}, {how} the likelihoods of the label words "
            "are normalised; "
            + ("for {ties:,} {examples} two labels tie." if ties.number() else "for no example two labels tie."),
            study=study.text,
            examples=noun(ties, "example"),
            low=low,
            high=high,
            ties=ties,
        )
    ]
    sentences += [
        page.say(
            "With labels parsed from generated text, accuracy is {value:.1%}: "
            + (
                "all {n:,} texts contain a label."
                if (none := row["unparsed"] == 0)
                else "{unparsed:,} of {n:,} texts contain no label and count as wrong."
            ),
            rests_on=[none] if none else [],
            value=row["value"],
            unparsed=row["unparsed"],
            n=row["n"],
        )
        for row in rows
        if _suffix(row) == GENERATED
    ]
    return Markdown(" ".join(sentences))
