"""Quarto's search index after the render: without the letters of kinds, and once more as a script.

The letters are raised on the page; Quarto writes "12.7m points" into the index. A page that is opened from disk may not
fetch the index, so `search-index.js` holds it for `_extensions/colophon/offline.js`.
"""

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path

from report.rendering.project import Project

INDEX, SCRIPT = "search.json", "search-index.js"
_MARKED = re.compile(r'>(?P<text>[^<>]+)<span class="kind-mark"><sup>(?P<letter>\w)</sup></span>')


def finish_search(project: Project) -> None:
    """Rewrite the index of the output and write its script; nothing where Quarto wrote no index."""
    path = project.output_dir / INDEX
    if not path.is_file():
        return
    entries = json.loads(path.read_text("utf-8"))
    marks: dict[str, re.Pattern[str] | None] = {}
    for entry in entries:
        page = entry["href"].partition("#")[0]
        if page not in marks:
            marks[page] = _marks(project.output_dir / page)
        if found := marks[page]:
            entry["text"] = found.sub(lambda match: match[0][:-1], entry["text"])
    path.write_text(json.dumps(entries, indent=2, ensure_ascii=False), "utf-8")
    (project.output_dir / SCRIPT).write_text(f"window.colophonIndex = {json.dumps(entries)};\n", "utf-8")


def _marks(page: Path) -> re.Pattern[str] | None:
    """What is marked on the page, as it reads with its letter."""
    text = page.read_text("utf-8") if page.is_file() else ""
    shown = {f"{html.escape(html.unescape(m['text']), quote=False)}{m['letter']}" for m in _MARKED.finditer(text)}
    return re.compile(rf"(?<![\w.,])(?:{_either(shown)})(?!\w)") if shown else None


def _either(texts: Iterable[str]) -> str:
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
