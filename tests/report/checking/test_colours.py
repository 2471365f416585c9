"""Colour differences: published answers, and what readers with a deficiency see."""

import pytest

from report.checking.colours import VISIONS, blended, difference, distance


# Sharma, Wu and Dalal (2005), table 1.
@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_the_published_ones_in_both_directions(one, other, published):
    assert difference(one, other) == pytest.approx(published, abs=5e-5)
    assert difference(other, one) == pytest.approx(published, abs=5e-5)


def test_black_and_white_are_as_far_apart_as_can_be_for_every_reader():
    for vision in VISIONS:
        assert distance("#000000", "#ffffff", vision) == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize(
    ("one", "other", "confused"),
    [
        ("#b07a5b", "#8f8a5b", "deuteranopia"),
        ("#a03030", "#504a30", "protanopia"),
        ("#4fa9d6", "#55aaa8", "tritanopia"),
        ("#ff0000", "#009400", "grey"),
    ],
)
def test_each_vision_confuses_colours_that_others_tell_apart(one, other, confused):
    assert distance(one, other, confused) < distance(one, other, "normal vision") / 2


def test_what_lets_the_page_through_is_seen_in_between():
    assert blended("#000000", 0.0, "#ffffff") == "#ffffff"
    assert blended("#102030", 1.0, "#ffffff") == "#102030"
    assert blended("#000000", 0.5, "#ffffff") == "#808080"
