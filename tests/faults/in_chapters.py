"""Faults in what a report says: in the prose of its chapters, and in the sentences, captions, columns behind them."""

import ast
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import TypeVar

from experiments.tables.read import read_sidecar, table_ids
from tests.faults.plant import CHECK, RENDER, Command, Plant, at, digit_changed, project_files, render, tries
from tests.faults.sources import Chapters, Prose, Said, placeholders, plain, span

T = TypeVar("T")

OPPOSITES = {
    "better": "worse",
    "best": "worst",
    "higher": "lower",
    "highest": "lowest",
    "larger": "smaller",
    "largest": "smallest",
    "more": "less",
    "most": "least",
    "rises": "falls",
    "raises": "lowers",
    "increases": "decreases",
    "improves": "worsens",
    "above": "below",
    "gain": "loss",
    "all": "none",
    "longer": "shorter",
    "faster": "slower",
}
OPPOSITES |= {other: word for word, other in OPPOSITES.items()}
COMPARISONS = (
    "Fine-tuning is better than the zero-shot model.",
    "The second model is significantly worse.",
    "The score rises with depth.",
    "It is twice as fast as before.",
    "None of the other models improves.",
    "It outperforms every baseline.",
    "The smaller model is the best one.",
    "There is no difference between the two.",
    "The error falls with every layer.",
    "Most answers are higher in quality.",
)
DISGUISED = (
    "It has a better-than-baseline score.",
    "The second model crushes the first.",
    "With depth the difference vanishes.",
    "Its score eclipses that of the base.",
    "It gains XCV percent.",
    "It gains a dozen points.",
    "About ⅞ of it is right.",
)
UNSEEN = "\u00ad\u200b\u2060"
LOOK_ALIKES = {"e": "\u0435", "o": "\u03bf", "i": "\u0456", "s": "\u0455"}
TESTS = (
    "McNemar's exact test",
    "paired bootstrap",
    "Fisher's exact test",
    "permutation test",
    "t-test",
    "rank-sum test",
)
MANY = 20
"""Chapters that a module may be behind where there are few like it."""
DENIAL = re.compile(r"(?<=[a-z] )(?:no|not|never) (?=[a-z])|(?:^|(?<=\. ))No (?=[a-z])")
UNDENIED = re.compile(r"(?<=[a-z] )(?:is|are|was|were|does|can) (?=(?!not\b)[a-z])")
INSERTED = ("significantly better", "worse", "highest", "twice as fast", "higher", "lower", "best")


def typed_number(chance: random.Random) -> str:
    """A number as somebody may type it."""
    return chance.choice(
        (
            f"{chance.uniform(50, 99):.1f} %",
            f"{chance.uniform(50, 99):.1f}%",
            f"{chance.uniform(0, 1):.3f}",
            f"{chance.randrange(1001, 9999):,}",
            f"{chance.uniform(1, 9):.1f} points",
            f"−{chance.uniform(1, 9):.1f} points",
            f"{chance.randrange(12, 99)} ms",
            f"{chance.uniform(1, 9):.2f} GB",
        )
    )


def plants(root: Path, chance: random.Random) -> Iterator[tuple[str, Iterator[Plant | None]]]:
    """Each class of faults in chapters, with endless candidates."""
    chapters = Chapters(root)
    prose, headings, said = chapters.prose(), chapters.headings(), chapters.said()
    by_place = {
        place: [each for each in said if each.where == place] for place in ("caption", "alternative text", "sentence")
    }

    def each(make: Callable[[T, random.Random], Plant | None], among: Sequence[T]) -> Iterator[Plant | None]:
        return (make(chance.choice(among), chance) for _ in tries(40) if among)

    def in_text(change: Callable[[Prose, random.Random], Plant | None], among: list[Prose]) -> Iterator[Plant | None]:
        return each(change, among)

    yield "a number in prose", in_text(_prose("a number in prose", _with_number, chapters), prose)
    yield (
        "a digit in prose",
        in_text(
            _prose("a digit in prose", _with_digit, chapters),
            [line for line in prose if re.search(r"(?<![@#\w-])\d", line.text)],
        ),
    )
    yield "a comparative in prose", in_text(_prose("a comparative in prose", _with_comparison, chapters), prose)
    yield (
        "a number or a comparative in a title",
        in_text(_prose("a number or a comparative in a title", _titled, chapters), headings),
    )
    yield "a literal in place of an expression", each(literal, by_place["sentence"])
    yield (
        "a comparative in a sentence",
        each(_inserting("a comparative in a sentence", _compared), by_place["sentence"]),
    )
    yield "a sign or a unit beside a value", each(sign_or_unit, by_place["sentence"])
    yield "a number in a caption", each(_inserting("a number in a caption", _numbered), by_place["caption"])
    yield "a comparative in a caption", each(_inserting("a comparative in a caption", _compared), by_place["caption"])
    yield "an alternative text", each(_inserting("an alternative text", _either), by_place["alternative text"])
    yield (
        "a word or a number in disguise",
        in_text(_prose("a word or a number in disguise", _disguised, chapters), prose),
    )
    tested = [said for said in by_place["caption"] if any(name in said.value for name in TESTS)]
    yield "a test in a caption", each(_inserting("a test in a caption", _tested), tested)
    yield "a column", each(column, list(columns(chapters)))
    yield "the largest in place of a mean", iter(list(largest_for_mean(chapters)))
    yield "rows exchanged in a figure", iter(list(exchanged_rows(chapters)))
    yield "headings of two studies exchanged", iter(list(exchanged_headings(chapters)))
    yield "a comparative in the name of a cell", each(named, chapters.names())
    yield "a no or not in prose", in_text(_prose("a no or not in prose", _denied, chapters), prose)


