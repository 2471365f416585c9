"""What the fonts of the figures lack is drawn as a number, in every place of a figure, and never warned of."""

import warnings

import pytest

from analysis.facts import FactError
from analysis.figures.curves import Curve, Point, curves
from analysis.figures.glyphs import MOST_NUMBERS, drawable
from analysis.figures.heat import HeatMap, heat_maps
from analysis.figures.intervals import Estimate, intervals
from analysis.figures.style import canvas
from analysis.figures.svg import svg_bytes
from report.checking.drawings import read_drawing

FAMILY = ("DejaVu Sans",)
UNKNOWN = "\U00020000"
"""An ideograph that few fonts have."""


def test_a_character_without_a_glyph_is_its_number():
    assert drawable(f"a{UNKNOWN}b\nÄ", FAMILY) == "a‹20000›b\nÄ"
    assert (
        drawable(f"a{UNKNOWN}", ("A font that is not there",)) == drawable(f"a{UNKNOWN}", ("sans-serif",)) == "a‹20000›"
    )


def test_of_many_in_a_row_the_first_are_told():
    shown = drawable(f"a{UNKNOWN * 900}b", FAMILY)
    assert shown.count("‹20000›") == MOST_NUMBERS
    assert (shown[0], shown[-2:]) == ("a", "…b")


def draws(scores):
    value = scores.at(figure="before")["score"]
    name = f"{UNKNOWN}\N{ZERO WIDTH JOINER}a"
    yield intervals([Estimate(name, value, group=name)], axis=name, references=[(name, value)])
    yield curves([Curve(name, [Point(value, value)], name), Curve("b", [Point(value, value)], "c")], x=name, y=UNKNOWN)
    yield heat_maps([HeatMap(name, [name], {"1": [(value, True)]})], up="depth", mark="first")


def test_no_figure_is_drawn_with_a_warning(scores):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for drawn in draws(scores):
            drawing = read_drawing(svg_bytes(drawn.figure, "a"), "a.svg")
            ticks = [tick.text for panel in drawing.panels.values() for each in panel.ticks.values() for tick in each]
            assert "‹20000›" in " ".join((*drawing.texts, *ticks))


def test_names_that_leave_no_room_are_told_in_one_line(scores):
    figure, (axes,) = canvas(height_cm=3)
    axes.set_yticks([0], ["name " * 40])
    with pytest.raises(FactError, match=r"^figure story/fig-x: .*name name") as told:
        svg_bytes(figure, "story/fig-x")
    assert "\n" not in str(told.value)
