"""`report check` lists everything at once and runs nothing."""

import json
import shutil

from experiments.tables.verify import problems

SENTENCE = "The model reaches 95.3 % accuracy, significantly better than the baseline"
REFUSED = f"""
## {SENTENCE}

{SENTENCE}.

Name   Size
-----  -----
a      small

: {SENTENCE}.

::: {{.content-visible when-format="typst"}}
In print, the model reaches 71.9 % accuracy.
:::
"""


def test_all_is_well(report):
    code, said, complaints = report.run("check")
    assert (code, complaints) == (0, "")
    assert said.startswith("3 chapters and their tables: no problems; no page was checked")
    assert not report.site.exists()
    assert not (report.root / ".press").exists()


def test_tables_whose_study_is_gone_are_noted(report):
    studies = report.root / "experiments" / "studies"
    studies.mkdir(exist_ok=True)
    for study in (report.root / "experiments" / "frozen").iterdir():
        (studies / f"{study.name}.yaml").touch()
    assert report.run("check")[2] == ""
    (studies / "study.yaml").unlink()
    code, _, said = report.run("check")
    assert (code, len(said.splitlines())) == (0, 1)
    assert said.startswith("note: experiments/frozen/study: no study makes these tables any more")


def test_every_problem_is_a_line(report):
    report.replace("plain", "See @sec-reading.", "See @sec-no and [x](no.md) and @lst-x.")
    report.replace("reading", "label: open", "label: open\n#| layout: x")
    table = report.root / "experiments/frozen/study/sizes.csv"
    table.write_text(table.read_text().replace("1", "7"))
    code, _, complaints = report.run("check")
    lines = complaints.splitlines()
    assert code == 1
    assert [line.split(": ")[1] for line in lines[:4]] == [
        "report/plain.qmd:7",
        "report/plain.qmd:7",
        "report/plain.qmd:7",
        "report/reading.qmd:5",
    ]
    assert len(lines) == 5
    assert "sizes" in lines[4]


def test_bibliography_and_language_are_looked_at(report):
    settings = report.root / "_quarto.yml"
    settings.write_text(settings.read_text() + "bibliography: refs.bib\nlang: de\n")
    (report.root / "refs.bib").write_text("@book{open, title={")
    code, _, complaints = report.run("check")
    lines = complaints.splitlines()
    assert code == 1
    assert len(lines) == 2
    assert "lang: 'de' is not supported by the embedded renderer" in lines[0]
    assert lines[1].startswith("error: refs.bib:1: cannot be read as a bibliography: ")


def test_a_chapter_that_cannot_be_read_is_one_line(report):
    (report.root / "report" / "reading.qmd").write_bytes(b"# Reading {#sec-reading}\n\n\xff\n")
    code, _, complaints = report.run("check")
    assert (code, complaints) == (1, "error: report/reading.qmd:1: cannot read report/reading.qmd: not UTF-8 text\n")


def test_a_render_refuses_what_no_table_is_behind(report):
    report.replace("plain", "See @sec-reading.", f"See @sec-reading.\n{REFUSED}")
    lines = (report.root / "report" / "plain.qmd").read_text().splitlines()
    code, _, complaints = report.run("render")
    assert code == 1
    assert not report.site.exists()
    for number, line in enumerate(lines, 1):
        if "95.3" in line:
            assert complaints.count(f"report/plain.qmd:{number}:") == 3
    # The pages are still those of an earlier render, or none.
    assert [line for line in report.run("check")[2].splitlines() if "note: " not in line] == complaints.splitlines()
    [printed] = [line for line in complaints.splitlines() if "(report.pdf, page " in line]
    assert f"report/plain.qmd:{next(n for n, line in enumerate(lines, 1) if '71.9' in line)}:" in printed
    assert len(complaints.splitlines()) == 10


def test_a_table_that_only_the_run_finds_to_be_none_is_told_once_it_was_refused(report):
    cell = "```{python}\n#| label: tbl-pi\nimport math\nmath.pi\n```"
    report.replace("plain", "See @sec-reading.", f"See @sec-reading.\n\n{cell}")
    lines = (report.root / "report" / "plain.qmd").read_text().splitlines()
    assert report.run("check")[0] == 0
    code, _, refused = report.run("render")
    assert code == 1
    assert f"report/plain.qmd:{lines.index('#| label: tbl-pi')}: cell 'tbl-pi'" in refused
    assert report.run("check") == (1, "", refused)


