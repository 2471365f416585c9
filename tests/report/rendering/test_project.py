"""The book as `_quarto.yml` describes it."""

import pytest

from experiments.tables.errors import UserError
from report.rendering.project import load_project


def test_chapters_are_numbered_and_appendices_lettered(write_book):
    root = write_book(
        {
            "report/a.qmd": "# A {#sec-a}\n",
            "report/b.qmd": "# B {.unnumbered}\n",
            "report/c.qmd": "# C\n",
            "z.qmd": "# Z\n",
        },
        book={
            "title": "T",
            "chapters": ["report/a.qmd", "index.qmd", "report/b.qmd", "report/c.qmd"],
            "appendices": ["z.qmd"],
        },
    )
    project = load_project(root)
    assert [(chapter.stem, chapter.label, chapter.href) for chapter in project.chapters] == [
        ("index", None, "index.html"),
        ("a", "1", "report/a.html"),
        ("b", None, "report/b.html"),
        ("c", "2", "report/c.html"),
        ("z", "A", "z.html"),
    ]


def test_a_heading_in_a_code_block_is_not_the_title(write_book):
    root = write_book({"a.qmd": "```\n# No {.unnumbered}\n```\n\n# Yes\n", "b.qmd": "---\ntitle: B\n---\n\n# x {-}\n"})
    assert [chapter.number for chapter in load_project(root).chapters] == [None, 1, 2]


def test_metadata_files_are_merged_below_the_projects_own_keys(write_book):
    root = write_book(
        {"more.yml": "version: '1'\nlang: de\nbook: {date: 2025-02-01}\n"},
        **{"lang": "en", "metadata-files": ["more.yml", "not-yet.yml"]},
    )
    project = load_project(root)
    assert (project.version, project.lang, project.date) == ("1", "en", "2025-02-01")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("project: {type: website}", "project.type must be 'book'"),
        ("project: {type: book}\nbook: {chapters: [index.qmd]}", "book.title is missing"),
        ("project: {type: book}\nbook: {title: T, chapters: [a.qmd]}", "no file a.qmd"),
        ("project: {type: book}\nbook: {title: T, chapters: [index.qmd, 3]}", "is no chapter"),
        ("project: {type: book}\nbook: {title: T}", "must list index.qmd"),
        ("project: {type: book}\nbook: {title: T, chapters: [index.qmd]}\ncsl: x.csl", "csl: no file x.csl"),
        ("project: [", "_quarto.yml:1: not valid YAML"),
        ("- 1", "_quarto.yml:1: expected keys and values"),
        ("project: 3", "project must hold keys"),
        ("lang: en\nproject: {type: book}\nlang: de", "_quarto.yml:3: not valid YAML: the key lang stands twice"),
        ("date: 2026-13-01", "not valid YAML: month must be in 1..12"),
        ("metadata-files: more.yml", "metadata-files must be a list"),
        ("project: {type: book}\nbook: {title: T, chapters: [index.qmd, ../out.qmd]}", "lies outside the project"),
        ("project: {type: book, output-dir: .}\nbook: {title: T, chapters: [index.qmd]}", "no folder of its own"),
        ("project: {type: book, output-dir: ..}\nbook: {title: T, chapters: [index.qmd]}", "no folder of its own"),
        ("project: {type: book, output-dir: 3}\nbook: {title: T, chapters: [index.qmd]}", "no folder of its own"),
        (
            "project: {type: book, output-dir: sub}\nbook: {title: T, chapters: [index.qmd, sub/a.qmd]}",
            "no folder of its own",
        ),
    ],
)
def test_errors_name_the_key(write_book, text, message):
    root = write_book({"sub/index.qmd": "# S\n", "sub/a.qmd": "# A\n"})
    (root.parent / "out.qmd").write_text("# Out\n")
    (root / "_quarto.yml").write_text(text)
    with pytest.raises(UserError, match=message.replace("[", r"\[").replace(".", r"\.")):
        load_project(root)


def test_unknown_chapter_lists_the_known(write_book):
    with pytest.raises(UserError, match=r"no chapter 'x' in _quarto\.yml; there are: index, one"):
        load_project(write_book({"report/one.qmd": "# One\n"})).chapter("x")


def test_what_only_quarto_takes_is_read_all_the_same(write_book):
    root = write_book(
        {"report/a.qmd": "# A\n", "report/b/a.qmd": "# B\n", "report/c.ipynb": "{}", "report/d.md": "# D\n"}
    )
    part = "{part: P, chapters: [report/a.qmd, report/b/a.qmd]}"
    chapters = f"[index.qmd, {part}, report/c.ipynb, {{file: report/d.md}}]"
    (root / "_quarto.yml").write_text(f"project: {{type: book}}\nbook: {{title: T, chapters: {chapters}}}\n")
    chapters = load_project(root).chapters
    assert [chapter.href for chapter in chapters] == [
        "index.html",
        "report/a.html",
        "report/b/a.html",
        "report/c.html",
        "report/d.html",
    ]
    assert [chapter.number for chapter in chapters] == [None, 1, 2, 3, 4]
