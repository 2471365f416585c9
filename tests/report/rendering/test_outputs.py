"""The new output takes the place of the old, and of nothing else."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from report.rendering import outputs
from report.rendering.outputs import OutputError, keeping, replacing


def write_site(output: Path, text: str) -> None:
    with replacing(output) as fresh:
        (fresh / "index.html").write_text(text)


def fail_after(doing: Callable[[], object]) -> None:
    doing()
    raise ZeroDivisionError


def test_new_output_replaces_old(tmp_path):
    write_site(tmp_path / "_site", "one")
    write_site(tmp_path / "_site", "two")
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]
    assert (tmp_path / "_site" / "index.html").read_text() == "two"


def test_new_output_begins_with_what_is_to_be_kept(tmp_path):
    site = tmp_path / "_site"
    write_site(site, "one")
    (site / "report.pdf").write_text("printed")
    with replacing(site, [site / "report.pdf", site / "never-made.pdf"]) as fresh:
        assert [path.name for path in fresh.iterdir()] == ["report.pdf"]
        (fresh / "index.html").write_text("two")
    assert {path.name: path.read_text() for path in site.iterdir()} == {"index.html": "two", "report.pdf": "printed"}
    with replacing(site, [site]) as fresh:
        (fresh / "report.pdf").write_text("anew")
    assert {path.name: path.read_text() for path in site.iterdir()} == {"index.html": "two", "report.pdf": "anew"}


@pytest.mark.parametrize("kept", ["analysis/work.py", "_site"])
def test_what_no_render_made_is_not_deleted(tmp_path, kept):
    (tmp_path / kept).parent.mkdir(exist_ok=True)
    (tmp_path / kept).write_text("of value")
    with pytest.raises(OutputError, match="holds something else than a rendered report"):
        write_site(tmp_path / Path(kept).parts[0], "one")
    assert (tmp_path / kept).read_text() == "of value"


def test_output_that_a_killed_render_had_moved_aside_comes_back(tmp_path):
    (tmp_path / "_site.old").mkdir()
    (tmp_path / "_site.old" / "index.html").write_text("before")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "_site"):
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]
    assert (tmp_path / "_site" / "index.html").read_text() == "before"


def test_what_quarto_deletes_comes_back_if_it_fails(tmp_path):
    page = tmp_path / "_site" / "index.html"
    write_site(page.parent, "before")
    with pytest.raises(ZeroDivisionError), keeping(page.parent):
        fail_after(page.unlink)
    assert page.read_text() == "before"
    with keeping(page.parent):
        page.write_text("after")
    assert page.read_text() == "after"
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_a_first_render_that_fails_leaves_what_it_made(tmp_path):
    with pytest.raises(ZeroDivisionError), keeping(tmp_path / "_site"):
        fail_after(lambda: write_site(tmp_path / "_site", "half"))
    assert (tmp_path / "_site" / "index.html").is_file()


def test_output_of_before_a_killed_render_by_quarto_comes_back(tmp_path):
    write_site(tmp_path / "_site.kept", "before")
    write_site(tmp_path / "_site", "half")
    with pytest.raises(ZeroDivisionError), keeping(tmp_path / "_site"):
        raise ZeroDivisionError
    assert (tmp_path / "_site" / "index.html").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_half_an_output_does_not_take_the_place_of_the_whole_one(tmp_path):
    """A render in a folder that is mounted was killed while it copied the new pages there."""
    write_site(tmp_path / "_site.old", "before")
    (tmp_path / "_site").mkdir()
    (tmp_path / "_site" / "half.html").write_text("half")
    write_site(tmp_path / "_site", "after")
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]
    assert {path.name: path.read_text() for path in (tmp_path / "_site").iterdir()} == {"index.html": "after"}


def test_half_of_an_old_output_is_never_put_back(tmp_path):
    """A render was killed while it deleted the old pages."""
    for end in (".gone", ".new"):
        (tmp_path / f"_site{end}").mkdir()
        (tmp_path / f"_site{end}" / "half.html").write_text("half")
    write_site(tmp_path / "_site", "after")
    with keeping(tmp_path / "_site"):
        pass
    assert (tmp_path / "_site" / "index.html").read_text() == "after"
    assert not (tmp_path / "_site.gone").exists()


def test_a_folder_that_is_mounted_gets_the_new_output_all_the_same(tmp_path, monkeypatch):
    site = tmp_path / "_site"
    write_site(site, "one")
    rename, rmdir, exchange = Path.rename, os.rmdir, outputs.exchange

    def busy(path: Path, target: Path) -> Path:
        if site in (path, Path(target)):
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(path, target)

    def busy_folder(path, **options):
        if Path(path) == site:
            raise OSError(errno.EBUSY, "Device or resource busy")
        rmdir(path, **options)

    def busy_exchange(new: Path, path: Path, old: Path) -> None:
        if path.exists():
            raise OSError(errno.EBUSY, "Device or resource busy")
        exchange(new, path, old)

    monkeypatch.setattr(outputs, "exchange", busy_exchange)
    monkeypatch.setattr(Path, "rename", busy)
    monkeypatch.setattr(os, "rmdir", busy_folder)
    (site / "old.html").write_text("gone with the next render")
    write_site(site, "two")
    assert {path.name: path.read_text() for path in site.iterdir()} == {"index.html": "two"}
    with pytest.raises(ZeroDivisionError), keeping(site):
        fail_after((site / "index.html").unlink)
    assert (site / "index.html").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]