def test_what_a_render_was_refused_for_keeps_its_rule_its_place_and_the_nearest_facts(report):
    report.replace("reading", "The size", "The size of 1.0 m")
    code, _, refused = report.run("render")
    assert code == 1
    assert report.run("check")[::2] == (1, refused)
    found = json.loads(report.run("check", "--json", "--sarif", "findings.sarif")[1])
    assert found["problems"] == []
    [finding] = found["refused"]
    assert (finding["rule"], finding["file"]) == ("orphan-number", "report/reading.qmd")
    assert finding["nearest"]
    [result] = json.loads((report.root / "findings.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "orphan-number"
    assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] == finding["column"]


def test_what_the_pages_of_before_have_too_is_told_once(report):
    assert report.run("render")[0] == 0
    report.replace("plain", "See @sec-reading.", "See @sec-reading.\n\n[So it is.]{.provenance}")
    assert report.run("render")[0] == 1
    for result in (report.run("check")[2], json.dumps(json.loads(report.run("check", "--json")[1]))):
        assert result.count("provenance") == 1


def test_pages_of_an_earlier_render_than_the_last_run_of_their_cells_are_told_in_one_line(report):
    assert report.run("render")[0] == 0
    report.freeze(2)
    report.replace("plain", "See @sec-reading.", f"See @sec-reading.\n{REFUSED}")
    refused = report.run("render")[2]
    assert refused
    for restored in (False, True):  # what was refused is told while it is still there
        if restored:
            report.replace("plain", REFUSED, "")
        code, said, complaints = report.run("check")
        *others, line = (line for line in complaints.splitlines() if not line.startswith(("note: ", "  note: ")))
        assert code == 1
        assert line.startswith("error: report/reading.qmd: cells ran again since the pages were written")
        assert "`report render`" in line
        assert others == ([] if restored else refused.splitlines())
        assert said.startswith("2 pages: ")  # the others
    assert report.run("render")[0] == 0
    assert report.run("check")[0] == 0
    report.replace("reading", "The size", "Its size")
    assert report.run("check")[2].startswith("note: report/reading.qmd: changed since the last render")


def test_the_pdf_of_an_earlier_render_than_the_pages_is_not_held_against_them(report):
    assert report.run("render")[0] == 0
    report.freeze(2)
    assert report.run("render", "--to", "html")[0] == 0
    code, said, complaints = report.run("check")
    assert (code, len(complaints.splitlines())) == (0, 1)
    assert complaints.startswith("note: _site/report.pdf: of an earlier render than the pages")
    assert said.startswith("3 pages: ")
    assert report.run("render")[0] == 0
    code, said, complaints = report.run("check")
    assert (code, complaints) == (0, "")
    assert said.startswith("3 pages and ")


def test_files_of_a_render_that_are_gone_are_one_line(report):
    assert report.run("render")[0] == 0
    (report.site / "report.pdf").unlink()
    assert report.run("check")[2].startswith("error: _site/report.pdf: not as the last render wrote it")
    shutil.rmtree(report.site)
    code, _, complaints = report.run("check")
    (line,) = complaints.splitlines()
    assert code == 1
    assert " more: not as the last render wrote it; `report render`" in line


def test_files_of_a_render_that_are_none_are_one_line_each(report):
    assert report.run("render")[0] == 0
    page, facts = report.site / "report" / "reading.html", report.site / "facts.json"
    before = {path: path.read_bytes() for path in (page, facts)}
    page.write_text("no page")
    code, _, complaints = report.run("check")
    (line,) = (line for line in complaints.splitlines() if "error: " in line)
    assert code == 1
    assert "report/reading.html" in line
    page.write_bytes(before[page])
    for broken in (b"{", before[facts].replace(b'"engine"', b'"motor"'), before[facts].replace(b"sizes", b"other")):
        facts.write_bytes(broken)
        code, _, complaints = report.run("check")
        (line,) = complaints.splitlines()
        assert code == 1
        assert line.startswith("error: _site/facts.json: not the facts of this version")
    facts.write_bytes(before[facts])
    assert report.run("check")[0] == 0


def test_facts_of_another_render_are_one_line_where_no_stamp_tells(report):
    """As in a copy of the folder, whose stamp names other files."""
    plain = report.root / "report" / "plain.qmd"
    opening, shown = (
        'page = open_chapter("plain")\nrow = page.table("study/sizes").at(name="a")',
        'page.show(row["size"])',
    )
    plain.write_text(
        f"{plain.read_text()}\n```{{python}}\nfrom analysis.facts import open_chapter\n{opening}\n```\n\n"
        f"It is `{{python}} {shown}`.\n"
    )
    assert report.run("render")[0] == 0
    (report.root / ".press" / "stamp.json").unlink()
    gathered = report.site / "index.html"
    page = gathered.read_text()
    gathered.write_text(page.replace("</main>", '<p><span class="fact" data-fact="reading-1">1</span></p></main>'))
    assert report.run("check")[0] == 0
    for names in (["reading"], ["reading", "plain"]):
        for name in names:
            path = report.site / "facts" / f"{name}.json"
            path.write_text(path.read_text().replace('"text":"1"', '"text":"2"'))
        code, _, complaints = report.run("check")
        (line,) = (line for line in complaints.splitlines() if "error: " in line)
        assert code == 1
        place = "facts.json" if len(names) > 1 else "facts/reading.json"
        assert line.startswith(f"error: _site/{place}: the facts of another render")


def test_another_column_in_the_place_of_an_accepted_one_is_refused_until_it_is_accepted(report, write_table):
    assert report.run("accept")[0] == 1
    columns = {"name": "string", "size": "integer", "weight": "integer"}
    rows = [{"name": "a", "size": 1, "weight": 2}]
    write_table(report.root / "experiments" / "frozen", "study/sizes", "computed", ["name"], columns, rows)
    assert report.run("render")[0] == 0
    assert report.run("accept")[0] == 0
    report.replace("reading", 'row["size"]', 'row["weight"]')
    code, _, complaints = report.run("render")
    assert code == 1
    [line] = complaints.splitlines()[-1:]
    assert line.startswith("error: report/reading.qmd:")
    assert "sizes.size" in line
    assert "sizes.weight" in line
    assert report.run("accept")[0] == 0
    assert report.run("render")[0] == 0


def test_rendered_pages_are_read(report):
    assert report.run("render")[0] == 0
    kept = report.root / ".press" / "printed.json"
    first = report.run("check", "--json")
    assert first[0] == 0
    assert json.loads(first[1])["rendered"]["pages"] == 3
    # Nothing changed: what was found is remembered, and nothing is read again.
    kept.unlink()
    assert report.run("check", "--json") == first
    assert not kept.exists()

    # A page that somebody changes is held against the facts, and looked through.
    page = report.site / "report" / "reading.html"
    page.write_text(page.read_text().replace(">1</span>", ">2</span>").replace("; see", ", not 95.3; see"))
    code, _, complaints = report.run("check", "--sarif", "findings.sarif")
    assert code == 1
    assert "reading.html: fact reading-1 reads '2'" in complaints
    assert "no table is behind 95.3" in complaints
    found = json.loads((report.root / "findings.sarif").read_text())["runs"][0]["results"]
    assert {result["ruleId"] for result in found} == {"orphan-number", "source"}

    # One whose chapter changed waits for the next render.
    report.replace("reading", "The size", "Its size")
    code, _, complaints = report.run("check")
    [note] = [line for line in complaints.splitlines() if line.startswith("note: ")]
    assert note.startswith("note: report/reading.qmd: changed since the last render")
    (report.site / "facts.json").write_text('{"schema_version": 1}')
    assert "facts.json: not the facts of this version" in report.run("check")[2]


def test_what_a_render_checked_is_remembered_until_something_changes(report, write_table):
    studies = report.root / "experiments" / "studies"
    studies.mkdir(parents=True, exist_ok=True)
    (studies / "mine.yaml").write_text("study: mine\ntitle: Study of 7 systems\n")
    report.replace("plain", "See @sec-reading.", "See @sec-reading. It is the Study of 7 systems.")
    assert report.run("render")[0] == 0
    kept = report.root / ".press" / "checks.json"
    before = kept.read_bytes()
    assert report.run("check")[0] == 0
    assert json.loads(kept.read_bytes())["render"] == json.loads(before)["render"]
    # What a study is called is read at a check, and no part of a render.
    (studies / "mine.yaml").write_text("study: mine\ntitle: Another\n")
    code, _, complaints = report.run("check")
    assert code == 1
    assert "no table is behind 7" in complaints


def test_tables_are_verified_again_where_a_file_of_theirs_changed(report, write_table, monkeypatch):
    monkeypatch.setattr("experiments.tables.stamps.SETTLED_SECONDS", -1)
    columns = {"name": "string", "size": "integer"}
    frozen = report.root / "experiments" / "frozen"
    write_table(frozen, "study/sizes", "computed", ["name"], columns, [{"name": "a", "size": 1}])
    assert report.run("render")[0] == 0
    asked = []
    monkeypatch.setattr("report.rendering.cli.check.table_problems", lambda: asked.append(1) or problems())
    assert [report.run("check")[0] for _ in range(3)] == [0, 0, 0]
    assert len(asked) == 1
    table = frozen / "study" / "sizes.csv"
    table.write_text(table.read_text().replace("a,1", "a,2"))
    assert [report.run("check")[0] for _ in range(2)] == [1, 1]
    assert len(asked) == 3


def test_tables_are_verified_at_each_check(report, write_table):
    columns = {"name": "string", "size": "integer"}
    frozen = report.root / "experiments" / "frozen"
    write_table(frozen, "study/sizes", "computed", ["name"], columns, [{"name": "a", "size": 1}])
    elsewhere = report.root.parent / "elsewhere"
    shutil.move(frozen / "study", elsewhere)
    (frozen / "study").symlink_to(elsewhere)
    assert report.run("render")[0] == 0
    assert report.run("check")[0] == 0
    table = elsewhere / "sizes.csv"
    table.write_text(table.read_text().replace("a,1", "a,2"))
    assert report.run("check")[0] == 1
