"""The comparison as a page of HTML that needs no other file: pictures are in it, and every text is escaped."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.diffing.compare import Comparison
from report.diffing.figures import Picture, Pictures
from report.diffing.model import FigureChange
from report.diffing.telling import headline, sections

ASSETS = Path(__file__).with_name("assets")
FIRST = 50
"""Rows of a section that are open on the page; the others fold out."""
LARGEST = 2**21
"""Bytes of a picture that is put into the page."""
_TOGETHER = 2**24
"""Bytes of all pictures that are."""
_TYPES = {".svg": "svg+xml", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp"}


@dataclass(frozen=True)
class _Shown:
    """A figure with its pictures, as addresses that hold them; None for what there is not, or is too large."""

    figure: FigureChange
    before: str | None
    after: str | None
    where: str | None


def write_page(comparison: Comparison, title: str, home: str | None = None) -> str:
    """The page. `title` is the report's; `home` leads from the page to the newer version where that lies beside it."""
    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    changes = comparison.changes
    return environment.get_template("changes.html").render(
        title=title,
        home=home,
        changes=changes,
        headline=headline(changes),
        sections=sections(changes),
        figures=list(_figures(changes.figures, comparison.pictures)),
        first=FIRST,
    )


def _figures(figures: tuple[FigureChange, ...], pictures: list[Pictures]) -> Iterator[_Shown]:
    left = _TOGETHER
    for figure, both in zip(figures, pictures, strict=True):
        where = None if both.where is None else Picture("where.png", both.where)
        addresses = []
        for picture in (both.before, both.after, where):
            address = None if picture is None else _address(picture)
            address = address if address is None or len(address) <= left else None
            left -= len(address or "")
            addresses.append(address)
        yield _Shown(figure, *addresses)


def _address(picture: Picture) -> str | None:
    """A picture as an address that holds it: a browser runs no script in it and asks for nothing."""
    kind = _TYPES.get(Path(picture.file).suffix.lower())
    if kind is None or len(picture.content) > LARGEST:
        return None
    return f"data:image/{kind};base64,{b64encode(picture.content).decode()}"
