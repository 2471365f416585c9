"""`report check` lists everything at once and runs nothing."""


def test_all_is_well(report):
    assert report.run("check") == (0, "3 chapters and their tables: no problems\n", "")
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
