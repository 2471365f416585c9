"""What cells show, from the kernel to the page and the PDF: tables of pandas, several pictures, sizes, layouts."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from report.press.backend import weave_book
from report.press.book import build, parse_chapter
from report.press.execute.failures import ExecutionError
from report.press.html import write_site
from report.press.pdf import write_pdf
from report.press.source.chapter import read_book
from report.press.source.links import link_problems
from report.press.source.problems import SourceError
from report.rendering.project import load_project
from report.rendering.request import Request

REPOSITORY = Path(__file__).parents[3]

CHAPTER = """\
---
title: Shown
author: [Ann, {name: Bo}]
date: 2026-11-20
---

```{python}
# | include: false
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import display
print("hidden by a formatter's option")

def draw(*values):
    plt.plot(values)
    plt.show()
```

```{python}
# | eval: false
raise SystemExit
```

```{python}
#| label: tbl-frame
#| tbl-cap: A frame.
#| tbl-colwidths: [20, 50, 30]
pd.DataFrame({"split": ["train", "<b>test</b>"], "accuracy": [1.0, 0.8]})
```

```{python}
#| label: tbl-styled
#| tbl-cap: A styler.
pd.DataFrame({"split": ["dev"], "loss": [0.25]}).style.format(precision=3).highlight_max(subset=["loss"])
```

```{python}
#| tbl-cap: Two levels.
pd.DataFrame([[1, 2, 3]], columns=pd.MultiIndex.from_tuples([("wide", "low"), ("wide", "high"), ("narrow", "n")]))
```

```{python}
#| label: tbl-pair
#| tbl-cap: A pair of tables.
#| tbl-subcap: [Left table, Right table]
#| layout-ncol: 2
display(pd.DataFrame({"a": [11]}))
display(pd.DataFrame({"b": [22]}))
```

```{python}
#| label: fig-pair
#| fig-cap: A pair.
#| fig-subcap: [Falling, Rising]
#| fig-alt: [It falls, It rises]
#| layout-nrow: 1
print("printed above")
draw(3, 2)
draw(2, 3)
```

```{python}
# | label: fig-whole
# | fig-cap: Two without sub-captions.
draw(3, 2)
draw(2, 3)
```

```{python}
#| label: fig-wide
#| fig-cap: Wide.
#| fig-width: 8
#| fig-height: 2
#| fig-align: right
#| code-line-numbers: true
#| column: page
draw(1, 2)
```

```{python}
#| fig-cap: [Alone, Beside]
#| layout-ncol: 2
draw(1, 2)
draw(2, 1)
```

```{python}
print(plt.rcParams["figure.figsize"])
```

```{python}
#| label: tbl-hidden
#| tbl-cap: Without an index.
shades = pd.DataFrame({"part": ["low", "high"], "share": [0.1, 0.925], "x": [8, 9]}, index=["p", "q"])
shown = shades.style.hide(axis="index").hide("x", axis="columns").format({"share": "{:.1%}"})
shown.background_gradient(subset="share")
```

```{python}
#| tbl-cap: Levels of a styler.
shades.set_axis(pd.MultiIndex.from_tuples([("all", "part"), ("all", "share"), ("more", "x")]), axis=1).style.format(
    precision=1, na_rep="none"
).format_index(str.upper, axis=1).set_properties(color="red")
```

