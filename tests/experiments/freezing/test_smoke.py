"""The smoke profile as evidence: a real study that trains gives a digest for each of its run tables."""

import sys
import tempfile

import pytest

from experiments.freezing.declared import specs
from experiments.freezing.dependencies import Snapshot
from experiments.freezing.smoke import smoke_digests
from experiments.study_files import load_study


def test_a_study_that_trains_has_a_smoke_result_and_leaves_no_folder_behind(tmp_path, monkeypatch, forked_python):
    pytest.importorskip("torch")
    monkeypatch.setattr(sys, "executable", forked_python)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    study = load_study("sst2-head")
    run_tables = {table_id for table_id, spec in specs(study, "smoke").items() if spec.made == "run"}
    assert set(smoke_digests(study, Snapshot())) == run_tables
    assert not list(folder.iterdir())
