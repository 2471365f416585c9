"""The chapters of a new project run with nothing frozen, with studies of one kind, and with two of a kind."""

import contextlib
import io
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

import report
from experiments.freezing.seal import sidecar_bytes, signed
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_sidecar, table_ids
from tests.analysis.reported import FROZEN
from tests.experiments.smoke import experiments
from tests.own_data import write_csv

TEMPLATE = Path(report.__file__).parent / "template" / "blank"
INLINE = re.compile(r"`\{python\} (.*?)`")
CELL = re.compile(r"^```\{python\}\n(.*?)^```$", re.M | re.S)
DEFINED = re.compile(r"\{#((?:sec|fig|tbl|eq)-[\w-]+)")
REFERRED = re.compile(r"(?<![\w.])@((?:sec|fig|tbl|eq)-[\w-]+)")
PUBLISHED = [f"published-{name}" for name in ("baselines", "model-cards", "s0", "s1", "s2", "s3", "s4")]
NONE = "is frozen yet"
Write = Callable[..., dict[str, str]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch) -> Write:
    """A function that runs the chapters of a new project in which these studies are frozen; their markdown by name."""
    (tmp_path / "_quarto.yml").write_text("project:\n  type: book\n")
    shutil.copy(TEMPLATE / "index.qmd", tmp_path)
    (tmp_path / "report").mkdir()
    for chapter in (TEMPLATE / "report").glob("*.qmd"):
        shutil.copy(chapter, tmp_path / "report")
    frozen = tmp_path / "experiments" / "frozen"
    frozen.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLOPHON_FROZEN", raising=False)

    def write_chapters(studies: Iterable[str], again: Mapping[str, str] | None = None) -> dict[str, str]:
        for study in studies:
            (frozen / study).symlink_to(FROZEN / study)
        for study, name in (again or {}).items():
            _copy(study, name, frozen)
        return {path.stem: _run(path) for path in (tmp_path / "index.qmd", *sorted(tmp_path.glob("report/*.qmd")))}

    return write_chapters


def _copy(study: str, name: str, frozen: Path) -> None:
    """The tables of a study under another name."""
    (frozen / name).mkdir()
    for table_id in table_ids(FROZEN):
        if table_id.startswith(f"{study}/"):
            sidecar = read_sidecar(table_id, FROZEN)
            suffix = {"csv": ".csv", "parquet": ".parquet"}[sidecar.format]
            shutil.copy(FROZEN / f"{table_id}{suffix}", frozen / name)
            renamed = signed(sidecar.model_copy(update={"study": name}))
            (frozen / name / f"{sidecar.table}.json").write_bytes(sidecar_bytes(renamed))


def _run(path: Path) -> str:
    """The chapter with what its cells print in their place."""
    names: dict[str, object] = {}

    def output(cell: re.Match[str]) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(cell[1], path.name, "exec"), names)
        return printed.getvalue()

    shown = CELL.sub(output, path.read_text("utf-8"))
    return INLINE.sub(lambda inline: str(eval(inline[1], names)), shown)


def _check_references(chapters: Mapping[str, str]) -> None:
    defined = [label for text in chapters.values() for label in DEFINED.findall(text)]
    assert sorted(defined) == sorted(set(defined))
    assert {label for text in chapters.values() for label in REFERRED.findall(text)} <= set(defined)


def test_with_nothing_frozen_each_chapter_says_so_in_one_sentence(write):
    chapters = write([])
    assert {name: text.count(NONE) for name, text in chapters.items()} == dict.fromkeys(chapters, 1)
    assert not any("::: {#" in text for text in chapters.values())
    _check_references(chapters)


def test_with_one_study_the_chapters_of_other_kinds_say_that_they_have_none(write):
    written = write(["sst2-head"])
    there = {name for name, text in written.items() if NONE not in text}
    assert there == {"index", "colophon", "checklist", "classification", "failure-cases", "resources"}
    _check_references(written)


def test_two_studies_of_a_kind_have_labels_of_their_own(write):
    twice = ("parameter-counts", "squad-lora")
    written = write([*twice, *PUBLISHED], {kind: f"{kind}-again" for kind in twice})
    assert {name for name, text in written.items() if NONE in text} == {"classification", "layers", "early-exits"}
    assert "{#tbl-answers-squad-lora-again}" in written["question-answering"]
    _check_references(written)


def test_chapters_of_adopted_predictions_alone_say_nothing_of_how_they_were_made(write, tmp_path):
    assert all("fine-tuning" in write([])[name] for name in ("classification", "failure-cases"))
    rows = [(n, "ab"[n % 2], "a", "ab"[n % 2] if n % 9 else "b", "ab"[n % 3 % 2]) for n in range(60)]
    write_csv(tmp_path / "some.csv", ("id", "label", "base", "one", "two"), rows)
    shutil.copytree(PACKAGE_ROOT / "lockfiles", tmp_path / "lockfiles")
    files = ("some.csv", "--map", "id=id,gold=label,before=base,one=one,two=two")
    done = experiments(tmp_path, "adopt", "--study", "mine", *files)
    assert done.returncode == 0, done.stderr
    written = write([])
    texts = [written[name] for name in ("index", "classification", "failure-cases")]
    assert all("::: {#fig-" in text for text in texts)
    assert not [word for text in texts for word in ("fine-tun", "zero-shot", "over all seeds") if word in text]
    assert "untrained" not in written["classification"]
    both = write(["sst2-head"])["classification"]
    assert "fine-tuning" in both
    assert "zero-shot" in both
    _check_references(written)