def gates_of(chapter: str) -> tuple[Command, ...]:
    """Who must notice a fault in a chapter."""
    return render(chapter), RENDER, CHECK


def _prose(group: str, change: Callable[[str, random.Random], str | None], chapters: Chapters):
    def make(line: Prose, chance: random.Random) -> Plant | None:
        changed = change(line.text, chance)
        if changed is None or changed == line.text:
            return None
        lines = chapters.texts[line.chapter].splitlines(keepends=True)
        lines[line.number - 1] = changed + "\n"
        what = f"{line.file}:{line.number}: {_difference(line.text, changed)}"
        files = {line.file: "".join(lines).encode()}
        page = chapters.pages[line.chapter].href
        return Plant(group, what, files, gates_of(line.chapter), at(line.file, line.number), page=page)

    return make


def _difference(old: str, new: str) -> str:
    """What of the new text is not in the old, in short."""
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return f"… {new[max(0, start - 15) : start + 45].strip()} …"


def _with_number(text: str, chance: random.Random) -> str | None:
    if not text.endswith("."):
        return None
    return f"{text} {chance.choice(('It reaches', 'The mean is', 'This gives', 'We found'))} {typed_number(chance)}."


def _with_digit(text: str, chance: random.Random) -> str | None:
    found = list(re.finditer(r"(?<![@#\w-])\d+", re.sub(r"`[^`]*`", lambda code: " " * len(code[0]), text)))
    return digit_changed(text, chance, chance.choice(found).start()) if found else None


def _with_comparison(text: str, chance: random.Random) -> str | None:
    words = [match for match in re.finditer(r"\b[a-z]+\b", text) if match[0] in OPPOSITES]
    # A question states nothing, and "the model below" is a place on the page, or in a model.
    words = [word for word in words if not re.match(r"[^.!?]*\?", text[word.end() :])]
    words = [w for w in words if w[0] not in ("above", "below") or re.match(r" (?:chance|zero|\d|\{)", text[w.end() :])]
    if words and chance.random() < 0.6:
        word = chance.choice(words)
        return text[: word.start()] + OPPOSITES[word[0]] + text[word.end() :]
    return f"{text} {chance.choice(COMPARISONS)}" if text.endswith(".") else None


def _denied(text: str, chance: random.Random) -> str | None:
    """A sentence that denies what it said, or says what it denied."""
    read = re.sub(r"`[^`]*`", lambda code: "`" * len(code[0]), text)
    denials, others = list(DENIAL.finditer(read)), list(UNDENIED.finditer(read))
    if denials and (not others or chance.random() < 0.7):
        denial = chance.choice(denials)
        rest = text[denial.end() :]
        return text[: denial.start()] + (rest[0].upper() + rest[1:] if denial[0] == "No " else rest)
    if not others:
        return None
    place = chance.choice(others).end()
    return f"{text[:place]}not {text[place:]}"


def _disguised(text: str, chance: random.Random) -> str | None:
    """A comparison or a number written so that readers take it for one, and a search for its letters does not."""
    if not text.endswith("."):
        return None
    if chance.random() < 0.5:
        return f"{text} {chance.choice(DISGUISED)}"
    sentence = chance.choice(COMPARISONS)
    words = [match for match in re.finditer(r"[a-z]+", sentence) if match[0] in OPPOSITES and match[0] != "all"]
    if not words:
        return None
    word = chance.choice(words)
    letters = [n for n in range(word.start() + 1, word.end() - 1) if sentence[n] in LOOK_ALIKES]
    if letters and chance.random() < 0.5:
        place = chance.choice(letters)
        return f"{text} {sentence[:place]}{LOOK_ALIKES[sentence[place]]}{sentence[place + 1 :]}"
    place = chance.randrange(word.start() + 1, word.end())
    return f"{text} {sentence[:place]}{chance.choice(UNSEEN)}{sentence[place:]}"


