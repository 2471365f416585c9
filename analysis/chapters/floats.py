"""Floats that a chapter makes of many studies or panels: split where one would not stay legible."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from analysis.chapters.common import Study
from analysis.facts import Chapter, Markdown
from analysis.figures.panels import Panel, Scale, panels, split_panels


def for_each(studies: Sequence[Study], *shows: Callable[[Study], object], level: int = 3) -> Markdown:
    """What `shows` make of each study, below a heading with the study's name where there are several."""
    several = len(studies) > 1
    return join(
        part
        for study in studies
        for part in (
            f"{'#' * level} {study.shown} {{.unnumbered}}" if several else "",
            *(show(study) for show in shows),
        )
    )


def none_yet(what: str, how: str) -> Markdown:
    """That no study of a kind is frozen yet, and the command that begins one (`how`)."""
    return Markdown(
        f"No study of {what} is frozen yet. `{how}` begins one; once its tables are frozen, this chapter shows them."
    )


def join(parts: Iterable[object]) -> Markdown:
    """Pieces of markdown one below the other, empty ones left out."""
    return Markdown("\n\n".join(str(part).strip("\n") for part in parts if part) + "\n")


def draw_panels(
    page: Chapter,
    found: Sequence[Panel],
    *,
    label: str,
    caption: str,
    x: str,
    y: str | Mapping[str, Scale],
    row_cm: float = 3.7,
    **looks,
) -> Markdown:
    """The panels in as many figures as they need; `looks` are those of `analysis.figures.panels.panels`."""
    parts = split_panels(found, row_cm)
    return join(
        page.figure(
            panels(part, x=x, y=y if isinstance(y, str) else _of(part, y), row_cm=row_cm, **looks),
            label=label if number == 1 else f"{label}-part-{number}",
            caption=Markdown(caption if len(parts) == 1 else f"{caption} Part {number} of {len(parts)}."),
        )
        for number, part in enumerate(parts, start=1)
    )


def _of(part: Sequence[Panel], scales: Mapping[str, Scale]) -> dict[str, Scale]:
    rows = {panel.row for panel in part}
    return {row: scale for row, scale in scales.items() if row in rows}
