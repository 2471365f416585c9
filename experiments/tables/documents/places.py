"""The part of a document that a place such as "Results, second point" or "Table 2, row 3" names."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from experiments.tables.documents.blocks import CAPTION, LABEL, Blocks
from experiments.tables.documents.typography import simple


class Scope(NamedTuple):
    """The numbers of the blocks in which something is looked for, and the words of the place that led nowhere."""

    blocks: tuple[int, ...]
    unresolved: str | None = None


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_UNITS = r"(?P<unit>point|bullet|item|paragraph|row|table|sentence|line|column)"
_NTH = re.compile(
    rf"(?:the )?(?:(?P<word>{'|'.join(_ORDINALS)}|last)|(?P<digits>\d+)(?:st|nd|rd|th)) (?:list )?{_UNITS}"
    rf"|{_UNITS.replace('<unit>', '<of>')}s? (?P<number>\d+)"
)
_PAGE = re.compile(r"(?:page|p) (\d+)")
_SECTIONS = re.compile(r"(?:sections?|sec|§+) *(\d[\d. ]*(?:(?:and|to|\d) *[\d. ]*)*)")
_WHOLE = {"", "whole text", "whole document", "text", "anywhere"}
_UNSEEN_UNITS = ("sentence", "line", "column")


def resolve(place: str, blocks: Blocks) -> Scope:
    """The blocks that `place` names, part by part, each within the ones before it where it is found there.

    Where a part leads nowhere, the scope is that of the parts before it; where none leads anywhere, the whole document.
    """
    everything = tuple(range(len(blocks)))
    scope, lost = everything, []
    for part in re.split(r"[,;]\s*(?!\d)|\s+\(|\)", place):
        words = part.strip()
        if simple(words) in _WHOLE:
            continue
        found = _part(words, blocks, scope) or _part(words, blocks, everything)
        if found:
            scope = found
        else:
            lost.append(words)
    return Scope(scope, ", ".join(lost) or None)


def _part(words: str, blocks: Blocks, scope: Sequence[int]) -> tuple[int, ...]:
    said = simple(words)
    if found := _NTH.fullmatch(said):
        return _nth(found, blocks, scope)
    if found := _PAGE.fullmatch(said):
        return tuple(at for at in scope if blocks[at].page == int(found[1]))
    if found := _SECTIONS.fullmatch(words.lower().strip()):
        numbers = re.findall(r"\d+(?:\.\d+)*", found[1])
        if "to" in found[1] and len(numbers) == 2 and all(map(str.isdigit, numbers)):
            numbers = [str(n) for n in range(int(numbers[0]), int(numbers[1]) + 1)]
        return _union([_under(blocks, scope, _numbered(number)) for number in numbers])
    return _named(said, blocks, scope)


def _nth(found: re.Match, blocks: Blocks, scope: Sequence[int]) -> tuple[int, ...]:
    unit = found["unit"] or found["of"]
    if unit in _UNSEEN_UNITS:
        return tuple(scope)
    if found["word"] == "last":
        place = -1
    else:
        place = int(found["digits"] or found["number"] or _ORDINALS.index(found["word"]) + 1) - 1
    if unit in ("point", "bullet", "item"):
        items = [at for at in scope if blocks[at].kind == "item"]
        if not items:
            return ()
        depth = min(blocks[at].level for at in items)
        heads = [at for at in items if blocks[at].level == depth]
        return _from_to(scope, heads, place, blocks)
    if unit == "paragraph":
        return _one([at for at in scope if blocks[at].kind == "text"], place)
    rows = [at for at in scope if blocks[at].kind == "row" and blocks[at].text]
    if unit == "row":  # whether the head of the table counts as its first row is left open
        return _union([_one(rows, place), _one(rows, place + 1) if place >= 0 else ()])
    tables = _runs([at for at in scope if blocks[at].kind == "row"])
    return tables[place] if -len(tables) <= place < len(tables) else ()


def _from_to(scope: Sequence[int], heads: Sequence[int], place: int, blocks: Blocks) -> tuple[int, ...]:
    """An item with what is below it, up to the next one."""
    if not -len(heads) <= place < len(heads):
        return ()
    begin, at = heads[place], heads.index(heads[place])
    end = heads[at + 1] if at + 1 < len(heads) else len(blocks)
    inside = []
    for each in (number for number in scope if begin <= number < end):
        if each > begin and blocks[each].kind == "heading":
            break
        inside.append(each)
    return tuple(inside)


def _numbered(number: str) -> Callable[[str], bool]:
    wanted = re.compile(rf"(?:section |chapter |§ ?)?{re.escape(number)}(?![\d]|\.\d)", re.I)
    return lambda text: bool(wanted.match(text.strip()))


def _named(said: str, blocks: Blocks, scope: Sequence[int]) -> tuple[int, ...]:
    """Below the headings that are called so, that begin so, or that hold these words, in this order of preference."""
    ways: tuple[Callable[[str], bool], ...] = (
        lambda text: simple(text) == said,
        lambda text: f"{simple(text)} ".startswith(f"{said} "),
        lambda text: f" {said} " in f" {simple(text)} ",
    )
    for way in ways:
        if found := _under(blocks, scope, way):
            return found
    for way in ways[:2]:  # words at the beginning of a paragraph, an item or a row
        found = [
            at
            for at in scope
            if blocks[at].kind != "heading" and way(blocks[at].cells[0] if blocks[at].cells else blocks[at].text)
        ]
        if found:
            return tuple(found)
    return ()


def _under(blocks: Blocks, scope: Sequence[int], is_it: Callable[[str], bool]) -> tuple[int, ...]:
    heads = [at for at in scope if blocks[at].kind == "heading" and is_it(blocks[at].text)]
    return _union([_below(at, blocks) for at in heads])


def _below(head: int, blocks: Blocks) -> tuple[int, ...]:
    """A heading and what stands under it; the title of a table, and its rows."""
    level = blocks[head].level
    if level == CAPTION:
        after = _rows(blocks, head, 1)
        return (
            tuple(sorted([head, *(after or _rows(blocks, head, -1))])) if after or _rows(blocks, head, -1) else (head,)
        )
    ends_at = level if level < LABEL else LABEL - 1
    end = next(
        (at for at in range(head + 1, len(blocks)) if blocks[at].kind == "heading" and blocks[at].level <= ends_at),
        len(blocks),
    )
    return tuple(range(head, end))


def _rows(blocks: Blocks, head: int, step: int) -> list[int]:
    found, at = [], head + step
    while 0 <= at < len(blocks) and blocks[at].kind == "row":
        found.append(at)
        at += step
    return found


def _runs(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Numbers that follow each other, together."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    return [tuple(run) for run in found]


def _one(numbers: Sequence[int], place: int) -> tuple[int, ...]:
    return (numbers[place],) if -len(numbers) <= place < len(numbers) else ()


def _union(several: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sorted({at for each in several for at in each}))
