"""What stands below a heading: the numbers of the study that it names, and not of another one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from report.checking.columns import HEADED, Place, words_of
from report.checking.passages import Passage
from report.ledger.model import Fact

Names = Mapping[str, frozenset[str]]
"""The studies that each title or heading of one may mean."""


@dataclass
class Section:
    """A heading and what stands below it, up to the next one of its level."""

    heading: Passage
    path: tuple[str, ...]
    """The words of its heading, after those of the headings above it."""
    studies: dict[str, None] = field(default_factory=dict)
    """The studies whose values stand in it."""
    parted: bool = False
    """Whether it has headings of its own."""

    @property
    def name(self) -> str:
        return self.path[-1]


def read_sections(chapter: str, passages: Sequence[Passage], listed: Mapping[str, Fact]) -> list[Section]:
    """The sections of a chapter with facts of its own, in order."""
    found: list[Section] = []
    above: list[Section] = []
    tables: set[str] = set()
    for passage in passages:
        if passage.place == "heading":
            above = [each for each in above if each.heading.level < passage.level]
            words = words_of(passage, 0, len(passage.text), ()).replace("’", "'")
            for each in above:
                each.parted = True
            above.append(Section(passage, (*(above[-1].path if above else ()), words)))
            found.append(above[-1])
            tables = set()
        elif above:
            for span in passage.spans:
                fact = listed.get(span.name or "") if span.sort == "fact" else None
                if fact is not None and fact.chapter == chapter:
                    new = [origin.table for origin in fact.origins if origin.table not in tables]
                    tables.update(new)
                    for table in new:
                        for each in above:
                            each.studies.setdefault(table.partition("/")[0])
    return found


def places_of_sections(sections: Iterable[Section], names: Names) -> dict[str, Place]:
    """The sections that are about a study, each with the studies whose values stand in it.

    They are called by one, or hold values of one alone and no further heading. A section is told from others of its
    name by those around it.
    """
    found: dict[str, Place] = {}
    for section in sections:
        if section.name in names or (len(section.studies) == 1 and not section.parted):
            place = found.setdefault(f"{' › '.join(section.path)} {HEADED}", Place())
            for study in section.studies:
                place.columns.setdefault(study, (section.heading, 0, len(section.heading.text)))
    return found


def misheaded_sections(sections: Iterable[Section], names: Names) -> Iterator[tuple[Passage, str]]:
    """Each heading that names a study which the chapter shows elsewhere, but not below it; and what is wrong."""
    named = [each for each in sections if each.name in names and each.studies]
    shown = {study for section in named for study in section.studies}
    for section in named:
        meant = names[section.name]
        if meant.isdisjoint(section.studies) and not meant.isdisjoint(shown):
            below = next(iter(section.studies))
            yield section.heading, f"the heading “{section.name}” names {min(meant)}, and {below} stands below it"
