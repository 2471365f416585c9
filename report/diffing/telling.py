"""What changed, in words: by importance, in rows that the terminal and the page both show."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analysis.facts.formatting import listed
from experiments.tables.errors import counted
from report.diffing.claims import GRAVITY
from report.diffing.model import Changes, Importance, Judgement, Number, TableChange

_JUDGED: dict[Judgement, str] = {
    "beyond": "beyond its interval",
    "within": "within its interval",
    "no interval": "has no interval",
    "interval": "the same, with another interval",
    "volatile": "differs from run to run",
    "new": "new",
    "gone": "gone",
    "as shown": "the same, printed otherwise",
}
RULE = (
    "A number is beyond its interval where the new value lies outside of the bounds that its table gave the old one. "
    "Counts and settings have no interval; times, memory and energy differ from run to run."
)
_FEW = 3
_SIGNS = ("<", "<=", "==", "!=", ">=", ">")


@dataclass(frozen=True)
class Row:
    """One change."""

    what: str
    before: str | None = None
    after: str | None = None
    note: str = ""

    @property
    def moved(self) -> bool:
        """Whether it has a before and an after."""
        return self.before is not None or self.after is not None


@dataclass(frozen=True)
class Section:
    """The changes of one sort, the most important first."""

    name: str
    title: str
    rows: tuple[Row, ...]
    lead: str = ""


def importance(changes: Changes) -> Importance:
    """The gravest thing that changed."""
    graver = any(each in GRAVITY[:2] for found in changes.findings for each in (found.before, found.after))
    judgements = {number.judgement for number in changes.numbers}
    if changes.claims or graver:
        return "conclusions"
    if "beyond" in judgements:
        return "numbers beyond their intervals"
    if judgements - {"as shown", "volatile"} or changes.findings:
        return "numbers"
    if changes.sentences or changes.figures or judgements:
        return "presentation"
    return "nothing" if changes.empty else "surroundings"


def headline(changes: Changes) -> str:
    """Whether it matters, in a sentence; and in another one, that pages were not compared where they were not."""
    return _what_matters(changes) + ("" if "sentences" in changes.compared else " Pages were not compared.")


def _what_matters(changes: Changes) -> str:
    turned, other = _turned(changes)
    beyond = sum(number.judgement == "beyond" for number in changes.numbers)
    all_claims = {"claims of chapters", "claims of documents"} <= set(changes.compared)
    no_claim = "no claim came out another way"
    if not all_claims:
        some = "no claim of a document did, " if "claims of documents" in changes.compared else ""
        no_claim = f"{some}not all claims could be compared"
    match changes.importance:
        case "conclusions":
            parts = [f"{counted(turned, 'claim')} turned over"] if turned else []
            parts += [f"{counted(other, 'claim')} came or went"] if other else []
            parts += [f"{counted(len(changes.findings), 'finding')} of the audit changed"] if changes.findings else []
            parts += [f"{counted(beyond, 'number')} moved beyond their intervals"] if beyond else []
            return f"What the report concludes changed: {listed(parts)}."
        case "numbers beyond their intervals":
            return f"{counted(beyond, 'number')} moved beyond the interval that they had; {no_claim}."
        case "numbers":
            return f"Numbers changed, none beyond an interval that it had; {no_claim}."
        case "presentation":
            return f"No value changed but what differs from run to run; pages read or look otherwise; {no_claim}."
        case "surroundings":
            return "No number changed, only what tables and pages are made from or with."
    return "Nothing that was compared is otherwise."


def sections(changes: Changes) -> list[Section]:
    """All that changed, by importance; sorts of which nothing changed are left out."""
    found = [
        Section("claims", "Claims", tuple(_claims(changes))),
        Section("findings", "Findings of the audit", tuple(_findings(changes))),
        Section("numbers", "Numbers", tuple(map(_number, changes.numbers)), RULE),
        Section("tables", "Tables", tuple(map(_table, changes.tables))),
        Section("sentences", "Sentences", tuple(_sentences(changes))),
        Section("figures", "Figures", tuple(_figures(changes))),
        Section("sources", "Chapters as they are written", tuple(_sources(changes))),
        Section("studies", "Studies", tuple(_studies(changes))),
        Section("lock-files", "Lock files", tuple(_locks(changes))),
        Section("environments", "Environments of the tables", tuple(_environments(changes))),
    ]
    return [section for section in found if section.rows]


def _turned(changes: Changes) -> tuple[int, int]:
    """How many claims turned over, and how many came or went."""
    turned = sum(each.before is not None and each.after is not None for each in changes.claims)
    return turned, len(changes.claims) - turned


def _claims(changes: Changes) -> Iterator[Row]:
    for each in changes.claims:
        statements = [text and text.strip("; ") for text in (each.statement_before, each.statement_after)]
        if (each.before or each.after) in _SIGNS:
            left, _, right = each.claim.rpartition(" against ")
            became = f", now {each.after}" if each.before and each.after else ""
            yield Row(each.where, *statements, f"{left} {each.before or each.after} {right}{became}")
        else:
            yield Row(
                f"{each.where}: {each.claim}",
                each.before,
                each.after,
                " → ".join(dict.fromkeys(filter(None, statements))),
            )


def _findings(changes: Changes) -> Iterator[Row]:
    for each in changes.findings:
        figures = f" ({_some(each.figures)})" if each.figures else ""
        yield Row(f"{each.study}: {each.check}{figures}", each.before, each.after, each.sentence)


def _number(number: Number) -> Row:
    note = _JUDGED[number.judgement]
    if number.interval_before is not None:
        note += f", {_interval(number.interval_before)}"
    if number.judgement == "interval":
        note += f" before and {_interval(number.interval_after)} after" if number.interval_after else " before"
    if number.before == number.after and None in (number.value_before, number.value_after):
        note += ", beyond the digits that are shown"
    if number.chapters:
        note += f"; shown in {_some(number.chapters)}"
    tables = f" of {_some(number.tables)}" if number.tables else ""
    return Row(f"{number.how}{tables}", *_told_apart(number), note)


def _told_apart(number: Number) -> tuple[str | None, str | None]:
    """Before and after as they are shown; where both read alike, with the digits in which they differ."""
    texts, values = (number.before, number.after), (number.value_before, number.value_after)
    if texts[0] != texts[1] or None in values or values[0] == values[1]:
        return texts
    digits = next((n for n in range(1, 17) if f"{values[0]:.{n}g}" != f"{values[1]:.{n}g}"), 17)
    before, after = (f"{text} ({value:.{digits}g})" for text, value in zip(texts, values, strict=True))
    return before, after


def _interval(interval: tuple[float | None, float | None]) -> str:
    low, high = ("open" if each is None else f"{each:.4g}" for each in interval)
    return f"{low} to {high}"


def _table(table: TableChange) -> Row:
    counts = (table.rows_before, table.rows_after)
    rows = [None if count is None or len(set(counts)) == 1 else counted(count, "row") for count in counts]
    parts = []
    if table.change == "changed":
        counts = (
            (table.cells, "cell", "changed"),
            (table.rows_added, "row", "new"),
            (table.rows_removed, "row", "gone"),
        )
        parts += [f"{counted(count, name)} {verb}" for count, name, verb in counts if count]
        parts += [f"column {name} new" for name in table.columns_added]
        parts += [f"column {name} gone" for name in table.columns_removed]
        parts += [f"{table.unlisted:,} of its numbers are not listed one by one"] if table.unlisted else []
    else:
        parts.append(table.change)
    return Row(table.table, *rows, "; ".join(parts) or "its bytes differ")


def _sentences(changes: Changes) -> Iterator[Row]:
    for each in changes.sentences:
        place = each.place if each.label is None else f"{each.place} of {each.label}"
        yield Row(f"{_some(each.pages)}, {place}", each.before, each.after, "" if each.words else "in digits alone")


def _figures(changes: Changes) -> Iterator[Row]:
    for each in changes.figures:
        note = each.note or ""
        if each.pixels:
            note = (
                f"{each.differing:,} of {each.pixels:,} pixels differ ({each.differing / each.pixels:.1%}); "
                f"mean difference {each.difference:.2%} of black to white"
            )
        files = (None, None) if each.before == each.after else (each.before, each.after)
        yield Row(f"{each.page}, {each.figure}", *files, note)


def _sources(changes: Changes) -> Iterator[Row]:
    for each in changes.sources:
        yield Row(each.file, note=f"{each.change}, lines: +{each.lines_added} −{each.lines_removed}")


def _studies(changes: Changes) -> Iterator[Row]:
    for each in changes.studies:
        if each.change != "changed":
            yield Row(each.study, note=each.change)
        else:
            yield from (Row(f"{each.study}: {one.name}", one.before, one.after) for one in each.settings)


def _locks(changes: Changes) -> Iterator[Row]:
    for each in changes.lock_files:
        if each.change != "changed":
            yield Row(each.file, note=f"{each.change}, {counted(len(each.packages), 'package')}")
        elif not each.packages:
            yield Row(each.file, note="the same versions, with other digests or conditions")
        else:
            yield from (Row(f"{each.file}: {one.name}", one.before, one.after) for one in each.packages)


def _environments(changes: Changes) -> Iterator[Row]:
    for each in changes.environments:
        yield Row(each.what, each.before, each.after, f"{counted(len(each.tables), 'table')}: {_some(each.tables)}")


def _some(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - _FEW
    return ", ".join(names[:_FEW]) + (f" and {more} more" if more > 0 else "")
