"""Lists over all chapters: what they hold, where their links lead, and that filling them twice changes nothing."""

import re

import pytest
from bs4 import BeautifulSoup

from report.ledger.model import Build, Claim, Fact, Origin, Relation, Side, SiteFacts
from report.tracing.elements import elements, moved
from report.tracing.gathered import Site, complete_pages

STORY = """<h1><span class="chapter-title">Story</span></h1>
<p><span class="claim holds" data-claim="story-1">It rises to
<span class="fact" data-fact="story-2" title="data-claim=0 unchecked">5</span>
(<a href="#sec-more">below</a>, <a href="other.html#x">there</a>).</span> <code>counting/counts</code></p>
<p><span class="unchecked" data-reason="a price list"><b>9.99</b></span>
<span class="claim fails" data-claim="audit.at-chance.s1.1">A finding.</span></p>
"""
LIST = """<h1><span class="chapter-title">Claims</span></h1>
<div class="gathered-claims"><div>not yet</div></div><p>between</p><div class="gathered-silenced"></div>
"""


@pytest.fixture
def site() -> Site:
    origin = Origin(table="counting/counts", row={"model": "phi"}, column="n", digest="0" * 64, kind="computed")
    fact = Fact(
        id="story-2",
        chapter="story",
        form="sentence",
        label=None,
        text="5",
        value=5,
        unit=None,
        kind="computed",
        how="n[phi]",
        origins=(origin,),
    )
    relation = Relation(
        sign=">=",
        holds=True,
        left=Side(value=5, kind="computed", how="n[phi]"),
        right=Side(value=2, how="n[llama]", kind="computed"),
    )
    claims = (
        Claim(id="story-1", chapter="story", statement="", verdict="holds", facts=("story-2",), relations=(relation,)),
        Claim(id="audit.at-chance.s1.1", chapter="story", statement="", verdict="fails", facts=()),
    )
    build = Build(version="1", commit=None, modified=False, tables="")
    facts = SiteFacts(engine="press", build=build, tables={}, facts=(fact,), claims=claims)
    pages = {"report/story.html": STORY, "claims.html": LIST}
    return Site(facts, pages, {"story": "report/story.html", "claims": "claims.html"}, {})


def test_a_claim_is_listed_with_its_test_and_a_link_to_its_sentence(site):
    done = complete_pages(site)
    rows = BeautifulSoup(done["claims.html"], "html.parser").select(".gathered-claims tbody tr")
    assert len(rows) == 1  # findings of the audit have a page of their own
    assert rows[0].strong.text == "holds"
    assert "n[phi] ≥ n[llama]" in rows[0].text
    assert "counting/counts" in rows[0].text
    link = rows[0].select_one("a.to-sentence")["href"]
    page, _, anchor = link.partition("#")
    assert BeautifulSoup(done[page], "html.parser").find(id=anchor).text.split()[:4] == ["It", "rises", "to", "5"]


def test_a_sentence_keeps_its_values_and_its_links_on_another_page(site):
    sentence = BeautifulSoup(complete_pages(site)["claims.html"], "html.parser").select_one("td .claim")
    assert sentence.select_one(".fact")["data-fact"] == "story-2"
    assert [link["href"] for link in sentence.select("a")] == ["report/story.html#sec-more", "report/other.html#x"]


def test_a_claim_names_the_tables_of_its_whole_sentence(site):
    value = '<span class="fact" data-fact="story-2">5</span>'
    claim = '<span class="claim" data-claim="story-1">it rises</span>'
    story = f"<p>First. Of {value} values, {claim}. Last.</p><p>{claim.replace('story-1', 'story-3')}.</p>"
    rows = listed(site, story, claims_of(site, ("story-1", 1, "holds"), ("story-3", 2, "holds"))).select("tbody tr")
    assert [row.select("td")[3].text for row in rows] == ["counting/counts", ""]


def test_a_claim_without_a_value_names_the_tables_of_what_it_compares(site):
    [claim] = claims_of(site, ("story-1", 1, "holds"))
    [relation] = claim.relations
    of_one = {"how": "smallest of 1: n[phi]", "tables": ("counting/counts", "counting/tests")}
    left = relation.left.model_copy(update=of_one)
    right = Side(value=1_000_000, kind=None, how="1000000")
    claim = claim.model_copy(update={"relations": (relation.model_copy(update={"left": left, "right": right}),)})
    [row] = listed(site, '<p><span class="claim" data-claim="story-1">All rise.</span></p>', (claim,)).select(
        "tbody tr"
    )
    assert [each.text for each in row.select("td:nth-of-type(4) code")] == ["counting/counts", "counting/tests"]
    assert row.select("td")[2].text == "n[phi] ≥ 1,000,000"


