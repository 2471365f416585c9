"""The whole sentence around an element of a page: a claim may be a part of it."""

import re
from collections.abc import Iterator

from report.tracing.elements import Element, text_of

_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
_BLOCK = re.compile(
    "article|blockquote|caption|d[dlt]|details|div|fig(caption|ure)|footer|h[1-6r]|header|li|main|[ou]l|p|pre|section|"
    "summary|table|t(body|foot|head)|t[dhr]"
)
_VOID = re.compile("area|br|col|embed|hr|img|input|link|meta|source|track|wbr")
_GOES_ON = re.compile("(?:They|It|Its|These|The same|Each order)\\b")
"""Words at the beginning of a sentence that stand for something in the sentence before."""
_ENDS = re.compile(r"[.!?][)\"”’]?(\s+)(?=[A-Z0-9“(\[])")


def sentence_around(page: str, element: Element) -> tuple[int, int]:
    """Where the sentences begin and end that an inline element stands in, within its paragraph, item or cell.

    A sentence whose subject is named in the one before it ("They are …") begins with that one.
    """
    if _BLOCK.fullmatch(element.name):
        return element.inside, element.after
    start, end = _block(page, element)
    gaps = list(_gaps(page[start:end]))
    before = [start, *(start + after for _, after in gaps if start + after <= element.start)]
    behind = [start + before for before, _ in gaps if start + before >= element.end]
    until = min(behind, default=end)
    while len(before) > 1 and _GOES_ON.match(text_of(page[before[-1] : until])):
        before.pop()
    return before[-1], until


def _block(page: str, element: Element) -> tuple[int, int]:
    """The running text around an element, up to the next block on both sides."""
    start = at = element.start
    while at > 0:
        at = page.rfind("<", 0, at)
        tag = _TAG.match(page, at) if at >= 0 else None
        if at < 0 or (tag and _BLOCK.fullmatch(tag[2].lower())):
            start = tag.end() if tag else 0
            break
    end = len(page)
    for tag in _TAG.finditer(page, element.end):
        if _BLOCK.fullmatch(tag[2].lower()):
            end = tag.start()
            break
    return start, end


def _gaps(running: str) -> Iterator[tuple[int, int]]:
    """Where a sentence ends and the next one begins, outside of the inline elements of a running text."""
    text, places, depths = [], [], []
    depth = at = 0
    for tag in [*_TAG.finditer(running), None]:
        until = tag.start() if tag else len(running)
        text.append(running[at:until])
        places += range(at, until)
        depths += [depth] * (until - at)
        if tag is None:
            break
        at = tag.end()
        if not _VOID.fullmatch(tag[2].lower()) and not tag[3]:
            depth += -1 if tag[1] else 1
    for found in _ENDS.finditer("".join(text)):
        gap = range(found.start(1), found.end(1))
        if not any(depths[place] for place in gap):
            yield places[gap[0]], places[gap[-1]] + 1
