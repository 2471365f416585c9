"""The pages of tables, and the scripts that lead from a number to its row there."""

import json
import re
from pathlib import Path

import pypandoc
import pytest
from bs4 import BeautifulSoup

from report.ledger.model import Build, Origin
from report.ledger.site_facts import write_facts
from report.ledger.version import write_stamp
from report.tracing import complete_site
from report.tracing.rows import FIRST, WHOLE, referred_tables
from report.tracing.table_pages import table_page
from tests.report.checking.facts import fact


@pytest.fixture
def completed(project):
    """A site whose pages Pandoc wrote from what the chapters print."""
    write_stamp(project.root)
    for chapter in project.chapters:
        page = project.output_dir / chapter.href
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(
            pypandoc.convert_text((project.root / "printed" / chapter.stem).read_text(), "html", "markdown")
        )
    facts = write_facts(project, "quarto")
    complete_site(project, facts)
    return project, facts


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def script_of(project, chapter: str) -> dict:
    text = (project.output_dir / "facts" / f"{chapter}.js").read_text()
    found = re.fullmatch(r'window\.colophonOrigins\("(\w+)", (.*)\);\n', text)
    assert found[1] == chapter
    return json.loads(found[2])


def test_a_number_leads_to_the_cell_that_it_comes_from(completed):
    project, facts = completed
    shown = next(fact for fact in facts.facts if fact.chapter == "counting" and fact.form == "inline")
    content = script_of(project, "counting")
    [place, column], more = content["facts"][shown.id.rpartition("-")[2]]
    table, number, key = content["rows"][place]
    name, command, href = content["tables"][table]
    assert (name, column, more) == ("counting/counts", "parameters", 0)
    assert "phi" in key
    assert command
    page = BeautifulSoup((project.output_dir / href).read_text(), "html.parser")
    cells = [cell.get_text() for cell in page.select_one(f"#row-{number}").find_all("td")]
    heads = [head.get_text() for head in page.select("thead th")][1:]
    assert dict(zip(heads, cells, strict=True))[column] == shown.text


def test_points_of_figures_have_no_entry(completed):
    project, facts = completed
    points = {fact.id.rpartition("-")[2] for fact in facts.facts if fact.form == "point"}
    assert points
    assert not points & script_of(project, "counting")["facts"].keys()


def test_the_page_of_a_table_names_its_readers_and_is_well_formed(completed):
    project, _ = completed
    page = BeautifulSoup((project.output_dir / "tables/counting/counts.html").read_text(), "html.parser")
    links = {link["href"] for link in page.select("dl.about a")}
    assert "../../report/counting.html" in links
    identifiers = [element["id"] for element in page.select("[id]")]
    assert len(identifiers) == len(set(identifiers))
    assert page.html["lang"]
    assert page.find(id=page.select_one("main table")["aria-describedby"]).text


def test_what_cannot_be_seen_is_a_gap_on_the_page_of_a_table(project, write_table):
    hidden, shown = "99\u202e.5%\0 <b>", "99\ufffd.5%\ufffd <b>"
    columns = {"name": {"type": "string", "meaning": hidden}}
    frozen = project.root / "experiments" / "frozen"
    write_table(frozen, "counting/names", "computed", ["name"], columns, [{"name": hidden}])
    (table,) = referred_tables((), ["counting/names"]).values()
    build = Build(version="1.2", commit="abc", modified=False, tables="f" * 64)
    page = BeautifulSoup(table_page(project, table, {}, build), "html.parser")
    assert page.footer.get_text() == "Version 1.2 · abc. Frozen tables ffffffffffff."
    told = {meta["name"]: meta["content"] for meta in page.find_all("meta", attrs={"name": True})}
    assert (told["version"], told["tables-digest"]) == ("1.2 · abc", "ffffffffffff")
    assert [page.select_one(place).get_text() for place in ("tbody td", ".columns dd")] == [shown, shown]


@pytest.mark.parametrize("stored", ["csv", "parquet"])
def test_of_a_long_table_the_first_rows_are_shown_and_those_that_are_referred_to(project, write_table, stored):
    frozen = project.root / "experiments" / "frozen"
    rows = [{"model": name, "n": n, "score": n / 4} for name in ("a", "b") for n in range(WHOLE)]
    columns = {"model": "string", "n": "integer", "score": "number"}
    write_table(frozen, "counting/many", "measured", ["model", "n"], columns, rows, stored=stored)
    origin = Origin(table="counting/many", row={"model": "b", "n": 7}, column="score", digest="", kind="measured")
    shown = fact("score").model_copy(update={"origins": (origin,)})
    (table,) = referred_tables((shown,), ["counting/many"]).values()
    assert table.numbers == {("b", 7): WHOLE + 8}
    assert dict(table.rows) == {number: rows[number - 1] for number in (*range(1, FIRST + 1), WHOLE + 8)}


def test_completing_a_site_again_gives_the_same_bytes(completed):
    project, facts = completed
    before = contents(project.output_dir)
    complete_site(project, facts)
    assert contents(project.output_dir) == before
