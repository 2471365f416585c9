"""The outputs of one cell as Pandoc markdown, in the shape that Quarto gives them.

    ::: {.cell-output .cell-output-stdout}   text in a fenced block; also -stderr, -error
    ::: {.cell-output .cell-output-display}  a figure, a table, markdown or a value

What only HTML can show is a raw HTML block, followed by its plain text for every other format.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

from analysis.facts.escape import attribute
from report.press.markdown import div, fenced, native_spans, printed

_IMAGES = {"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg"}
_DRAWN = ("[<matplotlib", "<matplotlib", "<seaborn.")
_HANDLE = re.compile(r"[<(\[].*[>)\]]")
_STYLE = re.compile(r"<(style|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_STYLER = re.compile(r'<table id="(?P<id>T_[0-9a-f]{5,32})"')
_MARKDOWN_TABLE = re.compile(r"<table|-{3}|\|[ :]*-", re.IGNORECASE)
_FRAME = re.compile(r"<table[^>]*\bclass=\"dataframe\"")
HTML_TABLE = "html-table"
"""The class of a div whose raw HTML is read as a table; its attribute `caption` is the table's."""
_LESS = re.compile(
    r"""(?P<tag><!--.*?-->|<(?P<raw>style|script)\b.*?</(?P=raw)>|</?[a-z](?:[^<>"']|"[^"]*"|'[^']*')*>)|<""",
    re.DOTALL | re.IGNORECASE,
)
"""A tag, or what is left whole; else a "<" that begins none, as a Styler writes it."""
_OPENING = re.compile(r"<table\b[^>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_{}\[\]()>#+,\-.!]")


