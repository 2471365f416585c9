"""Classes and elements that are the report's own, typed into a chapter: what stands in them would not be checked.

A page does not tell who gave a class. So none may be typed that has a meaning there: in the attributes of Pandoc, in
HTML, or in the strings of a cell.
"""

import re
from collections.abc import Iterator

from report.checking.passages import RESERVED, UNTYPED

_NAMES = "|".join(sorted(map(re.escape, RESERVED), key=len, reverse=True))
# `{.name}`, which is no selector of a style (`.name {`), `::: name`, `class="a name"` and `<nav>`.
_TYPED = re.compile(
    rf"""(?:(?<=[{{\s])\.|^[ \t>]*:{{3,}}[ \t]*)(?P<name>{_NAMES})(?=[\s}}:]|$)(?![^{{}}"']*\{{)"""
    r"""|\bclass\s*=\s*\\?["']?(?P<names>[^"'<>{}\\]*)"""
    rf"""|<(?P<tag>{"|".join(sorted(UNTYPED))})\b""",
    re.MULTILINE | re.IGNORECASE,
)


def reserved_in(text: str) -> Iterator[tuple[int, str]]:
    """Where such a class or element stands in the source of a chapter, and what is wrong with it."""
    for found in _TYPED.finditer(text):
        if found["tag"]:
            told = f"what stands in <{found['tag'].lower()}> is not checked; write it as text, or in a <div>"
            yield found.start(), told
            continue
        words = [found["name"]] if found["name"] else found["names"].split()
        for name in words:
            if name in RESERVED:
                yield found.start(), f"the class “{name}” is one that the report gives, and {_instead(name)}"
                break


def _instead(name: str) -> str:
    """What to write in its place."""
    if name == "quotation":
        return (
            "words that it marks are looked up in their document: give them as `quote` of a claim in a study's YAML, "
            'or write []{.unchecked reason="why"}'
        )
    return 'what stands in it is not checked; take another name, or write []{.unchecked reason="why"}'
