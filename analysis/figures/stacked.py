"""Stacked bars: what a whole is composed of, one bar a row."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from analysis.facts.aggregate import ratio, sum_of
from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.formatting import formatted
from analysis.facts.values import Value
from analysis.facts.views import View
from analysis.figures.alt import Alt, Telling, extremes, listed
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.lines import height_of
from analysis.figures.palette import HATCHES, INK, SERIES
from analysis.figures.style import canvas, finish, house_style, legend_above, scale_in


def stacked_shares(view: View, *, bars: str, parts: str, amount: str, whole: str) -> Drawn:
    """One bar for each cell of column `bars`, cut by column `parts` in shares of the sum of column `amount`.

    Bars stand in the view's order, the sum at the end of each. `whole` names the sum on the axis ("parameters"). Parts
    that no bar has are left out. Raises FactError for more parts than there are colours.
    """
    names = [str(name) for name in view.distinct(bars)]
    cells = {
        name: {str(row[parts].data): row[amount] for row in view.where(**{bars: name}) if row[amount].data}
        for name in names
    }
    order = [part for part in view.distinct(parts) if any(part in cells[name] for name in names)]
    if len(order) > len(SERIES):
        raise FactError(f"{view.id}: {len(order)} {parts} to stack, but only {len(SERIES)} colours; merge some")
    sums = {name: sum_of(cells[name].values()) for name in names}
    shares = {name: {part: ratio(value, sums[name]) for part, value in cells[name].items()} for name in names}

    with house_style():
        figure, (axes,) = canvas(height_cm=2.2 + height_of(names, 0.62))
        marks = _draw(axes, names, order, shares)
        _name_sums(axes, names, sums)
        axis = f"share of all {whole}"
        axes.set_xlabel(axis)
        handles, labels = axes.get_legend_handles_labels()
        legend_above(figure, handles, labels)
    shows = [shares[name][part] for name in names for part in order if part in shares[name]]
    alt = _alt(names, order, shares, sums, whole)
    labels = (*names, *map(str, order))
    return Drawn(figure, alt, (*shows, *sums.values()), tuple(marks), labels, words=(axis,))


def _draw(axes: Axes, names: list[str], order: Sequence[str], shares: dict[str, dict[str, Value]]) -> list[Mark]:
    marks: list[Mark] = []
    left = dict.fromkeys(names, 0.0)
    for index, part in enumerate(order):
        widths = [shares[name][part].number() if part in shares[name] else 0.0 for name in names]
        bars = axes.barh(
            range(len(names)),
            widths,
            left=[left[name] for name in names],
            height=0.68,
            color=SERIES[index].light,
            hatch=HATCHES[index],
            edgecolor=INK.light,
            linewidth=0.5,
            label=clean(part),
        )
        marks += [
            Mark(bar, "length", [(shares[name][part], None)], part)
            for name, bar in zip(names, bars, strict=True)
            if part in shares[name]
        ]
        for name, width in zip(names, widths, strict=True):
            left[name] += width
    axes.set_yticks(range(len(names)), [clean(name) for name in names])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    scale_in(axes.xaxis, ".0%")
    axes.tick_params(axis="y", length=0)
    finish(axes)
    return marks


def _name_sums(axes: Axes, names: list[str], sums: dict[str, Value]) -> None:
    """The sums as labels of a second scale on the right, where the layout keeps room for them."""
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(names)), [formatted(sums[name]) for name in names])
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)


def _alt(
    names: list[str], order: Sequence[str], shares: dict[str, dict[str, Value]], sums: dict[str, Value], whole: str
) -> Alt:
    telling = Telling()
    split = {part: [(name, shares[name][part]) for name in names if part in shares[name]] for part in order}
    ranges = [f"{clean(part)} {extremes(telling, named, '.0%')}" for part, named in split.items()]
    return telling.finish(
        f"Stacked bar chart: the {whole} of {listed(names)}, each bar split into {listed(order)}. "
        f"Shares: {'; '.join(ranges)}. Sums {extremes(telling, sums.items())}."
    )
