"""The commands as a user calls them: what they print, where, and how they exit."""

import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from experiments.tables.locations import PACKAGE_ROOT
from tests.files import edit

TOY = "from experiments.system import SYSTEMS; SYSTEMS['toy'] = 'toysystem.system'; "
MAIN = "from experiments.cli import main; main()"


def test_from_missing_to_fresh_to_stale_to_fresh(project, experiments):
    before = experiments("status")
    assert (before.code, before.out.count("missing")) == (1, 2)
    made = experiments("freeze")
    assert made.code == 0
    assert made.err.splitlines() == ["toy/powers is missing", "toy/sums is missing"]
    frozen = [line.split(",")[0] for line in made.out.splitlines()]
    assert frozen == ["froze toy/powers: 3 rows", "froze toy/sums: 3 rows"]
    assert experiments("status").code == 0
    assert experiments("freeze").out == "everything is fresh\n"

    edit(project.study, "[1, 2, 3]", "[1, 2, 3, 4]")
    stale = experiments("status")
    assert stale.code == 1
    row = next(line for line in stale.out.splitlines() if line.startswith("toy/powers"))
    assert row.split()[:4] == ["toy/powers", "computed", "stale", "study"]
    assert experiments("run", "toy").code == 0
    assert experiments("status").code == 0


def test_status_as_json(project, experiments):
    experiments("freeze")
    edit(project.words, "one", "none")
    answer = experiments("status", "--json")
    found = json.loads(answer.out)
    assert answer.code == 1
    assert (found["schema_version"], found["fresh"]) == (1, False)
    powers, sums = found["tables"]
    assert set(powers) == {"table", "kind", "state", "made", "profile", "changes", "notes"}
    assert [change["what"] for change in powers["changes"]] == ["data:words"]
    assert (sums["state"], sums["changes"]) == ("fresh", [])


def test_verify_names_the_cell_on_standard_error(project, experiments):
    experiments("freeze")
    assert experiments("verify").out == "2 tables verified\n"
    edit(project.root / "toy" / "powers.csv", "3,9", "3,8")
    answer = experiments("verify")
    assert answer.code == 1
    assert "error: experiments/frozen/toy/powers.csv:4: row n=3, column power: found 8, frozen 9" in answer.err
    found = json.loads(experiments("verify", "--json").out)
    assert found["valid"] is False
    assert set(found["problems"][0]) == {"table", "where", "what", "remedy"}


def test_accept_is_recorded(project, experiments):
    experiments("freeze")
    edit(project.words, "one", "none")
    answer = experiments("accept", "toy/powers", "--because", "a typing error in a word nobody reads")
    assert answer.out.startswith("accepted for toy/powers: data:words ")
    assert experiments("status").code == 0


def test_list_shows_studies_tables_and_kinds(project, experiments):
    lines = experiments("list").out.splitlines()
    assert lines[0].split() == ["study", "profiles", "table", "kind", "title"]
    assert lines[2].split() == ["toy", "any", "sums", "computed", "Running", "sums"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["accept", "toy/powers", "--because", "x"], 1, "error: toy/powers is missing; there is nothing to accept"),
        (["accept", "toy", "--because", "x"], 1, "error: 'toy' is no table id"),
        (["accept", "toy/powers"], 2, "--because"),
        (["run"], 2, "Missing argument"),
        (["run", "toi"], 1, "error: there is no study toi; known: toy"),
        (["freeze", "toi"], 1, "error: there is no study toi; known: toy"),
        (["stats"], 2, "No such command 'stats'"),
        (["status", "--jsn"], 2, "No such option: --jsn"),
        (["score", "squid"], 2, "see `experiments score --help`"),
        (["count", "toy", "--lora"], 2, "see `experiments count --help`"),
        (["run", "toy", "--seed", "\x1b[2J"], 2, "see `experiments run --help`"),
    ],
)
def test_mistakes_are_one_line_and_an_exit_code(project, experiments, arguments, code, said):
    answer = experiments(*arguments)
    assert answer.code == code
    (line,) = answer.err.splitlines()
    assert line.startswith("error: ")
    assert line.isprintable()
    assert said in line
    assert answer.out == ""


def test_every_line_of_an_error_says_so(project, experiments):
    project.study.write_text("study: toy\ntitle: ''\nsystem: toy\nnumbers: [x]\n", "utf-8")
    assert [line.split(":")[0] for line in experiments("status").err.splitlines()] == ["error", "error"]


