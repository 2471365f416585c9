"""A small report under version control, rendered without kernels, to publish as often as a test likes."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.facts.fact_log import FactLogWriter, fact_log_path
from experiments.tables.read import read_sidecar
from report.ledger.site_facts import write_facts
from report.ledger.version import write_stamp
from report.rendering import stamp
from report.rendering.cli import main
from report.rendering.project import load_project
from tests.report.press.html.conftest import site_of

IDENTITY = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Report:
    """The project at `root`; `size` of the table study/sizes makes a version; `publish` gives exit code and output."""

    def __init__(self, root: Path, write_table: Callable, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.site = root, root / "_site"
        self._write_table, self._capsys = write_table, capsys

    def render(self, size: int, chapters: tuple[str, ...] = ()) -> None:
        """Write table, facts and pages; nothing is committed."""
        rows, columns = [{"name": "a", "size": size}], {"name": "string", "size": "integer"}
        self._write_table(self.root / "experiments" / "frozen", "study/sizes", "measured", ["name"], columns, rows)
        digests = read_sidecar("study/sizes").digests
        log = FactLogWriter(fact_log_path(self.root, "press", "one"))
        log.append("open", chapter="one", source="report/one.qmd")
        log.append("read", table="study/sizes", digest=digests.table, sidecar=digests.sidecar)
        cell = {"table": "study/sizes", "row": {"name": "a"}, "column": "size", "digest": digests.table}
        shown = {"form": "inline", "label": None, "unit": None, "kind": "measured"}
        shown["origins"] = [cell | {"kind": "measured"}]
        log.append("fact", id="one-1", text=str(size), value=size, how="size[a]", **shown)
        log.append("claim", id="small", statement="It is small.", verdict="holds" if size < 3 else "fails", facts=[])
        log.close()
        for name in chapters:
            (self.root / "report" / f"{name}.qmd").write_text(f"# {name.title()}\n")
        write_stamp(self.root)
        project = load_project(self.root)
        site_of(self.root, self.site)
        (self.site / "report.pdf").write_bytes(b"%PDF-1.7 " + str(size).encode())
        write_facts(project, "press")
        stamp.write(self.root, stamp.measure_inputs(self.root), "press", "", ("html", "pdf"), self.site)

    def release(self, size: int) -> None:
        """Commit and tag version 0.`size`.0, and render it."""
        self.render(size)
        git(self.root, "add", ".")
        git(self.root, "commit", "--quiet", "--message", str(size))
        git(self.root, "tag", f"v0.{size}.0")
        self.render(size)

    def publish(self, *arguments: str) -> tuple[int, str]:
        code = main(["publish", *arguments])
        out, error = self._capsys.readouterr()
        return code, out + error


@pytest.fixture
def report(write_book, write_table, monkeypatch, capsys) -> Report:
    """A report of two chapters, at version 0.1.0."""
    files = {"report/one.qmd": "# One {#sec-one}\n\nText of one.\n", ".gitignore": "/_site/\n/_ledger/\n/.press/\n"}
    root = write_book(files, **{"metadata-files": ["_ledger/version.yml"]})
    monkeypatch.chdir(root)
    monkeypatch.delenv("COLOPHON_FROZEN", raising=False)
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, "A")
    for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "a@example.org")
    git(root, "init", "--quiet")
    made = Report(root, write_table, capsys)
    made.release(1)
    return made


@pytest.fixture
def bare(report: Report, tmp_path: Path) -> Path:
    """An empty repository elsewhere, which is the remote `origin` of the report."""
    path = tmp_path / "host.git"
    git(tmp_path, "init", "--quiet", "--bare", str(path))
    git(report.root, "remote", "add", "origin", str(path))
    return path


def checkout(bare: Path, folder: Path) -> Path:
    """The branch gh-pages as a host serves it."""
    git(bare, f"--work-tree={folder.mkdir() or folder}", "checkout", "--quiet", "--force", "gh-pages", "--", ".")
    return folder
