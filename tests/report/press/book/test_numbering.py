"""What holds of numbers whatever a book looks like."""

import re

import panflute as pf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from report.press.book.numbering import SectionCounter

LEVELS = st.lists(st.integers(2, 6), min_size=1, max_size=30)
PIECES = st.lists(st.sampled_from(["##", "###", "figure", "table", "equation"]), max_size=8)


@given(LEVELS)
def test_section_numbers_grow_and_have_a_part_for_each_level(levels):
    counter = SectionCounter()
    numbers = [tuple(map(int, counter.advance("7", level).split("."))) for level in levels]
    assert numbers == sorted(set(numbers)), "unique, and in the order of the alphabet"
    assert [len(number) for number in numbers] == levels
    assert {number[0] for number in numbers} == {7}


@given(LEVELS)
def test_a_section_counts_its_elder_siblings(levels):
    counter = SectionCounter()
    for place, level in enumerate(levels):
        last = int(counter.advance("1", level).split(".")[-1])
        parent = max((before for before in range(place) if levels[before] < level), default=-1)
        assert last == sum(other == level for other in levels[parent + 1 : place + 1])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, min_size=1, max_size=3))
def test_every_reference_shows_the_number_of_its_target(build_book, chapters):
    labels = [label for number, pieces in enumerate(chapters) for label in _labels(number, pieces)]
    references = " ".join(f"@{label}" for label in labels)
    files = {
        f"c{number}.qmd": f"# C\n\n{references}\n\n" + "\n\n".join(map(_written, pieces, _labels(number, pieces)))
        for number, pieces in enumerate(chapters)
    }
    docs = build_book(files)
    carried, shown = {}, {}
    for doc in docs.values():
        doc.doc.walk(lambda element, _doc: _collect(element, carried, shown))
    assert set(carried) >= set(labels)
    assert {label: shown[label].split("\u00a0")[1] for label in labels} == {label: carried[label] for label in labels}
    for kind in ("fig", "tbl", "eq"):
        for number in range(len(chapters)):
            own = [carried[label] for label in labels if re.match(rf"{kind}-{number}-", label)]
            assert own == [f"{number + 1}.{place + 1}" for place in range(len(own))]


def _labels(number, pieces):
    kinds = {"##": "sec", "###": "sec", "figure": "fig", "table": "tbl", "equation": "eq"}
    return [f"{kinds[piece]}-{number}-{place}" for place, piece in enumerate(pieces)]


def _written(piece, label):
    return {
        "##": f"## S {{#{label}}}",
        "###": f"### S {{#{label}}}",
        "figure": f"![C](x.svg){{#{label}}}",
        "table": f"| a |\n|---|\n| 1 |\n\n: C {{#{label}}}",
        "equation": f"$$ x $$ {{#{label}}}",
    }[piece]


def _collect(element, carried, shown):
    if getattr(element, "identifier", "") and "number" in getattr(element, "attributes", {}):
        carried[element.identifier] = element.attributes["number"]
    if isinstance(element, pf.Link) and "cross-reference" in element.classes:
        shown[element.url.partition("#")[2]] = pf.stringify(element)
