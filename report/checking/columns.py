"""Which columns of which tables stand at each place of the report, beside those that stood there before.

Two columns of one table may fit a sentence equally well, "its score is …", and no word tells which is meant. So what
was last accepted is kept in `report/columns.json`, and committed: for each sentence with its numbers left out, each
column of a table and each figure, the columns that it shows. Where the words stayed and a column gave way to another
one, or to a typed number, the check says so. New places and places that are gone are no matter: nothing has to be
accepted for them.

A render leaves what it shows in `.press/columns.json`, also where it is refused; `report accept` puts that in the place
of the record.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from analysis.facts.fact_log import FactLog
from experiments.tables.errors import UserError
from experiments.tables.files import replace_file
from report.checking.lexicon import sentence_bounds
from report.checking.passages import Passage, Span
from report.ledger.model import Fact

FILE = Path("report") / "columns.json"
PENDING = Path(".press") / "columns.json"
_LONG = 300
"""Characters of a list that stands on one line of the record."""
GAP = "…"
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LEAST = 4
"""Words by which a sentence is told from others."""
_TYPED = re.compile(r"[^\w\s]{0,2}\d")
TYPED = "‹typed›"
"""What stands in the place of a typed number or word, in the sentences that `retyped` keeps."""
RESTS = "(rests on)"
"""It ends the place of what a sentence is tested on."""
CHOSEN = "(chosen by)"
"""It ends the place of a choice between sentences."""
ORDER = "(order of rows)"
"""It ends the place of the rows that a figure or table shows one after another."""
HEADED = "(headed)"
"""It ends the place of a section that is called by a study."""
_APART = (RESTS, CHOSEN, ORDER, HEADED)
# The rows that a value comes from, how many they are, and its sign: they change with the numbers.
_AMONG = re.compile(r"\[.*?\]|\b(?:largest|smallest) of \d+: |[−|]")
_COLUMNS = re.compile(r"\w+(?: [−+×÷] \w+)*")
MOST = 4
"""Columns that are named of one value; a sum over tables has many."""

Record = dict[str, dict[str, list[str]]]
"""For each chapter, for each place, the columns that stand there, in order."""
_RECORD = TypeAdapter(Record)


@dataclass
class Place:
    """A sentence, a column of a table, or a figure: the columns that it shows, each with where it stands."""

    columns: dict[str, tuple[Passage, int, int] | None] = field(default_factory=dict)
    label: str | None = None
    """Of a figure or table, by which its cell is found."""
    asked: tuple[str, int] | None = None
    """Of a choice, the file and line of the module that asks for it."""


class Compared(NamedTuple):
    """What the relations of a claim compare, and how: their columns and signs."""

    columns: str
    signs: str


def places_of(
    chapter: str, passages: Sequence[Passage], listed: Mapping[str, Fact], facts: Iterable[Fact]
) -> dict[str, Place]:
    """The places of one chapter with facts of its own."""
    found: dict[str, Place] = {}
    for passage in passages:
        spans = [span for span in passage.spans if span.sort == "fact" and _is_of(listed.get(span.name or ""), chapter)]
        if passage.heading and passage.label:
            for span in spans:
                words = f"{passage.label}, {passage.heading}"
                _add(found, words, _column(listed[span.name or ""]), (passage, span.start, span.end), passage.label)
        else:
            for words, inside in _sentences(passage, sorted(spans, key=lambda span: span.start)):
                columns = "; ".join(_column(listed[span.name or ""]) for span in inside)
                _add(found, words, columns, (passage, inside[0].start, inside[0].end))
    for fact in facts:
        if fact.chapter == chapter and fact.form in ("point", "alt") and fact.label:
            what = fact.label if fact.form == "point" else f"{fact.label}, alternative text"
            _add(found, what, _column(fact), None, fact.label)
    return found


def rests_of(passages: Iterable[Passage], compared: Mapping[str, Compared]) -> dict[str, Place]:
    """The tested sentences of a chapter, each with the columns that its relations compare, shown or not."""
    found: dict[str, Place] = {}
    for passage in passages:
        for span in passage.spans:
            rests = compared.get(span.name or "") if span.sort == "claim" else None
            if rests is not None and rests.columns and passage.place not in ("table cell", "table head"):
                facts = [each for each in passage.spans if each.sort == "fact"]
                words = f"{words_of(passage, span.start, span.end, facts)} {RESTS}"
                _add(found, words, rests.columns, (passage, span.start, span.end))
    return found


def choices_of(log: FactLog) -> dict[str, Place]:
    """The choices between sentences that a chapter makes, each with the columns that are compared for them, in order.

    Whichever is chosen, so that a choice by another column is seen although the sentence is another one too.
    """
    found: dict[str, Place] = {}
    for line in log.of("choice"):
        words = [each["words"] for each in line["among"]]
        if any(compared := [_compared(each["relations"]) for each in line["among"]]):
            place = found.setdefault(
                f"{' | '.join(words)} {CHOSEN}",
                Place(asked=(line["asked"][0], line["asked"][1]) if line["asked"] else None),
            )
            place.columns[" | ".join(compared)] = None
    return found


def compared_by(claims: Mapping[str, Mapping[str, Any]]) -> dict[str, Compared]:
    """What each claim of a chapter compares, by its id. Those of others, which a page may list, are left out."""
    tested = ((name, line.get("relations") or ()) for name, line in claims.items() if "/" not in name)
    return {name: Compared(_compared(found), " ".join(sorted(set(map(_sign, found))))) for name, found in tested}


def _sign(relation: Mapping[str, Any]) -> str:
    """The sign of a relation, with what tells two of the same sign apart: the extreme or the verdict it is held to."""
    left, right = relation["left"], relation["right"]
    extremes = {how.partition(" ")[0] for how in (left["how"], right["how"])} & {"largest", "smallest"}
    verdict = [str(right["value"])] if isinstance(right["value"], bool) else []
    return "".join([relation["sign"], *sorted(extremes), *verdict])


def _compared(relations: Iterable[Mapping[str, Any]]) -> str:
    """The columns that relations compare, in the order of the alphabet."""
    sides = {side["how"] for each in relations for side in (each["left"], each["right"]) if side["kind"]}
    return "; ".join(sorted(filter(_COLUMNS.fullmatch, {_AMONG.sub("", how).strip() for how in sides})))


def replaced(places: Mapping[str, Place], before: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Place, str]]:
    """Each place with other columns than before, and the change in words."""
    for words, place in places.items():
        known = before.get(words, ())
        if words.endswith(ORDER):  # which rows there are follows from the tables
            continue
        new = [column for column in place.columns if column not in known]
        gone = [column for column in known if column not in place.columns]
        if new and gone:
            was, now = ("compared", "compares") if words.endswith((RESTS, CHOSEN)) else ("showed", "shows")
            change = f"“{shortened(words)}” {was} {gone[0]}, and {now} {new[0]} now"
            yield new[0], place, f"{change}; if that is meant, `report accept`"


def typed(
    passages: Iterable[Passage],
    places: Mapping[str, Place],
    before: Iterable[str],
    free: Callable[[Passage, int, int], bool] = lambda passage, start, end: False,
) -> Iterator[tuple[Passage, int, int, str]]:
    """Each sentence of the record that reads as before, but with a number typed where a value stood: what is wrong.

    Such a number may be one that needs no table, the index of a layer for example, and still was a value before. What
    is `free` is left alone, and so is a sentence of few words, which might be any other one.
    """
    gone = [
        words.split(GAP)
        for words in before
        if words not in places and GAP in words and TYPED not in words and not words.endswith(_APART)
    ]
    gone = [pieces for pieces in gone if len(_LETTERS.findall(" ".join(pieces))) >= _LEAST]
    for passage in passages if gone else ():
        facts = sorted((span for span in passage.spans if span.sort == "fact"), key=lambda span: span.start)
        at = 0
        while at < len(passage.text):
            begin, finish = sentence_bounds(passage.text, at, at + 1)
            now = words_of(passage, begin, finish, [span for span in facts if begin <= span.start < finish])
            for pieces in gone:
                new = next((text for text in between(now, pieces) if _TYPED.match(text) and GAP not in text), None)
                start = passage.text.find(new, begin, finish) if new else -1
                if new and start >= 0 and not free(passage, start, start + len(new)):
                    message = (
                        f"“{new}” is typed where “{shortened(GAP.join(pieces))}” showed a value; if that is meant, "
                    )
                    yield passage, start, start + len(new), f"{message}`report accept`"
                    break
            at = max(finish, at + 1)


def between(text: str, pieces: Sequence[str]) -> list[str]:
    """What stands between the pieces, each at its first place after the one before; nothing where one is not there."""
    found, at = [], 0
    if not (text.startswith(pieces[0]) and text.endswith(pieces[-1])):
        return []
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        start = len(text) - len(piece) if last else text.find(piece, at)
        if start < at:
            return []
        found.append(text[at:start])
        at = start + len(piece)
    return found[1:]


def read_record(root: Path) -> Record:
    """What was last accepted; nothing where there is no record. Raises UserError for a file that is none."""
    try:
        return _RECORD.validate_json((root / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError):
        raise UserError(f"{FILE}: is no record of columns; delete it, or take it from git") from None


def keep(root: Path, places: Mapping[str, Mapping[str, Place]], *, whole: bool) -> None:
    """Leave what chapters show where `accept` finds it; of others it stays as it was, unless this is the whole book."""
    record: Record = {}
    with suppress(OSError, ValidationError):
        record = {} if whole else _RECORD.validate_json((root / PENDING).read_bytes())
    for chapter, own in places.items():
        record[chapter] = {words: sorted(place.columns) for words, place in own.items()}
    with suppress(OSError):
        (root / PENDING).parent.mkdir(exist_ok=True)
        replace_file(root / PENDING, _written(record))


def accept(root: Path) -> int:
    """Let the record be what the last render showed; returns how many places it has.

    Raises UserError where nothing was rendered, or the record cannot be written.
    """
    try:
        record = _RECORD.validate_json((root / PENDING).read_bytes())
    except (OSError, ValidationError):
        raise UserError("nothing is rendered yet whose columns could be accepted; `report render` first") from None
    try:
        replace_file(root / FILE, _written(record))
    except OSError as error:
        raise UserError(f"{FILE}: cannot be written: {error.strerror or error}") from None
    return sum(map(len, record.values()))


def _written(record: Record) -> bytes:
    """With a line for each place, and for each of its columns where they are many, so that versions compare well."""
    chapters = []
    for chapter, own in sorted(record.items()):
        lines = (f"  {json.dumps(words, ensure_ascii=False)}: {_listed(own[words])}" for words in sorted(own))
        chapters.append(f" {json.dumps(chapter)}: {{\n" + ",\n".join(lines) + "\n }")
    return ("{\n" + ",\n".join(chapters) + "\n}\n").encode()


def _listed(columns: Sequence[str]) -> str:
    text = json.dumps(columns)
    return text if len(text) <= _LONG else json.dumps(columns, indent=1).replace("\n", "\n   ").replace("   ]", "  ]")


def _add(
    found: dict[str, Place], words: str, columns: str, at: tuple[Passage, int, int] | None, label: str | None = None
) -> None:
    found.setdefault(words, Place(label=label)).columns.setdefault(columns, at)


def _is_of(fact: Fact | None, chapter: str) -> bool:
    """A page may show facts of other chapters too, in the list of claims for example."""
    if fact is None or fact.chapter != chapter or not fact.origins:
        return False
    # What sidecars tell (`@provenance.cost.wall_seconds`) is summed over whatever tables there are, which come and go.
    return not any("." in origin.column for origin in fact.origins)


def _column(fact: Fact) -> str:
    """The columns that a value comes from, without the study: another one may come to stand beside it."""
    names = sorted({f"{origin.table.rpartition('/')[2]}.{origin.column.lstrip('@')}" for origin in fact.origins})
    return " + ".join([*names[:MOST], *(["…"] if len(names) > MOST else [])])


def _sentences(passage: Passage, facts: Sequence[Span]) -> Iterator[tuple[str, list[Span]]]:
    """Each sentence with values in it, without these and what the renderer numbers, and their spans."""
    at = 0
    while at < len(facts):
        begin, finish = sentence_bounds(passage.text, facts[at].start, facts[at].end)
        inside = [span for span in facts[at:] if span.start < finish]
        yield words_of(passage, begin, finish, inside), inside
        at += len(inside)


def words_of(
    passage: Passage, begin: int, finish: int, facts: Iterable[Span], typed: Iterable[Span] = (), gap: str = GAP
) -> str:
    """A part of a text without its values, what the renderer numbers, and what is typed in it, where `gap` stands."""
    words, last = [], begin
    gaps = [(span, GAP) for span in facts] + [(span, gap) for span in typed]
    gaps += [(span, "") for span in passage.spans if span.sort == "structure"]
    for span, instead in sorted(gaps, key=lambda each: each[0].start):
        if last <= span.start < finish:
            words += [passage.text[last : span.start], instead]
            last = span.end
    words.append(passage.text[last:finish])
    return " ".join("".join(words).split())


def shortened(words: str) -> str:
    """The words of a place as a message shows them."""
    return words if len(words) <= 120 else f"{words[:119]}…"
