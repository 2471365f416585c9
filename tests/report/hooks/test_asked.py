"""What the hooks learn from Quarto: the format that was asked for, and the index of the search that it wrote."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import report.hooks
from report.hooks.search import finish_search

HOOK = Path(report.hooks.__file__).parent / "pre_render.py"


def hook_below(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The pre-render hook, as the child of a program with these options."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("QUARTO_", "COLOPHON_"))}
    parent = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, {str(HOOK)!r}]).returncode)"
    command = [sys.executable, "-c", parent, "render", *options]
    return subprocess.run(command, cwd=root, env=kept, capture_output=True, text=True, check=False)


def house_style(project) -> Path:
    settings = project.root / "_quarto.yml"
    settings.write_text(settings.read_text() + "format: {colophon-html: default, colophon-typst: default}\n")
    return project.root


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--to", "html"), "colophon-html"),
        (("report/counting.qmd", "-t", "pdf"), "colophon-typst"),
        (("--to=colophon-html,typst",), "colophon-typst"),
    ],
)
def test_a_format_without_the_house_style_is_refused_with_the_one_to_write(project, options, named):
    done = hook_below(house_style(project), *options)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: --to ")
    assert line.endswith(f"write --to {named}")


@pytest.mark.parametrize("options", [("-P", "n:3"), ("--execute-params", "p.yml"), ("--execute-param=n:3",)])
def test_parameters_are_refused(project, options):
    done = hook_below(project.root, *options)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {options[0].partition('=')[0]}: parameters are not supported")


@pytest.mark.parametrize("options", [(), ("--to", "colophon-html"), ("--to", "docx"), ("--to", "all")])
def test_other_formats_pass(project, options):
    assert hook_below(house_style(project), *options).returncode == 0


def test_where_the_project_has_no_house_style_every_format_passes(project):
    assert hook_below(project.root, "--to", "html").returncode == 0


PAGE = """<html><body><main>
<header><nav>Book</nav><h1>Scores</h1><div class="meta"><div>Author</div><p>A. Writer</p></div></header>
<p>There are <span>12.7<span class="kind-mark"><sup>m</sup></span></span> points, p &lt; 5.</p>
<div><ul><li>In a list</li><li>of two</li></ul></div>
<section id="a" class="level2 page"><h2>1.1 First</h2><p>One.</p>
<section class="level3"><h3>Deeper</h3><p>Two.</p></section></section>
<section id="b" class="level2"><h2>1.2 Second</h2>
<table><tr><td>cell</td><td>12.7 m</td></tr></table><script>no()</script></section>
<section id="c" class="level2"><h2>1.3 Third</h2><p>Three.</p></section>
</main></body></html>"""


def test_the_index_has_all_words_of_the_pages_without_the_letters_of_kinds_and_lies_beside_as_a_script(project):
    site = project.output_dir
    site.mkdir()
    (site / "index.html").write_text(PAGE)
    hrefs = ("index.html", "index.html#a", "index.html#b", "index.html#none", "other.html")
    (site / "search.json").write_text(json.dumps([{"href": href, "section": "", "text": "12.7m"} for href in hrefs]))
    finish_search(project)
    found = json.loads((site / "search.json").read_text())
    assert [(entry["section"], entry["text"]) for entry in found] == [
        ("", "Author A. Writer There are 12.7 points, p &lt; 5. In a list of two 1.3 Third Three."),
        ("1.1 First", "1.1 First One. Deeper Two."),
        ("1.2 Second", "1.2 Second cell 12.7 m"),
        ("", "12.7m"),
        ("", "12.7m"),
    ]
    script = (site / "search-index.js").read_text()
    assert json.loads(script.partition(" = ")[2].rstrip(";\n")) == found
    finish_search(project)
    assert json.loads((site / "search.json").read_text()) == found


def test_the_pages_come_in_the_order_of_the_book_whatever_order_quarto_wrote_them_in(project):
    project.output_dir.mkdir()
    pages = [chapter.href for chapter in project.chapters]
    hrefs = [href for page in reversed(pages) for href in (page, f"{page}#a", f"{page}#b")]
    (project.output_dir / "search.json").write_text(json.dumps([{"href": "x.html"}, *({"href": h} for h in hrefs)]))
    finish_search(project)
    found = [entry["href"] for entry in json.loads((project.output_dir / "search.json").read_text())]
    assert found == [*(href for page in pages for href in (page, f"{page}#a", f"{page}#b")), "x.html"]


def test_without_an_index_there_is_nothing_to_do(project):
    finish_search(project)
    assert not project.output_dir.exists()
