"""The bill of materials lists what is locked, and is valid by CycloneDX's own schema."""

import json
import runpy

import pytest

from experiments.tables.locations import PACKAGE_ROOT

validation = pytest.importorskip("cyclonedx.validation.json")
SBOM = runpy.run_path(str(PACKAGE_ROOT / "lockfiles" / "sbom.py"))


def test_it_lists_what_is_locked_and_is_valid(monkeypatch):
    from cyclonedx.schema import SchemaVersion

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    text = SBOM["bill"](PACKAGE_ROOT)
    assert validation.JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert text == SBOM["bill"](PACKAGE_ROOT)
    content = json.loads(text)
    parts = {(part["name"], part["version"]): part for part in content["components"]}
    for lock, scope in (("report", "required"), ("experiments", None)):
        for name, version, hashes in SBOM["locked"]((PACKAGE_ROOT / "lockfiles" / f"{lock}.txt").read_text()):
            part = parts[name, version]
            assert {each["content"] for each in part["hashes"]} >= set(hashes) != set()
            assert scope is None or part["scope"] == scope
    assert parts["torch", "2.13.0"]["scope"] == "optional"
    assert content["metadata"]["component"]["name"] == "colophon"
    assert content["metadata"]["timestamp"].startswith("2026-01-01T00:00:00")


def test_another_lock_is_another_bill(tmp_path):
    (tmp_path / "lockfiles").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\n')
    found = set()
    for version in ("1.0", "1.1"):
        for name in ("report", "experiments"):
            (tmp_path / "lockfiles" / f"{name}.txt").write_text(f"a=={version} \\\n    --hash=sha256:{'0' * 64}\n")
        found.add(json.loads(SBOM["bill"](tmp_path))["serialNumber"])
    assert len(found) == 2
