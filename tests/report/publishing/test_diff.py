"""`report diff` between revisions, rendered sites, published versions and archives of one report."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from jsonschema import validate

import report.diffing
from report.diffing.model import Changes
from report.rendering.cli import main
from tests.report.publishing.conftest import Report, git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")
SCHEMA = json.loads((Path(report.diffing.__file__).parent / "changes.schema.json").read_text("utf-8"))


@pytest.fixture
def diff(capsys):
    """A function that runs `report diff` and returns the exit code and what it printed."""

    def run(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        code = main(["diff", *map(str, arguments)])
        out, error = capsys.readouterr()
        return code, out + error

    return run


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """Where the two releases are kept once they are made; each test has a copy of them."""
    return tmp_path_factory.mktemp("releases") / "kept"


@pytest.fixture
def two(kept: Path, tmp_path: Path, request, monkeypatch) -> SimpleNamespace:
    """Two releases of a report at `root`, of which the second has another number, claim and sentence.

    Both are published to the folder `www` and to the branch; `old` has the pages of the first, `old.zip` its archive.
    """
    if not kept.exists():
        _release_twice(request.getfixturevalue("report"), tmp_path)
        shutil.copytree(tmp_path, kept, symlinks=True)
    else:
        shutil.copytree(kept, tmp_path, dirs_exist_ok=True, symlinks=True)
    root = tmp_path / "book"
    monkeypatch.chdir(root)
    monkeypatch.delenv("COLOPHON_FROZEN", raising=False)
    return SimpleNamespace(root=root, site=root / "_site")


def _release_twice(report: Report, folder: Path) -> None:
    shutil.copytree(report.site, folder / "old")
    main(["archive", "--to", str(folder / "old.zip")])
    report.publish("--to", str(folder / "www"))
    report.publish("--to", "gh-pages")
    (report.root / "report" / "one.qmd").write_text("# One {#sec-one}\n\nText of another.\n")
    study = report.root / "experiments" / "studies" / "study.yaml"
    study.parent.mkdir()
    study.write_text("study: study\n")
    report.release(3)
    report.publish("--to", str(folder / "www"))
    report.publish("--to", "gh-pages")


def moves(found: Changes) -> dict[str, list]:
    return {
        "claims": [(each.claim, each.before, each.after) for each in found.claims],
        "numbers": [(each.how, each.before, each.after, each.chapters) for each in found.numbers],
        "tables": [(each.table, each.cells) for each in found.tables],
        "sentences": [(each.pages, each.before, each.after) for each in found.sentences],
    }


EVERYTHING = {
    "claims": [("small", "holds", "fails")],
    "numbers": [("size[a]", "1", "3", ("one",))],
    "tables": [("study/sizes", 1)],
    "sentences": [(("report/one.html",), "Text of one.", "Text of another.")],
}


def test_every_pair_of_states_tells_what_both_hold(two: SimpleNamespace, diff, tmp_path: Path):
    www = tmp_path / "www" / "v"
    for old, new in (
        ("old", "_site"),
        ("old.zip", "_site"),
        (www / "0.1.0", www / "0.3.0"),
        ("gh-pages:v/0.1.0", tmp_path / "www"),
    ):
        old = tmp_path / old if str(old).startswith("old") else old
        code, said = diff(old, new, "--json")
        assert code == 0, said
        validate(json.loads(said), SCHEMA)
        found = Changes.model_validate_json(said)
        assert moves(found) == EVERYTHING, (old, new)
        assert [(each.study, each.change) for each in found.studies] == [("study", "added")]
        assert [each.file for each in found.sources] == ["report/one.qmd"]
        assert (found.importance, found.not_compared) == ("conclusions", ())


def test_a_revision_is_compared_by_its_tables_and_says_what_it_lacks(two: SimpleNamespace, diff, tmp_path: Path):
    code, said = diff("v0.1.0", "--json")
    found = Changes.model_validate_json(said)
    assert (code, found.importance) == (0, "numbers")
    assert moves(found) == EVERYTHING | {
        "claims": [],
        "numbers": [("size[a]", "1", "3", ())],
        "sentences": [],
    }
    assert any("--render" in line for line in found.not_compared)
    code, said = diff("v0.1.0", "v0.3.0")
    assert (code, "Pages were not compared." in said.splitlines()[2]) == (0, True)
    assert "Pages were not compared." not in diff(tmp_path / "old", "_site")[1]
    assert diff("HEAD", "HEAD", "--exit-code")[0] == 0
    assert diff("HEAD~1", "HEAD", "--exit-code")[0] == 3


def test_the_other_way_round_it_is_turned_round(two: SimpleNamespace, diff, tmp_path: Path):
    there, back = (
        moves(Changes.model_validate_json(diff(*each, "--json")[1]))
        for each in ((tmp_path / "old", "_site"), ("_site", tmp_path / "old"))
    )
    assert there["claims"] == [(name, old, new) for name, new, old in back["claims"]]
    assert there["sentences"] == [(pages, old, new) for pages, new, old in back["sentences"]]


def test_nothing_changes_between_a_state_and_itself(two: SimpleNamespace, diff, tmp_path: Path):
    for each in ("_site", "HEAD", "gh-pages:v/0.1.0", tmp_path / "old.zip"):
        found = Changes.model_validate_json(diff(each, each, "--json")[1])
        assert found.empty, each
        assert found.importance == "nothing"


def test_plain_lines_and_a_page(two: SimpleNamespace, diff, tmp_path: Path):
    page = tmp_path / "page.html"
    code, said = diff(tmp_path / "old", "_site", "--to", page)
    assert code == 0
    assert said.index("small") < said.index("size[a]") < said.index("Text of another.")
    assert "Text of another." in page.read_text("utf-8")
    assert "\x1b" not in said


def test_a_table_that_does_not_verify_is_told(two: SimpleNamespace, diff):
    (table,) = (two.root / "experiments" / "frozen").glob("*/sizes.csv")
    table.write_text(table.read_text().replace("3", "4"))
    found = Changes.model_validate_json(diff("HEAD", "--json")[1])
    assert any("study/sizes" in line for line in found.not_compared)
    assert found.tables == ()


def _without_facts(old: Path) -> None:
    (old / "facts.json").write_text('{"schema_version": 1}')


def _of_another_tool(old: Path) -> None:
    for name in ("facts.json", "version.json"):
        (old / name).unlink()


def _of_another_version(old: Path) -> None:
    (old / "version.json").write_text('{"schema_version": 99}')


def _damaged(compression: int) -> Callable[[Path], None]:
    """Writes an archive with bytes of a file in it turned."""

    def write(old: Path) -> None:
        with zipfile.ZipFile(old.with_suffix(".zip"), "w", compression) as archive:
            archive.writestr("report/_quarto.yml", "project: {type: book}\n" * 100)
        content = bytearray(old.with_suffix(".zip").read_bytes())
        content[55:70] = bytes(15)
        old.with_suffix(".zip").write_bytes(content)

    return write


def test_facts_of_another_schema_are_told_and_the_rest_is_compared(two: SimpleNamespace, diff, tmp_path: Path):
    _without_facts(tmp_path / "old")
    found = Changes.model_validate_json(diff(tmp_path / "old", "_site", "--json")[1])
    assert moves(found)["sentences"] == EVERYTHING["sentences"]
    assert any("facts" in line for line in found.not_compared)


@pytest.mark.parametrize(
    ("old", "spoil", "says"),
    [
        ("nothing-like-it", None, "no revision nothing-like-it in the repository around the project"),
        ("{old}", _of_another_tool, "another tool"),
        ("{old}", _of_another_version, "version.json"),
        ("{old}.zip", lambda old: old.with_suffix(".zip").write_bytes(b"PK"), "archive"),
        ("{old}.zip", _damaged(zipfile.ZIP_DEFLATED), "archive"),
        ("{old}.zip", _damaged(zipfile.ZIP_LZMA), "archive"),
        ("report", None, "no rendered site"),
        ("", None, "empty name"),
        ("gh-pages:v/9.9.9", None, "gh-pages:v/9.9.9"),
        ("gh-pages:v", None, "no rendered site"),
        ("0.1.0", None, "gh-pages:v/0.1.0"),
    ],
)
def test_what_cannot_be_compared_is_one_line(two: SimpleNamespace, diff, tmp_path: Path, old: str, spoil, says: str):
    folder = tmp_path / "old"
    if spoil is not None:
        spoil(folder)
    code, said = diff(old.format(old=folder), "HEAD")
    assert (code, len(said.splitlines())) == (1, 1), said
    assert said.startswith("error: ")
    assert says in said


def test_outside_of_any_project_two_sites_can_be_compared(two: SimpleNamespace, diff, tmp_path: Path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(two.site, elsewhere / "new")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setattr("report.rendering.locate.Path.cwd", lambda: elsewhere)
    code, said = diff(tmp_path / "old", "new", "--json")
    found = Changes.model_validate_json(said)
    assert (code, [each.claim for each in found.claims]) == (0, ["small"])
    assert [each.judgement for each in found.numbers] == ["no interval"]
    assert found.not_compared
    code, said = diff("HEAD", "new")
    assert (code, len(said.splitlines())) == (1, 1)
    assert "no git repository" in said


def test_published_pages_of_changes_are_the_same_as_the_command_tells(two: SimpleNamespace, diff, tmp_path: Path):
    www = tmp_path / "www" / "v"
    kept = Changes.model_validate_json((www / "0.3.0" / "changes.json").read_bytes())
    told = Changes.model_validate_json(diff(www / "0.1.0", www / "0.3.0", "--json")[1])
    names = {"before", "after"}
    assert kept.model_dump(exclude=names) == told.model_dump(exclude=names)


def test_a_revision_is_rendered_on_request_and_leaves_the_project_alone(two: SimpleNamespace, diff, monkeypatch):
    """The renderer is replaced by one that writes the pages of the fixture: what it does is tested elsewhere."""
    before = git(two.root, "worktree", "list"), git(two.root, "status", "--porcelain"), git(two.root, "branch")

    def render(name: str, root: Path, engine: str, data: Path | None) -> None:
        shutil.copytree(two.site, root / "_site")

    monkeypatch.setattr("report.diffing.sides._render", render)
    found = Changes.model_validate_json(diff("v0.1.0", "HEAD", "--render", "--json")[1])
    assert "pages" in found.before.holds
    assert "sentences" in found.compared
    assert (
        git(two.root, "worktree", "list"),
        git(two.root, "status", "--porcelain"),
        git(two.root, "branch"),
    ) == before


def test_the_schema_that_ships_is_that_of_the_model():
    assert Changes.model_json_schema() == SCHEMA, "write report/diffing/changes.schema.json again"
