"""Floats that a chapter makes of many studies or panels: split where one would not stay legible."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from analysis.chapters.common import Study
from analysis.facts import Chapter, Markdown, max_of, mean_of, min_of
from analysis.figures.curves import MOST_PANELS, MOST_ROWS, Curve, Point, curves
from analysis.figures.palette import SERIES
from analysis.figures.panels import ROW_CM, Panel, Scale, panels, split_panels


def for_each(
    studies: Sequence[Study],
    *shows: Callable[[Study], object],
    level: int = 3,
    headed: bool = True,
    opening: bool = False,
    among: Sequence[Study] = (),
) -> Markdown:
    """What `shows` make of each study, below a heading with the study's name where there are several.

    Figures and tables alone go without (`headed=False`): they float away from a heading, and name their models. Where a
    chapter opens, before its first section, the name is a line in bold (`opening=True`): a heading would skip a level.
    Where a section shows some of several studies, those are `among` all: the heading then says which.
    """
    begin, end = ("**", "**") if opening else (f"{'#' * level} ", " {.unnumbered}")
    several = headed and max(len(studies), len(among)) > 1
    return join(
        part
        for study in studies
        for part in (
            f"{begin}{study.shown}{end}" if several else "",
            *(show(study) for show in shows),
        )
    )


def on_site(parts: Iterable[object], label: str) -> Markdown:
    """A section for the site alone, of tables that would fill pages of paper; nothing without any.

    It stands at the end of its chapter, so that figures and tables before it have one number in both formats.
    """
    if not (told := join(parts)).strip():
        return Markdown("")
    return Markdown(f'\n::: {{.content-visible when-format="html"}}\n\n## Further tables {{#{label}}}\n\n{told}\n:::\n')


def tell_none_yet(what: str, how: str) -> Markdown:
    """That no study of a kind is frozen yet, and the command that begins one (`how`)."""
    return Markdown(
        f"No study of {what} is frozen yet. `{how}` begins one; once its tables are frozen, this chapter shows them. "
        "To do without the chapter, delete its line in `_quarto.yml`."
    )


def join(parts: Iterable[object]) -> Markdown:
    """Pieces of markdown one below the other, empty ones left out."""
    return Markdown("\n\n".join(str(part).strip("\n") for part in parts if part) + "\n")


def draw_curves(
    page: Chapter, found: Sequence[Curve], *, label: str, caption: str, x: str, y: str, spec: str | None = None
) -> Markdown:
    """Curves of runs, a panel each study or model, in as many figures as they need.

    The gap `{lines}` of the caption says what a line is: a run, or the mean over the runs of a panel where there are
    more runs than a legend can name.
    """
    lines = "one line per seed"
    if len({curve.name for curve in found}) > len(SERIES):
        found, lines = _means(found), "the mean over the seeds, with a band over their range"
    names = list(dict.fromkeys(curve.panel for curve in found))
    at_once = MOST_PANELS * MOST_ROWS
    parts = [names[first : first + at_once] for first in range(0, len(names), at_once)]
    return join(
        page.figure(
            curves([curve for curve in found if curve.panel in part], x=x, y=y, spec=spec),
            label=_numbered(label, number),
            caption=_of_part(caption.replace("{lines}", lines), number),
        )
        for number, part in enumerate(parts, start=1)
    )


def _means(found: Sequence[Curve]) -> list[Curve]:
    """One curve for each panel: the mean of its curves where all have a point, between the lowest and the highest."""
    means = []
    for panel in dict.fromkeys(curve.panel for curve in found):
        there = [curve.drawn() for curve in found if curve.panel == panel]
        at: dict[float, list[Point]] = {}
        for point in (point for points in there for point in points):
            at.setdefault(point.x.number(), []).append(point)
        whole = [points for _, points in sorted(at.items()) if len(points) == len(there)]
        heights = [(points[0].x, [point.y for point in points]) for points in whole]
        means.append(
            Curve(
                "mean over the seeds",
                [Point(across, mean_of(ys), min_of(ys), max_of(ys)) for across, ys in heights],
                panel,
            )
        )
    return means


def draw_panels(
    page: Chapter,
    found: Sequence[Panel],
    *,
    label: str,
    caption: str,
    x: str,
    y: str | Mapping[str, Scale],
    row_cm: float = ROW_CM,
    **looks,
) -> Markdown:
    """The panels in as many figures as they need; `looks` are those of `analysis.figures.panels.panels`."""
    parts = split_panels(found, row_cm)
    return join(
        page.figure(
            panels(part, x=x, y=y if isinstance(y, str) else _of(part, y), row_cm=row_cm, **looks),
            label=_numbered(label, number),
            caption=_of_part(caption, number),
        )
        for number, part in enumerate(parts, start=1)
    )


def _numbered(label: str, number: int) -> str:
    return label if number == 1 else f"{label}-part-{number}"


def _of_part(caption: str, number: int) -> Markdown:
    return Markdown(caption if number == 1 else f"{caption} (Continued.)")


def _of(part: Sequence[Panel], scales: Mapping[str, Scale]) -> dict[str, Scale]:
    rows = {panel.row for panel in part}
    return {row: scale for row, scale in scales.items() if row in rows}
