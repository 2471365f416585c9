"""facts.json lists what the pages show, and the pages show what it lists."""

import html
import json
from pathlib import Path

import jsonschema
import pypandoc
import pytest
from pydantic import TypeAdapter

import report.ledger
from report.ledger.check import check_site
from report.ledger.model import ChapterFacts, Index, SiteFacts, VersionFile
from report.ledger.pages import read_page
from report.ledger.site_facts import NAME, VERSION, read_facts, write_facts
from report.ledger.version import read_stamp, write_stamp

SCHEMA = Path(report.ledger.__file__).parent / "facts.schema.json"


@pytest.fixture
def facts(project) -> SiteFacts:
    """The facts of a site whose pages Pandoc wrote from what the chapters print."""
    write_stamp(project.root)
    for chapter in project.chapters:
        shown = (project.root / "printed" / chapter.stem).read_text()
        page = project.output_dir / chapter.href
        page.parent.mkdir(parents=True, exist_ok=True)
        html = pypandoc.convert_text(shown, "html", format="markdown")
        html = html.replace("data-fig-alt=", "alt=")  # as both engines have it
        page.write_text(f"<!doctype html><html><body>{html}")
    return write_facts(project, "quarto")


def page(project, chapter: str) -> Path:
    return project.output_dir / project.chapter(chapter).href


def test_a_true_site_has_no_problems(project, facts):
    assert check_site(project, facts) == []


def test_the_index_and_the_files_of_chapters_follow_their_published_schema(project, facts):
    schema = json.loads(SCHEMA.read_text())
    assert schema == TypeAdapter(Index | ChapterFacts).json_schema(), "write report/ledger/facts.schema.json again"
    found = json.loads((project.output_dir / NAME).read_text())
    jsonschema.validate(found, schema)
    assert list(found["chapters"]) == ["index", "counting"]
    for chapter, entry in found["chapters"].items():
        listed = json.loads((project.output_dir / entry["file"]).read_text())
        jsonschema.validate(listed, schema)
        assert {fact["chapter"] for fact in listed["facts"]} == {chapter}
        assert len(listed["facts"]) == entry["facts"]
    assert read_facts(project.output_dir) == facts
    assert found["tables"]["published/scores"]["chapters"] == ["index"]


def test_a_chapter_that_is_gone_leaves_no_file(project, facts):
    left = project.output_dir / "facts" / "gone.json"
    left.write_text("{}")
    write_facts(project, "quarto")
    assert not left.exists()


def test_the_same_render_writes_the_same_facts(project, facts):
    before = (project.output_dir / NAME).read_bytes()
    write_facts(project, "quarto")
    assert (project.output_dir / NAME).read_bytes() == before


def test_a_number_changed_by_hand_is_found(project, facts):
    path = page(project, "index")
    path.write_text(path.read_text().replace(">0.5<", ">0.9<"))
    (problem,) = check_site(project, facts)
    assert problem == "index.html: fact index-1 reads '0.9'; its log has '0.5'"


def test_facts_that_only_one_side_has_are_found(project, facts):
    path = page(project, "index")
    path.write_text(path.read_text().replace('data-fact="index-1"', 'data-fact="index-9"'))
    shown, listed = check_site(project, facts)
    assert "shows '0.5' as fact index-9, which no log lists" in shown
    assert "fact index-1 (0.5: score[a]) is on no page" in listed


def test_a_value_is_compared_on_every_page_that_shows_it(project, facts):
    path = page(project, "prose")
    path.write_text('<html><p><span class="fact" data-fact="index-1">0.9</span></p>')
    assert check_site(project, facts) == ["report/prose.html: fact index-1 reads '0.9'; its log has '0.5'"]


def test_what_one_format_or_profile_hides_may_be_on_no_page(project, facts):
    path = page(project, "index")
    path.write_text(path.read_text().replace('data-fact="index-1"', 'data-other="index-1"'))
    assert len(check_site(project, facts)) == 1
    source = project.chapter("index").path
    source.write_text(source.read_text() + '\n::: {.content-visible when-profile="draft"}\n:::\n')
    assert check_site(project, facts) == []


