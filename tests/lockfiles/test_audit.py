"""Locked packages are looked up in advisories, by `pip-audit` itself, also where the network is closed."""

import json
import runpy
import subprocess
import sys

import pytest

from experiments.tables.locations import PACKAGE_ROOT

LOCKFILES = PACKAGE_ROOT / "lockfiles"
AUDIT = runpy.run_path(str(LOCKFILES / "audit.py"))
ADVISORY = {
    "id": "TEST-1",
    "aliases": ["CVE-0000-0001"],
    "summary": "A fault.",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Some_Package"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "2.0rc1"}, {"last_affected": "2.1"}]},
            ],
            "versions": ["3.0"],
        }
    ],
}


@pytest.mark.parametrize(
    ("version", "is_affected"),
    [
        ("1.0", True),
        ("1.2", False),
        ("1.10", False),
        ("2.0rc1", True),
        ("2.1", True),
        ("2.1.1", False),
        ("3.0", True),
    ],
)
def test_versions_are_compared_as_versions(version, is_affected):
    assert AUDIT["affects"](ADVISORY, "some-package", version) is is_affected
    assert not AUDIT["affects"](ADVISORY, "some-other-package", version)


def audit(tmp_path, lock, advisories):
    (tmp_path / "lock.txt").write_text(lock)
    saved = {"source": "a test", "date": "2026-01-01", "advisories": advisories}
    (tmp_path / "saved.json").write_text(json.dumps(saved))
    command = [sys.executable, LOCKFILES / "audit.py", tmp_path / "lock.txt", "--saved", tmp_path / "saved.json"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("version", "code"), [("1.0", 1), ("1.3", 0)])
def test_a_package_with_a_known_fault_is_named(tmp_path, version, code):
    pytest.importorskip("pip_audit")
    done = audit(tmp_path, f"some-package=={version} \\\n    --hash=sha256:{'0' * 64}\n", [ADVISORY])
    assert done.returncode == code, done.stderr
    assert ("CVE-0000-0001" in done.stdout) is bool(code)
