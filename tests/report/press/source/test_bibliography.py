"""What Pandoc is asked of a bibliography, and how often."""

from report.press.source import bibliography
from report.press.source.bibliography import bibliography_problems
from report.rendering.project import load_project

BIBLIOGRAPHY = "@article{wilson1927, title={Probable Inference}, author={Wilson, Edwin B.}, year={1927}}\n"


def test_a_bibliography_that_could_be_read_is_read_again_only_where_it_changed(write_book, monkeypatch):
    root = write_book({"a.qmd": "# A\n", "refs.bib": BIBLIOGRAPHY}, bibliography="refs.bib")
    monkeypatch.chdir(root)
    asked = []
    monkeypatch.setattr(bibliography, "run", lambda *arguments, root: asked.append(arguments))
    for _ in range(2):
        assert bibliography_problems(load_project(root)) == []
    assert len(asked) == 1
    (root / "refs.bib").write_text(BIBLIOGRAPHY + "@book{other, title={Other}}\n")
    assert bibliography_problems(load_project(root)) == []
    assert len(asked) == 2
