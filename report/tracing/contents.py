"""The page's table of contents, in which headings that were filled in later get their place."""

import re
from collections.abc import Sequence

_MARK = "data-gathered"
_LIST = re.compile(rf"<(ol|ul)\b[^>]* {_MARK}>.*?</\1>", re.DOTALL)
_SECTION = re.compile(r"<(?:h2|section)\b[^>]*?\sid=\"([^\"]+)\"")


def emptied(page: str) -> str:
    """The page without what was added to its contents before."""
    return _LIST.sub("", page)


def with_contents(page: str, place: int, headings: Sequence[tuple[str, str]]) -> str:
    """The page with links to these headings (identifier, HTML of the title) below the section that `place` stands in.

    It stays as it is where its contents do not name that section.
    """
    sections = _SECTION.findall(page[:place])
    if not sections or not headings:
        return page
    above = re.escape(sections[-1])
    entry = re.search(rf'(?s)<li><a href="#{above}"([^>]*)>(?:(?!</a>).)*</a>(?=</li>)', page)
    if not entry:
        return page
    # Quarto's entries name their target twice more, and fold their lists away.
    written = entry[1].replace("nav-link active", "nav-link")
    others = [(name, title, re.sub(rf"(?<=[#-]){above}(?=\")", name, written)) for name, title in headings]
    tag, attributes = ("ul", ' class="collapse"') if "nav-link" in entry[1] else ("ol", "")
    items = "".join(f'<li><a href="#{name}"{more}>{title}</a></li>' for name, title, more in others)
    return f"{page[: entry.end()]}<{tag}{attributes} {_MARK}>{items}</{tag}>{page[entry.end() :]}"
