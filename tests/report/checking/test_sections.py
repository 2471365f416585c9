"""A section that is called by a study holds the numbers of that study."""

import pytest

from report.checking.columns import replaced
from report.checking.passages import read_passages
from report.checking.sections import misheaded_sections, places_of_sections, read_sections
from tests.report.checking.facts import fact

PAGE = """<!doctype html><html><body><h1>Chapter</h1>
<h2><span class="header-section-number">1.1</span> {one}</h2><p>It is <span class="fact" data-fact="c-1">7</span>.</p>
<h2>{other}</h2><p>It is <span class="fact" data-fact="c-2">7</span>.</p><h3>Details</h3><p>None.</p>
<h2>Bought</h2><p>It is <span class="fact" data-fact="c-3">7</span>.</p></body></html>"""
NAMES = {"Red's things": frozenset({"red"}), "Blue things": frozenset({"blue"}), "Green": frozenset({"green"})}


@pytest.fixture
def read(tmp_path):
    """Passages and facts of a page with these two headings, whose sections show `red` and `blue`; `green` follows."""

    def page(one: str = "Red’s things", other: str = "Blue things", third: str = "green"):
        (tmp_path / "page.html").write_text(PAGE.replace("{one}", one).replace("{other}", other))
        listed = {}
        for number, study in enumerate(("red", "blue", third), start=1):
            shown = fact("value")
            origin = shown.origins[0].model_copy(update={"table": f"{study}/scores"})
            listed[f"c-{number}"] = shown.model_copy(update={"id": f"c-{number}", "origins": (origin,)})
        return read_passages(tmp_path / "page.html"), listed

    return page


def test_headings_of_two_studies_that_are_exchanged_are_told(read):
    assert list(misheaded_sections(read_sections("c", *read()), NAMES)) == []
    wrong = misheaded_sections(read_sections("c", *read("Blue things", "Red’s things")), NAMES)
    assert [heading.text for heading, _ in wrong] == ["1.1 Blue things", "Red’s things"]
    assert list(misheaded_sections(read_sections("c", *read("Results", "Blue things")), NAMES)) == []
    assert list(misheaded_sections(read_sections("other", *read("Blue things", "Red’s things")), NAMES)) == []


def test_a_section_that_is_about_another_study_than_it_was_accepted_with_is_told(read):
    before = {
        words: list(place.columns) for words, place in places_of_sections(read_sections("c", *read()), NAMES).items()
    }
    assert list(replaced(places_of_sections(read_sections("c", *read()), NAMES), before)) == []
    # The names of the studies themselves are exchanged, where they are kept.
    names = {"Red's things": frozenset({"blue"}), "Blue things": frozenset({"red"})}
    now = places_of_sections(read_sections("c", *read("Blue things", "Red’s things")), names)
    assert sorted(study for study, *_ in replaced(now, before)) == ["blue", "red"]
    now = places_of_sections(read_sections("c", *read(third="gold")), NAMES)
    assert [study for study, *_ in replaced(now, before)] == ["gold"]
