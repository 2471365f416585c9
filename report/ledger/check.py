"""Check rendered pages: all there, no reference left open, and the facts shown are the facts listed."""

import re
from collections.abc import Iterable, Iterator, Mapping

from analysis.facts.dependencies import chapter_files
from analysis.facts.escape import clean
from experiments.tables.presentation import study_titles
from report.ledger.logs import chapter_log, opened_as
from report.ledger.model import Fact, SiteFacts
from report.ledger.pages import Page, PageError, read_page
from report.rendering.project import ChapterRef, Project

# Pandoc and Quarto leave a reference without a target in the text, with a question mark.
_OPEN_REFERENCE = re.compile(r"\?@?((?:fig|tbl|sec|eq|lst)-[\w-]+)")
# What stands in the HTML, as `content-visible when-format="html"` does, is on a page in any case.
_CONDITION = re.compile(r'content-(?:visible(?! when-format="html"\})|hidden)')
_OPEN_NOTE = re.compile(r"\[\^[\w-]+\]")
_UNSHOWN = "<unshown value"
# As Python prints a warning, with the file and line of a library or of a cell, or matplotlib that it has no font.
_WARNING = re.compile(r"^(?:(?:/|<|[A-Za-z]:\\)[^\n]*:\d+: (?=\w*Warning: )|(?=findfont: ))(?P<what>.*)$", re.MULTILINE)


def check_site(project: Project, facts: SiteFacts, chapters: Iterable[ChapterRef] | None = None) -> list[str]:
    """What is wrong with the rendered pages, a line each: page, what, and what to look at. Empty when all is well.

    `chapters` limits the check to pages that were rendered just now; by default it covers the book.
    """
    chapters = list(project.chapters if chapters is None else chapters)
    pages: dict[str, Page] = {}
    found = []
    for chapter in chapters:
        path = project.output_dir / chapter.href
        try:
            if path.is_file():
                pages[chapter.href] = read_page(path)
            else:
                found.append(f"{chapter.href}: the page is missing; {chapter.relative} was not rendered")
        except PageError as error:
            found.append(f"{chapter.href}: {error.why}")
    # Titles of studies are data too, and stand in headings, cells and sentences.
    titles = sorted({_plain(clean(title)) for title, _, _ in study_titles()} - {""}, key=len, reverse=True)
    for href, page in pages.items():
        found += [f"{href}: {problem}" for problem in _page_problems(page, titles)]
    names: set[str] = set()
    partial: set[str] = set()
    for chapter in chapters:
        log = chapter_log(project, facts.engine, chapter) if chapter.href in pages else None
        if log is not None:
            names.add(opened_as(log))
            partial |= {opened_as(log)} if _shows_parts(project, chapter) else set()
    return [*found, *_fact_problems(pages, facts.facts, names, partial)]


def _shows_parts(project: Project, chapter: ChapterRef) -> bool:
    """Whether what its cells show may depend on the format or the profile."""
    files = (path for path in chapter_files(project.root, chapter.path) if path.is_file())
    return any(_CONDITION.search(path.read_text("utf-8", "replace")) for path in files)


def _page_problems(page: Page, titles: Iterable[str]) -> Iterator[str]:
    text = _plain(page.text)
    for title in titles:
        text = text.replace(title, " ")
    left_open = {*page.unresolved, *(match.group(1) for match in _OPEN_REFERENCE.finditer(text))}
    for name in sorted(left_open):
        yield f"{name} refers to nothing; check the label or the bibliography"
    for note in dict.fromkeys(_OPEN_NOTE.findall(text)):
        yield f"{note} refers to no footnote; write {note}: and its text on a line of its own"
    if _UNSHOWN in text:
        yield "a value was put into the text without page.show(…)"
    for what in dict.fromkeys(match["what"] for match in _WARNING.finditer(page.verbatim)):
        yield f"a library's warning stands on the page: {what}; mend its cause, or set `#| warning: false` in the cell"


def _fact_problems(
    pages: Mapping[str, Page], facts: Iterable[Fact], chapters: set[str], partial: set[str]
) -> Iterator[str]:
    """A page may show facts of any chapter (the list of claims does); those of `chapters` are to be on some page."""
    listed = {fact.id: fact for fact in facts}
    shown = [(identity, href, text) for href, page in pages.items() for identity, text in page.facts.items()]
    for identity, href, text in shown:
        if identity not in listed:
            yield f"{href}: shows {_plain(text)!r} as fact {identity}, which no log lists; render the chapter again"
        elif _plain(text) != _plain(listed[identity].text):
            yield f"{href}: fact {identity} reads {_plain(text)!r}; its log has {listed[identity].text!r}"
    somewhere = {identity for identity, _, _ in shown}
    targets = {target for page in pages.values() for target in page.ids}
    untold = _missing_in_alts(pages, listed.values())
    for fact in listed.values():
        match fact.form:
            case "point":
                there = fact.label in targets
            case "alt":
                there = fact.id not in untold
            case _:
                there = fact.id in somewhere
        if not there and fact.chapter in chapters - partial:
            yield f"chapter {fact.chapter}: fact {fact.id} ({fact.text}: {fact.how}) is on no page"


def _missing_in_alts(pages: Mapping[str, Page], facts: Iterable[Fact]) -> set[str]:
    """The facts of alternative texts that do not stand there, each after the one before."""
    alts = {label: _plain(alt) for page in pages.values() for label, alt in page.alts.items()}
    reached: dict[str, int] = {}
    missing = set()
    for fact in facts:
        if fact.form == "alt" and fact.label is not None:
            text = _plain(fact.text)
            at = alts.get(fact.label, "").find(text, reached.get(fact.label, 0))
            if at < 0:
                missing.add(fact.id)
            else:
                reached[fact.label] = at + len(text)
    return missing


def _plain(text: str) -> str:
    return " ".join(text.split())
