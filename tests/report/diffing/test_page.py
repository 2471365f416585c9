"""The page: whatever a table, a study or a site holds stands there as text."""

import pytest
from bs4 import BeautifulSoup

from report.diffing.compare import Comparison
from report.diffing.figures import Picture, Pictures
from report.diffing.model import (
    Changes,
    ClaimChange,
    Compared,
    EnvironmentChange,
    FigureChange,
    FindingChange,
    LockChange,
    Number,
    SentenceChange,
    Setting,
    SourceChange,
    StudyChange,
    TableChange,
)
from report.diffing.page import write_page
from report.diffing.telling import headline, importance, sections

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><iframe src='https://example.org'>",
    "{{ 7 * 7 }}",
    "' autofocus onfocus=alert(1) x='",
    "javascript:alert(1)",
]


def changes(text: str) -> Changes:
    """A change of every sort, with this text wherever there may be one."""
    side = Compared(name=text, what=text, version=text, commit=text, holds=("pages",))
    move = {"before": text, "after": f"{text}!"}
    number = {"value_before": 1.0, "value_after": 2.0, "interval_before": (0.5, 1.5), "interval_after": None}
    return Changes(
        before=side,
        after=side,
        claims=(ClaimChange(where=text, claim=text, statement_before=text, statement_after=text, **move),),
        findings=(
            FindingChange(study=text, check=text, figures=(text,), before="consistent", after=None, sentence=text),
        ),
        numbers=(Number(how=text, tables=(text,), kind=text, chapters=(text,), judgement="beyond", **move, **number),),
        tables=(TableChange(table=text, change="changed", title=text, kind="measured", rows_before=1, rows_after=2),),
        sentences=(SentenceChange(pages=(text,), place=text, label=text, words=True, **move),),
        figures=(FigureChange(page=text, figure=text, change="changed", note=text, **move),),
        sources=(SourceChange(file=text, change="changed", lines_added=1, lines_removed=0),),
        studies=(StudyChange(study=text, change="changed", settings=(Setting(name=text, **move),)),),
        lock_files=(LockChange(file=text, change="changed", packages=(Setting(name=text, **move),)),),
        environments=(EnvironmentChange(what=text, tables=(text,), **move),),
        not_compared=(text,),
    )


def page(text: str) -> BeautifulSoup:
    """The page of these changes, with pictures that are no pictures."""
    picture = Picture(f"{text}.svg", text.encode())
    written = write_page(Comparison(changes(text), [Pictures(picture, picture)]), text, "index.html")
    return BeautifulSoup(written, "html.parser")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_visible_and_inert(text: str):
    soup, plain = page(text), page("plain")
    assert [(tag.name, sorted(tag.attrs)) for tag in soup.find_all()] == [
        (tag.name, sorted(tag.attrs)) for tag in plain.find_all()
    ]
    assert {tag["href"] for tag in soup.find_all(href=True)} == {tag["href"] for tag in plain.find_all(href=True)}
    assert soup.get_text().count(text) == plain.get_text().count("plain")


def test_the_gravest_change_comes_first_and_into_the_headline():
    full = changes("x")
    order = [section.name for section in sections(full)]
    assert order[:3] == ["claims", "findings", "numbers"]
    assert order.index("sentences") < order.index("figures") < order.index("environments")
    weaker = {"claims": (), "findings": ()}
    levels = []
    for emptied in ({}, weaker, weaker | {"numbers": ()}, weaker | {"numbers": (), "sentences": (), "figures": ()}):
        less = full.model_copy(update=emptied)
        less = less.model_copy(update={"importance": importance(less)})
        levels.append((less.importance, headline(less)))
    names = ["conclusions", "numbers beyond their intervals", "presentation", "surroundings"]
    assert [level for level, _ in levels] == names
    assert len({line for _, line in levels}) == 4


def test_nothing_is_told_where_nothing_changed():
    side = Compared(name="a", what="a", version=None, commit=None, holds=())
    nothing = Changes(before=side, after=side)
    assert (importance(nothing), sections(nothing)) == ("nothing", [])


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("92%", (0.9214, 0.9188), ("92% (0.921)", "92% (0.919)")),
        ("1,200,000", (1_200_000, 1_200_001), ("1,200,000 (1200000)", "1,200,000 (1200001)")),
        ("0.5", (0.5, 0.5), ("0.5", "0.5")),
        ("0.38 to 0.42", (None, None), ("0.38 to 0.42", "0.38 to 0.42")),
    ],
)
def test_a_number_that_changed_and_reads_the_same_is_told_apart(text, values, told):
    [number] = changes("x").numbers
    moved = {"before": text, "after": text, "value_before": values[0], "value_after": values[1]}
    alike = number.model_copy(update=moved)
    [section] = [
        each for each in sections(changes("x").model_copy(update={"numbers": (alike,)})) if each.name == "numbers"
    ]
    [row] = section.rows
    assert (row.before, row.after) == told
    assert ("beyond the digits" in row.note) == (None in values)
