"""The hooks as Quarto runs them: scripts of the environment's Python, in the project's root."""

import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pypandoc
import pytest

import report.hooks
from analysis.figures.fonts import font_folder
from report.hooks.digest import fill_in_digest
from report.hooks.identifiers import settle_pages
from report.ledger.site_facts import gather, read_facts
from report.ledger.version import write_stamp

HOOKS = Path(report.hooks.__file__).parent


def run(name: str, root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("QUARTO_", "COLOPHON_"))}
    command = [sys.executable, str(HOOKS / name)]
    return subprocess.run(command, cwd=root, env={**kept, **environment}, capture_output=True, text=True, check=False)


def freeze(root: Path, chapter: str) -> Path:
    folder = root / "_freeze" / chapter
    (folder / "execute-results").mkdir(parents=True)
    (folder / "execute-results" / "html.json").write_text("{}")
    return folder


def test_before_a_first_render_the_version_is_stamped(project):
    (project.root / "_ledger" / "version.yml").unlink()
    done = run("pre_render.py", project.root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads((project.root / "_ledger" / "version.yml").read_text())["version"] == "unversioned"


def test_a_changed_cell_stops_the_render_and_is_named(project):
    table = project.root / "experiments" / "frozen" / "counting" / "counts.csv"
    table.write_text(table.read_text().replace("phi,mlp,3", "phi,mlp,4"))
    frozen = freeze(project.root, "report/counting")
    done = run("pre_render.py", project.root)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: experiments/frozen/counting/counts.csv:3: row model=phi, part=mlp, column param")
    assert frozen.is_dir()


def test_only_readers_of_a_changed_table_run_again(project, rewrite_counts):
    counting, index = freeze(project.root, "report/counting"), freeze(project.root, "index")
    rewrite_counts(4)
    done = run("pre_render.py", project.root)
    assert done.returncode == 0
    assert done.stdout.startswith("counting runs again: table counting/counts changed")
    assert (counting.exists(), index.exists()) == (False, True)


def test_old_bytecode_goes_before_a_chapter_runs_of_which_nothing_is_known(project):
    module, chapter = project.root / "words.py", project.root / "report" / "counting.qmd"
    chapter.write_text(chapter.read_text().replace("from analysis", "import words\nfrom analysis", 1))
    module.write_text("said = 'old'\n")
    status = module.stat()
    compiled = Path(py_compile.compile(str(module)))
    module.write_text("said = 'new'\n")
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    shutil.rmtree(project.root / "_ledger" / "quarto")
    assert run("pre_render.py", project.root).returncode == 0
    assert not compiled.exists()


def test_the_hooks_are_light(project):
    script = (
        "import runpy, sys\n"
        "try:\n    runpy.run_path(sys.argv[1], run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        "print([name for name in ('numpy', 'pandas', 'matplotlib', 'nbclient', 'IPython') if name in sys.modules])"
    )
    for name in ("pre_render.py", "post_render.py"):
        command = [sys.executable, "-c", script, str(HOOKS / name)]
        done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]"


