"""The report under a bare `quarto render`: what changed runs again, nothing else does, nothing wrong is rendered."""

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fact_logs import read_fact_logs
from tests.report.equivalence.books import environment, quarto, report_render

PAGES_ONLY = ("--to", "colophon-html", "--no-clean")


@dataclass
class Run:
    """What one render did."""

    status: int
    said: str
    chapters: set[str]
    """Those whose cells ran: every run begins its chapter's log anew."""

    @property
    def kernels(self) -> int:
        return self.said.count("Starting python3 kernel")


class Report:
    """The rendered report, to be changed and rendered again."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def render(self, *options: str) -> Run:
        before = self._logs()
        status, said = quarto(self.root, *options)
        after = self._logs()
        return Run(status, said, {name for name, time in after.items() if time != before.get(name)})

    def _logs(self) -> dict[str, int]:
        return {path.stem: path.stat().st_mtime_ns for path in (self.root / "_ledger" / "quarto").iterdir()}

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def freeze(self, study: str) -> None:
        command = [sys.executable, "-m", "experiments.cli", "freeze", study]
        subprocess.run(command, cwd=self.root, env=environment(self.root), check=True, capture_output=True, timeout=120)

    def tables(self) -> dict[str, str]:
        """Digest of every frozen table."""
        root = self.root / "experiments" / "frozen"
        return {
            path.relative_to(root).with_suffix("").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.glob("*/*.csv")
        }

    def readers(self, tables: set[str]) -> set[str]:
        """The chapters that read any of these tables when they last ran."""
        logs = read_fact_logs(self.root, "quarto")
        return {name for name, log in logs.items() if tables & set(log.tables)}

    def page(self, name: str) -> str:
        return (self.root / "_site" / "report" / f"{name}.html").read_text("utf-8")

    def output(self) -> dict[str, bytes]:
        return {path.as_posix(): path.read_bytes() for path in (self.root / "_site").rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def report(by_quarto, tmp_path_factory) -> Report:
    """A copy, rendered once where it lies, so that the changes of one test are all that the next render finds."""
    root = tmp_path_factory.mktemp("frozen") / "report"
    shutil.copytree(by_quarto["report"].root, root)
    return Report(root)


def test_nothing_changed_and_no_kernel_starts(report):
    # A comment is no change: modules are compared without comments and formatting.
    report.edit("analysis/chapters/published/show.py", "\n\n\ndef ", "\n\n\n# A remark.\ndef ")
    run = report.render()
    assert run.status == 0, run.said
    assert run.kernels == 0
    assert run.chapters == set()
    assert "runs again" not in run.said
    assert (report.root / "_site" / "report.pdf").is_file()


def test_a_changed_figure_runs_its_readers_again_and_nobody_else(report):
    tables = report.tables()
    study = "experiments/studies/published-s4.yaml"
    printed = re.search(r'8: \["(0\.\d+)"', (report.root / study).read_text("utf-8")).group(1)
    report.edit(study, f'"{printed}"', '"0.123456"')
    report.freeze("published-s4")
    changed = {name for name, digest in report.tables().items() if digest != tables[name]}
    assert changed == {"published-s4/figures"}
    readers = report.readers(changed)

    run = report.render(*PAGES_ONLY)
    assert run.status == 0, run.said
    assert run.chapters == readers
    assert "published" in readers
    assert "parameters" not in readers
    assert "published runs again: table published-s4/figures changed" in run.said
    assert ">0.123456<" in report.page("published")
    assert run.kernels == len(readers)


def test_a_changed_module_runs_its_chapter_again_and_nobody_else(report):
    report.edit("analysis/chapters/colophon/show.py", "\n\n\ndef ", "\n\n\nOWN = 1\n\n\ndef ")
    run = report.render(*PAGES_ONLY)
    assert run.status == 0, run.said
    assert run.chapters == {"colophon"}
    assert "colophon runs again: module analysis.chapters.colophon.show changed" in run.said
    assert run.kernels == 1


def test_a_tampered_table_is_refused_before_anything_is_rendered(report):
    before = report.output()
    table = report.root / "experiments" / "frozen" / "published-s2" / "figures.csv"
    text = table.read_text("utf-8")
    table.write_text(text.replace("0.85,", "0.95,", 1), "utf-8")
    assert table.read_text("utf-8") != text
    run = report.render("--no-clean")  # without it Quarto deletes the output before it asks our hook
    table.write_text(text, "utf-8")
    assert run.status == 1
    assert re.search(r"experiments/frozen/published-s2/figures\.csv:\d+: row figure=s2-\S+, column printed", run.said)
    assert run.kernels == 0
    assert report.output() == before


def test_a_failing_cell_is_named_and_report_render_keeps_the_previous_output(report):
    before = report.output()
    chapter = report.root / "index.qmd"
    text = chapter.read_text("utf-8")
    chapter.write_text(f'{text}\n```{{python}}\n#| label: broken\nraise RuntimeError("on purpose")\n```\n', "utf-8")
    status, said = report_render(report.root, "quarto")
    chapter.write_text(text, "utf-8")
    assert status == 1
    for part in ("] index.qmd", "'broken'", "RuntimeError: on purpose", "error: quarto render failed"):
        assert part in said
    assert report.output() == before
