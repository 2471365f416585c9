"""The book's own constructs as HTML: floats, equations, headings, tables, folded code."""

import panflute as pf

from report.press.book.labels import NAMES
from report.press.book.pandoc import inlines
from report.press.html.raw import block, inline, tag

NO_BREAK_SPACE = "\u00a0"


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
    name = f"{NAMES[kind]}{NO_BREAK_SPACE}{div.attributes['number']}"
    number = pf.Span(pf.Str(f"{name}:" if words else name), classes=["caption-number"])
    text = pf.Plain(inline("<figcaption>"), number, *([pf.Space(), *words] if words else []), inline("</figcaption>"))
    opening = block(tag("figure", id=div.identifier, class_=f"float {kind}"))
    content = [text, *body] if kind == "tbl" else [*body, text]
    return [opening, *content, block("</figure>")]


def equation(span: pf.Span) -> None:
    number = span.attributes.pop("number")
    span.content.append(pf.Span(pf.Str(f"({number})"), classes=["equation-number"]))


def table(element: pf.Table) -> list[pf.Block]:
    """A table too wide for the page scrolls within itself."""
    return [block('<div class="table-scroll">'), element, block("</div>")]


def code(element: pf.CodeBlock) -> list[pf.Block] | None:
    """A cell's code; folded where the cell says so (`true`: folded away, `show`: unfolded at first)."""
    fold = element.attributes.pop("code-fold", "false")
    summary = element.attributes.pop("code-summary", "Code")
    if fold not in ("true", "show"):
        return None
    opening = pf.Plain(
        inline(tag("details", class_="code-fold", open=fold == "show") + "<summary>"),
        *inlines(summary),
        inline("</summary>"),
    )
    return [opening, element, block("</details>")]
