"""The colours of figures: each with its counterpart on a dark page, and markers, dashes and hatches beside it.

The series colours differ in lightness as well as in hue: any two of them are at least 6 apart (CIEDE2000) on either
page, with normal vision, protanopia, deuteranopia and tritanopia and in grey, and so are neighbours of `HEAT`; builders
add a hatch or a marker to each. Contrast with its own page is at least 3:1 for every series colour but sand, whose
areas are outlined in ink, and 4.5:1 for ink (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tone:
    """One colour on a white page and on a dark one."""

    light: str
    dark: str


INK = Tone("#1d2430", "#e6e9ee")
SOFT_INK = Tone("#4a5566", "#aeb7c4")
GRID = Tone("#d5dae1", "#3a4250")

BLUE = Tone("#024674", "#85b7eb")
ORANGE = Tone("#dc7b2d", "#d78b3d")
PLUM = Tone("#8d3a65", "#be6f9e")
SAND = Tone("#e2c36a", "#fbeaa4")
TEAL = Tone("#268f82", "#80ddcf")
SLATE = Tone("#627082", "#6e7581")

SERIES = (BLUE, ORANGE, PLUM, SAND, TEAL, SLATE)
HATCHES = ("", "//", "..", "\\\\", "xx", "--")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (2.4, 0.8)))

KIND_TONES = {"computed": BLUE, "measured": TEAL, "reported": ORANGE, "mixed": PLUM, "record": SLATE}
KIND_MARKERS = {"computed": "D", "measured": "o", "reported": "s", "mixed": "X", "record": "P"}

PAPER = Tone("#ffffff", "#14181f")
"""The page itself, for marks on dark cells."""
# Steps of one hue from little to much: towards ink on a white page, towards light on a dark one, where the contrast of
# each to the one before it is 1.5:1.
HEAT = (
    Tone("#f1f5f9", "#2b3643"),
    Tone("#c3d6e7", "#2d5277"),
    Tone("#9cbcd8", "#3970a3"),
    Tone("#6594be", "#5290c5"),
    Tone("#376899", "#82b7e2"),
    Tone("#163c62", "#c1e0f8"),
)

TONES = (INK, SOFT_INK, GRID, *SERIES, PAPER, *HEAT)
