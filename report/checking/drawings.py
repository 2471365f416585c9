"""Read a drawing back from its SVG, as matplotlib writes it: texts, scales, and marks with their places and looks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from lxml import etree

from experiments.tables.errors import UserError

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_POINT = re.compile(r"(-?[\d.]+(?:e[-+]?\d+)?) (-?[\d.]+(?:e[-+]?\d+)?)")
_DARK = re.compile(r'\[style\*="(fill|stroke): (#[0-9a-f]{6})"\][^{]*\{\1:(#[0-9a-f]{6}) !important\}')
_TICK = re.compile(r"[xy]tick_\d+")
_FACTOR = re.compile(r"1e[−-]?\d+")
_TEXT = re.compile(r"text_\d+")

Spot = tuple[float, float]


class DrawingError(UserError):
    """A file that is no drawing."""


@dataclass(frozen=True)
class Tick:
    """A label of a scale, and where it stands along it, in points of the page."""

    text: str
    at: float | None


@dataclass
class Panel:
    """A pair of axes: its box (left, top, right, bottom) and its scales."""

    box: tuple[float, float, float, float]
    ticks: dict[str, list[Tick]] = field(default_factory=lambda: {"x": [], "y": []})
    titles: dict[str, str] = field(default_factory=dict)
    """What the scales `x` and `y` are called."""
    factors: dict[str, float] = field(default_factory=dict)
    """What the numbers of the ticks are multiples of, where that is not 1: matplotlib writes it beside the scale."""


@dataclass(frozen=True)
class Shape:
    """One mark: the points of its outlines, the places of its markers, and how it looks."""

    outlines: tuple[tuple[Spot, ...], ...]
    markers: tuple[Spot, ...]
    colour: str | None
    opacity: float
    look: tuple[str, ...]
    """What tells it apart without colour: its marker, dash or hatch; empty where it has none."""


@dataclass(frozen=True)
class Drawing:
    """What an SVG shows. `dark` is the colour on a dark page for each on a white one."""

    panels: dict[str, Panel]
    marks: dict[str, Shape]
    texts: tuple[str, ...]
    """All texts but those of ticks, lines joined by a line break."""
    dark: dict[str, str]


def read_drawing(content: bytes, name: str) -> Drawing:
    """The drawing in an SVG file called `name`. Raises DrawingError, in one line, for what is no SVG."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DrawingError(f"{name}: is no XML, so that nothing drawn in it can be checked: {error.msg}") from None
    if root.tag != f"{_SVG}svg":
        raise DrawingError(f"{name}: is no SVG, so that nothing drawn in it can be checked")
    return _Reader(root).drawing()


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._defined = {each.get("id"): each for each in root.iter(f"{_SVG}path", f"{_SVG}pattern") if each.get("id")}
        self._panels: dict[str, Panel] = {}
        self._marks: dict[str, Shape] = {}
        self._texts: list[str] = []

    def drawing(self) -> Drawing:
        self._read(self._root, None)
        style = "".join(self._root.xpath("//*[local-name()='style']/text()"))
        dark = {light: dark for _, light, dark in _DARK.findall(style)}
        return Drawing(self._panels, self._marks, tuple(self._texts), dark)

    def _read(self, group: etree._Element, panel: Panel | None) -> None:
        """A group and all groups in it."""
        name = group.get("id") or ""
        if name.startswith("axes"):
            panel = self._panels[name] = Panel(_box(group))
        elif name.startswith("mark-"):
            self._marks[name] = self._shape(group)
            return
        elif _TEXT.fullmatch(name):
            self._texts.append(_text(group))
            return
        elif name.startswith("matplotlib.axis") and panel is not None:
            self._axis(group, panel)
            return
        for child in group.iterchildren(f"{_SVG}g"):
            self._read(child, panel)
        for text in group.iterchildren(f"{_SVG}text"):
            self._texts.append("".join(text.itertext()))

    def _axis(self, group: etree._Element, panel: Panel) -> None:
        which = ""
        for child in group.iterchildren(f"{_SVG}g"):
            name = child.get("id") or ""
            if _TICK.fullmatch(name):
                which = name[0]
                texts = [_text(each) for each in child.iterchildren(f"{_SVG}g") if _TEXT.fullmatch(each.get("id", ""))]
                used = next(child.iter(f"{_SVG}use"), None)
                at = None if used is None or used.get(which) is None else float(used.get(which))
                panel.ticks[which] += [Tick(text, at) for text in texts if text]
            elif _TEXT.fullmatch(name):
                text = _text(child)
                if factor := _FACTOR.fullmatch(text):
                    panel.factors[which] = float(factor[0].replace("−", "-"))
                else:  # a scale without ticks, as of an empty panel, has a title still: the first is that of x
                    panel.titles[which or ("y" if "x" in panel.titles else "x")] = text

    def _shape(self, group: etree._Element) -> Shape:
        outlines, markers, styles, look = [], [], [], []
        inside = {each.get("id") for each in group.iter(f"{_SVG}path") if each.getparent().tag == f"{_SVG}defs"}
        for path in group.iter(f"{_SVG}path"):
            if path.get("id") not in inside or path.get("id") is None:
                outlines += _outlines(path.get("d") or "", (0.0, 0.0))
                styles.append(_style(path))
        for used in group.iter(f"{_SVG}use"):
            spot = float(used.get("x") or 0), float(used.get("y") or 0)
            path = self._defined.get((used.get(_HREF) or "").removeprefix("#"))
            d = "" if path is None else path.get("d") or ""
            styles.append({**({} if path is None else _style(path)), **_style(used)})
            if spot[0] == 0:  # the area between two curves: a path that is placed as a whole
                outlines += _outlines(d, spot)
            else:
                markers.append(spot)
                look.append(d)
        look += [style["stroke-dasharray"] for style in styles if "stroke-dasharray" in style]
        colour = None
        opacity = 1.0
        for style in styles:
            fill = style.get("fill", "")
            if fill.startswith("url(#"):
                pattern = self._defined.get(fill[5:-1])
                if pattern is not None:
                    fill = next(pattern.iter(f"{_SVG}rect")).get("fill", "")
                    look.append(next(pattern.iter(f"{_SVG}path")).get("d", ""))
            seen = next((each for each in (fill, style.get("stroke", "")) if each.startswith("#")), None)
            if "fill-opacity" in style and float(style["fill-opacity"]) == 0:
                seen = style.get("stroke", seen)
            if colour is None and seen is not None:
                colour = seen
                opacity = float(style.get("opacity") or 1)
        return Shape(tuple(outlines), tuple(markers), colour, opacity, tuple(dict.fromkeys(look)))


def _box(group: etree._Element) -> tuple[float, float, float, float]:
    """The background of a pair of axes, which comes first in it."""
    first = next(group.iter(f"{_SVG}path"), None)
    spots = [spot for outline in _outlines("" if first is None else first.get("d") or "", (0, 0)) for spot in outline]
    if not spots:
        return 0.0, 0.0, 0.0, 0.0
    across, down = zip(*spots, strict=True)
    return min(across), min(down), max(across), max(down)


def _outlines(d: str, moved: Spot) -> Iterator[tuple[Spot, ...]]:
    """The points of each closed or open line of a path."""
    for part in d.split("M")[1:]:
        yield tuple((float(x) + moved[0], float(y) + moved[1]) for x, y in _POINT.findall(part))


def _style(element: etree._Element) -> dict[str, str]:
    pairs = (part.partition(":") for part in (element.get("style") or "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def _text(group: etree._Element) -> str:
    """The text of a group: matplotlib draws it as outlines, and says in a comment what it drew."""
    found = [unescape(each.text or "").strip() for each in group.iter(etree.Comment)]
    found += ["".join(each.itertext()) for each in group.iter(f"{_SVG}text")]
    return "\n".join(found)
