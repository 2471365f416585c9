"""HTML around Pandoc elements."""

from html import escape

import panflute as pf


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
    return pf.RawBlock(html, format="html")


def inline(html: str) -> pf.RawInline:
    return pf.RawInline(html, format="html")
