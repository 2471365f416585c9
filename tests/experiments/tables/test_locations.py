"""Folders that must be on this machine: an address in their place is refused, and no folder of that name is made."""

from pathlib import Path

import pytest

from experiments.tables.documents.files import documents_folder
from experiments.tables.errors import UserError
from experiments.tables.locations import data_folder, folder_here, whole_address
from tests.experiments.smoke import Command

ADDRESS = "s3://bucket/runs"


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "experiments" / "studies").mkdir(parents=True)
    study = "study: counts\nsystem: parameters\ntitle: Counts\nconfigurations:\n  - {name: s, model: stories260k}\n"
    (tmp_path / "experiments" / "studies" / "counts.yaml").write_text(study, "utf-8")
    (tmp_path / "lockfiles").mkdir()
    (tmp_path / "lockfiles" / "report.txt").write_text("numpy==2.4.6\n", "utf-8")
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\nbook: {title: B, chapters: [index.qmd]}\n", "utf-8")
    (tmp_path / "index.qmd").write_text("# B\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "variable"),
    [
        (("run", "counts"), "COLOPHON_RUNS"),
        (("run", "counts"), "COLOPHON_FROZEN"),
        (("run", "counts"), "COLOPHON_STUDIES"),
        (("cache", "list"), "COLOPHON_CACHE"),
        (("run", "counts", "--into", ADDRESS), "--into"),
    ],
)
def test_an_address_for_a_folder_is_refused(project, command, variable):
    more = {variable: ADDRESS} if variable.startswith("COLOPHON_") else {}
    done = Command(project, *command, **more).wait()
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert variable in line
    assert ADDRESS in line
    assert not list(project.glob("s3*"))


@pytest.mark.parametrize(
    ("variable", "ask"),
    [("COLOPHON_DOCUMENTS_DIR", documents_folder), ("COLOPHON_DATA_DIR", lambda: data_folder(Path.cwd()))],
)
def test_what_reports_read_lies_at_no_address(project, monkeypatch, variable, ask):
    monkeypatch.setenv(variable, ADDRESS)
    with pytest.raises(UserError, match=f"{variable}: {ADDRESS} is an address"):
        ask()


def test_a_letter_of_a_drive_is_no_scheme(tmp_path):
    assert folder_here("C:/runs", "--into").as_posix() == "C:/runs"
    with pytest.raises(UserError, match="--into"):
        folder_here("gs://bucket", "--into")


def test_an_address_with_a_password_is_refused_without_it():
    with pytest.raises(UserError, match="password") as error:
        whole_address("https:/me:MARKER@127.0.0.1:9/d")
    assert "MARKER" not in str(error.value)
    assert whole_address("https://me@127.0.0.1:9/d") == "https://me@127.0.0.1:9/d"
