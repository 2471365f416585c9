"""Citations and references through citeproc, after the cross-references are resolved.

As in a Quarto book: where a chapter holds `::: {#refs}`, the whole book's references stand there and every citation
leads there; without one, each page ends in its own. A PDF is one document and has one bibliography: there, or at its
end.
"""

import re

import panflute as pf

from report.press.book.model import ChapterDoc, Format, Heading
from report.press.book.pandoc import filtered
from report.press.book.references import page_link
from report.press.book.walk import elements
from report.press.pandoc import PandocError, file_option
from report.press.source.bibliography import bibliography_problems
from report.press.source.problems import SourceError
from report.rendering.project import Project

TITLE = "References"


def cite(chapters: list[ChapterDoc], project: Project, to: Format) -> None:
    """Resolve citations and place the references.

    Raises BookError for a key that no bibliography file holds, SourceError for a file that cannot be read.
    """
    if not project.bibliography:
        _refuse_citations(chapters)
        return
    home = next((chapter for chapter in chapters if has_references(chapter)), None)
    if home is not None or to == "typst":
        _cite_together(chapters, project)
        if home is None:
            _add_title(chapters[-1], level=1)
        elif to == "html":
            _lead_to(home, chapters)
    else:
        for chapter in chapters:
            if _cite_together([chapter], project):
                _add_title(chapter, level=2)


def _cite_together(chapters: list[ChapterDoc], project: Project) -> bool:
    """Resolve the citations of chapters that share their references; False where there are none.

    Pandoc gets the blocks with citations alone, and the place of the references: the rest, which is most of a book,
    it would hand back as it is.
    """
    taken = [[place for place, block in enumerate(chapter.doc.content) if _concerns(block)] for chapter in chapters]
    parts = [
        pf.Div(*(pf.Div(chapter.doc.content[place]) for place in places))
        for chapter, places in zip(chapters, taken, strict=True)
    ]
    if not any(_keys_in(part) for part in parts):
        return False
    resolved = list(_citeproc(pf.Doc(*parts), chapters, project).content)
    for chapter, places, part in zip(chapters, taken, resolved, strict=False):
        blocks = list(chapter.doc.content)
        for place, around in reversed(list(zip(places, part.content, strict=True))):
            blocks[place : place + 1] = list(around.content)
        chapter.doc.content = blocks
    # Without a place of their own, the references follow everything.
    chapters[-1].doc.content.extend(resolved[len(chapters) :])
    return True


def _concerns(block: pf.Block) -> bool:
    return _is_references(block) or bool(_keys_in(block))


def _citeproc(doc: pf.Doc, chapters: list[ChapterDoc], project: Project) -> pf.Doc:
    arguments = [file_option("bibliography", path, project.root) for path in project.bibliography]
    if project.csl:
        arguments.append(file_option("csl", project.csl, project.root))
    settings = [f"--metadata=lang:{project.lang}", "--metadata=link-citations:true"]
    try:
        result, warnings = filtered(doc, project.root, "--citeproc", *arguments, *settings)
    except PandocError:
        if problems := bibliography_problems(project):
            raise SourceError(problems) from None
        raise
    for warning in warnings:
        missing = re.search(r"[Cc]itation (\S+) not found", warning)
        if missing:
            key = missing.group(1)
            chapter = next((chapter for chapter in chapters if key in _keys(chapter)), chapters[0])
            files = ", ".join(path.name for path in project.bibliography)
            raise chapter.error(f"@{key}: no such key in {files}", f"@{key}")
    return result


def _refuse_citations(chapters: list[ChapterDoc]) -> None:
    for chapter in chapters:
        for key in sorted(_keys(chapter)):
            message = f"@{key}: a citation, but _quarto.yml names no bibliography; a plain at sign is written \\@"
            raise chapter.error(message, f"@{key}")


def _keys(chapter: ChapterDoc) -> set[str]:
    return _keys_in(chapter.doc)


def _keys_in(part: pf.Element) -> set[str]:
    return {citation.id for cite in elements(part, pf.Cite) for citation in cite.citations}


def has_references(chapter: ChapterDoc) -> bool:
    """Whether a chapter holds the list of references."""
    return any(_is_references(block) for block in chapter.doc.content)


def _is_references(block: pf.Block) -> bool:
    return isinstance(block, pf.Div) and block.identifier == "refs"


def _add_title(chapter: ChapterDoc, level: int) -> None:
    content = chapter.doc.content
    place = next((place for place, block in enumerate(content) if _is_references(block)), None)
    if place is not None:
        content.insert(place, pf.Header(pf.Str(TITLE), level=level, identifier="references", classes=["unnumbered"]))
        chapter.headings.append(Heading(level, None, TITLE, "references"))


def _lead_to(home: ChapterDoc, chapters: list[ChapterDoc]) -> None:
    """Make every citation a link to the page that holds the references."""
    for chapter in chapters:
        if chapter is not home:
            page = page_link(chapter, home.chapter.href)
            for link in elements(chapter.doc, pf.Link):
                if link.url.startswith("#ref-"):
                    link.url = page + link.url