def test_a_study_that_cannot_run_does_not_keep_the_others_waiting(project, experiments):
    side = "{name: s, run: [no-such-peer]}"
    peer = f"[{{name: c, what: w, target: 2, ours: {side}, theirs: {side}}}]"
    needs = f"study: a-peer\ntitle: needs a program\nsystem: benchmarks\ncomparisons: {peer}\n"
    project.study.with_name("a-peer.yaml").write_text(needs, "utf-8")
    answer = experiments("freeze")
    assert "error: study a-peer: no-such-peer is not on the PATH" in answer.err
    assert "froze toy/sums" in answer.out
    assert answer.code == 1


def test_a_broken_table_is_frozen_anew(project, experiments):
    experiments("freeze")
    (project.root / "toy" / "sums.json").write_text('{"schema_version": 9}', "utf-8")
    assert "schema version 9 is newer than 2; update Colophon" in experiments("verify").err
    assert "tampered" in experiments("status").out
    assert experiments("freeze").code == 0
    assert experiments("status").code == 0


def test_an_answer_that_is_remembered_is_that_of_now(project, experiments):
    def answers() -> list[tuple[int, str]]:
        return [(answer.code, answer.out) for answer in (experiments("status"), experiments("list"))]

    experiments("freeze")
    before = answers()
    assert before[0][0] == 0
    assert answers() == before
    changes = (
        (project.rows, "n**power", "n*-power"),
        (project.words, "one", "two"),
        (project.weights, "0 1", "1 0"),
        (project.study, "1, 2, 3", "3, 2, 1"),
        (project.lockfile, "2.0", "2.1"),
        (project.root / "toy" / "sums.csv", "2,5", "2,6"),
    )
    for path, old, new in changes:
        text, times = path.read_text("utf-8"), path.stat()
        path.write_text(text.replace(old, new), "utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert answers()[0][0] == 1, path
        path.write_text(text, "utf-8")
        assert answers() == before


def test_an_interrupted_freeze_is_finished_by_the_next_command(project, experiments):
    experiments("freeze")
    folder = project.root / "toy"
    new = (folder / "powers.csv").read_bytes()
    (folder / ".powers.csv.new").write_bytes(new)
    (folder / ".journal.json").write_text('{"replace": ["powers.csv"], "remove": []}', "utf-8")
    assert experiments("status").code == 0
    assert not (folder / ".journal.json").exists()


SLOW = "def powers(numbers, power):\n    import time\n    open('started', 'w').close()\n    time.sleep(60)\n"


def test_ctrl_c_leaves_the_old_tables(project, experiments):
    experiments("freeze")
    before = {path.name: path.read_bytes() for path in (project.root / "toy").glob("*.*")}
    project.rows.write_text(SLOW, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", TOY + MAIN, "run", "toy"],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": f"{PACKAGE_ROOT}{os.pathsep}{project.folder}"},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (project.folder / "started").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.startswith("error: interrupted")
    assert len(errors.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in (project.root / "toy").glob("*.*")} == before


def test_lines_are_never_cut_in_a_pipe_and_ruled_on_a_terminal(project, experiments):
    title = "A very long title " * 20
    edit(project.study, "Powers of small numbers", title)
    edit(project.folder / "toysystem" / "system.py", '"Powers"', "study.title")
    assert title.strip() in experiments("list").out

    parent, child = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": f"{PACKAGE_ROOT}{os.pathsep}{project.folder}", "COLUMNS": "80"}
    command = [sys.executable, "-c", TOY + MAIN, "list"]
    with subprocess.Popen(command, cwd=project.folder, env=environment, stdout=child) as process:
        os.close(child)
        shown = b""
        while chunk := _read(parent):
            shown += chunk
    os.close(parent)
    assert process.returncode == 0
    assert "─" in shown.decode()
    assert shown.decode().count("very") == 20


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end was closed
        return b""


HEAVY = {"torch", "transformers", "pandas", "numpy", "matplotlib", "nbclient"}


@pytest.mark.parametrize(
    ("before", "arguments", "unwanted"),
    [
        ("", ["--help"], {*HEAVY, "pydantic", "yaml"}),
        ("", ["status", "--help"], {*HEAVY, "yaml"}),
        (TOY, ["list"], HEAVY),
        (TOY, ["status"], HEAVY),
        (TOY, ["verify"], HEAVY),
    ],
)
def test_light_commands_import_nothing_heavy(project, before, arguments, unwanted):
    run = f"import sys\ntry:\n    {MAIN}\nexcept SystemExit: pass\n"
    tell = f"print('imported', sorted({unwanted} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\n{run}{tell}", *arguments],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": f"{PACKAGE_ROOT}{os.pathsep}{project.folder}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1] == "imported []"


def test_the_profiles_that_run_offers_are_those_of_the_contract():
    from typing import get_args

    from experiments.cli.run import Profile as offered
    from experiments.tables.sidecar import Profile

    assert get_args(offered) == get_args(Profile)
