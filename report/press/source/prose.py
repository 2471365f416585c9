"""A paragraph of markdown: its inline expressions, code spans and shortcodes, and what it refers to."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from report.press.source import subset
from report.press.source.attributes import check_attributes, check_reference_type, parse_attributes
from report.press.source.blocks import Inline, Markdown, Part
from report.press.source.lines import Line
from report.press.source.problems import Place, Problem
from report.press.source.shortcodes import SHORTCODE, Resolve, unescape

_EXPRESSION = re.compile(r"\{(?P<language>[A-Za-z]\w*)\}[ \t\n](?P<expression>.*)", re.DOTALL)
_RUN_BY_QUARTO = re.compile(r"(?:^|[^`])`\{python\}[ \t][^`]+`")
_ESCAPED_EXPRESSION = re.compile(r"\{(\{[A-Za-z]\w*\})\}(?=\s)")
_ATTRIBUTES = re.compile(r"(?:(?<=[\])`$])|(?<=\$\$ )|(?<=\s))\{(?P<inside>[^{}]*)\}")
_REFERENCE = re.compile(r"(?<![\w@\\./:])-?@(?:\{(?P<braced>[^}\s]+)\}|(?P<key>\w(?:[\w:.#$%&+?<>~/-]*[\w/])?))")
_IMAGE = re.compile(r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?(?P<target>[^\s)>]+)")
_LINK = re.compile(r"\]\(\s*<?(?P<target>[^\s)>]+)")


@dataclass
class Findings:
    """What the prose of a chapter defines and uses."""

    targets: dict[str, Place] = field(default_factory=dict)
    references: list[tuple[str, Place]] = field(default_factory=list)
    links: list[tuple[str, Place]] = field(default_factory=list)
    """Of images too."""
    images: list[tuple[str, Place]] = field(default_factory=list)


def read_paragraph(
    lines: Sequence[Line],
    resolve: Resolve,
    findings: Findings,
    problems: list[Problem],
) -> list[Part]:
    """The parts of one paragraph (lines without a blank one); `resolve` gives a shortcode's text."""
    text = "\n".join(line.text for line in lines)

    def place(position: int) -> Place:
        return lines[text.count("\n", 0, position)].place

    parts: list[Part] = []
    pending: list[str] = []  # markdown that waits for the next expression
    plain: list[str] = []  # the text with code blanked out, of the same length as `text`
    position = 0
    for start, end, kind in _tokens(text):
        pending.append(text[position:start])
        plain.append(text[position:start])
        token = text[start:end]
        position = end
        plain.append(re.sub(r"[^\n`]", "\0", token))
        if kind == "escape" and _RUN_BY_QUARTO.match(text, start):
            refuse_shown_expression(text[start:], place(start), problems)
        if kind == "shortcode":
            pending.append(resolve(token, place(start), problems))
        elif kind == "code" and (expression := _inline_expression(token, place(start), problems)):
            parts += [Markdown("".join(pending)), expression]
            pending = []
        else:
            pending.append(_ESCAPED_EXPRESSION.sub(r"\1", unescape(token)) if kind == "code" else token)
    pending.append(text[position:])
    plain.append(text[position:])
    parts.append(Markdown("".join(pending)))
    _inspect("".join(plain), place, findings, problems)
    return [part for part in parts if not isinstance(part, Markdown) or part.text]


def _tokens(text: str) -> list[tuple[int, int, str]]:
    """Start, end and kind (`code`, `shortcode`, `escape`) of everything that is not ordinary text."""
    found = []
    position = 0
    pattern = re.compile(r"\\[\\`@{$]|`+|" + SHORTCODE.pattern)
    while match := pattern.search(text, position):
        start, position = match.span()
        opening = match[0]
        if opening.startswith("\\"):
            found.append((start, position, "escape"))
        elif opening.startswith("{"):
            found.append((start, position, "shortcode"))
        else:
            closing = re.compile(rf"(?<!`){opening}(?!`)").search(text, position)
            if closing:
                position = closing.end()
                found.append((start, position, "code"))
    return found


def _inline_expression(token: str, place: Place, problems: list[Problem]) -> Inline | None:
    """The expression in a code span of single backticks that begins with `{python}`."""
    match = _EXPRESSION.fullmatch(token[1:-1])
    if token.startswith("``") or match is None:
        refuse_shown_expression(token[1:-1], place, problems)
        if "{{<" in token and "{{</*" not in token:
            problems.append(
                Problem(place, "a shortcode in a code span would run in Quarto", "write '{{</* name */>}}' to show it")
            )
        return None
    if match["language"] != subset.CELL_LANGUAGE:
        problems.append(
            Problem(
                place,
                f"inline '{{{match['language']}}}' is not supported by the embedded renderer",
                "supported: `{python} expression`",
            )
        )
        return None
    expression = match["expression"].strip()
    if "\n" in expression:
        problems.append(
            Problem(place, "an inline expression over several lines is not run by Quarto", "write it on one line")
        )
        return None
    try:
        compile(expression, "<inline>", "eval")
    except (SyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        problems.append(Problem(place, f"inline `{{python}} {expression}` is not a Python expression: {reason}"))
    return Inline(expression, place)


def refuse_shown_expression(text: str, place: Place, problems: list[Problem]) -> None:
    """Refuse an inline expression inside code: Quarto replaces it there too."""
    if _RUN_BY_QUARTO.search(text):
        remedy = "write `{{python}} expression`, not in other backticks, to show one"
        problems.append(Problem(place, "an inline expression inside code would run in Quarto", remedy))


def _inspect(plain: str, place: Callable[[int], Place], findings: Findings, problems: list[Problem]) -> None:
    """Check attributes and collect identifiers, references and links of text whose code is blanked out."""
    for match in _ATTRIBUTES.finditer(plain):
        found = parse_attributes(match["inside"])
        if found is not None:
            check_attributes(found, place(match.start()), problems)
            equation = found.identifier.startswith("eq-")
            if equation and not plain[: match.start()].rstrip().endswith("$$"):
                what = f"{match[0]}: an equation's label follows '$$ … $$' and stands alone"
                problems.append(Problem(place(match.start()), what))
            define(found.identifier, place(match.start()), findings, problems)
    for match in _REFERENCE.finditer(plain):
        key = match["braced"] or match["key"]
        check_reference_type(key, place(match.start()), problems)
        findings.references.append((key, place(match.start())))
    for match in _IMAGE.finditer(plain):
        findings.images.append((match["target"], place(match.start())))
    for match in _LINK.finditer(plain):
        findings.links.append((match["target"], place(match.start())))


def define(identifier: str, place: Place, findings: Findings, problems: list[Problem]) -> None:
    """Note that `identifier` is defined at `place`; a second definition in the chapter is a problem."""
    if not identifier:
        return
    if identifier in findings.targets:
        problems.append(Problem(place, f"'{identifier}' is already defined at {findings.targets[identifier]}"))
    findings.targets.setdefault(identifier, place)