def claims_of(site: Site, *stories: tuple[str, int, str]) -> tuple[Claim, ...]:
    """Claims by id, each with so many comparisons and a verdict."""
    [relation] = site.facts.claims[0].relations
    sides = [relation.left.model_copy(update={"how": f"n[{number}]"}) for number in range(9)]
    return tuple(
        Claim(
            id=name,
            chapter="story",
            statement="",
            verdict=verdict,
            facts=(),
            relations=tuple(relation.model_copy(update={"left": side}) for side in sides[:count]),
        )
        for name, count, verdict in stories
    )


def listed(site: Site, story: str, claims: tuple[Claim, ...], page: str = LIST) -> BeautifulSoup:
    """The page of claims over one chapter with this text."""
    facts = site.facts.model_copy(update={"claims": claims})
    pages = {"report/story.html": f"<h1>Story</h1>{story}", "claims.html": page}
    return BeautifulSoup(complete_pages(Site(facts, pages, site.chapters, {}))["claims.html"], "html.parser")


def test_claims_of_one_sentence_are_listed_with_all_of_it(site):
    one, two, three = (f'<span class="claim" data-claim="story-{number}">{number} rise</span>' for number in (1, 2, 3))
    story = f"<p>At first (p. 3). <b>Of 3, e.g. here.</b> Of 4, {one} and {two}; that is all. Then {three}. End.</p>"
    claims = claims_of(site, ("story-1", 1, "holds"), ("story-2", 2, "holds"), ("story-3", 1, "fails-by-far"))
    rows = listed(site, story, claims).select(".gathered-claims tbody tr")
    assert [row.select("td")[1].text for row in rows] == ["Of 4, 1 rise and 2 rise; that is all. →", "Then 3 rise. →"]
    assert [row.strong.text for row in rows] == ["holds", "fails by far"]
    assert [len(row.select("td")[2].select("code")) for row in rows] == [2, 1]
    assert rows[0].select_one(".claim")["data-claim"] == "story/story-1"


def test_many_comparisons_are_folded_away(site):
    story = '<p><span class="claim" data-claim="story-1">All rise.</span></p>'
    test = listed(site, story, claims_of(site, ("story-1", 8, "holds"))).select("tbody td")[2]
    assert test.summary.text == "and 5 more"
    assert (len(test.select("code")), len(test.details.select("code"))) == (8, 5)


def test_what_is_said_twice_is_listed_once(site):
    story = "".join(f'<p><span class="claim" data-claim="story-{n}">All rise.</span></p>' for n in (1, 2, 3))
    claims = claims_of(site, ("story-1", 1, "holds"), ("story-2", 1, "holds"), ("story-3", 2, "holds"))
    links = listed(site, story, claims).select("a.to-sentence")
    assert [link["href"].partition("#")[2] for link in links] == ["claim-story-1", "claim-story-3"]


@pytest.mark.parametrize("more", ["", ' id="toc-own" class="nav-link active" data-scroll-target="#own"'])
def test_the_contents_of_the_page_name_the_chapters(site, more):
    contents = f'<nav><ul><li><a href="#own"{more}>Claims of the chapters</a></li></ul></nav>'
    page = f'{contents}<h2 id="own">Claims of the chapters</h2>{LIST}'
    story = '<p><span class="claim" data-claim="story-1">All rise.</span></p>'
    done = listed(site, story, claims_of(site, ("story-1", 1, "holds")), page)
    [link] = done.select("nav li li a")
    assert (link["href"], link.text) == ("#gathered-story", "Story")
    assert link.get("data-scroll-target", "#gathered-story") == "#gathered-story"
    again = listed(site, story, claims_of(site, ("story-1", 1, "holds")), str(done))
    assert len(again.select("nav li li a")) == 1


def test_what_is_silenced_is_listed_with_its_reason_and_place(site):
    item = BeautifulSoup(complete_pages(site)["claims.html"], "html.parser").select_one(".gathered-silenced li")
    assert "9.99" in item.text
    assert "a price list" in item.text
    assert item.select_one("a[href='report/story.html#unchecked-1']").text == "Story"


def test_filling_again_changes_nothing(site):
    done = complete_pages(site)
    again = Site(site.facts, {**site.pages, **done}, site.chapters, site.tables)
    assert complete_pages(again) == {}
    assert "<p>between</p>" in done["claims.html"]


def test_an_element_ends_at_its_own_end_tag():
    page = '<div class="a"><div>x</div><br>y</div><div class="a b">z</div>'
    found = [page[each.inside : each.after] for each in elements(page, "a")]
    assert found == ["<div>x</div><br>y", "z"]


def test_a_word_in_the_value_of_an_attribute_makes_no_element():
    page = '<i title="data-claim=1 a">x</i><b class="b" data-claim="1">y</b>'
    assert [each.name for each in elements(page, "data-claim")] == ["b"]
    assert not list(elements(page, "a"))


