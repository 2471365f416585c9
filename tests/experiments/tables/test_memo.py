"""What is remembered of a project, and for all projects of a user."""

import json
from pathlib import Path

import pytest

from experiments.tables import digest
from experiments.tables.memo import user_memo


@pytest.fixture
def enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that makes a project and works in it, with the caches of a user who has none yet."""
    monkeypatch.setenv("COLOPHON_CACHE", str(tmp_path / "cache" / "colophon"))

    def work_in(name: str) -> Path:
        (tmp_path / name).mkdir()
        (tmp_path / name / "_quarto.yml").write_text("project: {type: book}\n")
        monkeypatch.chdir(tmp_path / name)
        return tmp_path / name

    return work_in


def test_a_module_is_parsed_once_for_all_projects(enter, monkeypatch):
    digest._parsed.cache_clear()
    known = []
    for name in ("first", "second"):
        module = enter(name) / "scores.py"
        module.write_text("WEIGHT = 3\n")
        known.append(digest.code_digest({"scores": module}))
        monkeypatch.setattr(digest, "_parsed", None)
    assert known[0] == known[1]


def test_a_damaged_memory_is_no_error(enter, tmp_path):
    module = enter("project") / "scores.py"
    module.write_text("WEIGHT = 4\n")
    first = digest.code_digest({"scores": module})
    memory = user_memo("code")
    memory.save()
    path = tmp_path / "cache" / "colophon" / "code.json"
    (key,) = json.loads(path.read_bytes())
    memory[key] = "damaged"
    assert digest.code_digest({"scores": module}) == first


def test_a_user_without_a_home_has_that_of_the_project(enter, monkeypatch):
    project = enter("project")
    monkeypatch.delenv("COLOPHON_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", lambda path: (_ for _ in ()).throw(RuntimeError("no home directory")))
    memory = user_memo("code")
    memory["a"] = 1
    memory.save()
    assert json.loads((project / "runs" / ".cache" / "code.json").read_bytes()) == {"a": 1}
