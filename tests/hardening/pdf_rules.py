"""What PDF/A-2a and PDF/UA-1 ask of a PDF, as far as a program can tell: structure, words for pictures, fonts, links.

Each check yields a line for each thing that it looked at: None where all is well, else what is wrong.
"""

import re
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

Check = Iterator[str | None]
_LEVEL = re.compile(r"/H(\d)$")


def document_says_what_it_is(pdf: PdfReader) -> Check:
    """Title, language and the claim to both standards."""
    root = pdf.trailer["/Root"]
    xmp = root["/Metadata"].get_object().get_data().decode()
    yield None if root.get("/Lang") else "no language"
    yield None if pdf.metadata and pdf.metadata.title else "no title"
    yield None if root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") else "a reader shows no title"
    yield None if root.get("/MarkInfo", {}).get("/Marked") and "/StructTreeRoot" in root else "no tags"
    yield None if root.get("/OutputIntents") else "no output intent"
    for claim in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        yield None if claim in xmp else f"the metadata does not say {claim}"


def pictures_have_words(pdf: PdfReader) -> Check:
    """Pictures and formulas with an alternative text."""
    for kind, element in _elements(pdf):
        if kind in ("/Figure", "/Formula"):
            yield None if str(element.get("/Alt", "")).strip() else f"a {kind[1:].lower()} without words"


def headings_go_down_in_steps(pdf: PdfReader) -> Check:
    """Headings, none of which is more than a level below the one before."""
    level = 0
    for kind, _ in _elements(pdf):
        if found := _LEVEL.match(kind):
            now = int(found[1])
            yield None if now <= level + 1 else f"a heading of level {now} after one of {level}"
            level = now


def tables_have_heads(pdf: PdfReader) -> Check:
    """Tables, each with cells that head it."""
    for kind, element in _elements(pdf):
        if kind == "/Table":
            heads = any(inside == "/TH" for inside, _ in _below(element))
            yield None if heads else "a table without a head"


def bookmarks_lead_somewhere(pdf: PdfReader) -> Check:
    """Bookmarks with a page."""
    waiting = list(pdf.outline)
    while waiting:
        mark = waiting.pop()
        if isinstance(mark, list):
            waiting += mark
        else:
            yield None if pdf.get_destination_page_number(mark) is not None else f"{mark.title} leads nowhere"


def links_lead_somewhere(pdf: PdfReader) -> Check:
    """Links to a page, to a name that there is, or to an address; each a part of the text."""
    for page in pdf.pages:
        for reference in page.get("/Annots", ()):
            link = reference.get_object()
            if link.get("/Subtype") != "/Link":
                continue
            action = link.get("/A", {}).get_object() if "/A" in link else {}
            target = action.get("/D", link.get("/Dest"))
            target = target.get_object() if isinstance(target, IndirectObject) else target
            leads = "/URI" in action or isinstance(target, ArrayObject) or target in pdf.named_destinations
            yield None if leads and "/StructParent" in link else f"a link on page {pdf.get_page_number(page) + 1}"


def fonts_are_embedded(pdf: PdfReader) -> Check:
    """Fonts that the PDF brings along, with the characters that they stand for."""
    for name, font in _fonts(pdf).items():
        descendants = font.get("/DescendantFonts", [font])
        described = [one.get_object().get("/FontDescriptor", {}).get_object() for one in descendants]
        embedded = all(any(key.startswith("/FontFile") for key in one) for one in described)
        yield None if embedded or font.get("/Subtype") == "/Type3" else f"{name} is not embedded"
        yield None if "/ToUnicode" in font else f"the characters of {name} are unknown"


def glyphs_are_shown(pdf: PdfReader) -> Check:
    """Glyphs on the pages, none of which is the one that stands for what a font has not."""
    for number, page in enumerate(pdf.pages, start=1):
        text = page.extract_text()
        for character in set(text):
            yield None if character not in "\ufffd\x00" else f"page {number}: a character is lost"
        for codes in _shown(page, pdf):
            for at in range(0, len(codes), 2):
                yield None if codes[at : at + 2] != b"\0\0" else f"page {number}: a glyph is missing"


def _shown(page: DictionaryObject, pdf: PdfReader) -> Iterator[bytes]:
    """The codes that the page shows in fonts of two bytes."""
    fonts = page["/Resources"].get("/Font", {})
    wide = False
    for operands, operator in ContentStream(page["/Contents"].get_object(), pdf).operations:
        if operator == b"Tf":
            wide = fonts[operands[0]].get_object().get("/Subtype") == "/Type0"
        elif wide and operator in (b"Tj", b"TJ"):
            for part in operands[0] if operator == b"TJ" else operands:
                if isinstance(part, (str, bytes)):
                    yield part.original_bytes if hasattr(part, "original_bytes") else bytes(part)


def _fonts(pdf: PdfReader) -> dict[str, DictionaryObject]:
    found = {}
    for page in pdf.pages:
        for reference in page["/Resources"].get("/Font", {}).values():
            font = reference.get_object()
            found[str(font.get("/BaseFont", font.get("/Name", "?")))] = font
    return found


def _elements(pdf: PdfReader) -> Iterator[tuple[str, DictionaryObject]]:
    """The tags in reading order: what each is, by the standard's names."""
    root = pdf.trailer["/Root"]["/StructTreeRoot"].get_object()
    roles = root.get("/RoleMap", {})
    for kind, element in _below(root):
        yield str(roles.get(kind, kind)), element


def _below(element: DictionaryObject) -> Iterator[tuple[str, DictionaryObject]]:
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        inside = kid.get_object() if isinstance(kid, IndirectObject) else kid
        if isinstance(inside, ArrayObject):
            inside = DictionaryObject({"/K": inside})
        if isinstance(inside, DictionaryObject) and "/S" in inside:
            yield str(inside["/S"]), inside
            yield from _below(inside)


CHECKS = {
    "title, language, claims to the standards": document_says_what_it_is,
    "pictures and formulas with words": pictures_have_words,
    "headings in steps": headings_go_down_in_steps,
    "tables with heads": tables_have_heads,
    "bookmarks": bookmarks_lead_somewhere,
    "links": links_lead_somewhere,
    "fonts": fonts_are_embedded,
    "glyphs": glyphs_are_shown,
}
