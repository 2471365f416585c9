"""Resolve cross-references over the whole book: `@fig-x`, `[-@fig-x]`, `[@fig-a; @fig-b]`, `[see @tbl-a]`, `@Fig-x`.

The texts are Quarto's: "Figure 2.1" and "Table 2.1", "Section 2.3", "Equation 2.1"; "Chapter 2" or "Appendix A" for the
label of a chapter. A prefix takes the word's place. On a page without section numbers a section is called by its title.
"""

import difflib
import posixpath

import panflute as pf

from report.press.book.labels import APPENDIX, CHAPTER, NAMES, canonical, kind_of
from report.press.book.model import ChapterDoc, Format
from report.press.book.numbering import Target
from report.press.book.walk import replace

NO_BREAK_SPACE = "\u00a0"


def index_targets(chapters: list[tuple[ChapterDoc, list[Target]]]) -> dict[str, Target]:
    """Label -> target over the book. Raises BookError for a label that two things carry."""
    index: dict[str, Target] = {}
    for chapter, targets in chapters:
        for target in targets:
            if target.label in index:
                other = index[target.label].chapter.relative
                where = "twice in this chapter" if other == chapter.chapter.relative else f"in {other} too"
                message = f"label {target.label!r} is used {where}; labels are unique in the book"
                raise chapter.error(message, f"#{target.label}")
            index[target.label] = target
    return index


def resolve_references(chapter: ChapterDoc, index: dict[str, Target], to: Format) -> None:
    """Replace every cross-reference by links. Raises BookError where the target is unknown or has no number."""
    replace(chapter.doc, lambda element: _resolve(chapter, index, to, element))


def _resolve(chapter: ChapterDoc, index: dict[str, Target], to: Format, element: pf.Element) -> list[pf.Inline] | None:
    if not isinstance(element, pf.Cite):
        return None
    citations = list(element.citations)
    kinds = [kind_of(citation.id) for citation in citations]
    if not any(kinds):
        return None
    result: list[pf.Inline] = []
    for citation, kind in zip(citations, kinds, strict=True):
        needle = f"@{citation.id}"
        if kind not in NAMES:
            shared = "citations and cross-references cannot share brackets"
            raise chapter.error(
                f"{needle}: {shared if kind is None else f'{kind}- labels are not supported by the embedded renderer'}",
                needle,
            )
        if list(citation.suffix):
            raise chapter.error(f"{needle}: text after a cross-reference goes outside its brackets", needle)
        target = _find(chapter, index, citation.id)
        if result:
            result += [pf.Str(","), pf.Space()]
        result.append(_link(chapter, target, _text(chapter, target, citation, to), to))
    return result


def _find(chapter: ChapterDoc, index: dict[str, Target], label: str) -> Target:
    target = index.get(canonical(label))
    if target is None:
        near = difflib.get_close_matches(canonical(label), index, n=1)
        hint = f"; did you mean @{near[0]}?" if near else ""
        raise chapter.error(f"@{label}: nothing in the book has this label{hint}", f"@{label}")
    if target.number is None:
        message = f"@{label}: that section has no number; link to it instead: [text](#{target.label})"
        raise chapter.error(message, f"@{label}")
    return target


def _text(chapter: ChapterDoc, target: Target, citation: pf.Citation, to: Format) -> list[pf.Inline]:
    number = str(target.number)
    prefix = list(citation.prefix)
    if to == "html" and target.kind == "sec" and chapter.chapter.label is None:
        words: list[pf.Inline] = [pf.Str(_full_title(target))]
    elif prefix or citation.mode == "SuppressAuthor":
        words = [pf.Str(number)]
    else:
        words = [pf.Str(f"{_name(target)}{NO_BREAK_SPACE}{number}")]
    return [*prefix, pf.Str(NO_BREAK_SPACE), *words] if prefix else words


def _name(target: Target) -> str:
    if target.is_chapter:
        return APPENDIX if target.chapter.appendix else CHAPTER
    return NAMES[target.kind]


def _full_title(target: Target) -> str:
    if not target.is_chapter:
        return target.title
    if target.chapter.appendix:
        return f"{APPENDIX} {target.number} — {target.title}"
    return f"{target.number}{NO_BREAK_SPACE}{target.title}"


def _link(chapter: ChapterDoc, target: Target, text: list[pf.Inline], to: Format) -> pf.Link:
    page = "" if to == "typst" or target.chapter == chapter.chapter else page_link(chapter, target.chapter.href)
    # A chapter of its own page needs no anchor.
    url = page if page and target.is_chapter else f"{page}#{target.label}"
    return pf.Link(*text, url=url, classes=["cross-reference"])


def page_link(chapter: ChapterDoc, href: str) -> str:
    """`href`, relative to the site's root, as a link from the chapter's page."""
    return posixpath.relpath(href, posixpath.dirname(chapter.chapter.href) or ".")
