"""What stops a command is one line."""

import errno
import os
import shutil
import subprocess
import sys

import pytest

from experiments.tables.errors import UserError
from experiments.tables.outcome import exit_code, unwritable

LEFT = "nothing was changed"


def stopped(error: BaseException):
    def work() -> int:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UserError("mend this"), 1),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a/file"), 1),
        (OSError(errno.EFBIG, os.strerror(errno.EFBIG), "a/file"), 1),
        (OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), "a" * 300), 1),
        (OSError(errno.EIO, os.strerror(errno.EIO), "a/file"), 1),
        (BrokenPipeError(), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_the_exit_code_says_what_stopped_it(capsys, error, code):
    assert exit_code(stopped(error), LEFT) == code
    assert len(capsys.readouterr().err.splitlines()) == (0 if isinstance(error, BrokenPipeError) else 1)


def test_a_fault_of_the_program_is_not_hidden():
    with pytest.raises(FileExistsError):
        exit_code(stopped(FileExistsError(errno.EEXIST, "File exists", "a")), LEFT)


def test_errors_of_a_copied_folder_are_told_by_the_first(tmp_path, monkeypatch):
    (tmp_path / "from").mkdir()
    for name in "ab":
        (tmp_path / "from" / name).write_text("text")

    def full(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), source, None, target)

    with pytest.raises(shutil.Error) as raised:
        shutil.copytree(tmp_path / "from", tmp_path / "to", copy_function=full)
    line = unwritable(raised.value)
    assert line is not None
    assert line.endswith(os.strerror(errno.ENOSPC))
    assert str(tmp_path / "to") in line


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_name_that_is_no_text_is_printed_all_the_same(encoding):
    program = (
        "from experiments.tables.outcome import exit_code; exit_code(lambda: print('site \\udcff \\u2265') or 0, '')"
    )
    environment = {**os.environ, "PYTHONIOENCODING": f"{encoding}:strict"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert done.stdout.startswith(b"site \\udcff")
