"""What the extension adds under Quarto: callouts and layouts in the PDF, version and scripts on each page."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from tests.browser import CHROMIUM, chromium, inaccessible
from tests.report.press.pdf.conftest import REPOSITORY
from tests.report.quarto import quarto_render

pytestmark = pytest.mark.skipif(shutil.which("quarto") is None, reason="Quarto is not on the PATH")

SETTINGS = """
project: {type: book, output-dir: _site}
book: {title: Notes, output-file: report, chapters: [index.qmd, report/more.qmd]}
format: {colophon-html: default, colophon-typst: default}
version: "0.3 & more"
build: {version: "0.3"}
"""
INDEX = """# Beginning

There are [12.7[^m^]{.kind-mark}]{.fact .measured data-fact="index-1" title="measured · a/b · its cell"} points.

::: {#nte-first .callout-note title="About *points*"}
A note.
:::

::: {#wrn-first .callout-warning}
A warning.

::: {.callout-tip title="Inside"}
Not numbered.
:::
:::

::: {layout-ncol=2}
![On the left](a.svg){fig-alt="A picture"}

![On the right](a.svg){fig-alt="Another"}
:::

| Name | Text |
|---|---|
| a | [A sentence that is long.]{.example-text} |

: Sentences {#tbl-a}

| Name | Text |
|---|---|
| a | last |

: Shares of the page {#tbl-b tbl-colwidths="[75,25]"}

| Name | Text |
|---|---|
| [b]{.fact .computed data-fact="index-2" title="computed · a/b · a line, of which Pandoc would make widths"} | near |

: A long line {#tbl-c}

::: {.callout-note collapse="true" title="Folds"}
What was folded.
:::

::: {.column-page}
Wide.
:::

## In 中文 and हिन्दी

Begins \ue000, é, `中` ends.
"""
MORE = """# More

::: {#nte-second .callout-note}
Another note, after @nte-first.
:::
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("pages")
    (root / "report").mkdir()
    (root / "_quarto.yml").write_text(SETTINGS)
    (root / "index.qmd").write_text(INDEX)
    (root / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    (root / "report" / "more.qmd").write_text(MORE)
    (root / "_ledger").mkdir()
    (root / "_ledger" / "python.txt").write_text(sys.executable)  # as the pre-render hook does
    shutil.copytree(REPOSITORY / "_extensions", root / "_extensions")
    done = quarto_render(root, environment={**os.environ, "QUARTO_PYTHON": sys.executable})
    assert done.returncode == 0, done.stderr
    return root / "_site"


def test_labelled_callouts_are_numbered_by_chapter_in_the_pdf(site):
    text = " ".join(page.extract_text() for page in PdfReader(site / "report.pdf").pages[2:])
    text = re.sub(r"\s+", " ", text)
    for line in (
        "Note 1.1: About points A note.",
        "Warning 1.1 A warning.",
        "Inside Not numbered.",
        "On the left On the right",
        "Note 2.1 Another",
    ):
        assert line in text


@pytest.mark.parametrize("href", ["index.html", "report/more.html"])
def test_each_page_has_version_scripts_and_a_place_for_the_digest(site, href):
    page = BeautifulSoup((site / href).read_text("utf-8"), "html.parser")
    line = page.select_one("footer.colophon-line")
    assert "0.3 & more" in line.get_text()
    assert len(page.select('code.tables-digest, meta[name="tables-digest"]')) == 2  # the post-render hook fills them in
    scripts = [tag["src"] for tag in page.select("script[src]") if "/colophon-" in tag["src"]]
    ours = sorted(path.name for path in (REPOSITORY / "_extensions" / "colophon").glob("*.js"))
    assert sorted(Path(script).name for script in scripts) == ours
    assert all((site / href).parent.joinpath(script).is_file() for script in scripts)


def test_columns_are_as_wide_in_the_pdf_as_their_author_asks(site):
    begins = {}
    for page in PdfReader(site / "report.pdf").pages:
        page.extract_text(visitor_text=lambda text, place, *_: begins.setdefault(text.strip(), place[4]))
    assert begins["last"] > 350
    assert begins["near"] < 200


def test_a_box_stands_in_the_pdf_for_what_no_font_has(site):
    pdf = PdfReader(site / "report.pdf")
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "Begins □, é, □ ends" in " ".join(text.split())
    assert "中文" in (site / "index.html").read_text("utf-8")
    assert b"pdfaid" in pdf.trailer["/Root"]["/Metadata"].get_object().get_data()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")
def test_callouts_fold_by_the_keyboard_and_nothing_wide_lies_below_the_list_of_chapters(site):
    pytest.importorskip("playwright")
    with chromium() as browser:
        page = browser.new_page(color_scheme="dark")
        page.goto((site / "index.html").as_uri())
        assert inaccessible(page) == []
        title = page.locator(".callout-header[role=button]")
        title.focus()
        page.keyboard.press("Enter")
        page.get_by_text("What was folded.").wait_for()
        beside = page.locator("#quarto-sidebar").bounding_box()
        assert page.locator(".column-page").bounding_box()["x"] >= beside["x"] + beside["width"]