def _titled(text: str, chance: random.Random) -> str | None:
    title, brace, rest = text.partition(" {")
    more = chance.choice(
        (f": {typed_number(chance)}", " is better", " improves significantly", f" of {typed_number(chance)}")
    )
    return title + more + brace + rest


def _place(said: Said, *more: str) -> str:
    """A message names the chapter with a line of it, or the file of the sentence with its line."""
    page = re.escape(f"{said.page.chapter}.qmd")
    return rf"({page}:\d+|{re.escape(said.file)}:\d+)" + "".join(f".*{re.escape(each)}" for each in more)


def _planted(group: str, said: Said, content: bytes | None, what: str) -> Plant | None:
    if content is None:
        return None
    told = f"{said.file}:{said.line}: {what}"
    return Plant(group, told, {said.file: content}, gates_of(said.page.chapter), _place(said), page=said.page.href)


def _inserting(group: str, change: Callable[[str, random.Random], tuple[str, str] | None]):
    def make(said: Said, chance: random.Random) -> Plant | None:
        if (found := change(said.value, chance)) is None:
            return None
        return _planted(group, said, said.changed(*found), f"{found[0]} as {found[1]}")

    return make


def _words(text: str) -> list[str]:
    """Pairs of plain words of a sentence, between which something can be put."""
    return re.findall(r"(?<![{\w:.])[a-z]{3,} [a-z]{3,}(?![\w}])", text)


def _numbered(text: str, chance: random.Random) -> tuple[str, str] | None:
    pairs = _words(text)
    if not pairs:
        return None
    first, second = chance.choice(pairs).split()
    return f"{first} {second}", f"{first} {typed_number(chance)} {second}"


def _compared(text: str, chance: random.Random) -> tuple[str, str] | None:
    words = [word for word in re.findall(r"(?<![{\w])[a-z]+(?![\w}])", text) if word in OPPOSITES]
    if words and chance.random() < 0.7:
        word = chance.choice(words)
        return word, OPPOSITES[word]
    pairs = _words(text)
    if not pairs:
        return None
    first, second = chance.choice(pairs).split()
    return f"{first} {second}", f"{first} {chance.choice(INSERTED)} {second}"


def _tested(text: str, chance: random.Random) -> tuple[str, str] | None:
    named = [name for name in TESTS if name in text]
    return (chance.choice(named), chance.choice([name for name in TESTS if name not in named])) if named else None


def _either(text: str, chance: random.Random) -> tuple[str, str] | None:
    return chance.choice((_numbered, _compared))(text, chance)


def literal(said: Said, chance: random.Random) -> Plant | None:
    """A value of a sentence typed as it reads today."""
    # What begins with a letter is a name, which may be typed.
    numbers = [(name, shown) for name, shown in placeholders(said) if re.match(r"\W*\d", shown)]
    if not numbers:
        return None
    name, shown = chance.choice(numbers)
    return _planted("a literal in place of an expression", said, said.changed(name, shown), f"{name} as {shown}")


def named(said: Said, chance: random.Random) -> Plant | None:
    """A word that compares in the words that code has for a cell of a table."""
    words = said.value.split(" ")
    place = chance.randrange(1, len(words) + 1)
    changed = " ".join([*words[:place], chance.choice(INSERTED), *words[place:]])
    what = f"{said.value} as {changed}"
    return _planted("a comparative in the name of a cell", said, said.changed(said.value, changed), what)


def sign_or_unit(said: Said, chance: random.Random) -> Plant | None:
    """A minus before a value, or another unit after it."""
    # A list may hold numbers too, but has no sign or unit of its own.
    numbers = [
        name for name, shown in placeholders(said) if re.fullmatch(r"[+−~<>]?\d[\d.,]*[  ]?(%|[a-zA-Z]+)?", shown)
    ]
    if not numbers:
        return None
    name = chance.choice(numbers)
    changed = chance.choice(
        (f"−{name}", f"{name} ms", f"{name} GB", f"{name}%" if not name.endswith("%}") else f"{name} points")
    )
    group = "a sign or a unit beside a value"
    return _planted(group, said, said.changed(name, changed), f"{name} as {changed}")


