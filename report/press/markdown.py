"""Pandoc markdown blocks that hold whatever text they are given."""

import re
from functools import lru_cache

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")

# Control characters but the tab, and halves of surrogate pairs.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")

_ATTRIBUTE = r'(?:\.[\w-]+|[\w-]+="[^"\n]*")'
_CODE = r"^ *(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ *(?P=fence)|\Z)|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)"
_WORDS = r"(?:[^\[\]`\n|<>_*~$]|<span [^<>]*>|</span>)*(?<!\\)"
_SPAN = rf"\[(?P<words>{_WORDS})\]\{{(?P<attributes>{_ATTRIBUTE}(?: {_ATTRIBUTE})*)\}}"
_CODE_OR_SPAN = re.compile(f"{_CODE}|{_SPAN}", re.MULTILINE | re.DOTALL)
_CLASS = re.compile(r"(?:^| )\.([\w-]+)")
_VALUE = re.compile(r' ?([\w-]+="[^"]*")')
# Behind these, brackets mean something else.
_BEFORE = re.compile(r"[]!\\]$|[@^~]\S*$")
_NEAR = 200
_NOTE = re.compile(r"\^(?!\w\^$)")
_TEX = re.compile(r"\\[A-Za-z]|\$")
_MARKUP_CLASSES = {"underline", "ul", "mark", "smallcaps", "small-caps"}
"""Classes for which Pandoc makes something else of a span."""


def strip_ansi(text: str) -> str:
    """`text` without terminal colours and other escape sequences."""
    return _ANSI.sub("", text)


def printed(text: str) -> str:
    """`text` as a terminal leaves it standing: colours gone, lines overwritten after a carriage return, no controls."""
    lines = strip_ansi(text).replace("\r\n", "\n").split("\n")
    return "\n".join(_CONTROL.sub("\ufffd", line.rstrip("\r").rpartition("\r")[2]) for line in lines)


@lru_cache(maxsize=4096)
def native_spans(markdown: str) -> str:
    """Markdown that a cell shows, with `[words]{.class key="value"}` as `<span class="class" key="value">words</span>`.

    Pandoc makes the same document of both. It reads what stands in brackets several times, as a link, as a reference
    and as a span, and so again for each pair of brackets around it: a page of numbers takes it twice as long and more.
    A preview asks for the same at each change.
    """
    before = markdown if _TEX.search(markdown) else None  # brackets may be a formula's, or a command's
    while markdown != before:  # the innermost ones first
        before, markdown = markdown, _CODE_OR_SPAN.sub(_native_span, markdown)
    return markdown


def _native_span(found: re.Match[str]) -> str:
    words, attributes = found["words"], found["attributes"]
    if words is None:
        return found[0]
    values = _VALUE.findall(attributes)
    classes = _CLASS.findall(_VALUE.sub("", attributes))
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    kept = _BEFORE.search(before) or _NOTE.match(words) or _MARKUP_CLASSES.intersection(classes)
    if kept or words != words.strip():  # Pandoc takes white space from the ends of what stands in brackets
        return found[0]
    written = [f'class="{" ".join(classes)}"', *values] if classes else values
    return f"<span {' '.join(written)}>{words}</span>"


def fenced(text: str, info: str = "") -> str:
    """A fenced block that no text can end: its fence is longer than any run of backticks in the text."""
    runs = [len(run) for run in re.findall(r"`+", text)]
    fence = "`" * max(3, max(runs, default=0) + 1)
    return f"{fence}{info}\n{text.rstrip(chr(10))}\n{fence}\n"


def div(attributes: str, content: str) -> str:
    """A fenced div around blocks."""
    return f"::: {{{attributes}}}\n{content.strip(chr(10))}\n:::\n"