@dataclass
class Resources:
    """The folder for a chapter's images and the links that its markdown uses for them."""

    folder: Path
    link_folder: str
    files: dict[str, Path] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> str:
        """Write a file; returns its link."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        path.write_bytes(content)
        link = f"{self.link_folder}/{name}"
        self.files[link] = path
        return link


def inline_result(outputs: list[Any]) -> str:
    """What an inline expression shows, to the letter as Quarto does: its markdown if it has any, else its text.

    Of a string most signs of markup are escaped, but not `$`, `~`, `^`, `@` and `<`; anything else is markdown as
    Python writes it. (Values of tables come through `analysis.facts`, whose markdown is text whatever it holds.)
    """
    data = next((output.data for output in outputs if output.output_type == "execute_result"), None)
    if data is None:
        return "None"  # IPython does not show None by itself
    shown = _joined(data.get("text/markdown", ""))
    text = native_spans(shown) if shown else _as_markdown(_joined(data.get("text/plain", "")))
    if "text/html" not in data:
        return text
    return f'{_verbatim(_joined(data["text/html"]))}{{=html}}[{text}]{{.content-hidden when-format="html"}}'


def _as_markdown(text: str) -> str:
    if len(text) < 2 or text[0] not in "'\"" or text[-1] != text[0]:
        return text
    return _MARKUP.sub(r"\\\g<0>", text[1:-1].replace("\\", "\\\\"))


def _verbatim(text: str) -> str:
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{text}{ticks}"


@dataclass(frozen=True)
class Look:
    """What to give to images and tables: a name for files, and in turn their captions and texts."""

    name: str
    captions: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    table_captions: tuple[str, ...] = ()
    align: str | None = None
    """`left`, `center` or `right`, of images."""


def visible(outputs: Iterable[Any], warnings: bool) -> list[Any]:
    """The outputs that are shown: no handles of drawings, and standard error only if `warnings`."""
    outputs = list(outputs)
    drawn = any(map(is_picture, outputs))
    hidden = [(output.get("name") == "stderr" and not warnings) or _is_handle(output, drawn) for output in outputs]
    return [output for output, hide in zip(outputs, hidden, strict=True) if not hide]


def is_picture(output: Any) -> bool:
    """Whether an image is what is shown of the output."""
    data = output.get("data", {})
    return any(kind in data for kind in _IMAGES) and not {"text/html", "text/markdown"} & set(data)


def as_is(outputs: Iterable[Any], look: Look, resources: Resources) -> str:
    """What a cell with `output: asis` gives: what it prints is markdown, the rest is shown without a div around it."""
    return "".join(
        native_spans(_joined(output.text)) if output.get("name") == "stdout" else content + "\n"
        for output, content in _contents(outputs, look, resources)
    )


def shown_outputs(outputs: Iterable[Any], look: Look, resources: Resources) -> list[str]:
    """Each output as a div."""
    return [
        div(f".cell-output .cell-output-{_kind(output)}", content)
        for output, content in _contents(outputs, look, resources)
    ]


def _contents(outputs: Iterable[Any], look: Look, resources: Resources) -> Iterator[tuple[Any, str]]:
    """Each output with its markdown."""
    for number, output in enumerate(outputs, start=1):
        if output.output_type == "stream":
            yield output, fenced(printed(_joined(output.text)))
        elif output.output_type == "error":
            # Without the traceback, which would print folders of this machine.
            yield output, fenced(printed(f"{output.ename}: {output.evalue}"))
        else:
            yield output, _display(output, look, resources, number)
            if is_picture(output):
                look = replace(look, captions=look.captions[1:], alts=look.alts[1:])
            elif is_table(output):
                look = replace(look, table_captions=look.table_captions[1:])


def _kind(output: Any) -> str:
    return {"stream": output.get("name"), "error": "error"}.get(output.output_type, "display")


def _display(output: Any, look: Look, resources: Resources, number: int) -> str:
    """What the output shows: of HTML, markdown, image and plain text the first that it has; HTML for HTML alone."""
    data = output.data
    if "text/html" not in data:
        return _without_html(data, look, resources)
    html = _named_again(_joined(data["text/html"]), f"{look.name}-{number}")
    if "<table" in html.lower():
        html = _LESS.sub(lambda found: found["tag"] or "&lt;", html)
    if "<table" not in html.lower():
        other = _without_html(data, look, resources)
    else:
        # As in Quarto, a table in HTML is read for every other format too; one of a plain DataFrame for all.
        caption = look.table_captions[0] if look.table_captions else ""
        other = div(f'.{HTML_TABLE} caption="{attribute(caption)}"', fenced(_STYLE.sub("", html), "{=html}"))
        if _FRAME.search(html):
            return other
        html = _OPENING.sub(lambda tag: f"{tag[0]}<caption>{escape(caption)}</caption>" if caption else tag[0], html, 1)
    return fenced(html, "{=html}") + "\n" + div('.content-hidden when-format="html"', other)


def _named_again(html: str, name: str) -> str:
    """A table of a Styler, whose identifiers pandas draws at random, under a name that is the same each time."""
    drawn = _STYLER.search(html)
    return html.replace(drawn["id"], f"T_{name}") if drawn else html


def is_table(output: Any) -> bool:
    """Whether the output shows a table, in HTML or in markdown."""
    data = output.get("data", {})
    in_markdown = _MARKDOWN_TABLE.search(_joined(data.get("text/markdown", "")))
    return in_markdown is not None or "<table" in _joined(data.get("text/html", "")).lower()


def is_frame(output: Any) -> bool:
    """Whether the output is a DataFrame as pandas shows it: data, and no drawing in the form of a table."""
    return _FRAME.search(_joined(output.get("data", {}).get("text/html", ""))) is not None


def _without_html(data: Mapping[str, Any], look: Look, resources: Resources) -> str:
    if "text/markdown" in data:
        caption = f"\n\n: {look.table_captions[0]}\n" if look.table_captions else ""
        return native_spans(_joined(data["text/markdown"])) + caption
    if kind := next((kind for kind in _IMAGES if kind in data), None):
        content = _joined(data[kind])
        raw = content.encode() if kind == "image/svg+xml" else base64.b64decode(content)
        link = resources.add(f"{look.name}-{len(resources.files) + 1}{_IMAGES[kind]}", raw)
        given = {"fig-alt": look.alts[0] if look.alts else None, "fig-align": look.align}
        attributes = " ".join(f'{key}="{attribute(value)}"' for key, value in given.items() if value)
        caption = look.captions[0] if look.captions else ""
        return f"![{caption}]({link})" + (f"{{{attributes}}}" if attributes else "")
    latex = _joined(data.get("text/latex", "")).strip()
    is_math = latex.startswith("$") and latex.endswith("$")
    return latex if is_math else fenced(printed(_joined(data.get("text/plain", ""))))


def _is_handle(output: Any, drawn: bool) -> bool:
    """Whether this is what a plotting call returned; `drawn`: an image is among the outputs. As Quarto tells it."""
    if output.output_type != "execute_result" or set(output.data) != {"text/plain"}:
        return False
    text = _joined(output.data["text/plain"])
    return text.startswith(_DRAWN) or (drawn and _HANDLE.fullmatch(text.strip()) is not None)


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
