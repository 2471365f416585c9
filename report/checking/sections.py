"""What stands below a heading: the numbers of the study that it names, and not of another one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from report.checking.columns import HEADED, Place, words_of
from report.checking.passages import Passage
from report.ledger.model import Fact

Names = Mapping[str, frozenset[str]]
"""The studies that each title or heading of one may mean."""


def sections_of(
    chapter: str, passages: Sequence[Passage], listed: Mapping[str, Fact], names: Names
) -> dict[str, Place]:
    """The sections of a chapter that are about a study, each with the studies whose values stand in it.

    They are called by one, or hold values of one alone and no further heading. A section is told from others of its
    name by those around it.
    """
    found: dict[str, Place] = {}
    for section in _sections(chapter, passages, listed):
        if section.name in names or (len(section.studies) == 1 and not section.parted):
            place = found.setdefault(f"{' › '.join(section.path)} {HEADED}", Place())
            for study in section.studies:
                place.columns.setdefault(study, (section.heading, 0, len(section.heading.text)))
    return found


def misheaded_sections(
    chapter: str, passages: Sequence[Passage], listed: Mapping[str, Fact], names: Names
) -> Iterator[tuple[Passage, str]]:
    """Each heading that names a study which the chapter shows elsewhere, but not below it; and what is wrong."""
    sections = [each for each in _sections(chapter, passages, listed) if each.name in names and each.studies]
    shown = {study for section in sections for study in section.studies}
    for section in sections:
        meant = names[section.name]
        if meant.isdisjoint(section.studies) and not meant.isdisjoint(shown):
            below = next(iter(section.studies))
            yield section.heading, f"the heading “{section.name}” names {min(meant)}, and {below} stands below it"


@dataclass
class _Section:
    heading: Passage
    path: tuple[str, ...]
    """The words of its heading, after those of the headings above it."""
    studies: dict[str, None] = field(default_factory=dict)
    parted: bool = False
    """Whether it has headings of its own."""

    @property
    def name(self) -> str:
        return self.path[-1]


def _sections(chapter: str, passages: Sequence[Passage], listed: Mapping[str, Fact]) -> list[_Section]:
    found: list[_Section] = []
    above: list[_Section] = []
    for passage in passages:
        if passage.place == "heading":
            above = [each for each in above if each.heading.level < passage.level]
            words = words_of(passage, 0, len(passage.text), ()).replace("’", "'")
            for each in above:
                each.parted = True
            above.append(_Section(passage, (*(above[-1].path if above else ()), words)))
            found.append(above[-1])
        elif above:
            shown = (listed.get(span.name or "") for span in passage.spans if span.sort == "fact")
            own = (fact for fact in shown if fact is not None and fact.chapter == chapter)
            tables = {origin.table for fact in own for origin in fact.origins}
            for study in sorted(table.partition("/")[0] for table in tables):
                for each in above:
                    each.studies.setdefault(study)
    return found