::: {#fig-own layout-ncol=2}
![One](x.svg){#fig-own-left}

![Two](x.svg){#fig-own-right}

Of their own.
:::

See @tbl-frame, @tbl-pair-2, @fig-pair, @fig-pair-1, @fig-own-right and [-@fig-whole-2].
"""


def words(element) -> str:
    return " ".join(element.get_text().split())


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    """The folder of a book with the chapter above: its page at site/shown.html, its PDF at report.pdf."""
    root = tmp_path_factory.mktemp("shown")
    (root / "_quarto.yml").write_text("project: {type: book}\nbook: {title: B, chapters: [index.qmd, shown.qmd]}\n")
    (root / "index.qmd").write_text("# Home {.unnumbered}\n\nText.\n")
    (root / "shown.qmd").write_text(CHAPTER)
    (root / "x.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')
    (root / "_extensions").symlink_to(REPOSITORY / "_extensions")
    project = load_project(root)
    chapters = read_book(project)
    assert link_problems(project, chapters) == []
    parsed = weave_book(project, Request(), use=parse_chapter)
    write_site(project, build(project, parsed, "html"), root / "site")
    write_pdf(project, build(project, parsed, "typst"), root / "report.pdf")
    return root


@pytest.fixture(scope="module")
def page(rendered) -> BeautifulSoup:
    return BeautifulSoup((rendered / "site" / "shown.html").read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def printed(rendered) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(rendered / "report.pdf").pages)


def test_a_frame_is_a_table_of_the_house_in_both_formats(page, printed):
    table = page.select_one("#tbl-frame table")
    assert [[words(cell) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")] == [
        ["", "split", "accuracy"],
        ["0", "train", "1.0"],
        ["1", "<b>test</b>", "0.8"],
    ]
    assert [re.search(r"\d+", col["style"]).group() for col in table.find_all("col")] == ["20", "50", "30"]
    assert not table.find("style")
    assert "Table 1.1: A frame. split accuracy 0 train 1.0 1 <b>test</b> 0.8" in printed
    assert "vertical-align" not in printed


def test_a_styler_keeps_its_colours_on_the_page_and_is_a_table_on_paper(page, printed):
    styled = page.select_one("#tbl-styled")
    assert "background-color" in styled.find("style").get_text()
    assert words(styled.find_all("td")[-1]) == "0.250"
    assert "Table 1.2: A styler. split loss 0 dev 0.250" in printed


def test_a_styler_hides_formats_and_shades(page, printed):
    styled = page.select_one("#tbl-hidden")
    assert "background-color" in styled.find("style").get_text()
    assert [words(cell) for cell in styled.find_all(["th", "td"])] == ["part", "share", "low", "10.0%", "high", "92.5%"]
    assert "Without an index. part share low 10.0% high 92.5%" in printed


def test_a_styler_of_several_levels_and_without_a_label_is_a_table_in_both_formats(page, printed):
    caption = page.find("caption", string=re.compile("Levels of a styler"))
    assert caption.find_parent("table").find("th", string="ALL")["colspan"] == "2"
    assert "ALL MORE PART SHARE X p low 0.1 8 q high 0.9 9" in printed
    assert "color: red" not in printed


def test_heads_over_several_columns_stay(page, printed):
    caption = page.find("caption", string=re.compile("Two levels"))
    assert caption.find_parent("table").find("th", string="wide")["colspan"] == "2"
    assert "wide narrow low high n 0 1 2 3" in printed


def test_parts_have_letters_captions_and_columns(page, printed):
    pair = page.find(id="fig-pair")
    assert words(pair.find_all("figcaption")[-1]) == "Figure 1.1: A pair."
    assert [words(part.figcaption) for part in pair.select("figure.part")] == ["(a) Falling", "(b) Rising"]
    assert [image["alt"] for image in pair.find_all("img")] == ["It falls", "It rises"]
    assert "--columns: 2" in pair.select_one(".layout")["style"]
    assert "printed above" not in words(pair)
    assert "(a) Falling (b) Rising Figure 1.1: A pair." in printed
    assert [words(part.figcaption) for part in page.select("#tbl-pair figure.part")] == [
        "(a) Left table",
        "(b) Right table",
    ]
    assert [words(part.figcaption) for part in page.select("#fig-whole figure.part")] == ["(a)", "(b)"]
    assert len(page.select("#fig-own .layout figure.part img")) == 2


def test_parts_are_referred_to(page, printed):
    sentence = "See Table 1.1, Table 1.3 (b), Figure 1.1, Figure 1.1 (a), Figure 1.4 (b) and 1.2 (b)."
    assert sentence in words(page.article)
    assert sentence in printed
    (link,) = page.find_all("a", href="#fig-pair-1")
    assert page.find(id="fig-pair-1").name == "figure"
    assert words(link) == "Figure 1.1 (a)"


def test_size_and_place_are_those_of_the_cell_alone(rendered, page):
    wide, usual = (page.select_one(f"#fig-{name} img") for name in ("wide", "whole"))

    def size(image):
        drawn = (rendered / ".press" / "resources" / "shown" / Path(image["src"]).name).read_text()
        return [float(re.search(rf'{side}="([\d.]+)pt"', drawn).group(1)) for side in ("width", "height")]

    assert size(wide)[0] > 1.2 * size(usual)[0]
    assert size(wide)[1] < 0.6 * size(usual)[1]
    assert "[6.4, 4.8]" in words(page.article)
    assert "align-right" in wide["class"]
    assert wide.find_parent("div", class_="column-page")
    assert page.select_one("pre.numberSource")


def test_pictures_without_a_label_have_captions_and_columns(page):
    alone = page.find("figcaption", string="Alone")
    layout = alone.find_parent(class_="layout")
    assert [words(caption) for caption in layout.find_all("figcaption")] == ["Alone", "Beside"]


def test_what_is_not_to_run_or_show_does_not(page):
    assert "hidden by" not in page.get_text()


def test_author_and_date_stand_below_the_title(page, printed):
    assert words(page.article.p) == "Ann, Bo, 20 November 2026"
    assert "Ann, Bo, 20 November 2026" in printed


CELLS = {
    "a string of HTML": ("tbl-a", "'<table><tr><td>1</td></tr></table>'", "table"),
    "a printed table": ("tbl-a", "print('| a |')", "table"),
    "a sentence in markdown": ("tbl-a", "from IPython.display import Markdown\nMarkdown('Text only.')", "table"),
    "nothing": ("fig-a", "x = 1", "figure"),
    "a number": ("fig-a", "1 + 1", "figure"),
    "a frame": ("fig-a", "import pandas\npandas.DataFrame({'a': [1]})", "figure"),
    "a column of a frame": ("tbl-a", "import pandas\npandas.DataFrame({'a': [1]})['a']", "table"),
    "a tuple": ("tbl-a", "1, 2", "table"),
}


def test_a_float_that_is_none_is_told_with_its_place(write_book):
    text = "".join(
        f"```{{python}}\n#| label: {label}{n}\n{code}\n```\n\n" for n, (label, code, _) in enumerate(CELLS.values())
    )
    project = load_project(
        write_book({"one.qmd": f"# One\n\n{text}", "two.qmd": "# Two\n\n`{python} ''`\n\n```{python}\n```\n"})
    )
    with pytest.raises(SourceError) as told:
        weave_book(project, Request())
    problems = [str(problem) for problem in told.value.problems]
    assert len(problems) == len(CELLS) + 1
    for number, (label, _, noun) in enumerate(CELLS.values()):
        (problem,) = [line for line in problems if f"'{label}{number}'" in line]
        assert re.match(r"one\.qmd:\d+: cell", problem)
        assert f"numbered {noun}" in problem


FRAME = "import pandas\nd = pandas.DataFrame({'a': [1]})\n"
DRAWN = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


LOST = [
    ("fig-cap: C", f"{FRAME}d", "'fig-cap' has 1 caption, and the cell shows no pictures"),
    ("fig-cap: C", f"{FRAME}d.style.hide()", "'fig-cap' has 1 caption, and the cell shows no pictures"),
    ("fig-cap: C", "print('text')", "'fig-cap' has 1 caption, and the cell shows no pictures"),
    ("tbl-cap: C", DRAWN, "'tbl-cap' has 1 caption, and the cell shows no tables"),
    ("tbl-cap: C", f"{FRAME}d.to_html()", "'tbl-cap' has 1 caption, and the cell shows no tables"),
    ("tbl-cap: C\n#| output: asis", "print('| a |\\n|---|')", "'tbl-cap' has 1 caption, and the cell shows no tables"),
    ("fig-cap: [A, B]", DRAWN, "'fig-cap' has 2 captions, and the cell shows 1 picture"),
    ("tbl-cap: [A, B]", f"{FRAME}d", "'tbl-cap' has 2 captions, and the cell shows 1 table"),
]


def test_a_caption_without_a_label_that_would_be_lost_is_told(write_book):
    text = "# One\n\n"
    expected = []
    for options, code, said in LOST:
        expected.append(f"one.qmd:{text.count(chr(10)) + 1}: {said}")
        text += f"```{{python}}\n#| {options}\n{code}\n```\n\n"
    with pytest.raises(SourceError) as told:
        weave_book(load_project(write_book({"one.qmd": text})), Request())
    found = sorted(map(str, told.value.problems), key=lambda problem: int(problem.split(":")[1]))
    assert len(found) == len(expected)
    assert all(map(str.startswith, found, expected))


def test_a_caption_of_a_cell_that_is_not_to_show_anything_is_no_loss(write_book):
    cells = [
        f"```{{python}}\n#| {options.partition(chr(10))[0]}\n#| {quiet}\n{code}\n```\n"
        for options, code, _ in LOST
        for quiet in ("eval: false", "output: false", "include: false")
    ]
    weave_book(load_project(write_book({"one.qmd": "# One\n\n" + "\n".join(cells)})), Request())


def test_a_cell_with_a_size_fails_at_its_own_line(write_book):
    text = "# One\n\n```{python}\n#| fig-width: 3\nx = 1\nx / 0\n```\n"
    with pytest.raises(ExecutionError, match=r"^one\.qmd:6: .*ZeroDivisionError"):
        weave_book(load_project(write_book({"one.qmd": text})), Request())
