"""Which figures look otherwise: drawn by Typst, which both renderers bring, and compared pixel by pixel."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import typst
from lxml import etree, html
from PIL import Image

from experiments.tables.errors import printable
from report.diffing.model import FigureChange

INCH = 96
"""Pixels to an inch, as screens have them."""
LARGEST = 2**23
"""Bytes of a picture that is looked at."""
_MANY = 2**25
"""Pixels of a picture that is compared."""
_FORMATS = {".svg": "svg", ".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".gif": "gif", ".webp": "webp"}
_MARKED = (214, 39, 40)
"""The colour of pixels that differ, in the picture that shows where."""


class _DrawingError(Exception):
    """A picture that cannot be drawn."""


@dataclass(frozen=True)
class Picture:
    """A picture of a page: its file in the site, and what is in it."""

    file: str
    content: bytes


@dataclass(frozen=True)
class Pictures:
    """A figure before and after, and where the two differ (a PNG)."""

    before: Picture | None
    after: Picture | None
    where: bytes | None = None


def read_figures(site: Path, page: str) -> dict[str, Picture]:
    """The pictures of a page by the label of their figure, else by their file.

    Several pictures of a figure on one page are numbered.
    """
    found: dict[str, Picture] = {}
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = html.document_fromstring((site / page).read_bytes(), parser=parser)
    except (etree.ParserError, ValueError, OSError):
        return {}
    main = root.find(".//main")
    for image in (root if main is None else main).iter("img"):
        path = _local(site, page, image.get("src") or "")
        if path is None:
            continue
        label = next((each.get("id") for each in image.iterancestors() if _is_figure(each)), None)
        name = label or path.relative_to(site.resolve()).as_posix()
        count = sum(each.partition(" ")[0] == name for each in found)
        file = path.relative_to(site.resolve()).as_posix()
        found[f"{name} ({count + 1})" if count else name] = Picture(file, path.read_bytes())
    return found


def _is_figure(element: etree._Element) -> bool:
    return (element.get("id") or "").startswith("fig-")


def _local(site: Path, page: str, source: str) -> Path | None:
    """The file in the site that a picture is; None for one elsewhere, and for one that is written into the page."""
    parts = urlsplit(source)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    try:
        path = (site / page).parent.joinpath(unquote(parts.path)).resolve()
        inside = path.is_relative_to(site.resolve()) and path.is_file() and path.stat().st_size <= LARGEST
    except (OSError, ValueError):
        return None
    return path if inside else None


def compare_figures(
    page: str, before: Mapping[str, Picture], after: Mapping[str, Picture]
) -> Iterator[tuple[FigureChange, Pictures]]:
    """The figures of a page that look otherwise, came or went."""
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        if was and now and was.content == now.content:
            continue
        change = FigureChange(
            page=page,
            figure=name,
            change="added" if was is None else "removed" if now is None else "changed",
            before=was.file if was else None,
            after=now.file if now else None,
        )
        if was is None or now is None:
            yield change, Pictures(was, now)
            continue
        try:
            measured, where = _compared(_drawn(was), _drawn(now))
        except _DrawingError as error:
            yield change.model_copy(update={"note": str(error)}), Pictures(was, now)
            continue
        if measured["differing"]:
            yield change.model_copy(update=measured), Pictures(was, now, where)


def _drawn(picture: Picture) -> np.ndarray:
    """The pixels of a picture on white: height, width, and red, green and blue from 0 to 255."""
    kind = _FORMATS.get(Path(picture.file).suffix.lower())
    if kind is None:
        raise _DrawingError(f"{printable(picture.file)} is in no format that can be drawn")
    try:
        content = _rasterised(picture.content) if kind == "svg" else picture.content
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > _MANY:
                raise _DrawingError(f"{printable(picture.file)} is too large to be compared")
            flat = Image.new("RGBA", image.size, "white")
            flat.alpha_composite(image.convert("RGBA"))
        return np.asarray(flat.convert("RGB"), dtype=np.int16)
    except (typst.TypstError, OSError, ValueError, Image.DecompressionBombError) as error:
        why = printable(str(error).splitlines()[0] if str(error) else type(error).__name__, 120)
        raise _DrawingError(f"{printable(picture.file)} cannot be drawn: {why}") from None


def _rasterised(svg: bytes) -> bytes:
    """An SVG as a PNG. What it refers to outside of itself is not read."""
    text = svg.decode("utf-8", "replace").replace("\\", "\\\\").replace('"', '\\"')
    source = f'#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image(bytes("{text}"), format: "svg")'
    pages = typst.compile(source.encode(), format="png", ppi=INCH, ignore_system_fonts=True)
    return pages[0] if isinstance(pages, list) else pages


def _compared(old: np.ndarray, new: np.ndarray) -> tuple[dict[str, int | float], bytes]:
    """How much two pictures differ, and where: what differs in colour, over the new picture in pale grey."""
    height, width = (max(old.shape[axis], new.shape[axis]) for axis in (0, 1))
    canvases = [_on_canvas(each, height, width) for each in (old, new)]
    distance = np.abs(canvases[0] - canvases[1])
    differs = distance.any(axis=2)
    pale = 255 - (255 - canvases[1].mean(axis=2, keepdims=True).repeat(3, axis=2)) // 4
    pale[differs] = _MARKED
    shown = io.BytesIO()
    Image.fromarray(pale.astype(np.uint8)).save(shown, "PNG")
    measured = {
        "pixels": int(differs.size),
        "differing": int(differs.sum()),
        "difference": round(float(distance.mean()) / 255, 6),
    }
    return measured, shown.getvalue()


def _on_canvas(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    canvas = np.full((height, width, 3), 255, dtype=np.int16)
    canvas[: picture.shape[0], : picture.shape[1]] = picture
    return canvas
