"""The lines of a chapter with its includes put in, each line knowing where it came from."""

import re
from dataclasses import dataclass
from pathlib import Path

from report.press.source.problems import Place, Problem

INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(.*?)\s*>\}\}\s*$")
FENCE = re.compile(r"^(?P<prefix>[\s>]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")


@dataclass(frozen=True)
class Line:
    """One line of source, without its end."""

    text: str
    place: Place


@dataclass(frozen=True)
class Source:
    """A chapter's text: the front matter's YAML apart from the lines that follow it."""

    front_matter: str
    front_matter_line: int
    lines: tuple[Line, ...]
    files: tuple[Path, ...]
    """The chapter and every file that it includes, directly or not."""


def opens_fence(text: str) -> re.Match[str] | None:
    """The match of a line that opens a fenced block; a backtick fence has no backtick in its info string."""
    match = FENCE.match(text)
    return None if match is None or (match["fence"][0] == "`" and "`" in match["info"]) else match


def closes_fence(text: str, opened: re.Match[str]) -> bool:
    """Whether the line closes the block that `opened` opened."""
    fence = opened["fence"]
    bare = text.lstrip(" \t>").rstrip()
    return len(bare) >= len(fence) and set(bare) == {fence[0]}


def read_source(path: Path, root: Path, problems: list[Problem]) -> Source:
    """Read a chapter; unreadable files, circular or missing includes are added to `problems`."""
    files: list[Path] = []
    lines = _read(path, root, (), files, Place(_name(path, root), 1), problems)
    front, body = _split_front_matter(lines, problems)
    return Source("\n".join(line.text for line in front), 2, tuple(body), tuple(dict.fromkeys(files)))


def _split_front_matter(lines: list[Line], problems: list[Problem]) -> tuple[list[Line], list[Line]]:
    if not lines or lines[0].text.rstrip() != "---":
        return [], lines
    for index, line in enumerate(lines[1:], start=1):
        if line.text.rstrip() in ("---", "..."):
            return lines[1:index], lines[index + 1 :]
    problems.append(Problem(lines[0].place, "the front matter is never closed", "end it with a line '---'"))
    return [], []


def _read(
    path: Path, root: Path, chain: tuple[Path, ...], files: list[Path], asked: Place, problems: list[Problem]
) -> list[Line]:
    name = _name(path, root)
    if path in chain:
        circle = " -> ".join(_name(file, root) for file in (*chain[chain.index(path) :], path))
        problems.append(Problem(asked, f"circular include: {circle}"))
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(asked, f"include: there is no file {name}"))
        return []
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        problems.append(Problem(asked, f"cannot read {name}: {reason}"))
        return []
    files.append(path)
    lines: list[Line] = []
    fence: re.Match[str] | None = None
    for number, content in enumerate(text.splitlines(), start=1):
        line = Line(content, Place(name, number))
        if fence is not None:
            fence = None if closes_fence(content, fence) else fence
        elif include := INCLUDE.match(content):
            lines += _read(_target(path, root, include[1]), root, (*chain, path), files, line.place, problems)
            # A blank line, so that the file's last paragraph and the next one do not run together.
            lines.append(Line("", line.place))
            continue
        else:
            fence = opens_fence(content)
        lines.append(line)
    if chain and lines and lines[0].text.rstrip() == "---":
        problems.append(Problem(lines[0].place, "an included file cannot have front matter", "move it to the chapter"))
    return lines


def _target(including: Path, root: Path, argument: str) -> Path:
    name = argument.strip("\"'")
    return (root / name.lstrip("/") if name.startswith("/") else including.parent / name).resolve()


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
