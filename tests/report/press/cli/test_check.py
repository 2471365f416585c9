"""`report check` lists everything at once and runs nothing."""


def test_all_is_well(report):
    assert report.run("check") == (0, "3 chapters and their tables: no problems\n", "")
    assert not report.site.exists()
    assert not (report.root / ".press").exists()


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
