"""A study whose examples lie on the disk trains and predicts as one whose examples are in memory, to the byte."""

import pytest

from experiments.study_files import load_study
from experiments.tables.read import read_table
from tests.experiments.smoke_tables import run_smoke


def test_the_same_tables_come_out(smoke_runs, tmp_path, monkeypatch):
    pytest.importorskip("torch").set_num_threads(1)
    monkeypatch.setattr("experiments.data.load.IN_MEMORY", 0)
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path / "runs"))
    found = run_smoke(load_study("sst2-lora"), tmp_path / "frozen", seeds=(0,))
    frozen = smoke_runs / "runs" / "smoke" / "frozen"
    for name in ("splits", "features", "predictions", "curves"):
        whole = [row for row in read_table(f"sst2-lora/{name}", frozen).rows if row.get("run") != "seed-1"]
        assert [dict(row) for row in found[name]] == [dict(row) for row in whole], name
