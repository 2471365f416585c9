"""Digests of code and lock files."""

import hashlib
from pathlib import Path

import pytest

from experiments.tables.digest import code_closure, code_digest, lock_digest, sha256_bytes, sha256_file
from experiments.tables.errors import UserError


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "p/__init__.py": "",
            "p/a.py": "from .sub import b\nimport os\nX = 1\n",
            "p/sub/__init__.py": "from ..common import C\n",
            "p/sub/b.py": "def f():\n    import p.late\n    from other import thing\n    return p.late\n",
            "p/common.py": "C = 1\n",
            "p/late.py": "from p.frame import io\n",
            "p/frame/__init__.py": "",
            "p/frame/io.py": "import p.only_through_frame\n",
            "p/only_through_frame.py": "",
            "p/unused.py": "",
        },
    )


def test_sha256_is_the_standard_one(tmp_path):
    assert sha256_bytes(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (tmp_path / "f").write_bytes(b"abc")
    assert sha256_file(tmp_path / "f") == hashlib.sha256(b"abc").hexdigest()


def test_the_closure_follows_imports_of_every_form(package):
    found = code_closure("p.a", package, ("p",), ("p.frame",))
    assert list(found) == ["p", "p.a", "p.common", "p.late", "p.sub", "p.sub.b"]
    assert found["p.sub"] == package / "p" / "sub" / "__init__.py"


def test_an_unknown_module_is_named(package):
    with pytest.raises(UserError, match=r"no module p\.nothing"):
        code_closure("p.nothing", package, ("p",))


def digest(package: Path) -> str:
    return code_digest(code_closure("p.a", package, ("p",), ("p.frame",)))


@pytest.mark.parametrize(
    "same",
    [
        "from .sub import b  # why\nimport os\n\n\nX = (1)\n",
        '"""A docstring."""\nfrom .sub import b\nimport os\nX = 1\n',
        "from .sub import b\r\nimport os\r\nX = 0x1\r\n",
    ],
)
def test_comments_formatting_and_docstrings_do_not_count(package, same):
    before = digest(package)
    (package / "p" / "a.py").write_bytes(same.encode())
    assert digest(package) == before


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ('raise ValueError("no")', 'raise ValueError(f"not {C}")', True),
        ('raise ValueError("no")', 'raise ValueError("a" + str(C)) from None', False),
        ('raise ValueError("no")', 'raise TypeError("no")', False),
        ('raise Odd("no", 1)', 'raise Odd("never %s" % C, 1)', True),
        ('raise Odd("no", 1)', 'raise Odd("no", 2)', False),
        ('raise Odd("no", where="a")', 'raise Odd("no", where="b")', True),
        ('return "no"', 'return "yes"', False),
    ],
)
def test_the_message_of_an_error_does_not_count(package, old, new, same):
    (package / "p" / "common.py").write_text(f"def f(C):\n    {old}\n", "utf-8")
    before = digest(package)
    (package / "p" / "common.py").write_text(f"def f(C):\n    {new}\n", "utf-8")
    assert (digest(package) == before) is same


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("p/a.py", "from .sub import b\nimport os\nX = 2\n"),
        ("p/common.py", "C = '1'\n"),
        ("p/late.py", "import p.unused\n"),
    ],
)
def test_what_the_code_does_counts(package, file, text):
    before = digest(package)
    (package / file).write_text(text, "utf-8")
    assert digest(package) != before


def test_code_that_does_not_parse_is_named_by_line(package):
    (package / "p" / "common.py").write_text("x = 1\ndef f(:\n", "utf-8")
    with pytest.raises(UserError, match=r"common\.py:2: does not parse"):
        digest(package)


def test_only_the_pins_of_a_lock_file_count(tmp_path):
    first = "# made by\nPyYAML==6.0.1 \\\n    --hash=sha256:aa\nnumpy==2.0 ; python_version > '3'\n"
    second, other = "numpy==2.0\npyyaml==6.0.1\n", "numpy==2.0.1\npyyaml==6.0.1\n"
    write(tmp_path, {"a.txt": first, "b.txt": second, "c.txt": other, "d.txt": "\n"})
    assert lock_digest(tmp_path / "a.txt") == lock_digest(tmp_path / "b.txt") != lock_digest(tmp_path / "c.txt")
    with pytest.raises(UserError, match="no name==version"):
        lock_digest(tmp_path / "d.txt")
    with pytest.raises(UserError, match="cannot be read"):
        lock_digest(tmp_path / "e.txt")
