"""How far apart two colours look: to most readers, with a colour vision deficiency, and in print without colour.

A colour is "#rrggbb", of the space sRGB (IEC 61966-2-1).
"""

from functools import lru_cache
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

VISIONS = ("normal vision", "protanopia", "deuteranopia", "tritanopia", "grey")
LEAST = 6.0
"""The distance (CIEDE2000) from which two colours count as apart.

A difference of about 1 is the least that is seen between large patches side by side; marks of a figure are small and
stand apart.
"""

# Of linear RGB, for the full deficiency. Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model for
# Simulation of Color Vision Deficiency", IEEE TVCG 15(6), table of severity 1.0. Grey keeps the luminance alone.
_SEEN = {
    "normal vision": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "grey": ((0.2126729, 0.7151522, 0.0721750),) * 3,
}
_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = tuple(map(sum, _XYZ))

Lab = tuple[float, float, float]


def distance(one: str, other: str, vision: str) -> float:
    """The CIEDE2000 difference of two colours as one of `VISIONS` sees them."""
    return difference(lab(one, vision), lab(other, vision))


def blended(colour: str, opacity: float, page: str) -> str:
    """What is seen of a colour that lets the page through."""
    mixed = (round(opacity * a + (1 - opacity) * b) for a, b in zip(_bytes(colour), _bytes(page), strict=True))
    return "#" + "".join(f"{each:02x}" for each in mixed)


@lru_cache(maxsize=4096)
def lab(colour: str, vision: str) -> Lab:
    """The colour in CIELAB (D65), as this vision sees it."""
    light = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in _fractions(colour)]
    seen = [min(1.0, max(0.0, each)) for each in _times(_SEEN[vision], light)]
    x, y, z = (_root(part / white) for part, white in zip(_times(_XYZ, seen), _WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: Lab, other: Lab) -> float:
    """CIEDE2000 of two colours in CIELAB; the formulas of Sharma, Wu and Dalal (2005), Color Res. Appl. 30(1)."""
    mean = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * sqrt(mean**7 / (mean**7 + 25**7))
    (c1, h1), (c2, h2) = (_polar(stretch * a, b) for _, a, b in (one, other))
    grey = c1 * c2 == 0
    turn = 0.0 if grey else (h2 - h1 + 180) % 360 - 180
    lightness, chroma = (one[0] + other[0]) / 2, (c1 + c2) / 2
    hue = h1 + h2 if grey else (h1 + turn / 2) % 360
    t = 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue) + 0.32 * _cos(3 * hue + 6) - 0.2 * _cos(4 * hue - 63)
    by_lightness = (other[0] - one[0]) / (1 + 0.015 * (lightness - 50) ** 2 / sqrt(20 + (lightness - 50) ** 2))
    by_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    by_hue = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * t)
    bend = 2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt(by_lightness**2 + by_chroma**2 + by_hue**2 - bend * by_chroma * by_hue)


def _polar(a: float, b: float) -> tuple[float, float]:
    """Chroma, and hue in degrees."""
    return hypot(a, b), degrees(atan2(b, a)) % 360


def _cos(angle: float) -> float:
    return cos(radians(angle))


def _root(part: float) -> float:
    return part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116


def _times(matrix: tuple[tuple[float, ...], ...], vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _bytes(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _fractions(colour: str) -> list[float]:
    return [each / 255 for each in _bytes(colour)]
