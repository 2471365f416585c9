"""Take the chapter's title, its one heading of level 1, out of the body."""

import panflute as pf

from report.press.book.model import ChapterDoc, plain


def take_title(chapter: ChapterDoc) -> None:
    """Set the chapter's `title` and `identifier`. Raises BookError unless exactly one heading of level 1 begins it."""
    blocks = chapter.doc.content
    if not blocks or not isinstance(blocks[0], pf.Header) or blocks[0].level != 1:
        raise chapter.error("a chapter begins with its title: `# Title`, or `title:` in the front matter")
    heading = blocks.pop(0)
    chapter.title, chapter.identifier = list(heading.content), heading.identifier
    chapter.doc.walk(lambda element, _doc: _refuse_second(chapter, element))


def _refuse_second(chapter: ChapterDoc, element: pf.Element) -> None:
    if isinstance(element, pf.Header) and element.level == 1:
        title = plain(list(element.content))
        message = f"{title!r} is a second heading of level 1; sections of a chapter begin at ##"
        raise chapter.error(message, f"# {title}")
