"""A short part of the trials of secrets."""

import pytest

from tests.hardening import secrets


@pytest.mark.parametrize("act", ["a chapter prints its environment", "an endpoint sends its key back in a verdict"])
def test_a_secret_is_found_nowhere(act):
    (trial,) = secrets.trials(7, [act])
    assert trial.held == trial.tried, trial.failures[:2]


def test_what_leaks_is_found(tmp_path, monkeypatch):
    def leak(root, marks):
        (root / "a.txt").write_bytes(b64encode(f"x{marks['HF_TOKEN']}".encode()))
        return marks["GITHUB_TOKEN"].encode()

    from base64 import b64encode

    monkeypatch.setitem(secrets.ACTS, "leaks", (leak, ""))
    (trial,) = secrets.trials(7, ["leaks"])
    assert trial.tried - trial.held == 2
