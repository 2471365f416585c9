"""Tallies: how many there are of each sort, as bars cut into parts, a panel for each question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.values import Value
from analysis.figures.alt import Alt, Telling, listed
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.palette import HATCHES, INK, SERIES
from analysis.figures.style import canvas, finish, house_style, legend_above

MOST_PANELS = 3
_SCALE = "number"


@dataclass(frozen=True)
class Tally:
    """One panel: its title, and for each bar the counts by part."""

    title: str
    counts: Mapping[str, Mapping[str, Value]]


def tallies(panels: Sequence[Tally], *, parts: Sequence[str]) -> Drawn:
    """A panel each, side by side: a bar for each name, cut into `parts`, which look alike in all panels.

    Raises FactError for more panels or parts than stay readable.
    """
    if not 0 < len(panels) <= MOST_PANELS or len(parts) > len(SERIES):
        raise FactError(f"{len(panels)} panels of {len(parts)} parts; {MOST_PANELS} and {len(SERIES)} fit one figure")
    names = list(dict.fromkeys(name for panel in panels for name in panel.counts))
    marks: list[Mark] = []
    with house_style():
        figure, grid = canvas(2.4 + 0.62 * len(names), len(panels))
        for number, (axes, panel) in enumerate(zip(grid, panels, strict=True)):
            marks += _draw(axes, panel, names, parts)
            axes.set_yticks(range(len(names)), [] if number else [clean(name) for name in names])
        looks = [look for axes in grid for look in zip(*axes.get_legend_handles_labels(), strict=True)]
        by_name = {label: handle for handle, label in looks}
        shown = [clean(part) for part in parts if clean(part) in by_name]
        legend_above(figure, [by_name[part] for part in shown], shown)
    shows = [count for panel in panels for by_part in panel.counts.values() for count in by_part.values()]
    labels = (*(panel.title for panel in panels), *names)
    return Drawn(figure, _alt(panels), tuple(shows), tuple(marks), labels, words=(*parts, _SCALE))


def _draw(axes: Axes, panel: Tally, names: Sequence[str], parts: Sequence[str]) -> list[Mark]:
    marks: list[Mark] = []
    left = dict.fromkeys(names, 0)
    for look, part in enumerate(parts):
        widths = [panel.counts[name][part].number() if part in panel.counts.get(name, {}) else 0 for name in names]
        if any(widths):
            bars = axes.barh(
                range(len(names)),
                widths,
                left=list(left.values()),
                height=0.66,
                color=SERIES[look].light,
                hatch=HATCHES[look],
                edgecolor=INK.light,
                linewidth=0.5,
                label=clean(part),
            )
            marks += [
                Mark(bar, "length", [(panel.counts[name][part], None)], part)
                for name, bar in zip(names, bars, strict=True)
                if part in panel.counts.get(name, {})
            ]
        left = {name: left[name] + width for name, width in zip(names, widths, strict=True)}
    axes.invert_yaxis()
    axes.set_title(clean(panel.title), loc="left")
    axes.set_xlabel(_SCALE)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.tick_params(axis="y", length=0)
    finish(axes)
    return marks


def _alt(panels: Sequence[Tally]) -> Alt:
    telling, told = Telling(), []
    for panel in panels:
        each = [f"{clean(name)} {_counts(telling, by_part)}" for name, by_part in panel.counts.items()]
        told.append(f"{clean(panel.title)}: {'; '.join(each)}.")
    return telling.finish(f"Stacked bars of {listed([panel.title for panel in panels])}. {' '.join(told)}")


def _counts(telling: Telling, by_part: Mapping[str, Value]) -> str:
    return ", ".join(f"{telling(count)} {clean(part)}" for part, count in by_part.items() if count.number())
