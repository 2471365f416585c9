"""The stamp follows the repository."""

import shutil
import subprocess

import pytest

from experiments.tables.errors import UserError
from report.ledger.version import STAMP, write_stamp


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")
def test_the_stamp_names_commit_tag_and_local_changes(project):
    def git(*arguments: str) -> None:
        name = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *name, *arguments], cwd=project.root, check=True, capture_output=True)

    (project.root / ".gitignore").write_text("/_ledger/\n")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "x", "--date", "2024-02-29T12:00:00Z")
    stamp = write_stamp(project.root)
    assert stamp["build"]["modified"] is False
    assert stamp["version"] == f"unversioned · {stamp['build']['commit']}"
    written = (project.root / STAMP).stat().st_mtime_ns
    assert write_stamp(project.root) == stamp
    assert (project.root / STAMP).stat().st_mtime_ns == written
    git("tag", "v1.2.0")
    tagged = write_stamp(project.root)
    assert (tagged["build"]["tag"], tagged["version"]) == ("v1.2.0", f"1.2.0 · {stamp['build']['commit']}")
    (project.root / "index.qmd").write_text("# Other\n")
    assert write_stamp(project.root)["version"].endswith("with local changes")


@pytest.mark.parametrize("given", ["x", "-1e9", "-5", "99999999999999", "1.5"])
def test_a_date_of_no_calendar_is_one_line(project, monkeypatch, given):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(UserError, match="SOURCE_DATE_EPOCH") as raised:
        write_stamp(project.root)
    assert "\n" not in str(raised.value)
