"""Where words were written is found in chapters, includes, settings and modules."""

import json

import pytest

from analysis.facts.fact_log import fact_log_path
from report.checking.sources import Sources


@pytest.fixture
def find(project):
    (project.root / "report" / "prose.qmd").write_text(
        '# A score of 7 is told\n\nA score of 7 is told.\n\n![](a.svg){fig-alt="A score of 7 is told"}\n\n'
        "Text and `{python} page.show(x)` more words, then.\n\n{{< include _part.qmd >}}\n"
    )

    def places(*texts: tuple[str, str, str]) -> list[tuple[str, int] | None]:
        sources = Sources(project, "quarto")
        chapter = project.chapter("prose")
        found = [
            sources.find(chapter, text, text.index(what), text.index(what) + len(what), place)
            for text, what, place in texts
        ]
        return [each and (each.file, each.line) for each in found]

    return places


def test_copies_of_the_same_words_are_told_apart(find):
    text = "A score of 7 is told"
    assert find((text, "7", "alternative text"), (f"1 {text}", "7", "heading"), (f"{text}.", "7", "prose")) == [
        ("report/prose.qmd", 5),
        ("report/prose.qmd", 1),
        ("report/prose.qmd", 3),
    ]


def test_a_value_in_between_is_stepped_over(find):
    assert find(("Text and 86.6% more words, then.", "86.6%", "prose")) == [("report/prose.qmd", 7)]


TWICE = """# Prose

Alpha beta gamma delta.

`It has 7 layers.`

Epsilon zeta eta theta.

It has 7 layers.

Iota kappa lambda.

## Notes on depth

Depth is `{python} page.show(x)` 41.5 `{python} page.show(y)` in tokens.

Width is `{python} page.show(x)` 41.5 `{python} page.show(y)` in letters.

Said <span style="display:none">97.25</span> in passing, of some use.

```{=typst}
Reached 61.5 at last
```
"""


@pytest.mark.parametrize(
    ("text", "what", "around", "line"),
    [
        ("It has 7 layers.", "7", ("Epsilon zeta eta theta.", "Iota kappa lambda."), 9),
        ("Depth is 12 41.5 13 in tokens.", "41.5", ("", ""), 15),
        ("Width is 12 41.5 13 in letters.", "41.5", ("", ""), 17),
        ("Said 97.25 in passing, of some use.", "97.25", ("", ""), 19),
    ],
)
def test_a_number_that_stands_twice_is_placed_by_what_stands_around_it(project, text, what, around, line):
    (project.root / "report" / "prose.qmd").write_text(TWICE)
    start = text.index(what)
    place = Sources(project, "quarto").find(
        project.chapter("prose"), text, start, start + len(what), "prose", around=around
    )
    assert place is not None
    assert (place.file, place.line) == ("report/prose.qmd", line)


def test_what_only_the_pdf_prints_is_placed_by_its_number(project):
    (project.root / "report" / "prose.qmd").write_text(TWICE)
    text = "Said in passing, of some use. Reached 61.5 at last 3"
    start = text.index("61.5")
    place = Sources(project, "quarto").find(None, text, start, start + 4)
    assert place is not None
    assert (place.file, place.line) == ("report/prose.qmd", 22)


def test_includes_are_searched_and_what_is_nowhere_is_not_made_up(find):
    assert find(("Included.", "Included", "prose")) == [("report/_part.qmd", 1)]
    assert find(("Utterly different, 12 apples.", "12", "prose")) == [None]


def counting_by(project, module: str):
    """The chapter `counting`, whose cells import a module of this text."""
    chapter = project.chapter("counting")
    (project.root / "shown.py").write_text(module)
    lines = ["# Counting", "", "```{python}", "#| label: tbl-a", "import shown", "```", ""]
    chapter.path.write_text("\n".join(lines))
    log = fact_log_path(project.root, "quarto", "counting")
    opening = json.loads(log.read_text().splitlines()[0])
    log.write_text(json.dumps(opening | {"modules": {"shown": ""}}) + "\n")
    return chapter


DOCSTRING = '"""Whether it agrees with our labels significantly better than chance."""'


@pytest.mark.parametrize(
    ("module", "line"),
    [
        (f'def f():\n    {DOCSTRING}\n\n\nTOLD = "it agrees with our labels significantly better: {{names}}"\n', 5),
        (f'TOLD = 1\n{DOCSTRING}\nSAID = "agrees with our labels significantly"\n', 3),
        (f"page.say(\n    {DOCSTRING}\n)\n", 2),
    ],
)
def test_what_a_docstring_says_is_no_text_of_a_page(project, module, line):
    chapter = counting_by(project, module)
    text = "One agrees with our labels significantly better than chance"
    place = Sources(project, "quarto").find(chapter, text, 0, 3, "prose")
    assert place is not None
    assert (place.file, place.line) == ("shown.py", line)


def test_a_caption_of_which_a_module_has_a_few_words_is_placed_at_its_cell(project):
    chapter = counting_by(project, 'TOLD = "Values, each of one frozen table, and others."\n')
    text = "Every value of one frozen table."
    sources = Sources(project, "quarto")
    place = sources.find(chapter, text, 0, 5, "caption", "tbl-a")
    assert place is not None
    assert (place.file, place.line) == ("report/counting.qmd", 4)
    place = sources.find(chapter, text, 0, 5, "prose")
    assert place is not None
    assert place.file == "shown.py"


def test_a_label_that_the_pdf_alone_prints_is_of_no_module_that_has_a_few_of_its_words(project):
    counting_by(project, 'TOLD = "Values, each of one frozen table, and others."\n')
    text = "Cost of one frozen table, best first"
    sources = Sources(project, "quarto")
    assert sources.find(None, text, text.index("best"), text.index("best") + 4) is None
    whole = "Values, each of one frozen table, and others."
    place = sources.find(None, whole, 0, 6)
    assert place is not None
    assert place.file == "shown.py"


def test_the_lines_that_name_a_column_are_found(project):
    chapter = counting_by(project, "def drawn(rows):\n    return rows.column('top')\n\n\nTOP = 'topmost'\n")
    found = Sources(project, "quarto").naming(chapter, ["top", "size"])
    assert [(place.file, place.line) for place in found] == [("shown.py", 2)]


@pytest.mark.parametrize("first", [True, False])
def test_of_two_modules_with_the_same_few_words_that_one_is_meant_which_has_more_of_the_sentence(project, first):
    this = 'SAID = (\n    "the random seed alone {beside}",\n    "{share} of the most frequent label",\n)\n'
    that = 'SAID = "how large it is, {share} of the most frequent label, {n} of {of}"\n'
    chapter = counting_by(project, this if first else that)
    (project.root / "told.py").write_text(that if first else this)
    log = fact_log_path(project.root, "quarto", "counting")
    log.write_text(json.dumps(json.loads(log.read_text()) | {"modules": {"shown": "", "told": ""}}) + "\n")
    text = "It is by the random seed alone not as much as the 55.0% of the most frequent label. The same holds."
    start = text.index("55.0%")
    place = Sources(project, "quarto").find(chapter, text, start, start + 5, "prose")
    assert place is not None
    assert (place.file, place.line) == ("shown.py" if first else "told.py", 3)