def columns(chapters: Chapters) -> Iterator[tuple[str, str, ast.Constant, list[str], list[str]]]:
    """Every name of a column in the code of chapters, with other columns of the same type in a table that has both."""
    frozen = chapters.root / "experiments" / "frozen"
    tables = [read_sidecar(table_id, frozen).columns for table_id in table_ids(frozen)]
    named: dict[str, set[str]] = {}
    for table in tables:
        for one in table:
            if one.type in ("number", "integer"):
                others = {c.name for c in table if c.type == one.type and c.unit == one.unit and c.name != one.name}
                named.setdefault(one.name, set()).update(others)
    for name, text, tree, behind in chapters.python():
        for node in ast.walk(tree):
            slices = [node.slice] if isinstance(node, ast.Subscript) else []
            called = isinstance(node, ast.Call) and (
                (isinstance(node.func, ast.Name) and node.func.id == "column")
                or (isinstance(node.func, ast.Attribute) and node.func.attr in ("interval", "column"))
            )
            slices += node.args[:1] if called else []
            for each in slices:
                if isinstance(each, ast.Constant) and named.get(str(each.value)):
                    yield name, text, each, sorted(named[str(each.value)]), behind


def column(found: tuple[str, str, ast.Constant, list[str], list[str]], chance: random.Random) -> Plant | None:
    """Another column in the place of the one that is meant."""
    name, text, node, others, chapters = found
    start, end = span(text, node)
    other = chance.choice(others)
    content = (text[:start] + f'"{other}"' + text[end:]).encode()
    chapter = chance.choice(chapters)
    # Any chapter that the file makes may be the first to fail.
    pages = "|".join(map(re.escape, chapters))
    place = rf"(({pages})\.qmd:\d+|{re.escape(name)}:\d+)"
    page = "index.html" if chapter == "index" else f"report/{chapter}.html"
    what = f"{name}:{node.lineno}: {node.value} as {other}"
    return Plant("a column", what, {name: content}, gates_of(chapter), place, page=page)


def _in_code(group: str, chapters: Chapters, name: str, content: str, behind: list[str], what: str) -> Plant:
    pages = "|".join(map(re.escape, behind))
    # A caption or a label may come from another module than the values.
    place = rf"(({pages})\.qmd:\d+|{re.escape(name)}:\d+|\.py:\d+.*\b({pages})\.html)"
    page = chapters.pages[behind[-1]].href
    return Plant(group, f"{name}: {what}", {name: content.encode()}, gates_of(behind[-1]), place, page=page)


def largest_for_mean(chapters: Chapters) -> Iterator[Plant]:
    """The largest of several values where a module works out their mean."""
    for name, text, tree, behind in chapters.python(MANY):
        imported = any(
            alias.name == "mean_of" for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
        )
        if imported and "mean_of(" in text:
            changed = text.replace("mean_of", "max_of as mean_of", 1)
            yield _in_code("the largest in place of a mean", chapters, name, changed, behind, "max_of as mean_of")


def exchanged_rows(chapters: Chapters) -> Iterator[Plant]:
    """What a figure shows before in the place of what it shows after, and the other way round."""
    for name, text, tree, behind in chapters.python(MANY):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Pair"
                and node.args[2:]
            ):
                (first, last), (begin, end) = span(text, node.args[1]), span(text, node.args[2])
                changed = text[:first] + text[begin:end] + text[last:begin] + text[first:last] + text[end:]
                yield _in_code("rows exchanged in a figure", chapters, name, changed, behind, "before and after")


def exchanged_headings(chapters: Chapters) -> Iterator[Plant]:
    """The names that two studies have in headings, each in the file of the other."""
    heading = re.compile(r"(?<=heading: )(?:\"[^\"]+\"|[^,}\n]+)")
    named: dict[str, list[tuple[str, str, str]]] = {}
    for name in project_files(chapters.root, "experiments/studies/*.yaml"):
        text = (chapters.root / name).read_text()
        found = heading.search(text)
        for chapter, page in chapters.pages.items():
            called = plain(found[0].strip('"').replace("'", "’")) if found else ""
            if called and re.search(rf"<h[2-6][^>]*>(?:<[^>]*>|[\d.\s])*{re.escape(called)}\s*<", page.markup):
                named.setdefault(chapter, []).append((name, text, found[0]))
    for chapter, studies in named.items():
        for (one, its, first), (other, others, second) in combinations(studies, 2):
            files = {one: its.replace(first, second, 1).encode(), other: others.replace(second, first, 1).encode()}
            place = rf"({re.escape(chapter)}\.qmd:\d+|({re.escape(one)}|{re.escape(other)}):\d+)"
            what = f"{one} and {other}: {first} and {second}"
            page = chapters.pages[chapter].href
            yield Plant("headings of two studies exchanged", what, files, gates_of(chapter), place, page=page)
