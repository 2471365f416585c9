"""`report render`: what runs again, what stays, and what a failure leaves."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from experiments.tables.files import beside
from report.ledger.site_facts import read_facts
from report.rendering.cli import main

PAGES = "pages: _site/index.html\nPDF:   _site/report.pdf\n"


def shown_size(report) -> str:
    return re.search(r"The size is <span[^>]*>(\d+)</span>", report.page("reading")).group(1)


def test_only_what_changed_runs_again(report):
    code, said, _ = report.run("render")
    assert code == 0
    assert re.match(
        r"Quarto \(>= 1\.9\) is neither on the PATH nor in .*: rendering with the embedded renderer\n", said
    )
    assert said.endswith(PAGES)
    assert {line for line in said.splitlines() if line.startswith("ran")} == {"ran reading", "ran plain"}
    assert (report.site / "report.pdf").read_bytes().startswith(b"%PDF")
    assert shown_size(report) == "1"
    assert [fact.text for fact in read_facts(report.site).facts] == ["1"]

    assert report.run("render") == (0, "nothing has changed since the last render\n" + PAGES, "")

    report.freeze(2)
    _, said, _ = report.run("render")
    assert "ran reading" in said
    assert "unchanged: plain" in said
    assert shown_size(report) == "2"

    # Back to the first table: both the outputs and the log of that run come out of the cache.
    report.freeze(1)
    _, said, _ = report.run("render", "--to", "html")
    assert "unchanged: reading" in said
    assert shown_size(report) == "1"
    assert [fact.text for fact in read_facts(report.site).facts] == ["1"]
    assert (report.site / "report.pdf").is_file()

    # Prose is no reason to run, and one chapter asked for is one page written.
    report.replace("plain", "See", "Look at")
    report.replace("reading", "The size is", "Its size is")
    before = report.page("reading")
    _, said, _ = report.run("render", "plain")
    assert "ran" not in said.split()
    assert "Look at" in report.page("plain")
    assert report.page("reading") == before


@pytest.mark.parametrize(
    ("file", "cell"),
    [("helpers.py", "import helpers; print(helpers.SAID)"), ("told.txt", "print(open('told.txt').read())")],
)
def test_a_chapter_that_opens_none_of_ours_follows_what_it_imports_and_names(report, file, cell):
    """Such a chapter leaves no fact log."""
    path = report.root / file
    path.write_text("SAID = 'the old text'\n")
    report.replace("plain", 'print("forty-two")', cell)
    code, _, said = report.run("render", "--to", "html")
    assert code == 0, said
    assert "the old text" in report.page("plain")
    path.write_text("SAID = 'the new text'\n")
    assert report.run("render", "--to", "html")[0] == 0
    assert "the new text" in report.page("plain")


def test_a_module_that_is_imported_before_its_chapter_opens_is_compiled_again(report):
    """Its size and its time are kept, and nothing is known any more of the chapter's last run."""
    path = report.root / "helpers.py"
    path.write_text("SAID = 'old'\n")
    report.replace("reading", "from analysis", "import helpers\nfrom analysis")
    report.replace("reading", "The size is", "The `{python} helpers.SAID` size is")
    assert report.run("render", "--to", "html")[0] == 0
    status = path.stat()
    path.write_text("SAID = 'new'\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    shutil.rmtree(report.root / "_ledger")
    assert report.run("render", "--to", "html")[0] == 0
    assert "The new size is" in report.page("reading")


def test_the_page_of_a_chapter_taken_out_of_the_book_goes_and_the_pdf_stays(report):
    assert report.run("render")[0] == 0
    assert (report.site / "report" / "plain.html").is_file()
    report.replace("reading", "; see @sec-plain", "")
    settings = report.root / "_quarto.yml"
    lines = settings.read_text().splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if "plain.qmd" not in line))
    assert report.run("render", "--to", "html")[0] == 0
    assert report.page("reading")
    assert not (report.site / "report" / "plain.html").exists()
    assert (report.site / "report.pdf").is_file()


