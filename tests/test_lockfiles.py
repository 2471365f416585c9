"""The lock files pin everything with hashes and name no address; the environment that runs is the one they pin."""

import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.markers import Marker

from experiments.models.registry import model_entry

LOCKFILES = Path(__file__).resolve().parents[1] / "lockfiles"
LINE = re.compile(r"(?P<name>[a-z0-9-]+)(\[[a-z,-]+\])?==(?P<version>[^ ;]+)( ; (?P<marker>.*))? \\")
NAMES = ("report", "experiments", "dev", "benchmarks", "slurm", "ray", "crate", "gemma")


def pins(name):
    """Package, version and marker of each pin of a lock file."""
    lines = (LOCKFILES / f"{name}.txt").read_text().splitlines()
    found = [LINE.fullmatch(line) for line in lines if not line.startswith("    --hash=sha256:")]
    assert None not in found, "a line is neither a pin nor a hash"
    return [(match["name"], match["version"], match["marker"]) for match in found]


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_a_hash_and_no_line_an_address(name):
    text = (LOCKFILES / f"{name}.txt").read_text()
    assert "://" not in text
    for block in re.findall(r"^\S.*\n(?:    .*\n)*", text, flags=re.M):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block


def test_rendering_needs_no_torch():
    assert not {"torch", "transformers", "peft", "bitsandbytes"} & {name for name, *_ in pins("report")}


def test_the_locks_agree_on_every_version():
    known = {(name, pinned) for name, pinned, _ in pins("dev")}
    for lock in ("report", "experiments"):
        assert {(name, pinned) for name, pinned, _ in pins(lock)} <= known
    for lock in ("slurm", "ray"):
        here = {name for name, _ in known}
        assert {(name, pinned) for name, pinned, _ in pins(lock) if name in here} <= known
        assert "torch" not in {name for name, *_ in pins(lock)}


def test_weights_under_terms_of_their_own_are_in_a_lock_of_their_own():
    ours = {name for name, *_ in pins("gemma")}
    carried = {piece.partition("/")[0] for piece in model_entry("gemma-3-270m").package.pieces}
    assert {name.replace("-", "_") for name in ours} == carried | {model_entry("gemma-3-270m").package.name}
    assert not ours & {name for lock in NAMES[:-1] for name, *_ in pins(lock)}


def test_no_package_of_cuda_is_locked():
    assert not [name for name, *_ in pins("dev") if re.match(r"nvidia-(?!ml-py)|cuda-|triton", name)]


def test_the_environment_is_the_locked_one():
    wrong = {}
    for name, pinned, marker in pins("dev"):
        if marker and not Marker(marker).evaluate():
            continue
        try:
            found = version(name).partition("+")[0]
        except PackageNotFoundError:
            found = "missing"
        if found != pinned:
            wrong[name] = f"{found}, not {pinned}"
    assert not wrong
