"""The workflow that publishes: its commands, run in order in a clone of a tagged report, whose origin is local."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from report.rendering.stamp import PACKAGES
from tests.report.publishing.conftest import git
from tests.report.quarto import prepare_for_quarto

pytestmark = pytest.mark.skipif(shutil.which("git") is None or shutil.which("make") is None, reason="no git or no make")
WORKFLOWS = {
    "of this report": PACKAGES / ".github" / "workflows" / "publish.yml",
    "of a new project": PACKAGES / "report" / "template" / "blank" / "dot-github" / "workflows" / "publish.yml",
}


USES = re.compile(r"^\s*(?:- )?uses:\s*(?P<action>[\w./-]+)@(?P<pin>\S+)(?P<tag>.*)$", re.M)


@pytest.mark.parametrize("which", WORKFLOWS)
def test_actions_are_pinned_by_commit_with_their_tag_beside_it(which: str):
    text = "".join(path.read_text("utf-8") for path in sorted(WORKFLOWS[which].parent.glob("*.yml")))
    found = list(USES.finditer(text))
    assert len(found) == text.count("uses:") > 0
    for use in found:
        assert re.fullmatch(r"[0-9a-f]{40}", use["pin"]), use[0]
        assert re.fullmatch(r"\s+# v\d+\.\d+\.\d+", use["tag"]), use[0]


@pytest.mark.parametrize("which", WORKFLOWS)
def test_a_version_is_checked_rendered_with_quarto_and_published_in_this_order(which: str):
    (job,) = yaml.safe_load(WORKFLOWS[which].read_text("utf-8"))["jobs"].values()
    steps = [step.get("run") or step["uses"].partition("@")[0] for step in job["steps"]]
    order = ["quarto-dev/quarto-actions/setup", " check", "--engine quarto", "sbom", "report publish"]
    places = [next(place for place, step in enumerate(steps) if word in step) for word in order]
    assert places == sorted(places)


@pytest.mark.parametrize("which", WORKFLOWS)
def test_findings_of_each_change_are_shown_beside_their_lines(which: str):
    """By the workflow that runs with each change, which lies beside the one that publishes."""
    workflows = [yaml.safe_load(path.read_text("utf-8")) for path in WORKFLOWS[which].parent.glob("*.yml")]
    (changes,) = [each for each in workflows if "pull_request" in each[True]]
    (job,) = changes["jobs"].values()
    (written,) = [step["run"].split()[-1] for step in job["steps"] if "--sarif" in step.get("run", "")]
    (sent,) = [step for step in job["steps"] if "upload-sarif" in step.get("uses", "")]
    assert sent["with"]["sarif_file"] == written
    assert changes["permissions"]["security-events"] == "write"


def environment_of_tests(root: Path) -> None:
    """`.venv` as `make` would make it, but that it is the environment of the tests."""
    (root / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (root / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    for name in (".source", ".report", ".audit"):
        (root / ".venv" / name).write_text("here\n")


@pytest.mark.parametrize("which", WORKFLOWS)
def test_the_commands_of_the_workflow_publish_a_tagged_commit(write_book, tmp_path: Path, which: str):
    workflow = yaml.safe_load(WORKFLOWS[which].read_text("utf-8"))
    assert workflow[True] == {"push": {"tags": ["v*"]}}  # YAML reads `on` as a truth value
    (job,) = workflow["jobs"].values()
    book = write_book({"report/one.qmd": "# One\n\nText.\n"})
    prepare_for_quarto(book)
    shutil.copyfile(WORKFLOWS[which].parents[2] / "Makefile", book / "Makefile")
    shutil.copytree(PACKAGES / "lockfiles", book / "lockfiles")
    (book / "pyproject.toml").write_text('[project]\nname = "small"\nversion = "0.0.0"\n')
    git(book, "init", "--quiet")
    git(book, "add", ".")
    git(book, "commit", "--quiet", "--message", "all")
    git(book, "tag", "v1.2.0")
    git(tmp_path, "clone", "--quiet", "--bare", str(book), "host.git")
    root = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", "--branch", "v1.2.0", str(tmp_path / "host.git"), str(root))
    environment_of_tests(root)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLOPHON_")}
    own = {name: value for name, value in job.get("env", {}).items() if "${{" not in value}
    for step in job["steps"]:
        if "run" not in step:
            continue
        command = step["run"]
        if not shutil.which("quarto"):  # then the other engine stands in for it
            command = command.replace("--engine quarto", "--engine press")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command],
            cwd=root,
            env={**kept, **own, "PYTHONPATH": str(PACKAGES), "COLOPHON": "here", "PIP_DRY_RUN": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    published = git(tmp_path / "host.git", "ls-tree", "-r", "--name-only", "gh-pages").split()
    files = {f"v/1.2.0/{name}" for name in ("report/one.html", "report.pdf", "version.json", "sbom.cdx.json")}
    assert {*files, "versions.json"} <= set(published)
    assert git(tmp_path / "host.git", "log", "-1", "--format=%cn", "gh-pages")