def test_failure_leaves_the_previous_output(report):
    report.run("render", "--to", "html")
    before = {path: path.read_bytes() for path in report.site.rglob("*") if path.is_file()}
    report.replace("plain", 'print("forty-two")', "print(6 / 0)")
    code, _, complaints = report.run("render", "--to", "html")
    assert code == 1
    assert complaints == (
        "error: report/plain.qmd:4: cell without a label (begins at line 3) failed: "
        "ZeroDivisionError: division by zero\n"
    )
    assert {path: path.read_bytes() for path in report.site.rglob("*") if path.is_file()} == before
    assert {path.name for path in report.root.iterdir() if path.name.startswith("_site")} == {"_site"}

    # A failed render is not the last complete one, also when the chapter is put back.
    report.replace("plain", "print(6 / 0)", 'print("forty-two")')
    assert "nothing has changed" not in report.run("render", "--to", "html")[1]


def test_one_render_at_a_time(report):
    (report.root / ".press").mkdir()
    with FileLock(report.root / ".press" / "lock"):
        code, _, complaints = report.run("render")
    assert (code, complaints) == (
        1,
        "error: another render of this project is running; wait until it is done\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(report):
    (report.root / ".press").mkdir()
    beside(report.root / ".press" / "stamp.json").symlink_to("/dev/full")
    code, _, complaints = report.run("render", "--to", "html")
    assert code == 1
    assert complaints.startswith("error: ")
    assert complaints.endswith("cannot be written: No space left on device\n")
    assert len(complaints.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_fault(report):
    process = subprocess.Popen(
        [sys.executable, "-m", "report.rendering.cli", "render"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 1


def test_no_render_on_tables_that_do_not_verify(report):
    table = report.root / "experiments/frozen/study/sizes.csv"
    table.write_text(table.read_text().replace("1", "7"))
    code, _, complaints = report.run("render")
    assert code == 1
    assert complaints.startswith("error: ")
    assert "study/sizes" in complaints
    assert "size" in complaints
    assert not report.site.exists()


def test_source_problems_come_before_any_kernel(report):
    report.replace("plain", "See", "::: {.column-margin}\n@lst-x\n\n`{r} 1`\n\nSee")
    code, said, complaints = report.run("render")
    assert code == 1
    assert len(complaints.splitlines()) == 4
    assert "running" not in said


@pytest.mark.parametrize(
    "arguments",
    [[], ["print"], ["render", "--to", "docx"], ["render", "--engine", "x"], ["render", "--jobs", "0"], ["serve", "x"]],
)
def test_wrong_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    out, complaints = capsys.readouterr()
    if not arguments:
        assert "usage: report" in out.lower()
        return
    (line,) = complaints.splitlines()
    assert out == ""
    assert line.startswith("error: ")
    assert (arguments[1:] or arguments)[0] in line
    assert line.endswith("report --help`" if arguments == ["print"] else f"report {arguments[0]} --help`")


def test_unknown_chapter_and_missing_project(report, tmp_path, monkeypatch):
    code, _, complaints = report.run("render", "nothing")
    assert (code, complaints) == (
        1,
        "error: no chapter 'nothing' in _quarto.yml; there are: index, reading, plain\n",
    )
    report.run("render", "--to", "html")
    assert report.run("render", "nothing") == (code, "", complaints), "also where there is nothing to render"
    monkeypatch.chdir(tmp_path)
    code, _, complaints = report.run("render")
    assert code == 1
    assert complaints.startswith("error: no _quarto.yml in ")


def test_render_with_nothing_to_do_imports_no_renderer(report):
    assert report.run("render")[0] == 0
    script = (
        "import sys; from report.rendering.cli import main; main(['render']);"
        "print([name for name in ('yaml', 'pydantic', 'rich', 'typer', 'nbformat', 'pandas', 'panflute', 'subprocess')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("nothing has changed"), done.stdout + done.stderr
    assert done.stdout.endswith("[]\n")
