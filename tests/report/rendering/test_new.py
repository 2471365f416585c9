"""A new project: all of it or nothing, and where Colophon is installed from."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from experiments.freezing.lock import writing
from experiments.tables.errors import UserError
from report.rendering.new import installed_from, write_project
from report.rendering.project import load_project

ANALYSIS = Path(__file__).resolve().parents[3] / "analysis"
STARTS = ("blank", "assignment")


@pytest.fixture(scope="module", params=STARTS)
def written(request, tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("new") / "my-report", request.param)


def test_a_new_project_is_a_book_with_a_house_style_and_locks(written):
    project = load_project(written)
    assert project.title == "My report"
    assert project.chapters[0].relative == "index.qmd"
    assert [chapter.stem for chapter in project.chapters if chapter.appendix][-1] == "colophon"
    for name in ("_extensions/colophon/_extension.yml", "lockfiles/report.txt", "lockfiles/experiments.txt"):
        assert (written / name).is_file()
    for name in ("studies", "frozen", "registry/data", "registry/models"):
        assert (written / "experiments" / name).is_dir()
    assert (written / ".ci" / "run").stat().st_mode & 0o100
    assert not list(written.rglob("__init__.py"))


def test_what_a_writer_of_tables_leaves_is_no_change_of_the_project(written):
    with writing(written / "experiments" / "frozen", "mine", "freezing") as folder:
        (folder / "scores.csv").write_text("a\n")
    left = [path.relative_to(written).as_posix() for path in folder.iterdir()]
    subprocess.run(["git", "init", "-q"], cwd=written, check=True)
    known = subprocess.run(
        ["git", "add", "--dry-run", "experiments"], cwd=written, capture_output=True, text=True, check=True
    )
    assert [path for path in left if path in known.stdout] == ["experiments/frozen/mine/scores.csv"] != left


def test_every_word_to_replace_was_replaced_and_no_source_report_is_named(written):
    shared = {"_extensions", "lockfiles"}
    files = [path for path in written.rglob("*") if path.is_file() and path.relative_to(written).parts[0] not in shared]
    texts = {path.name: path.read_text("utf-8") for path in files if path.name != "schema.json"}
    assert not [name for name, text in texts.items() if re.search(r"PROJECT-(NAME|TITLE)|COLOPHON-SOURCE", text)]
    assert not [name for name, text in texts.items() if re.search(r"published-s\d|this_report|\bS[0-4]\b", text)]


def test_what_chapters_and_sentences_cite_is_in_the_bibliography(written):
    keys = set(re.findall(r"^@\w+\{(\w+),", (written / "report" / "references.bib").read_text("utf-8"), flags=re.M))
    sentences = [path for path in ANALYSIS.rglob("*.py") if "this_report" not in path.parts]
    texts = [path.read_text("utf-8") for path in (*written.rglob("*.qmd"), *sentences)]
    assert keys >= {key for text in texts for key in re.findall(r"@([a-z]+[0-9]{4}[a-z]*)", text)} >= {"holm1979"}


def test_an_assignment_is_a_blank_project_with_more_chapters(tmp_path):
    blank, assignment = (write_project(tmp_path / start, start, "Same") for start in STARTS)
    settings = [yaml.safe_load((root / "_quarto.yml").read_text("utf-8")) for root in (blank, assignment)]
    chapters = [settings[n]["book"].pop("chapters") for n in (0, 1)]
    settings[1]["book"].pop("subtitle")
    assert settings[0] == settings[1]
    assert [name for name in chapters[1] if name in chapters[0]] == chapters[0]
    assert len(chapters[1]) > len(chapters[0])
    assert list((assignment / "experiments" / "studies").glob("*.yaml"))
    assert not list((blank / "experiments" / "studies").glob("*.yaml"))


@pytest.mark.parametrize("title", ['Tests & "quotes"', "Größe: #1", "back\\slash"])
def test_any_title_can_be_given(tmp_path, title):
    root = write_project(tmp_path / "x", "blank", title)
    assert load_project(root).title == title
    assert (root / "README.md").read_text("utf-8").startswith(f"# {title}\n")


@pytest.mark.parametrize(("name", "title"), [("all-layers", "All layers"), ("best-models", "Report"), ("_", "Report")])
def test_a_folder_whose_name_reads_like_a_result_gives_no_title(tmp_path, name, title):
    assert load_project(write_project(tmp_path / name, "blank")).title == title
    assert load_project(write_project(tmp_path / "x", "blank", "The best models")).title == "The best models"


def test_bytes_that_the_locale_could_not_decode_are_read_as_utf8(tmp_path):
    title = "Größe \N{SNOWMAN}"
    as_bytes = title.encode().decode("ascii", "surrogateescape")
    assert load_project(write_project(tmp_path / "x", "blank", as_bytes)).title == title


def test_an_empty_folder_is_filled_also_the_one_that_we_are_in(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write_project((tmp_path / "here").relative_to(tmp_path / "here"), "blank")
    assert load_project().title == "Here"
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_what_is_there_is_left_alone(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("kept")
    for target, what in (("full", "is not empty"), ("full/mine.txt", "is a file"), ("full/mine.txt/x", "cannot be")):
        with pytest.raises(UserError, match=what) as caught:
            write_project(tmp_path / target, "blank")
        assert "\n" not in str(caught.value)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["full", "full/mine.txt"]


def test_a_failure_half_way_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("report.rendering.new.SHARED", ("_extensions/colophon", "no/such/file"))
    with pytest.raises(UserError, match="cannot be written"):
        write_project(tmp_path / "new", "assignment")
    assert not list(tmp_path.iterdir())


FOLDER, WHEEL, GIT = {"dir_info": {"editable": True}}, {"archive_info": {}}, {"vcs": "git", "commit_id": "abc"}


@pytest.mark.parametrize(
    ("record", "source", "in_makefile"),
    [
        ({"url": "file:///a/b%20c", **FOLDER}, "/a/b c", "/a/b c"),
        ({"url": "file:///a/colophon-1.whl", **WHEEL}, "/a/colophon-1.whl", "/a/colophon-1.whl"),
        ({"url": "https://me:key@host/c.git", "vcs_info": GIT}, "git+https://host/c.git@abc", None),
        (
            {"url": "https://host/c.git", "vcs_info": GIT, "subdirectory": "x"},
            "git+https://host/c.git@abc#subdirectory=x",
            "git+https://host/c.git@abc\\#subdirectory=x",
        ),
        (None, "", ""),
    ],
)
def test_a_project_knows_where_colophon_is_installed_from(record, source, in_makefile, tmp_path, monkeypatch):
    about = tmp_path / "site" / "colophon-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: colophon\nVersion: 1\n")
    if record:
        (about / "direct_url.json").write_text(json.dumps(record))
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert installed_from() == source
    root = write_project(tmp_path / "new", "blank")
    lines = (root / "Makefile").read_text("utf-8").splitlines()
    assert f"COLOPHON := {source if in_makefile is None else in_makefile}".rstrip() in lines


def test_the_makefile_asks_for_a_source_where_none_is_known(tmp_path):
    root = write_project(tmp_path / "new", "blank")
    makefile = root / "Makefile"
    makefile.write_text(re.sub(r"(?m)^COLOPHON := .*$", "COLOPHON :=", makefile.read_text("utf-8")))
    (root / ".venv").mkdir()
    (root / ".venv" / "pyvenv.cfg").touch()
    done = subprocess.run(["make", "report"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode
    assert done.stderr.splitlines()[0].startswith("error: ")
    assert "COLOPHON=" in done.stderr.splitlines()[0]


@pytest.mark.parametrize("name", ["report/__init__.py", "analysis.py", "experiments/__init__.py"])
def test_a_module_that_would_hide_a_package_is_refused(name, tmp_path):
    root = write_project(tmp_path / "new", "blank")
    (root / name).touch()
    with pytest.raises(UserError, match="rename or delete") as caught:
        load_project(root)
    assert str(caught.value).startswith(name)


@pytest.mark.parametrize("hook", ["pre_render", "post_render"])
def test_a_hook_without_its_environment_is_one_line(hook, tmp_path):
    root = write_project(tmp_path / "new", "blank")
    command = [sys.executable, "-I", "-S", f"report/hooks/{hook}.py"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