def test_a_figure_that_is_not_there_is_found(project, facts):
    path = page(project, "counting")
    path.write_text(path.read_text().replace('id="fig-parts"', 'id="fig-other"'))
    assert len(check_site(project, facts)) == len([fact for fact in facts.facts if fact.label == "fig-parts"]) > 4


def test_a_number_changed_in_an_alternative_text_is_found(project, facts):
    path = page(project, "counting")
    path.write_text(path.read_text().replace("(llama) to 3 (phi)", "(llama) to 4 (phi)"))
    (problem,) = check_site(project, facts)
    assert "(3: parameters[phi, mlp])" in problem
    assert all("is on no page" in problem for problem in check_site(project, facts))


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        ("<p>See ?@fig-parts.</p>", "fig-parts refers to nothing"),
        ('<span class="quarto-unresolved-ref">?sec-x</span>', "sec-x refers to nothing"),
        ('<span class="citation"><strong>doe2020?</strong></span>', "doe2020 refers to nothing"),
        ("<p>As said[^nope].</p>", "[^nope] refers to no footnote"),
        ("<p>&lt;unshown value 3 (computed) = x&gt;</p>", "without page.show"),
        ("<pre><code>findfont: Font family 'X' not found.</code></pre>", "findfont: Font family"),
        ("<pre><code>/home/me/a.py:3: UserWarning: no glyph\n  draw()</code></pre>", "UserWarning: no glyph"),
    ],
)
def test_what_was_left_open_is_found(project, facts, added, problem):
    path = page(project, "prose")
    path.write_text(path.read_text() + added)
    (found,) = check_site(project, facts)
    assert problem in found


@pytest.mark.parametrize("text", ["?@fig-x", "<unshown value of x>", "/a.py:3: UserWarning: no"])
def test_data_that_looks_like_a_mark_of_ours_is_data(project, facts, text):
    path = page(project, "index")
    path.write_text(path.read_text().replace(">0.5<", f"><pre>{html.escape(text)}</pre><"))
    (fact,) = (fact for fact in facts.facts if fact.id == "index-1")
    others = tuple(each for each in facts.facts if each is not fact)
    shown = facts.model_copy(update={"facts": (fact.model_copy(update={"text": text}), *others)})
    assert check_site(project, shown) == []


@pytest.mark.parametrize("around", ['<p><span class="example-text">{}</span></p>', "<p><code>{}</code></p>"])
def test_texts_of_data_sets_and_code_are_data_too(project, facts, around):
    path = page(project, "prose")
    path.write_text(path.read_text() + around.format("?@fig-x &lt;unshown value of x&gt;"))
    assert check_site(project, facts) == []


def test_a_missing_page_is_found_and_a_partial_check_leaves_it_alone(project, facts):
    page(project, "counting").unlink()
    assert "report/counting.html: the page is missing" in check_site(project, facts)[0]
    assert check_site(project, facts, [project.chapter("index")]) == []


def test_the_mark_of_a_kind_is_no_part_of_the_text(project, facts):
    assert "kind-mark" in page(project, "index").read_text()
    assert read_page(page(project, "index")).facts == {"index-1": "0.5"}


def test_the_stamp_names_the_version_of_the_project_where_there_is_no_commit(project):
    (project.root / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    first = write_stamp(project.root)
    assert first["version"] == "1.2.3"
    assert first["build"]["commit"] is None
    assert read_stamp(project.root) == first


def test_the_version_of_a_site_goes_by_the_tables_that_it_shows(project, facts, write_table):
    """A frozen table that no chapter reads makes no other version."""
    version = VersionFile.model_validate_json((project.output_dir / VERSION).read_bytes())
    assert set(version.shown) == {"counting/counts", "published/scores"}
    assert version.build == facts.build
    frozen = project.root / "experiments" / "frozen"
    write_table(frozen, "other/unread", "computed", ["a"], {"a": "integer"}, [{"a": 1}])
    assert write_facts(project, "quarto").build == facts.build
    write_table(frozen, "published/scores", "reported", ["figure"], {"figure": "string"}, [{"figure": "b"}])
    assert write_facts(project, "quarto").build.tables != facts.build.tables
