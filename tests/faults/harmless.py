"""Changes that do no harm, and that nothing may report."""

import ast
import random
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.faults.plant import CHECK, RENDER, STATUS, VERIFY, Command, Plant, project_files, tries
from tests.faults.sources import Chapters

SYNONYMS = {
    "shows": "displays",
    "uses": "employs",
    "examines": "looks at",
    "describes": "sets out",
    "obtained": "gained",
    "called": "named",
    "therefore": "hence",
    "begin": "start",
    "chooses": "picks",
    "studies": "investigates",
    "whether": "if",
    "occurs": "appears",
    "depends": "hinges",
    "holds": "keeps",
    "usually": "normally",
    "movie": "film",
    "text": "passage",
    "gives": "yields",
    "finds": "discovers",
    "lists": "enumerates",
    "beside": "next to",
    "cause": "reason",
    "ordinary": "usual",
    "tells": "says",
    "wrong": "incorrect",
    "evaluates": "assesses",
    "together": "jointly",
    "unless": "except where",
    "kept": "retained",
    "tried": "attempted",
}
CODE = ("experiments/statistics/*.py", "experiments/finetuning/*.py")
COMMENTS = ("see the README", "kept as it was", "written for the course", "to be read twice")


def plants(root: Path, chance: random.Random) -> Iterator[tuple[str, Iterator[Plant | None]]]:
    """Each class of harmless changes, with endless candidates."""
    chapters = Chapters(root)
    yield "a comment", _each(chance, (_comment_in_study, _comment_in_cell, _comment_in_module), root, chapters)
    yield "a docstring", _each(chance, (_docstring,), root, chapters)
    yield "white space", _each(chance, (_space_in_study, _space_in_prose), root, chapters)
    yield "the order of keys", _each(chance, (_order_of_keys,), root, chapters)
    yield "a synonym in prose", _each(chance, (_synonym,), root, chapters)


def _each(chance: random.Random, makers, root: Path, chapters: Chapters) -> Iterator[Plant | None]:
    return (chance.choice(makers)(root, chapters, chance) for _ in tries(40))


def _study(root: Path, chance: random.Random) -> tuple[str, list[str]]:
    name = chance.choice(project_files(root, "experiments/studies/*.yaml"))
    return name, (root / name).read_text().splitlines(keepends=True)


def _top_level(lines: list[str]) -> list[int]:
    """Where a key at the left margin begins."""
    return [number for number, line in enumerate(lines) if re.match(r"[a-z_]+:", line)]


def _comment_in_study(root: Path, chapters: Chapters, chance: random.Random) -> Plant | None:
    name, lines = _study(root, chance)
    lines.insert(chance.choice(_top_level(lines)), f"# {chance.choice(COMMENTS)}\n")
    return Plant("a comment", name, {name: "".join(lines).encode()}, (STATUS, VERIFY))


def _comment_in_cell(root: Path, chapters: Chapters, chance: random.Random) -> Plant | None:
    chapter = chance.choice(sorted(chapters.pages))
    lines = chapters.texts[chapter].splitlines(keepends=True)
    cells = [n for n, line in enumerate(lines) if n and re.match(r"(from|import|print|page)\b", line)]
    if not cells:
        return None
    lines.insert(chance.choice(cells), f"# {chance.choice(COMMENTS)}\n")
    name = chapters.files[chapter]
    return Plant("a comment", name, {name: "".join(lines).encode()}, (RENDER, CHECK))


def _module(root: Path, chapters: Chapters, chance: random.Random) -> tuple[str, str, tuple[Command, ...]]:
    """A module of the experiments or of some chapters, with whoever may say something of it."""
    behind = chapters.modules()
    if behind and (chance.random() < 0.4 or not project_files(root, CODE[0])):
        name = chance.choice(sorted(behind))
        gates: tuple[Command, ...] = (RENDER, CHECK)
    else:
        own = [name for pattern in CODE for name in project_files(root, pattern)]
        name, gates = chance.choice([each for each in own if (root / each).read_text().strip()]), (STATUS, VERIFY)
    return name, (root / name).read_text(), gates


def _comment_in_module(root: Path, chapters: Chapters, chance: random.Random) -> Plant | None:
    name, text, gates = _module(root, chapters, chance)
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.startswith(("def ", "class ", "from ", "import "))]
    if not starts:
        return None
    lines.insert(chance.choice(starts), f"# {chance.choice(COMMENTS)}\n")
    return Plant("a comment", name, {name: "".join(lines).encode()}, gates)


def _docstring(root: Path, chapters: Chapters, chance: random.Random) -> Plant | None:
    name, text, gates = _module(root, chapters, chance)
    nodes = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node, clean=False)
    ]
    if not nodes:
        return None
    said = ast.get_docstring(chance.choice(nodes), clean=False) or ""
    first = said.splitlines()[0]
    if not first.endswith(".") or text.count(first) != 1:
        return None
    return Plant("a docstring", name, {name: text.replace(first, f"{first[:-1]}, as it was.").encode()}, gates)


def _space_in_study(root: Path, chapters: Chapters, chance: random.Random) -> Plant | None:
    name, lines = _study(root, chance)
    lines.insert(chance.choice(_top_level(lines)[1:]), "\n")
    return Plant("white space", name, {name: "".join(lines).encode()}, (STATUS, VERIFY))


def _space_in_prose(root: Path, chapters: Chapters, chance: random.Random) -> Plant | None:
    line = chance.choice(chapters.prose())
    places = [match.start() for match in re.finditer(r"(?<=[a-z]) (?=[a-z])", line.text)]
    if not places or "`" in line.text:
        return None
    place = chance.choice(places)
    space = chance.choice(("  ", "\n"))
    lines = chapters.texts[line.chapter].splitlines(keepends=True)
    lines[line.number - 1] = line.text[:place] + space + line.text[place + 1 :] + "\n"
    files = {line.file: "".join(lines).encode()}
    return Plant("white space", f"{line.file}:{line.number}", files, (RENDER, CHECK))


def _order_of_keys(root: Path, chapters: Chapters, chance: random.Random) -> Plant | None:
    """Two neighbouring keys of a mapping of a study in the other order."""
    name, lines = _study(root, chance)
    starts = [*_top_level(lines), len(lines)]
    if len(starts) < 3:
        return None
    index = chance.randrange(len(starts) - 2)
    first, second, end = starts[index : index + 3]
    swapped = lines[:first] + lines[second:end] + lines[first:second] + lines[end:]
    text = "".join(swapped)
    try:
        if yaml.safe_load(text) != yaml.safe_load("".join(lines)):
            return None
    except yaml.YAMLError:
        return None
    return Plant("the order of keys", name, {name: text.encode()}, (STATUS, VERIFY))


def _synonym(root: Path, chapters: Chapters, chance: random.Random) -> Plant | None:
    line = chance.choice(chapters.prose())
    prose = re.sub(r"`[^`]*`|\$[^$]*\$", lambda other: " " * len(other[0]), line.text)
    words = [match for match in re.finditer(r"\b[a-z]+\b", prose) if match[0] in SYNONYMS]
    if not words:
        return None
    word = chance.choice(words)
    lines = chapters.texts[line.chapter].splitlines(keepends=True)
    lines[line.number - 1] = line.text[: word.start()] + SYNONYMS[word[0]] + line.text[word.end() :] + "\n"
    what = f"{line.file}:{line.number}: {word[0]} as {SYNONYMS[word[0]]}"
    files = {line.file: "".join(lines).encode()}
    return Plant("a synonym in prose", what, files, (RENDER, CHECK))
