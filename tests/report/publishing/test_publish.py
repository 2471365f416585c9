"""Version beside version: on a branch, in a folder; what was published stays as it is."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html

from report.diffing.model import Changes
from report.ledger.model import VersionFile
from report.publishing.model import Versions
from tests.files import files
from tests.report.publishing.conftest import Report, checkout, git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")


def below(found: dict[str, bytes], folder: str) -> dict[str, bytes]:
    return {name: content for name, content in found.items() if name.startswith(f"{folder}/")}


def versions(found: dict[str, bytes]) -> list[str]:
    return [each.version for each in Versions.model_validate_json(found["versions.json"]).versions]


def test_two_versions_lie_side_by_side_on_the_branch(report: Report, bare: Path, tmp_path: Path):
    code, said = report.publish()
    assert (code, said) == (0, "published version 0.1.0: branch gh-pages of origin\n")
    first = files(checkout(bare, tmp_path / "first"))
    report.release(2)
    assert report.publish()[0] == 0
    second = files(checkout(bare, tmp_path / "second"))
    assert versions(second) == ["0.2.0", "0.1.0"]
    assert below(second, "v/0.1.0") == below(first, "v/0.1.0")
    places = {name.removeprefix("v/0.2.0/") for name in below(second, "v/0.2.0")}
    assert {"index.html", "report/one.html", "report.pdf", "version.json", "frozen/study/sizes.csv"} <= places
    assert {name.removeprefix("latest/") for name in below(second, "latest")} == places
    assert second["latest/report.pdf"].endswith(b" 2")
    assert VersionFile.model_validate_json(second["latest/version.json"]).build.version == "0.2.0"
    assert {"index.html", "404.html", "versions.html", ".nojekyll"} <= set(second)


def test_the_index_tells_what_changed_between_two_versions(report: Report, tmp_path: Path):
    target = tmp_path / "www"
    for size in (2, 3):
        report.publish("--to", str(target))
        report.release(size)
    report.publish("--to", str(target))
    quiet, loud = (Changes.model_validate_json((target / f"v/0.{n}.0/changes.json").read_bytes()) for n in (2, 3))
    assert (loud.before.name, loud.after.name, loud.importance) == ("0.2.0", "0.3.0", "conclusions")
    assert [(each.table, each.change) for each in loud.tables] == [("study/sizes", "changed")]
    assert [(each.how, each.chapters, each.before, each.after) for each in loud.numbers] == [
        ("size[a]", ("one",), "2", "3")
    ]
    assert [(each.claim, each.before, each.after) for each in loud.claims] == [("small", "holds", "fails")]
    assert (quiet.claims, quiet.importance) == ((), "numbers")
    assert not (target / "v" / "0.1.0" / "changes.html").exists()
    assert "size[a]" in (target / "v" / "0.3.0" / "changes.html").read_text()
    page = (target / "versions.html").read_text()
    assert page.index('id="v0.3.0"') < page.index('id="v0.2.0"') < page.index("size[a]", page.index('id="v0.2.0"'))
    assert "study/sizes" in page


def test_to_publish_the_same_again_changes_nothing(report: Report, bare: Path):
    report.publish()
    tip = git(bare, "rev-parse", "gh-pages")
    code, said = report.publish()
    assert code == 0
    assert "the same" in said
    assert git(bare, "rev-parse", "gh-pages") == tip


def test_a_published_version_is_never_changed(report: Report, tmp_path: Path):
    target = tmp_path / "www"
    report.publish("--to", str(target))
    before = files(target)
    (report.site / "index.html").write_text("other")
    code, said = report.publish("--to", str(target))
    assert code == 1
    assert said.startswith("error: version 0.1.0 is published already, with other content")
    assert files(target) == before


def test_two_that_publish_to_one_folder_at_once_lose_nothing(report: Report, tmp_path: Path):
    other, target = tmp_path / "other", tmp_path / "www"
    publishing = [sys.executable, "-m", "report.rendering.cli", "publish", "--to"]
    shutil.copytree(report.root, other, symlinks=True)
    names = [f"{who}{number}" for number in range(3) for who in "ab"]
    for pair in (names[:2], names[2:4], names[4:]):
        running = [
            subprocess.Popen([*publishing, str(target), "--version", name], cwd=root)
            for name, root in zip(pair, (report.root, other), strict=True)
        ]
        assert [each.wait() for each in running] == [0, 0]
    assert list(tmp_path.glob(".www*")) == []
    assert sorted(versions(files(target))) == sorted(names) == sorted(path.name for path in (target / "v").iterdir())


def test_a_folder_that_another_process_holds_is_told(report: Report, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("report.publishing.places.WAIT", 0)
    holding = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(holding, fcntl.LOCK_EX)
    code, said = report.publish("--to", str(tmp_path / "www"))
    os.close(holding)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "another process publishes there" in said
    assert not (tmp_path / "www").exists()


def test_only_the_newest_stay(report: Report, tmp_path: Path):
    target = tmp_path / "www"
    for size in (2, 3, 4):
        report.publish("--to", str(target))
        report.release(size)
    assert report.publish("--to", str(target), "--prune", "2")[0] == 0
    assert versions(files(target)) == ["0.4.0", "0.3.0"]
    assert sorted(path.name for path in (target / "v").iterdir()) == ["0.3.0", "0.4.0"]
    assert report.publish("--to", str(target), "--prune", "1")[1].startswith("removed 0.3.0")
    assert versions(files(target)) == ["0.4.0"]
    assert (target / "latest" / "report.pdf").read_bytes().endswith(b" 4")


def test_the_index_says_which_compared_version_was_removed(report: Report, tmp_path: Path):
    target = tmp_path / "www"
    for size in (2, 3):
        report.publish("--to", str(target))
        report.release(size)
    report.publish("--to", str(target), "--prune", "2")
    sections = html.parse(str(target / "versions.html")).xpath("//section")
    newest, oldest = (" ".join(section.text_content().split()) for section in sections)
    assert "Since version 0.2.0:" in newest
    assert "Since version 0.1.0, which is no longer here:" in oldest


def test_what_others_put_on_the_branch_stays(report: Report, bare: Path, tmp_path: Path):
    report.publish()
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--branch", "gh-pages", str(bare), str(clone))
    (clone / "CNAME").write_text("report.example.org")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--message", "name")
    git(clone, "push", "--quiet")
    report.release(2)
    assert report.publish()[0] == 0
    assert "CNAME" in git(bare, "ls-tree", "--name-only", "gh-pages").split()


def test_without_a_remote_the_branch_is_that_of_the_repository_itself(report: Report):
    status = git(report.root, "status", "--porcelain", "--branch")
    assert report.publish()[0] == 0
    assert "versions.html" in git(report.root, "ls-tree", "--name-only", "gh-pages").split()
    assert git(report.root, "status", "--porcelain", "--branch") == status


def test_a_version_goes_by_its_commit_where_it_has_no_tag(report: Report, bare: Path):
    git(report.root, "tag", "--delete", "v0.1.0")
    report.render(1)
    assert report.publish("--to", str(bare))[0] == 0
    (name,) = git(bare, "ls-tree", "--name-only", "gh-pages:v").split()
    assert git(report.root, "rev-parse", "HEAD").startswith(name)


def _without_pages(report: Report) -> None:
    shutil.rmtree(report.site)


def _one_page_less(report: Report) -> None:
    (report.site / "report" / "one.html").unlink()


def _with_local_changes(report: Report) -> None:
    (report.root / "index.qmd").write_text("# Other {.unnumbered}\n")
    report.render(1)


def _with_changes_since(report: Report) -> None:
    (report.root / "index.qmd").write_text("# Other {.unnumbered}\n")


def _with_a_changed_cell(report: Report) -> None:
    (report.root / "index.qmd").write_text("# Other {.unnumbered}\n")
    report.render(1)
    (table,) = (report.root / "experiments" / "frozen" / "study").glob("sizes.csv")
    table.write_text(table.read_text().replace(",1", ",7"))


def _with_a_later_commit(report: Report) -> None:
    git(report.root, "commit", "--quiet", "--allow-empty", "--message", "later")


def _with_another_table(report: Report) -> None:
    shown = (report.site / "version.json").read_text()
    digest = json.loads(shown)["shown"]["study/sizes"]
    (report.site / "version.json").write_text(shown.replace(digest, "0" * 64))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_without_pages, "no rendered report"),
        (_one_page_less, "one.html is missing"),
        (_with_local_changes, "local changes"),
        (_with_changes_since, "local changes since"),
        (_with_a_later_commit, "was rendered from"),
        (_with_another_table, "table study/sizes has changed"),
    ],
)
def test_what_is_not_the_report_as_it_is_now_is_refused(report: Report, tmp_path: Path, spoil, says):
    spoil(report)
    code, said = report.publish("--to", str(tmp_path / "www"))
    assert (code, len(said.splitlines())) == (1, 1)
    assert says in said
    assert not (tmp_path / "www").exists()


def test_local_changes_are_published_under_a_name_as_they_were_rendered_and_not_after(report: Report, tmp_path: Path):
    (report.root / "index.qmd").write_text("# Other {.unnumbered}\n")
    report.render(1)
    report.publish("--to", str(tmp_path / "www"), "--version", "mine")
    assert (tmp_path / "www" / "v" / "mine" / "version.json").is_file()
    (report.root / "index.qmd").write_text("# Another one {.unnumbered}\n")
    code, said = report.publish("--to", str(tmp_path / "www"), "--version", "later")
    assert (code, len(said.splitlines())) == (1, 1)
    assert "local changes since" in said
    assert not (tmp_path / "www" / "v" / "later").exists()


def test_a_table_whose_cells_have_changed_is_not_published_under_any_name(report: Report, tmp_path: Path):
    _with_a_changed_cell(report)
    code, said = report.publish("--to", str(tmp_path / "www"), "--version", "mine")
    assert (code, len(said.splitlines())) == (1, 1)
    assert "table study/sizes has changed" in said


def test_a_folder_that_holds_something_else_is_refused(report: Report, tmp_path: Path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("mine")
    code, said = report.publish("--to", str(tmp_path / "precious"))
    assert (code, len(said.splitlines())) == (1, 1)
    assert (tmp_path / "precious" / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a b"])
def test_a_name_that_is_no_folder_of_its_own_is_refused(report: Report, tmp_path: Path, name: str):
    assert report.publish("--to", str(tmp_path / "www"), "--version", name)[0] == 1


def test_a_remote_that_cannot_be_reached_is_told_in_one_line(report: Report, tmp_path: Path):
    code, said = report.publish("--to", str(tmp_path / "none.git"))
    assert (code, len(said.splitlines())) == (1, 1)
