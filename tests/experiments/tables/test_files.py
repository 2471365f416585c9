"""A file is replaced wholly or not at all, and what killed processes left goes."""

import os
import platform
import subprocess
import sys

import pytest

from experiments.tables.files import beside, open_replacement, replace_file


def test_an_exception_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "a [b]*.txt"
    replace_file(path, b"old")
    with pytest.raises(ValueError, match="closed file"), open_replacement(path) as file:
        file.close()
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [(path.name, b"old")]


@pytest.mark.skipif(os.name == "nt", reason="asks for processes by their number")
def test_what_a_process_left_that_is_gone_is_removed_and_nothing_else(tmp_path):
    path = tmp_path / "a [b]*.txt"
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    left = tmp_path / f".{path.name}.{platform.node()}.{gone.stdout.strip()}.new"
    (left / "in").mkdir(parents=True)
    others = [
        tmp_path / f".{path.name}.{platform.node()}.{os.getppid()}.new",
        tmp_path / f".{path.name}.another-machine.{gone.stdout.strip()}.new",
        tmp_path / f".other.txt.{platform.node()}.{gone.stdout.strip()}.new",
    ]
    for other in others:
        other.write_text("at work")
    assert beside(path).parent == tmp_path
    assert not left.exists()
    assert all(other.exists() for other in others)
