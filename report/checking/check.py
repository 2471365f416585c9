"""Check a rendered report as its readers see it: pages, and the PDF's text."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from analysis.facts.escape import clean
from analysis.facts.formatting import listed
from report.checking.aggregates import misaggregated
from report.checking.allowed import Allowed, read_allowed
from report.checking.bounds import meanings_of
from report.checking.columns import (
    Compared,
    Place,
    choices_of,
    compared_by,
    keep,
    places_of,
    read_record,
    replaced,
    rests_of,
    typed,
)
from report.checking.figures import bound_in_alt, check_figures, facts_by_label, said_in_alt
from report.checking.findings import Finding, Results, Silenced
from report.checking.headings import columns_of, misheaded, words_below
from report.checking.methods import is_p_value, misnamed_methods
from report.checking.names import known_names, names_of, states_result, studies_by_name, studies_called
from report.checking.nearest import Known
from report.checking.negations import denied_anew
from report.checking.orders import exchanged, orders_of
from report.checking.page import Book, Found, Free, Tally, check_passage
from report.checking.passages import LISTED, Passage, Span, read_frame, read_passages
from report.checking.printed import PrintedFound, check_printed
from report.checking.reserved import reserved_in
from report.checking.retyped import inserted, kept, retyped, typed_words
from report.checking.sections import misheaded_sections, places_of_sections, read_sections
from report.checking.sentences import digests_of
from report.checking.sources import Location, Sources, is_short, position_of
from report.checking.values import added_words, misrounded
from report.ledger.logs import chapter_log
from report.ledger.model import Fact, SiteFacts
from report.ledger.pages import PageError
from report.ledger.pdf import KEPT, UnreadablePDF, pdf_text
from report.rendering.project import ChapterRef, Project

MOST_NAMED = 4
"""Numbers of one table that are named, where no table is behind them; and lines that name a column."""


@dataclass
class _Chapter:
    ref: ChapterRef
    name: str
    """As its facts call it."""
    passages: list[Passage] = field(default_factory=list)
    compared: Mapping[str, Compared] = field(default_factory=dict)

    def around(self, passage: Passage) -> tuple[str, str]:
        """What stands before a passage and after it."""
        at = next((number for number, each in enumerate(self.passages) if each is passage), None)
        if at is None:
            return "", ""
        before, after = self.passages[max(0, at - 1) : at], self.passages[at + 1 : at + 2]
        return "".join(each.text for each in before), "".join(each.text for each in after)


def check_report(
    project: Project,
    facts: SiteFacts,
    chapters: Iterable[ChapterRef] | None = None,
    pdf: Path | None = None,
) -> Results:
    """Everything that is wrong in the rendered pages of `chapters` (default: the book) and in the text of the PDF.

    Raises UserError for an unusable `report/allowed.yaml`.
    """
    return _Checker(project, facts).run(list(project.chapters if chapters is None else chapters), pdf)


def check_render(
    project: Project,
    facts: SiteFacts,
    chapters: Iterable[ChapterRef] | None = None,
    pdf: Path | None = None,
    wait: Callable[[], None] = lambda: None,
) -> Results:
    """Check a render as `check_report` does, and keep what its columns are for `report accept`.

    The columns are kept whatever is found. `wait` returns when the PDF is written.
    """
    checker = _Checker(project, facts)
    results = checker.run(list(project.chapters if chapters is None else chapters), pdf, wait)
    keep(project.root, checker.record(), whole=chapters is None)
    return results


class _Checker:
    def __init__(self, project: Project, facts: SiteFacts) -> None:
        self._project, self._facts = project, facts
        columns_of.cache_clear()  # tables may have been frozen again since
        self._own = read_allowed(project.root, map(project.name_of, project.chapters))
        self._names = names_of(project, facts.build)
        self._studies, self._called = studies_called(), studies_by_name()
        self._known_names = known_names(facts.facts)
        # A page may list the claims of others, which it calls by chapter and id.
        self._claims = {(c.chapter, c.id): c.model_dump(include={"relations"}) for c in facts.claims}
        self._sources = Sources(project, facts.engine)
        self._listed = {fact.id: fact for fact in facts.facts}
        self._chapters = {*self._of_chapter, *(claim.chapter for claim in facts.claims)}
        self._accepted = read_record(project.root)
        self._places: dict[str, dict[str, Place]] = {}
        self._pages: list[_Chapter] = []
        self._tally = Tally()
        self._findings: list[Finding] = []
        self._silenced: list[Silenced] = []

    @cached_property
    def _known(self) -> Known:
        return Known(self._facts.facts)

    @cached_property
    def _of_chapter(self) -> Mapping[str, Sequence[Fact]]:
        found: dict[str, list[Fact]] = {}
        for fact in self._facts.facts:
            found.setdefault(fact.chapter, []).append(fact)
        return found

    @cached_property
    def _labelled(self) -> Mapping[tuple[str, str], Sequence[Fact]]:
        """The facts of each figure and table, by chapter and label."""
        found: dict[tuple[str, str], list[Fact]] = {}
        for fact in self._facts.facts:
            if fact.label:
                found.setdefault((fact.chapter, fact.label), []).append(fact)
        return found

    @cached_property
    def _added(self) -> Mapping[str, Set[str]]:
        return added_words(self._facts.facts)

    def run(self, refs: list[ChapterRef], pdf: Path | None, wait: Callable[[], None] = lambda: None) -> Results:
        chapters = [_Chapter(ref, self._name(ref)) for ref in refs]
        self._pages = read = [chapter for chapter in chapters if self._read(chapter)]
        for chapter in read:
            self._check(chapter)
        self._check_frames(read)
        self._check_values({chapter.name: chapter for chapter in read})
        self._check_figures(read)
        wait()
        whole = len(read) == len(refs)  # else nothing can be said of what stands on no page
        printed = self._check_pdf(pdf, read) if pdf is not None and whole else []
        if whole and len(refs) == len(self._project.chapters):
            self._findings += self._unused()
        return Results(
            pages=len(read),
            pdf_pages=len(printed),
            numbers=self._tally.numbers,
            bound=self._tally.bound,
            comparatives=self._tally.comparatives,
            claimed=self._tally.claimed,
            findings=tuple(_without_doubles(self._findings)),
            silenced=tuple(dict.fromkeys(self._silenced)),
        )

    def record(self) -> dict[str, dict[str, Place]]:
        """Which columns stand where, and how sentences read, by chapter, once it has run."""
        return {page.name: self._places[page.name] | digests_of(page.passages, page.compared) for page in self._pages}

    def _name(self, ref: ChapterRef) -> str:
        """The name under which its facts go: it may be opened by its stem or by its path."""
        path = ref.relative.removesuffix(ref.path.suffix)
        names = (ref.stem, path, path.removeprefix("report/"))
        return next((name for name in names if name in self._chapters), ref.stem)

    def _read(self, chapter: _Chapter) -> bool:
        path = self._project.output_dir / chapter.ref.href
        if not path.is_file():
            return False  # which `report.ledger.check` tells
        try:
            chapter.passages = self._with_examples(chapter, read_passages(path))
        except PageError as error:
            self._unreadable(chapter.ref.href, "page", error.why)
            return False
        return True

    def _with_examples(self, chapter: _Chapter, passages: list[Passage]) -> list[Passage]:
        """The passages; where the chapter opened no data set, no text of its own counts as one of it but for values."""
        log = chapter_log(self._project, self._facts.engine, chapter.ref)
        if log is not None and log.data:
            return passages
        return [_without_examples(each) if any(s.sort == "example" for s in each.spans) else each for each in passages]

    def _unreadable(self, page: str, place: str, message: str) -> None:
        message = message.removeprefix(f"{page.rpartition('/')[2]}: ")
        self._findings.append(Finding(rule="unreadable", message=message, place=place, page=page))

    def _check(self, chapter: _Chapter) -> None:
        book = self._book(chapter)
        self._check_classes(chapter)
        self._check_headings(chapter)
        self._check_columns(chapter, book)
        printed: dict[str, list[Found]] = {}
        for passage in chapter.passages:
            before = len(self._tally.silenced)
            for found in check_passage(passage, book, self._tally):
                if found.rule == "orphan-number" and self._is_printed(passage, chapter):
                    printed.setdefault(passage.label or "", []).append(found)
                else:
                    self._findings.append(self._finding(found, chapter))
            for silent, span in self._tally.silenced[before:]:
                place = self._sources.find(
                    chapter.ref, silent.text, span.start, span.end, silent.place, around=chapter.around(silent)
                )
                self._silence(silent, span, chapter, place)

        self._findings += [self._of_table(found, chapter) for found in printed.values()]

    def _silence(self, passage: Passage, span: Span, chapter: _Chapter, place: Location | None) -> None:
        self._silenced.append(
            Silenced(
                chapter=chapter.name,
                file=place.file if place else None,
                line=place.line if place else None,
                text=clean(passage.text[span.start : span.end]),
                reason=clean(span.name or ""),
            )
        )

    def _check_frames(self, chapters: Sequence[_Chapter]) -> None:
        """What stands around the text of the pages, as feet do: each once, on the first page that has it."""
        allowed = [*(entry for entry in self._own if entry.chapter is None), *self._names]
        book = Book({}, self._listed, allowed, studies=self._studies, names=self._known_names, added=self._added)
        seen: set[tuple[str, int]] = set()
        for chapter in chapters:
            copies: Counter[str] = Counter()
            for passage in read_frame(self._project.output_dir / chapter.ref.href):
                copy = copies[passage.text]
                copies[passage.text] += 1
                if (passage.text, copy) in seen:
                    continue
                seen.add((passage.text, copy))
                before = len(self._tally.silenced)
                for found in check_passage(passage, book, self._tally):
                    place = self._sources.find_setting(passage.text, found.start, found.end, copy)
                    self._findings.append(self._located(found, chapter, place))
                for silent, span in self._tally.silenced[before:]:
                    place = self._sources.find_setting(silent.text, span.start, span.end, copy)
                    self._silence(silent, span, chapter, place)

    def _is_printed(self, passage: Passage, chapter: _Chapter) -> bool:
        """Whether a cell of the chapter prints the table in which the passage stands."""
        within = passage.place in ("table head", "table cell") and passage.label
        return bool(within) and self._sources.labelled(chapter.ref, passage.label) is not None

    def _of_table(self, several: list[Found], chapter: _Chapter) -> Finding:
        """What is wrong with the numbers of a table that a cell prints, told once."""
        if len(several) == 1:
            return self._finding(several[0], chapter)
        label = several[0].passage.label or ""
        numbers = list(dict.fromkeys(found.number.text.strip() for found in several if found.number))
        more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
        message = (
            f"no table is behind {', '.join(numbers[:MOST_NAMED])}{more} in {label}: show what frozen tables hold, "
            'with `page.tabulate` or in a DataFrame of it, or put the cell into a div {.unchecked reason="…"}'
        )
        found = self._located(replace(several[0], message=message), chapter, self._sources.labelled(chapter.ref, label))
        return found.model_copy(update={"around": ""})

    def _check_classes(self, chapter: _Chapter) -> None:
        for name, text in self._sources.written(chapter.ref):
            for at, message in reserved_in(text):
                line, column = position_of(text, at)
                self._findings.append(
                    Finding(
                        rule="class-reserved",
                        message=message,
                        place="source",
                        page=chapter.ref.href,
                        file=name,
                        line=line,
                        column=column,
                    )
                )

    def _check_headings(self, chapter: _Chapter) -> None:
        for passage, message in misheaded(chapter.passages, self._listed):
            found = Found("heading-of-another-column", message, passage, 0, len(passage.text))
            place = self._sources.find(chapter.ref, passage.heading or "", 0, len(passage.heading or ""))
            self._findings.append(self._located(found, chapter, place))
        sections = read_sections(chapter.name, chapter.passages, self._listed)
        self._places[chapter.name] = places_of_sections(sections, self._called)
        for passage, message in misheaded_sections(sections, self._called):
            self._findings.append(self._finding(Found("heading-of-another-study", message, passage, 0, 1), chapter))

    def _check_columns(self, chapter: _Chapter, book: Book) -> None:
        accepted = self._accepted.get(chapter.name, {})
        places = places_of(chapter.name, chapter.passages, self._listed, self._of_chapter.get(chapter.name, ()))
        typed_here = typed_words(chapter.passages)
        compared = chapter.compared = compared_by(book.claims)
        places |= rests_of(chapter.passages, compared)
        places |= self._places[chapter.name]
        if (log := chapter_log(self._project, self._facts.engine, chapter.ref)) is not None:
            places |= choices_of(log) | orders_of(chapter.passages, self._listed, log.of("drawn"))
        self._places[chapter.name] = places | kept(typed_here)
        retyped_here = list(retyped(typed_here, accepted))
        others = [passage for passage in chapter.passages if not any(passage is each for each, *_ in retyped_here)]
        put_in = list(inserted(others, accepted, compared))
        told = {id(passage) for passage, *_ in put_in}
        denied = (each for each in denied_anew(chapter.passages, accepted, compared) if id(each[0]) not in told)
        changed = {"number-retyped": retyped_here, "word-put-in": put_in, "sentence-turned-round": denied}
        for rule, found in changed.items():
            for passage, start, end, message in found:
                if not Free(passage, book).silences(start, end):
                    self._findings.append(self._finding(Found(rule, message, passage, start, end), chapter))
        for column, place, message in replaced(places, accepted):
            at = place.columns[column]
            if place.label:
                found = self._sources.labelled(chapter.ref, place.label)
                message += self._named_at(chapter, column)
            elif place.asked:
                found = Location(*place.asked, 1)
            else:
                found = self._sources.find(chapter.ref, at[0].text, at[1], at[2]) if at else None
            found = found or Location(chapter.ref.relative, 1, 1)
            self._findings.append(
                Finding(
                    rule="column-replaced",
                    message=message,
                    place=at[0].place if at else "figure" if place.label else "prose",
                    page=chapter.ref.href,
                    file=found.file,
                    line=found.line,
                )
            )

        for label, message in exchanged(places, accepted):
            found = self._sources.labelled(chapter.ref, label) or Location(chapter.ref.relative, 1, 1)
            shown = {"page": chapter.ref.href, "file": found.file, "line": found.line}
            self._findings.append(Finding(rule="column-replaced", message=message, place="figure", **shown))

        def free(passage: Passage, start: int, end: int) -> bool:
            typed_on_purpose = passage.inside(start, end, "code", "quotation", "example", "structure") is not None
            return typed_on_purpose or Free(passage, book).silences(start, end)

        for passage, start, end, message in typed(chapter.passages, places, accepted, free):
            self._findings.append(self._finding(Found("value-typed", message, passage, start, end), chapter))

    def _named_at(self, chapter: _Chapter, columns: str) -> str:
        """Where code asks for the columns that a figure or table shows, in words; nothing where that is all over."""
        asked = self._sources.naming(chapter.ref, {each.rpartition(".")[2] for each in columns.split(" + ")})
        places = listed(f"{each.file}:{each.line}" for each in asked)
        return f"; it is named at {places}" if 0 < len(asked) <= MOST_NAMED else ""

    def _book(self, chapter: _Chapter) -> Book:
        claims = {f"{name}/{identity}": line for (name, identity), line in self._claims.items()}
        own = {identity: line for (name, identity), line in self._claims.items() if name == chapter.name}
        claims |= own
        allowed = [*self._own_allowed(chapter), *self._names]
        log = chapter_log(self._project, self._facts.engine, chapter.ref)
        drawn = {} if log is None else {line["label"]: line for line in log.of("drawn")}
        facts = facts_by_label(log) if drawn else {}

        def bound(label: str | None, passage: Passage) -> list[tuple[int, int]]:
            return bound_in_alt(drawn[label], passage.text) if label in drawn else []

        def said(label: str | None, passage: Passage) -> list[tuple[int, int]]:
            return said_in_alt(drawn[label], facts.get(label, ()), passage.text) if label in drawn else []

        def below(heading: Passage) -> set[str]:
            return words_below(heading, chapter.passages, self._listed)

        def misnamed(passage: Passage) -> Iterator[tuple[str, int, int, str]]:
            labelled = passage.label if passage.place in ("caption", "table head", "alternative text") else None
            of_label = self._labelled.get((chapter.name, labelled), ()) if labelled else ()

            shown = [
                (s.start, self._listed[s.name]) for s in passage.spans if s.sort == "fact" and s.name in self._listed
            ]

            def beside(begin: int, finish: int) -> list[Fact]:
                return [fact for start, fact in shown if begin <= start < finish] or [*of_label]

            if of_label or any(is_p_value(fact) for _, fact in shown):
                for found in misnamed_methods(passage, beside):
                    yield "method-misnamed", *found
            if of_label and passage.place != "table head":
                for found in misaggregated(passage.text, of_label):
                    yield "aggregate-misnamed", *found

        def meanings(label: str | None) -> str:
            return meanings_of(self._labelled.get((chapter.name, label), ())) if label else ""

        names = self._known_names
        title = clean(self._project.title)
        return Book(
            claims,
            self._listed,
            allowed,
            bound,
            said,
            below,
            meanings,
            None if states_result(title) else title,
            self._studies,
            names,
            misnamed,
            self._added,
        )

    def _own_allowed(self, chapter: _Chapter) -> list[Allowed]:
        """The project's entries that count in a chapter."""
        name = self._project.name_of(chapter.ref)
        return [entry for entry in self._own if entry.chapter in (None, name)]

    def _finding(self, found: Found, chapter: _Chapter) -> Finding:
        passage = found.passage
        if passage.unread:
            same = (each for each in chapter.passages if each.unread and each.text == passage.text)
            turn = next(number for number, each in enumerate(same) if each is passage)
            place = self._sources.typed(chapter.ref, passage.text, turn) or self._sources.drawing(
                chapter.ref, passage.text
            )
            place = place or self._cell(passage, chapter)
            return self._located(found, chapter, place).model_copy(update={"around": ""})
        place = self._sources.find(
            chapter.ref, passage.text, found.start, found.end, passage.place, passage.label, chapter.around(passage)
        )
        elsewhere = place is None or (place.file.endswith(".py") and is_short(passage.text))
        if passage.output or elsewhere:
            place = self._cell(passage, chapter) or place
        return self._located(found, chapter, place)

    def _cell(self, passage: Passage, chapter: _Chapter) -> Location | None:
        """The cell that printed a passage: the words of an output may stand in any file."""
        if passage.label and (labelled := self._sources.labelled(chapter.ref, passage.label)):
            return labelled
        at = next(number for number, each in enumerate(chapter.passages) if each is passage)
        before = [each.text for each in reversed(chapter.passages[:at]) if not each.output]
        after = [each.text for each in chapter.passages[at + 1 :] if not each.output]
        return self._sources.cell(chapter.ref, passage.text, before, after, is_output=passage.output)

    def _located(self, found: Found, chapter: _Chapter, place: Location | None) -> Finding:
        return Finding(
            rule=found.rule,
            message=found.message,
            level=found.level,
            place=found.passage.place,
            page=chapter.ref.href,
            file=place.file if place else None,
            line=place.line if place else None,
            column=place.column if place else None,
            around=found.around,
            nearest=self._known.near(found.number, chapter.name) if found.number else (),
        )

    def _check_values(self, chapters: Mapping[str, _Chapter]) -> None:
        for fact, problem in misrounded(fact for fact in self._facts.facts if fact.chapter in chapters):
            chapter = chapters[fact.chapter]
            message = f"fact {fact.id} ({fact.how}) {problem}; render the chapter again"
            place = self._place_of(fact, chapter)
            self._findings.append(
                Finding(
                    rule="value-not-from-table",
                    message=message,
                    place=fact.form,
                    page=chapter.ref.href,
                    file=place.file if place else chapter.ref.relative,
                    line=place.line if place else None,
                )
            )

    def _place_of(self, fact: Fact, chapter: _Chapter) -> Location | None:
        """Where what shows the fact was written."""
        if isinstance(fact.value, str) and (named := self._sources.find(chapter.ref, fact.text, 0, len(fact.text))):
            return named
        if fact.label and (labelled := self._sources.labelled(chapter.ref, fact.label)):
            return labelled
        shown = (
            (p, span) for p in chapter.passages for span in p.spans if span.sort == "fact" and span.name == fact.id
        )
        passage, span = next(shown, (None, None))
        return passage and self._sources.find(chapter.ref, passage.text, span.start, span.end, passage.place)

    def _check_figures(self, chapters: Sequence[_Chapter]) -> None:
        pages = {chapter.ref.relative: chapter.ref.href for chapter in chapters}
        for found in check_figures(self._project, self._facts.engine, [chapter.ref for chapter in chapters]):
            self._findings.append(
                Finding(
                    rule=found.rule,
                    message=f"{found.label}: {found.message}" if found.label else found.message,
                    place="figure",
                    page=pages[found.chapter],
                    file=found.file or found.chapter,
                    line=found.line,
                )
            )

    def _check_pdf(self, path: Path, chapters: list[_Chapter]) -> list[str]:
        """Check the text of the PDF, and return it page by page."""
        try:
            pages = pdf_text(path, self._project.root / KEPT)
        except UnreadablePDF as error:
            self._unreadable(path.name, "PDF", str(error))
            return []
        if not any(page.strip() for page in pages):
            self._unreadable(path.name, "PDF", f"{path.name}: holds no text that could be checked; render it again")
            return pages
        passages = [passage for chapter in chapters for passage in chapter.passages]
        allowed = [*self._own, *self._names]
        alone = self._sources.print_alone([chapter.ref for chapter in chapters])
        for found in check_printed(pages, passages, allowed, printed_alone=alone):
            self._findings.append(self._printed_finding(found, path, chapters))
        return pages

    def _printed_finding(self, found: PrintedFound, path: Path, chapters: list[_Chapter]) -> Finding:
        place = self._sources.find(None, found.text, found.start, found.end)
        name = next((c.name for c in chapters if place is not None and c.ref.relative == place.file), None)
        return Finding(
            rule=found.rule,
            message=found.message,
            place="PDF",
            page=path.name,
            pdf_page=found.page,
            file=place.file if place else None,
            line=place.line if place else None,
            column=place.column if place else None,
            around=found.around,
            nearest=self._known.near(found.number, name) if found.number else (),
        )

    def _unused(self) -> Iterator[Finding]:
        for entry in self._own:
            if not entry.used:
                file, _, line = (entry.place or "").rpartition(":")
                message = f"{entry.shown!r} is needed nowhere; delete the entry"
                yield Finding(
                    rule="allowed-unused", message=message, level="note", place="list", file=file, line=int(line)
                )


def _without_examples(passage: Passage) -> Passage:
    """The passage without those spans of examples that hold no value and that no list of the tools gathered."""
    values = [span for span in passage.spans if span.sort == "fact"]

    def stays(span: Span) -> bool:
        known = span.sort != "example" or span.name == LISTED
        return known or any(value.start < span.end and span.start < value.end for value in values)

    return replace(passage, spans=[span for span in passage.spans if stays(span)])


def _without_doubles(findings: Iterable[Finding]) -> Iterator[Finding]:
    """A title stands on the page and in its head: what is wrong in one place of a source is told once."""
    seen = set()
    for finding in findings:
        place = finding.place if finding.place in ("caption", "alternative text") else ""
        key = (finding.rule, finding.message, finding.file, finding.line, finding.column, place)
        if finding.file is None:
            key = (*key, finding.page, finding.place, finding.around)
        if key not in seen:
            seen.add(key)
            yield finding
