"""Callouts and tabs as HTML."""

import panflute as pf

from report.press.html.raw import block, inline, tag

_CIRCLE = '<circle cx="10" cy="10" r="7.5"/>'
_TRIANGLE = '<path d="M10 2.8 18 16.5H2Z"/>'
_ICONS = {
    "note": _CIRCLE + '<path d="M10 9.2v4.6M10 6.2v.1"/>',
    "tip": _CIRCLE + '<path d="m6.8 10.2 2.3 2.4 4.2-4.8"/>',
    "warning": _TRIANGLE + '<path d="M10 7.8v3.8M10 14v.1"/>',
    "important": _CIRCLE + '<path d="M10 6.2v4.6M10 13.7v.1"/>',
    "caution": _TRIANGLE + '<path d="M10 7.8v3.8M10 14v.1"/>',
}


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
