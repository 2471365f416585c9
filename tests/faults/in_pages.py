"""Rendered files that do not belong: a page or a PDF of another version put in the place of this one's."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from tests.faults.plant import CHECK, Plant

GROUPS = ("a page of an earlier version", "a PDF of another version")
EARLIER = "earlier"
"""Where `_site` of an earlier version lies, below the copy."""


def plants(root: Path, chance: random.Random) -> Iterator[tuple[str, Iterator[Plant | None]]]:
    """Each class of faults in rendered files."""
    yield from zip(GROUPS, (stale_pages(root, chance), other_pdfs(root, chance)), strict=True)


def stale_pages(root: Path, chance: random.Random) -> Iterator[Plant | None]:
    pages = sorted(path.relative_to(root / EARLIER).as_posix() for path in (root / EARLIER).rglob("*.html"))
    for name in chance.sample(pages, len(pages)):
        now, then = root / "_site" / name, root / EARLIER / name
        if now.is_file() and now.read_bytes() != then.read_bytes():
            files = {f"_site/{name}": then.read_bytes()}
            place = re.escape(Path(name).stem)
            yield Plant(GROUPS[0], name, files, (CHECK,), rf"error: .*{place}")


def other_pdfs(root: Path, chance: random.Random) -> Iterator[Plant | None]:
    for pdf in sorted((root / EARLIER).glob("*.pdf")):
        files = {f"_site/{pdf.name}": pdf.read_bytes()}
        yield Plant(GROUPS[1], pdf.name, files, (CHECK,), rf"error: .*{re.escape(pdf.name)}")
    for page in sorted((root / "_site").glob("*.pdf")):
        cut = page.read_bytes()
        yield Plant(GROUPS[1], "cut short", {f"_site/{page.name}": cut[: len(cut) // 2]}, (CHECK,), page.name)
        yield Plant(GROUPS[1], "removed", {f"_site/{page.name}": None}, (CHECK,), page.name)
