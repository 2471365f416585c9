"""The archive: whole, described, and enough to begin from."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from experiments.tables.safe_yaml import DEEPEST, LARGEST
from experiments.tables.verify import problems
from report.ledger.version import tables_digest
from report.publishing.citation import Citation, read_citation
from report.publishing.crate import METADATA
from report.publishing.places import PublishError
from report.rendering.cli import main
from report.rendering.stamp import PACKAGES
from tests.report.publishing.conftest import Report, git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")

CITATION = """cff-version: 1.2.0
message: Cite it.
title: A trial
authors: [{family-names: Author, given-names: A.}]
date-released: 2026-01-02
license: CC-BY-4.0
"""


def archived(report: Report, capsys) -> tuple[int, str]:
    code = main(["archive"])
    out, error = capsys.readouterr()
    return code, out + error


def commit(report: Report) -> None:
    git(report.root, "add", ".")
    git(report.root, "commit", "--quiet", "--message", "more")
    report.render(1)


@pytest.fixture
def crate(report: Report, capsys, tmp_path: Path) -> Path:
    """The archive of the report, unpacked: the one folder that it holds."""
    (report.root / "CITATION.cff").write_text(CITATION)
    (report.root / ".gitignore").write_text((report.root / ".gitignore").read_text() + "/dist/\n")
    (report.root / "experiments" / "studies").mkdir()
    (report.root / "experiments" / "studies" / "study.yaml").write_text("study: study\n")
    commit(report)
    assert archived(report, capsys)[0] == 0
    (packed,) = (report.root / "dist").iterdir()
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "unpacked")
    (folder,) = (tmp_path / "unpacked").iterdir()
    return folder


def graph(crate: Path) -> dict[str, dict]:
    return {entity["@id"]: entity for entity in json.loads((crate / METADATA).read_text("utf-8"))["@graph"]}


def references(value: object) -> list[str]:
    """The identifiers that an entity refers to."""
    if isinstance(value, list):
        return [found for each in value for found in references(each)]
    if isinstance(value, dict):
        return (
            [value["@id"]]
            if set(value) == {"@id"}
            else [found for each in value.values() for found in references(each)]
        )
    return []


def test_every_file_is_described_and_every_description_has_its_file(crate: Path):
    entities = graph(crate)
    listed = {unquote(part["@id"]) for part in entities["./"]["hasPart"]}
    there = {path.relative_to(crate).as_posix() for path in crate.rglob("*") if path.is_file()}
    assert listed == there - {METADATA}
    for entity in entities.values():
        if entity["@type"] == "File":
            content = (crate / unquote(entity["@id"])).read_bytes()
            assert hashlib.sha256(content).hexdigest() == entity["sha256"]
            assert entity["contentSize"] == str(len(content))


def test_what_is_referred_to_is_described(crate: Path):
    entities = graph(crate)
    named = {identifier for entity in entities.values() for identifier in references(entity)}
    assert named - {"https://w3id.org/ro/crate/1.1"} <= set(entities)


VALIDATOR = Path(sys.prefix) / "crate"  # beside our own packages, which want another version of one of its own


@pytest.mark.skipif(not VALIDATOR.is_dir(), reason="lockfiles/crate.txt is not installed (make test does)")
def test_it_is_a_process_run_crate_to_its_validator(crate: Path, tmp_path: Path):
    spoilt = tmp_path / "spoilt"
    shutil.copytree(crate, spoilt)
    metadata = json.loads((crate / METADATA).read_text("utf-8"))
    for entity in metadata["@graph"]:
        entity.pop("instrument", None)
    (spoilt / METADATA).write_text(json.dumps(metadata), "utf-8")
    command = [sys.executable, Path(__file__).with_name("validate_crate.py"), crate, spoilt]
    environment = os.environ | {"PYTHONPATH": str(VALIDATOR)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    violated, without_instrument = json.loads(done.stdout)
    assert violated == []
    assert any("instrument" in each for each in without_instrument)


def test_a_run_and_the_render_are_actions_that_name_what_they_read_and_made(crate: Path):
    entities = graph(crate)
    actions = {key: each for key, each in entities.items() if each["@type"] == "CreateAction"}
    assert {each["@id"] for each in entities["./"]["mentions"]} == set(actions)
    run, render = actions["#run-study"], actions["#render"]
    assert references(run["object"]) == ["experiments/studies/study.yaml"]
    assert set(references(run["result"])) == {
        "experiments/frozen/study/sizes.csv",
        "experiments/frozen/study/sizes.json",
    }
    assert {"_site/index.html", "_site/report.pdf", "_site/version.json"} <= set(references(render["result"]))
    assert {"index.qmd", "report/one.qmd", "experiments/frozen/study/sizes.csv"} <= set(references(render["object"]))
    assert entities["./"]["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}


def test_a_checkout_made_from_it_alone_has_the_same_tables(crate: Path, monkeypatch):
    monkeypatch.chdir(crate)
    assert problems() == []
    version = json.loads((crate / "_site" / "version.json").read_text())
    assert tables_digest(version["shown"]) == version["build"]["tables"]


def test_the_same_commit_gives_the_same_archive(report: Report, capsys):
    packed = []
    for name in ("one.zip", "two.zip"):
        assert main(["archive", "--to", str(report.root.parent / name)]) == 0
        packed.append((report.root.parent / name).read_bytes())
    assert packed[0] == packed[1]


def test_a_commit_of_a_day_that_no_zip_can_tell_is_archived(report: Report, capsys, monkeypatch):
    monkeypatch.setenv("GIT_COMMITTER_DATE", "1970-01-02T00:00:00Z")
    (report.root / "more.txt").write_text("more\n")
    commit(report)
    code, said = archived(report, capsys)
    assert code == 0, said
    (packed,) = (report.root / "dist").iterdir()
    with zipfile.ZipFile(packed) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}


def test_what_a_link_shows_of_another_place_is_not_archived(report: Report, capsys, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("of somebody else\n")
    (report.root / "leaked.txt").symlink_to(tmp_path / "secret.txt")
    commit(report)
    code, said = archived(report, capsys)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "leaked.txt" in said
    assert not (report.root / "dist").exists()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (("title: A trial\n", ""), "CITATION.cff: title"),
        (("authors: [{family-names: Author, given-names: A.}]", "authors: []"), "authors"),
        (("2026-01-02", "January"), "date-released"),
        (("license:", "licence:"), "licence"),
        (("CC-BY-4.0", "MITT"), "CITATION.cff: license"),
        (("CC-BY-4.0", "[MIT, mit]"), "CITATION.cff: license"),
        (("message: Cite it.", "message: [Cite it."), "CITATION.cff:3"),
    ],
)
def test_a_faulty_citation_is_told_by_its_key(report: Report, capsys, spoil: tuple[str, str], says: str):
    (report.root / "CITATION.cff").write_text(CITATION.replace(*spoil))
    commit(report)
    code, said = archived(report, capsys)
    assert (code, len(said.splitlines())) == (1, 1)
    assert says in said
    assert not (report.root / "dist").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"title: A trial\n#" + b"x" * LARGEST, "larger than"),
        (b"title: " + b"[" * 2 * DEEPEST + b"]" * 2 * DEEPEST, "nested deeper"),
        (b"title: \xff\n", "cannot be read"),
    ],
)
def test_a_citation_beyond_the_bounds_of_settings_is_refused(tmp_path, content: bytes, says: str):
    (tmp_path / "CITATION.cff").write_bytes(content)
    with pytest.raises(PublishError, match=rf"CITATION\.cff.*{says}"):
        read_citation(tmp_path)


def test_what_has_changed_since_the_render_is_not_archived(report: Report, capsys):
    (report.root / "index.qmd").write_text("# Other {.unnumbered}\n")
    code, said = archived(report, capsys)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "local changes since" in said


def test_a_report_with_local_changes_is_not_archived(report: Report, capsys):
    (report.root / "index.qmd").write_text("# Other {.unnumbered}\n")
    report.render(1)
    code, said = archived(report, capsys)
    assert code == 1
    assert "local changes" in said
    assert "--version" not in said, "it takes none"


def test_the_citation_of_colophon_is_valid():
    assert isinstance(read_citation(PACKAGES), Citation)
