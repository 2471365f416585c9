"""Fact logs outlive the kernels that write them."""

import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.facts.fact_log import FactLogWriter, engine_name, fact_log_path, read_fact_log
from tests.fact_logs import read_fact_logs

KILLED = """
import os, sys
from pathlib import Path
from analysis.facts.fact_log import FactLogWriter
log = FactLogWriter(Path(sys.argv[1]))
log.append("open", chapter="x")
log.append("read", table="a/b", digest="1", sidecar="2")
os.kill(os.getpid(), 9)
"""


@given(st.integers(min_value=0))
def test_a_cut_off_line_is_dropped_and_all_before_it_stays(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("log") / "x.jsonl"
    log = FactLogWriter(path)
    lines = [("open", {"chapter": "x"}), ("fact", {"id": "x-1", "text": "ä\n"}), ("fact", {"id": "x-2"})]
    for line, content in lines:
        log.append(line, **content)
    log.close()
    whole = path.read_bytes()
    part = whole[: cut % (len(whole) + 1)]
    path.write_bytes(part)
    found = read_fact_log(path)
    assert (0 if found is None else len(found.lines)) == part.count(b"\n")


def test_a_killed_kernel_leaves_what_it_wrote(tmp_path):
    path = tmp_path / "x.jsonl"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert read_fact_log(path).tables == {"a/b": {"digest": "1", "sidecar": "2"}}


def test_opening_empties_the_log(tmp_path):
    path = tmp_path / "deep" / "x.jsonl"
    for chapter in ("old", "new"):
        log = FactLogWriter(path)
        log.append("open", chapter=chapter)
        log.close()
    assert read_fact_log(path).opening["chapter"] == "new"
    assert len(read_fact_log(path).lines) == 1


def test_what_json_cannot_hold_exactly_is_refused(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        FactLogWriter(tmp_path / "x.jsonl").append("fact", value=float("nan"))


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[1]\n", b'{"line":"fact"}\n', b"\xff\n", b"text"])
def test_anything_else_is_no_log(tmp_path, content):
    (tmp_path / "x.jsonl").write_bytes(content)
    assert read_fact_log(tmp_path / "x.jsonl") is None


def test_logs_are_kept_apart_by_engine(tmp_path, monkeypatch):
    FactLogWriter(fact_log_path(tmp_path, "press", "a")).append("open", chapter="a")
    assert list(read_fact_logs(tmp_path, "press")) == ["a"]
    assert read_fact_logs(tmp_path, "quarto") == {}
    monkeypatch.setenv("COLOPHON_ENGINE", "press")
    assert engine_name() == "press"
    monkeypatch.delenv("COLOPHON_ENGINE")
    assert engine_name() == "quarto"


def test_the_log_is_light():
    loaded = "import sys, analysis.facts.fact_log; print('matplotlib' in sys.modules or 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.strip() == "False"
