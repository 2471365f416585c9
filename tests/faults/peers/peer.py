"""What is planted into a project of another tool, in the tool's own format, and whether it notices."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.in_chapters import COMPARISONS, INSERTED, OPPOSITES, typed_number
from tests.faults.plant import Command, digit_changed

Change = tuple[str, str, str]
"""A file, what stood in it, and what stands there now."""

SYNONYMS = {"shown": "displayed", "often": "frequently", "single": "sole", "read": "taken", "answered": "solved"}


@dataclass(frozen=True)
class Peer:
    """Another tool with a project of its own. The patterns find in `text` what can be changed."""

    tool: str
    command: Command
    make: Callable[[Path], None]
    alarm: str
    """The lines in which it says that something is wrong; all else that it prints does not count."""
    text: str
    prose: str
    title: str
    value: str
    values: Mapping[str, str]
    """Every bound value with how it reads."""
    bound: str
    captions: tuple[tuple[str, str], ...]
    alternatives: tuple[tuple[str, str], ...]
    numbers: Mapping[str, tuple[str, str]]
    """Classes of faults that are a digit of a file: the file, and the pattern of such numbers."""
    comment: Mapping[str, str]
    keys: Mapping[str, tuple[str, str]]

    def alarms(self, lines: tuple[str, ...]) -> list[str]:
        """What the tool names as wrong."""
        return [found["place"] for line in lines if (found := re.search(self.alarm, line))]

    def faults(self, texts: Mapping[str, str], chance: random.Random) -> Iterator[tuple[str, Iterator[Change]]]:
        """Each class of faults that the tool's format can express, with endless candidates."""
        own = texts[self.text]
        prose = re.findall(self.prose, own, flags=re.M)
        titles = re.findall(self.title, own, flags=re.M)
        values = re.findall(self.value, own)

        def endless(make: Callable[[], Change | None]) -> Iterator[Change]:
            return (change for _ in range(500) if (change := make()) is not None)

        def digit(file: str, pattern: str) -> Change | None:
            found = chance.choice(list(re.finditer(pattern, texts[file], flags=re.M)))
            changed = digit_changed(found[0], chance)
            start, end = found.span()
            return changed and (file, texts[file], texts[file][:start] + changed + texts[file][end:])

        def in_prose(more: str) -> Change:
            line = chance.choice(prose)
            return self.text, line, f"{line} {more}."

        def swapped(old: str) -> str:
            words = [word for word in re.findall(r"[a-z]+", old) if word in OPPOSITES]
            return (
                re.sub(rf"\b{words[0]}\b", OPPOSITES[words[0]], old) if words else f"{old} {chance.choice(COMPARISONS)}"
            )

        def beside(text: str, more: str) -> str:
            first, _, rest = text.partition(" ")
            return f"{first} {more} {rest}"

        def literal() -> Change:
            value = chance.choice(values)
            shown = next(
                shown for key, shown in self.values.items() if self.bound.format(key=key, shown=shown) == value
            )
            return self.text, value, shown

        def sign_or_unit() -> Change:
            value = chance.choice(values)
            return self.text, value, chance.choice((f"−{value}", f"{value} ms", f"{value} GB"))

        def column() -> Change:
            old, new = chance.sample(sorted(self.values), 2)
            return (
                self.text,
                self.bound.format(key=old, shown=self.values[old]),
                self.bound.format(key=new, shown=self.values[new]),
            )

        for group, (file, pattern) in self.numbers.items():
            yield group, endless(lambda file=file, pattern=pattern: digit(file, pattern))
        yield "a number in prose", endless(lambda: in_prose(f"The mean is {typed_number(chance)}"))
        yield "a comparative in prose", endless(lambda: (self.text, line := chance.choice(prose), swapped(line)))
        yield (
            "a number or a comparative in a title",
            endless(
                lambda: (
                    self.text,
                    t := chance.choice(titles),
                    f"{t} {chance.choice((typed_number(chance), 'is better'))}",
                )
            ),
        )
        yield "a literal in place of an expression", endless(literal)
        yield "a sign or a unit beside a value", endless(sign_or_unit)
        yield "a column", endless(column)

        def inserted(places: tuple[tuple[str, str], ...], more: Callable[[], str]) -> Change:
            file, words = chance.choice(places)
            return file, words, beside(words, more())

        yield "a number in a caption", endless(lambda: inserted(self.captions, lambda: typed_number(chance)))
        yield "a comparative in a caption", endless(lambda: inserted(self.captions, lambda: chance.choice(INSERTED)))
        yield (
            "an alternative text",
            endless(lambda: inserted(self.alternatives, lambda: chance.choice((typed_number(chance), "better")))),
        )

    def harmless(self, texts: Mapping[str, str], chance: random.Random) -> Iterator[tuple[str, Iterator[Change]]]:
        """Each class of changes that do no harm, with endless candidates."""
        prose = re.findall(self.prose, texts[self.text], flags=re.M)
        words = [word for word in SYNONYMS if re.search(rf"\b{word}\b", texts[self.text])]

        def comment() -> Change:
            file = chance.choice(sorted(self.comment))
            line, number = self.comment[file], chance.randrange(1000)
            more = f"<!-- see note {number} -->" if file.endswith(".html") else f"# see note {number}"
            return file, line, f"{more}\n{line}"

        def space() -> Change:
            line = chance.choice(prose)
            first, _, rest = line.partition(" ")
            return self.text, line, f"{first}{chance.choice(('  ', chr(10)))}{rest}"

        def order() -> Change:
            file = chance.choice(sorted(self.keys))
            first, second = self.keys[file]
            between = texts[file].partition(first)[2].partition(second)[0]
            return file, first + between + second, second + between + first

        yield "a comment", (comment() for _ in range(500))
        yield "white space", (space() for _ in range(500))
        if self.keys:
            yield "the order of keys", (order() for _ in range(500))
        yield (
            "a synonym in prose",
            ((self.text, f" {word} ", f" {SYNONYMS[word]} ") for _ in range(500) for word in [chance.choice(words)]),
        )
