"""What makes a render necessary, and what does not."""

import os
import time
from pathlib import Path

import pytest

from report.rendering import stamp

FORMATS = ("html", "pdf")


@pytest.fixture
def rendered(write_book, monkeypatch) -> Path:
    """A project with the stamp of a complete render by the press."""
    monkeypatch.delenv("COLOPHON_DATA_DIR", raising=False)
    chapters = {"report/one.qmd": "# One\n", "elsewhere/notes.bib": "", "report/figures/a.svg": "<svg/>"}
    root = write_book({**chapters, "data/sst2/dev.tsv": "sentence\tlabel\n"})
    site = root / "_site"
    site.mkdir()
    (site / "index.html").write_text("page")
    stamp.write(root, stamp.measure_inputs(root, [root / "elsewhere/notes.bib"]), "press", "", FORMATS, site)
    return root


def current(root: Path, engine: str = "auto", quarto: str = "", formats: tuple[str, ...] = FORMATS) -> bool:
    return stamp.is_current(root, engine, quarto, formats) is not None


def test_nothing_changed(rendered):
    assert stamp.is_current(rendered, "auto", "", FORMATS) == rendered / "_site"
    assert current(rendered, engine="press")
    assert current(rendered, formats=("html",))


def test_same_content_written_again_is_no_change(rendered):
    chapter = rendered / "report/one.qmd"
    chapter.write_text(chapter.read_text())
    os.utime(chapter, (1, 1))
    assert current(rendered)


def test_another_data_folder_is_a_change_though_the_first_is_still_there(rendered, monkeypatch):
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(rendered / "elsewhere"))
    assert not current(rendered)
    monkeypatch.setenv("COLOPHON_DATA_DIR", str(rendered / "data"))
    assert current(rendered)


def test_another_profile_is_a_change_and_so_are_its_settings(rendered, monkeypatch):
    monkeypatch.setenv("QUARTO_PROFILE", "draft")
    assert not current(rendered)
    monkeypatch.delenv("QUARTO_PROFILE")
    assert current(rendered)
    (rendered / "_quarto-draft.yml").write_text("lang: en\n")
    assert not current(rendered)


CHANGES = {
    "chapter": lambda root: (root / "report/one.qmd").write_text("# Two\n"),
    "new file": lambda root: (root / "report/two.qmd").write_text("# Two\n"),
    "file gone": lambda root: (root / "report/one.qmd").unlink(),
    "chapter at the top": lambda root: (root / "index.qmd").write_text("# Other\n"),
    "settings": lambda root: (root / "_variables.yml").write_text("a: b\n"),
    "new table": lambda root: (root / "experiments/frozen/t.csv").write_text("a\n"),
    "file that the book names": lambda root: (root / "elsewhere/notes.bib").write_text("@x"),
    "named file gone": lambda root: (root / "elsewhere/notes.bib").unlink(),
    "text of a data set": lambda root: (root / "data/sst2/dev.tsv").write_text("sentence\n"),
    "data set gone": lambda root: (root / "data/sst2/dev.tsv").unlink(),
    "page edited": lambda root: (root / "_site/index.html").write_text("edited"),
    "page gone": lambda root: (root / "_site/index.html").unlink(),
    "stamp damaged": lambda root: (root / ".press/stamp.json").write_text("{"),
    "stamp gone": stamp.forget,
}


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_noticed(rendered, change):
    CHANGES[change](rendered)
    assert not current(rendered)


def test_figures_that_a_render_draws_are_no_change(rendered):
    (rendered / "report/figures/b.svg").write_text("<svg/>")
    assert current(rendered)


def test_other_engine_or_format_is_another_render(rendered):
    assert not current(rendered, engine="quarto")
    assert not current(rendered, quarto="/usr/bin/quarto 1")
    stamp.write(rendered, stamp.measure_inputs(rendered), "press", "", ("html",), rendered / "_site")
    assert not current(rendered)


@pytest.mark.parametrize("name", ["report/one.qmd", "_site/index.html"])
def test_a_change_that_keeps_size_and_time_is_one(rendered, name):
    path = rendered / name
    status, text = path.stat(), path.read_text()
    path.write_text(text.swapcase())
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert stamp.is_current(rendered, "press", "", FORMATS) is None


@pytest.mark.parametrize("name", ["report/one.qmd", "_site/index.html"])
def test_a_file_that_changes_at_once_after_it_was_looked_at_is_another(rendered, name, monkeypatch):
    """Two changes within one tick of the file system's clock leave the same size, times and inode."""
    path = rendered / name
    size, _, _, inode = stamp.seen(path)
    moment, real = time.time_ns() + 10**9, stamp.seen  # no test is as fast as a tick
    monkeypatch.setattr(stamp, "seen", lambda asked: (size, moment, moment, inode) if asked == path else real(asked))
    site = rendered / "_site"
    stamp.write(
        rendered, stamp.measure_inputs(rendered, [rendered / "elsewhere/notes.bib"]), "press", "", FORMATS, site
    )
    assert current(rendered)
    path.write_text(path.read_text().swapcase())
    assert not current(rendered)


def test_a_page_of_another_render_is_found(rendered):
    page = rendered / "_site" / "index.html"
    assert stamp.changed_outputs(rendered) == []
    os.utime(page, (1, 1))
    assert stamp.changed_outputs(rendered) == []
    page.write_text("past")
    assert stamp.changed_outputs(rendered) == [page]
    page.unlink()
    assert stamp.changed_outputs(rendered) == [page]
    stamp.forget(rendered)
    assert stamp.changed_outputs(rendered) == []
