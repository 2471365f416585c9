"""What stands on pages and is not read, or around their text: scripts, drawings of cells, feet, titles of the site."""

import pytest

from tests.report.checking.sites import SENTENCE, told, with_cells

UNREAD = [
    f"<script>document.write('{SENTENCE}')</script>",
    "<p onclick=\"this.append('9' + '5.3')\">x</p>",
    '<embed src="data:text/html,x">',
    '<object data="own.svg"></object>',
    f'<img alt="" src="data:image/svg+xml,<svg><text>{SENTENCE}</text></svg>">',
    '<iframe src="own.html"></iframe>',
]


@pytest.mark.parametrize("markup", UNREAD)
def test_what_nobody_reads_is_one_line_unless_its_author_answers_for_it(site, markup):
    line = site.add("prose", f"```{{=html}}\n{markup}\n```") + 1
    assert told(site.found()) == [("unread-element", "alternative text", line)]
    site.add("prose", "")
    site.add("prose", f'::: {{.unchecked reason="a toy"}}\n```{{=html}}\n{markup}\n```\n:::')
    assert site.found() == []


@pytest.mark.parametrize("folder", ["counting_files/figure-html/", "counting_files/"])
def test_a_picture_of_dots_that_a_cell_draws_is_told_with_the_line_of_the_cell(site, folder):
    printed = f"::: {{.cell-output .cell-output-display}}\n![]({folder}cell-2-1.png)\n:::"
    _, line = with_cells(site, printed, "```{python}\nx = 1\n```", "```{python}\nplt.show()\n```")
    assert [(each.rule, each.file, each.line) for each in site.found()] == [
        ("unread-element", "report/counting.qmd", line)
    ]
    answered = f'::: {{.unchecked reason="a photograph"}}\n{printed}\n:::'
    with_cells(site, answered, "```{python}\nx = 2\n```", "```{python}\nplt.show()\n```")
    assert site.found() == []


def test_a_picture_without_a_label_is_placed_by_the_number_that_quarto_gives_its_cell(site):
    source = site.project.chapter("counting").path
    cells = "```{python}\nplt.show()\n```\n\n```{python}\n#| output: asis\nx = 1\n```\n"
    line = source.read_text().count("\n") + 2
    source.write_text(f"{source.read_text()}\n{cells}")
    number = source.read_text()[: source.read_text().index("plt.show")].count("```{python}") + 1
    printed = (site.project.root / "printed" / "counting").read_text()
    site.write("counting", f"{printed}\n\n![](counting_files/figure-html/cell-{number}-output-1.png)")
    assert [(each.rule, each.line) for each in site.found()] == [("unread-element", line)]


def test_a_caption_and_an_alternative_text_of_one_cell_are_told_each(site):
    cell = f'```{{python}}\n#| label: fig-two\n#| fig-cap: "{SENTENCE}"\n#| fig-alt: "{SENTENCE}"\nx = 1\n```\n'
    source = site.project.chapter("prose").path
    source.write_text(f"{source.read_text()}\n{cell}")
    printed = (site.project.root / "printed" / "prose").read_text()
    site.write("prose", f'{printed}\n\n![{SENTENCE}](a.svg){{#fig-two fig-alt="{SENTENCE}"}}')
    places = [each.place for each in site.found()]
    assert sorted(places) == ["alternative text"] * 3 + ["caption"] * 3


def test_a_description_of_the_book_is_placed_in_the_settings(site):
    site.add("prose", f'A note on it. [{SENTENCE}]{{.unchecked reason="a poster"}}')
    settings = site.project.root / "_quarto.yml"
    before = settings.read_text()
    settings.write_text(f'{before}\n# Here.\ndescription: "Abstract of it: {SENTENCE}"\n')
    page = site.project.output_dir / site.project.chapter("prose").href
    described = f'<meta name="description" content="Abstract of it: {SENTENCE}"></head>'
    page.write_text(page.read_text().replace("</head>", described))
    assert {(each.file, each.line) for each in site.found()} == {("_quarto.yml", before.count("\n") + 3)}


def test_a_reason_of_spaces_is_told_as_such(site):
    site.add("prose", f'<span class="unchecked" reason="  ">{SENTENCE}</span>')
    (found,) = site.found()
    assert (found.rule, "spaces" in found.message) == ("silenced-without-reason", True)


def test_a_picture_from_disk_is_no_drawing_of_a_cell(site):
    site.add("prose", "![](photo.png)")
    assert site.found() == []


def test_a_page_of_another_site_may_stand_in_a_frame(site):
    site.add("prose", '```{=html}\n<iframe src="https://example.org/"></iframe>\n```')
    assert site.found() == []


GIVEN = [
    *("provenance", "example-text", "footnote-ref", "cross-reference", "quarto-xref", "side", "bar", "anchor"),
    *("citation", "csl-entry", "quarto-title-meta", "chapter-number", "caption-number", "colophon-line", "sourceCode"),
]


@pytest.mark.parametrize("name", GIVEN)
def test_a_class_of_the_report_that_a_cell_puts_together_frees_no_text(site, name):
    for markdown in (f"[{SENTENCE}]{{.{name}}}", f"::: {{.{name}}}\n{SENTENCE}\n:::"):
        site.write("prose", markdown)
        assert [each.rule for each in site.found()] == [
            "orphan-number",
            "unbound-comparative",
            "unbound-comparative",
        ]


def test_what_stands_around_every_page_is_told_once_with_its_line_in_the_settings(site):
    settings = site.project.root / "_quarto.yml"
    before = settings.read_text()
    settings.write_text(f'{before}\n# Here.\nfoot: "{SENTENCE}"\nhead: "{SENTENCE}"\n')
    for chapter in site.project.chapters:
        page = site.write(chapter.stem, (site.project.root / "printed" / chapter.stem).read_text())
        around = f"</main><div><p>{SENTENCE}</p></div><footer><div><p>{SENTENCE}</p></div></footer>"
        page.write_text(page.read_text().replace("</main>", around))
    line = before.count("\n") + 3
    found = site.found()
    assert [(each.file, each.line, each.rule) for each in found] == [
        ("_quarto.yml", at, rule)
        for at in (line, line + 1)
        for rule in ("orphan-number", "unbound-comparative", "unbound-comparative")
    ]
