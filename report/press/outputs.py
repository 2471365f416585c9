"""The outputs of one cell as Pandoc markdown, in the shape that Quarto gives them.

    ::: {.cell-output .cell-output-stdout}   text in a fenced block; also -stderr, -error
    ::: {.cell-output .cell-output-display}  a figure, a table, markdown or a value

What only HTML can show is a raw HTML block, followed by its plain text for every other format.
"""

from __future__ import annotations

import ast
import base64
import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.facts.escape import attribute, markdown
from report.press.markdown import div, fenced, printed

_IMAGES = {"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg"}
_DRAWN = ("[<matplotlib", "<matplotlib", "<seaborn.", "<Axes", "<Figure", "Text(")


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
    """What an inline expression shows: its markdown if it has any, else its text with every sign of markup escaped."""
    data = next((output.data for output in outputs if output.output_type == "execute_result"), None)
    if data is None:
        return "None"  # as in Quarto; IPython does not show None by itself
    if "text/markdown" in data:
        return _joined(data["text/markdown"])
    text = _joined(data.get("text/plain", ""))
    if text[:1] in ("'", '"'):
        with contextlib.suppress(SyntaxError, ValueError):
            text = str(ast.literal_eval(text))
    return markdown(text)


def as_is(outputs: list[Any]) -> str:
    """What a cell with `output: asis` printed, and the markdown that it displayed."""
    texts = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stdout":
            texts.append(_joined(output.text))
        elif output.output_type in ("display_data", "execute_result") and "text/markdown" in output.data:
            texts.append("\n\n" + _joined(output.data["text/markdown"]) + "\n\n")
    return "".join(texts)


@dataclass(frozen=True)
class Look:
    """How to show a cell's outputs: file name, caption and alternative text of images, and whether warnings are."""

    name: str
    warnings: bool
    caption: str = ""
    alt: str | None = None


def shown_outputs(outputs: list[Any], look: Look, resources: Resources) -> list[str]:
    """Each output as a div."""
    drawn = any(_image_type(output) for output in outputs)
    shown = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stdout" or look.warnings:
                kind = f".cell-output .cell-output-{output.name}"
                shown.append(div(kind, fenced(printed(_joined(output.text)))))
        elif output.output_type == "error":
            # Without the traceback, which would print folders of this machine.
            text = printed(f"{output.ename}: {output.evalue}")
            shown.append(div(".cell-output .cell-output-error", fenced(text)))
        elif not (drawn and _is_drawing_handle(output)):
            content = _display(output, look, resources)
            shown.append(div(".cell-output .cell-output-display", content))
    return shown


def _display(output: Any, look: Look, resources: Resources) -> str:
    data = output.data
    if "text/markdown" in data:
        return _joined(data["text/markdown"])
    if kind := _image_type(output):
        content = _joined(data[kind])
        raw = content.encode() if kind == "image/svg+xml" else base64.b64decode(content)
        link = resources.add(f"{look.name}-{len(resources.files) + 1}{_IMAGES[kind]}", raw)
        attributes = f'{{fig-alt="{attribute(look.alt)}"}}' if look.alt else ""
        return f"![{look.caption}]({link}){attributes}"
    plain = printed(_joined(data.get("text/plain", "")))
    if "text/html" in data:
        html = fenced(_joined(data["text/html"]), "{=html}")
        return html + "\n" + div('.content-hidden when-format="html"', fenced(plain))
    latex = _joined(data.get("text/latex", "")).strip()
    return latex if latex.startswith("$") and latex.endswith("$") else fenced(plain)


def _image_type(output: Any) -> str | None:
    if output.output_type not in ("display_data", "execute_result") or "text/markdown" in output.data:
        return None
    return next((kind for kind in _IMAGES if kind in output.data), None)


def _is_drawing_handle(output: Any) -> bool:
    """Whether this is what a plotting call returned, shown beside the plot itself."""
    return (
        output.output_type == "execute_result"
        and set(output.data) == {"text/plain"}
        and _joined(output.data["text/plain"]).startswith(_DRAWN)
    )


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