def test_addresses_of_other_hosts_stay_as_they_are():
    piece = '<a id="x" href="https://example.org/a#b">out</a><a href="up.html">up</a>'
    assert re.findall('href="([^"]*)"', moved(piece, "a/b.html", "c.html")) == ["https://example.org/a#b", "a/up.html"]
    assert "id=" not in moved(piece, "a/b.html", "c.html")


SIDE = '<nav><span class="chapter-title">Other</span></nav>'
MENU = "".join(
    f'<a><span class="chapter-number">{letter}</span>&nbsp; <span class="chapter-title">{title}</span></a>'
    for letter, title in {"C": "A Story", "D": "Story"}.items()
)


@pytest.mark.parametrize(
    "headings",
    [
        '<h1><span class="chapter-title">Story</span></h1>',
        f'{SIDE}<h1 class="title">4 <span class="chapter-title">Story</span></h1>',
        f'{SIDE}<h1 class="title">The book</h1><h1 class="unnumbered">Story</h1>',
        '<h1>The book</h1><h1 id="story"><span class="chapter-title">Story</span></h1>',
        f'{MENU}<h1 class="title"><span id="story">Appendix D — Story</span></h1>',
        f'{MENU}<h1 class="title"><span id="story">Anhang D — Story</span></h1>',
    ],
)
def test_a_chapter_goes_by_its_own_heading(site, headings):
    story = STORY.replace('<h1><span class="chapter-title">Story</span></h1>', headings)
    done = complete_pages(Site(site.facts, {**site.pages, "report/story.html": story}, site.chapters, {}))
    page = BeautifulSoup(done["claims.html"], "html.parser")
    assert [each.text for each in page.select(".gathered-claims h3")] == ["Story"]


@pytest.mark.parametrize(
    ("sign", "left", "right", "shown"),
    [
        (">", "smallest of 4: −effect[a, b]", 0, "largest of 4: effect[a, b] < 0"),
        (">=", "−effect[a]", 0, "effect[a] ≤ 0"),
        (">", "−effect[a] − n[b]", 0, "−effect[a] − n[b] > 0"),
        ("==", "number of tests that fall", 0, "the number of tests that fall is 0"),
    ],
)
def test_a_comparison_is_told_as_a_reader_thinks_of_it(site, sign, left, right, shown):
    [claim] = claims_of(site, ("story-1", 1, "holds"))
    sides = {"left": Side(value=1, kind="computed", how=left), "right": Side(value=right, kind=None, how=str(right))}
    relation = claim.relations[0].model_copy(update={"sign": sign, **sides})
    claim = claim.model_copy(update={"relations": (relation,)})
    [row] = listed(site, '<p><span class="claim" data-claim="story-1">All rise.</span></p>', (claim,)).select(
        "tbody tr"
    )
    assert row.select("td")[2].text == shown


def test_a_claim_without_comparisons_names_its_values(site):
    [claim] = claims_of(site, ("story-1", 0, "fails"))
    claim = claim.model_copy(update={"facts": ("story-2",)})
    story = '<p><span class="claim" data-claim="story-1"><i class="fact" data-fact="story-2">5</i> rise.</span></p>'
    [row] = listed(site, story, (claim,)).select("tbody tr")
    assert [each.text for each in row.select("td")[2].select("code")] == ["n[phi]"]


@pytest.mark.parametrize(("word", "shown"), [("They", "Of 4, some rise. They fall. →"), ("All", "All fall. →")])
def test_a_sentence_whose_subject_is_in_the_one_before_stands_with_it(site, word, shown):
    story = f'<p>First. Of 4, some rise. <span class="claim" data-claim="story-1">{word} fall.</span> End.</p>'
    [row] = listed(site, story, claims_of(site, ("story-1", 1, "holds"))).select("tbody tr")
    assert row.select("td")[1].text == shown


@pytest.mark.parametrize(("second", "places"), [("Movies: All rise.", [["Other"]]), ("None fall.", [[], []])])
def test_what_two_chapters_say_is_listed_once_with_both_places(site, second, places):
    one, other = claims_of(site, ("story-1", 1, "holds"), ("other-1", 1, "holds"))
    claims = (one, other.model_copy(update={"chapter": "other"}))
    pages = {
        "report/story.html": '<h1>Story</h1><p><span class="claim" data-claim="story-1">All rise.</span></p>',
        "report/other.html": f'<h1>Other</h1><p><span class="claim" data-claim="other-1">{second}</span></p>',
        "claims.html": LIST,
    }
    chapters = {"story": "report/story.html", "other": "report/other.html", "claims": "claims.html"}
    done = complete_pages(Site(site.facts.model_copy(update={"claims": claims}), pages, chapters, {}))["claims.html"]
    rows = BeautifulSoup(done, "html.parser").select(".gathered-claims tbody tr")
    assert [[each.text for each in row.select(".provenance a")] for row in rows] == places
