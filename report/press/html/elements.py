"""The book's own constructs as HTML: floats, equations, headings, tables, folded code, callouts, tabs."""

import re
from html import escape
from pathlib import Path

import panflute as pf

from report.press.book.labels import NAMES
from report.press.book.pandoc import inlines

NO_BREAK_SPACE = "\u00a0"
_SIZE = re.compile(r'<svg\b[^>]*\swidth="([\d.]+)pt" height="([\d.]+)pt"')
_HEAD = 2000
"""Characters of a drawing in which its size stands."""
_CIRCLE = '<circle cx="10" cy="10" r="7.5"/>'
_TRIANGLE = '<path d="M10 2.8 18 16.5H2Z"/>'
_ICONS = {
    "note": _CIRCLE + '<path d="M10 9.2v4.6M10 6.2v.1"/>',
    "tip": _CIRCLE + '<path d="m6.8 10.2 2.3 2.4 4.2-4.8"/>',
    "warning": _TRIANGLE + '<path d="M10 7.8v3.8M10 14v.1"/>',
    "important": _CIRCLE + '<path d="M10 6.2v4.6M10 13.7v.1"/>',
    "caution": _TRIANGLE + '<path d="M10 7.8v3.8M10 14v.1"/>',
}


def heading(header: pf.Header) -> None:
    """The section's number in front, and behind it a link to itself."""
    number = header.attributes.pop("number", None)
    if number:
        header.content.insert(0, pf.Space())
        header.content.insert(0, pf.Span(pf.Str(number), classes=["header-section-number"]))
    if header.identifier:
        label = f"Link to section {number}" if number else "Link to this section"
        link = tag("a", class_="anchor", href=f"#{header.identifier}", aria_label=label)
        header.content.append(inline(f"{link}</a>"))


def figure(div: pf.Div) -> list[pf.Block]:
    """A numbered float: a figure's caption stands below it, a table's above."""
    kind = "tbl" if "tbl" in div.classes else "fig"
    *body, caption = div.content
    words = [inline for plain in caption.content for inline in plain.content]
    part = "part" in div.classes
    name = div.attributes["number"] if part else f"{NAMES[kind]}{NO_BREAK_SPACE}{div.attributes['number']}"
    number = pf.Span(pf.Str(f"{name}:" if words and not part else name), classes=["caption-number"])
    text = pf.Plain(inline("<figcaption>"), number, *([pf.Space(), *words] if words else []), inline("</figcaption>"))
    opening = block(tag("figure", id=div.identifier, class_=f"float {kind}{' part' if part else ''}"))
    content = [text, *body] if kind == "tbl" else [*body, text]
    return [opening, *content, block("</figure>")]


def image(element: pf.Image, file: Path | None) -> None:
    """A picture loads once the reader comes near it: a drawing costs as much as all words of its page."""
    element.attributes.setdefault("loading", "lazy")
    if file is None or file.suffix != ".svg" or {"width", "height"} & element.attributes.keys():
        return
    with file.open(encoding="utf-8", errors="replace") as opened:
        size = _SIZE.search(opened.read(_HEAD))
    if size:  # so that the page keeps its room
        element.attributes |= {"width": _pixels(size[1]), "height": _pixels(size[2])}


def _pixels(points: str) -> str:
    return f"{float(points) * 4 / 3:.0f}"


def layout(div: pf.Div) -> list[pf.Block]:
    """Blocks side by side, below each other on a narrow screen."""
    opening = tag("div", class_="layout", style=f"--columns: {div.attributes['columns']}")
    return [block(opening), *div.content, block("</div>")]


def equation(span: pf.Span) -> None:
    """Write the number of an equation behind it."""
    number = span.attributes.pop("number")
    span.content.append(pf.Span(pf.Str(f"({number})"), classes=["equation-number"]))


def table(element: pf.Table) -> list[pf.Block]:
    """A table too wide for the page scrolls within itself."""
    return [block('<div class="table-scroll">'), element, block("</div>")]


def code(element: pf.CodeBlock) -> list[pf.Block] | None:
    """A cell's code; folded where the cell says so (`true`: folded away, `show`: unfolded at first)."""
    fold = element.attributes.pop("code-fold", "false")
    summary = element.attributes.pop("code-summary", "Code")
    if element.attributes.pop("code-line-numbers", "false") == "true":
        element.classes.append("numberLines")
    if fold not in ("true", "show"):
        return None
    opening = pf.Plain(
        inline(tag("details", class_="code-fold", open=fold == "show") + "<summary>"),
        *inlines(summary),
        inline("</summary>"),
    )
    return [opening, element, block("</details>")]


def callout(div: pf.Div) -> list[pf.Block]:
    """A titled box; `collapse` makes it one that the reader opens."""
    kind = next(name.removeprefix("callout-") for name in div.classes if name.startswith("callout-"))
    title, *body = div.content
    collapse = div.attributes.get("collapse")
    outer, inner = ("div", "div") if collapse is None else ("details", "summary")
    opening = tag(
        outer,
        id=div.identifier or None,
        class_=f"callout callout-{kind}",
        role="note" if outer == "div" else None,
        open=collapse == "false",
    )
    icon = f'<svg viewBox="0 0 20 20" aria-hidden="true">{_ICONS[kind]}</svg>'
    words = list(title.content[0].content)
    spoken = [] if div.attributes["title"].lower() == kind else [inline(_spoken(f"{kind.capitalize()}: "))]
    head = [inline(f'<{inner} class="callout-title">{icon}<span>'), *spoken, *words, inline(f"</span></{inner}>")]
    return [block(opening), pf.Plain(*head), block('<div class="callout-body">'), *body, block(f"</div></{outer}>")]


def tab(div: pf.Div) -> list[pf.Block]:
    """One panel with its title; a script makes the row of tabs of these titles."""
    title, *body = div.content
    head = [inline('<p class="tab-title">'), *title.content[0].content, inline("</p>")]
    return [block(tag("section", class_="tab")), pf.Plain(*head), *body, block("</section>")]


def _spoken(text: str) -> str:
    return f'<span class="visually-hidden">{text}</span>'


def tag(name: str, **attributes: str | bool | None) -> str:
    """A start tag; `None` and False leave an attribute out, True writes its name alone, `class_` writes `class`."""
    written = [name]
    for key, value in attributes.items():
        key = key.rstrip("_").replace("_", "-")
        if value is True:
            written.append(key)
        elif value not in (None, False):
            written.append(f'{key}="{escape(str(value))}"')
    return f"<{' '.join(written)}>"


def block(html: str) -> pf.RawBlock:
    """HTML as a block of the document."""
    return pf.RawBlock(html, format="html")


def inline(html: str) -> pf.RawInline:
    """HTML within a paragraph of the document."""
    return pf.RawInline(html, format="html")