def test_outside_of_the_environment_the_hooks_say_what_to_do(tmp_path):
    command = [sys.executable, "-S", "-E", str(HOOKS / "pre_render.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "activate the environment" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def rendered(project) -> str:
    """The value of QUARTO_PROJECT_OUTPUT_FILES after all pages were written."""
    assert run("pre_render.py", project.root).returncode == 0
    for chapter in project.chapters:
        shown = (project.root / "printed" / chapter.stem).read_text()
        page = project.output_dir / chapter.href
        page.parent.mkdir(parents=True, exist_ok=True)
        html = pypandoc.convert_text(shown, "html", format="markdown")
        body = html.replace("data-fig-alt=", "alt=")  # as Quarto has it
        page.write_text(f"<!DOCTYPE html>\n<html><body>{body}</body></html>")
    drawn = Path("report", "figures")
    shutil.copytree(project.root / drawn, project.output_dir / drawn)
    return "\n".join(f"_site/{chapter.href}" for chapter in project.chapters)


def test_after_a_render_the_facts_are_written_and_hold(project, rendered):
    done = run("post_render.py", project.root, QUARTO_PROJECT_OUTPUT_FILES=rendered, QUARTO_PROJECT_RENDER_ALL="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert len([fact for fact in read_facts(project.output_dir).facts if fact.form != "alt"]) == 6


def test_a_number_without_a_table_is_refused_and_in_a_preview_told(project, rendered):
    page = project.output_dir / "report" / "prose.html"
    page.write_text(page.read_text().replace("Nothing", "95.3 %"))
    files = {"QUARTO_PROJECT_OUTPUT_FILES": rendered, "QUARTO_PROJECT_RENDER_ALL": "1"}
    done = run("post_render.py", project.root, **files)
    assert done.returncode == 1
    assert "no table is behind 95.3 %" in done.stderr
    shown = run("post_render.py", project.root, **files, COLOPHON_LENIENT="1")
    assert (shown.returncode, shown.stderr) == (0, done.stderr)


def test_a_full_render_without_a_page_fails(project, rendered):
    (project.output_dir / "report" / "prose.html").unlink()
    files = rendered.replace("\n_site/report/prose.html", "")
    done = run("post_render.py", project.root, QUARTO_PROJECT_OUTPUT_FILES=files, QUARTO_PROJECT_RENDER_ALL="1")
    assert done.returncode == 1
    assert "error: report/prose.html: the page is missing" in done.stderr
    done = run("post_render.py", project.root, QUARTO_PROJECT_OUTPUT_FILES=files)
    assert done.returncode == 0


def test_without_html_there_is_nothing_to_check(project):
    files = {"QUARTO_PROJECT_OUTPUT_FILES": "_site/report.pdf", "QUARTO_PROJECT_RENDER_ALL": "1"}
    assert run("pre_render.py", project.root).returncode == 0
    assert run("post_render.py", project.root, **files).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("name", "file"), [("pre_render.py", "_ledger/version.yml"), ("post_render.py", "_site/facts.json")]
)
def test_a_folder_that_takes_no_file_is_one_line(project, name, file):
    path = project.root / file
    if name == "post_render.py":
        assert run("pre_render.py", project.root).returncode == 0
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/full")
    done = run(name, project.root)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: the project, or the output: cannot be written: No space left on device\n"


def test_pages_get_the_digest_of_the_tables_once_it_is_known(project):
    """As often as a render is completed: Quarto keeps pages of chapters that it does not render again."""
    write_stamp(project.root)
    place = (
        '<meta name="tables-digest" content=""><div class="quarto-title-meta"></div><code class="tables-digest"></code>'
    )
    for chapter in project.chapters:
        path = project.output_dir / chapter.href
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(place)
    facts = gather(project, "quarto")
    for digest in ("0" * 12, facts.build.tables):
        fill_in_digest(project, facts.model_copy(update={"build": facts.build.model_copy(update={"tables": digest})}))
    home, prose = ((project.output_dir / href).read_text() for href in ("index.html", "report/prose.html"))
    assert (home.count(digest), prose.count(digest)) == (3, 2)
    assert home.count(">Version<") == 1
    assert "0" * 12 not in home + prose


def test_a_report_without_tables_hides_the_place_of_their_digest_until_it_shows_one(project):
    write_stamp(project.root)
    path = project.output_dir / "report" / "prose.html"
    path.parent.mkdir(parents=True)
    # As the page leaves Quarto, which writes each attribute with a value.
    path.write_text('<span class="tables" hidden=""> Frozen tables <code class="tables-digest"></code>.</span>')
    facts = gather(project, "quarto")
    hidden = []
    for digest in ("", "0" * 12, ""):
        fill_in_digest(project, facts.model_copy(update={"build": facts.build.model_copy(update={"tables": digest})}))
        hidden.append("hidden" in path.read_text())
    assert hidden == [True, False, True]


def test_identifiers_that_are_drawn_at_random_get_the_same_names_each_time(project):
    path = project.output_dir / "report" / "prose.html"
    path.parent.mkdir(parents=True)
    pages = []
    for cell, table in (("953b6589", "T_1a2b3"), ("e6a61744", "T_9f8e7")):
        style = f"<style>#{table}_row0 {{}}</style>"
        path.write_text(
            f'<div id="{cell}" class="cell">{style}<table id="{table}"><td id="{table}_row0"></table></div>'
        )
        settle_pages(project)
        pages.append(path.read_text())
    assert pages[0] == pages[1]
    assert pages[0].count("T_cell-1") == 3


@pytest.mark.parametrize(
    ("head", "icons"),
    [("", 1), ('<link href="mine.png" rel="icon">', 1), ('<link rel="stylesheet" href="icon.css">', 1)],
)
def test_each_page_names_an_icon(project, head, icons):
    path = project.output_dir / "report" / "prose.html"
    path.parent.mkdir(parents=True)
    path.write_text(f"<html><head>{head}</head><body></body></html>")
    settle_pages(project)
    settle_pages(project)
    page = path.read_text()
    assert page.count('rel="icon"') == icons
    assert head in page


HOSTED = """<script src="https://cdn.jsdelivr.net/npm/jquery@3.5.1/dist/jquery.min.js"></script><script src="lib.js">
</script>
<script src="https://cdn.jsdelivr.net/npm/requirejs@2.3.6/require.min.js" integrity="x"></script>
<script type="application/javascript">define('jquery', [],function() {return window.jQuery;})</script>
"""


@pytest.mark.parametrize(("body", "kept"), [("<table></table>", 0), ("<script>require(['plotly'])</script>", 2)])
def test_libraries_of_another_host_are_loaded_where_a_page_uses_them_alone(project, body, kept):
    path = project.output_dir / "report" / "prose.html"
    path.parent.mkdir(parents=True)
    path.write_text(f"<html><head>{HOSTED}</head><body>{body}</body></html>")
    settle_pages(project)
    page = path.read_text()
    assert page.count("https://") == kept
    assert 'src="lib.js"' in page


def test_links_lead_to_pages_and_modules_are_left_to_servers(project):
    path = project.output_dir / "report" / "prose.html"
    path.parent.mkdir(parents=True)
    links = '<a class="x" href="../">Book</a><a href="./" class="y">Book</a><a href="./prose.html">here</a>'
    modules = '<script src="../one.js" type="module"></script>\n<script src="../two.js" type="module"></script>\n'
    path.write_text(f"<html><head>{modules}</head><body>{links}</body></html>")
    settle_pages(project)
    page = path.read_text()
    settle_pages(project)
    assert path.read_text() == page
    assert re.findall(r'href="([^"]*)"', page.partition("<body>")[2]) == [
        "../index.html",
        "./index.html",
        "./prose.html",
    ]
    assert page.count('<script src="') == 0
    assert page.count("</script>") == 1


def test_fonts_are_named_as_seen_from_the_project(project):
    assert run("pre_render.py", project.root).returncode == 0
    [folder] = json.loads((project.root / "_ledger" / "version.yml").read_text())["font-paths"]
    assert not folder.startswith("/")
    assert (project.root / folder).resolve() == font_folder().resolve()
