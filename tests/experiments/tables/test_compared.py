"""A claim that compares with a column that its table lacks is told with the line of its study."""

from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.study_files import load_study
from experiments.tables.verify import problems

STUDY = """\
study: published-x
system: published
title: A document
sources: {doc: {title: A document, place: whole text}}
figures:
  - {figure: printed, quantity: parameters, printed: "13", printed_unit: count, place: p}
claims:
  - claim: it-is-so
    statement: So it is.
    place: p
    predicate: equal
    left: {quantity: parameters}
    right:
      table: sizes/all
      row: {name: a}
      column: COLUMN
      words: the exact count
"""


def test_a_missing_column_is_one_line_at_the_study(tmp_path, monkeypatch, write_table):
    monkeypatch.chdir(tmp_path)
    frozen, studies = tmp_path / "experiments" / "frozen", tmp_path / "experiments" / "studies"
    studies.mkdir(parents=True)
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    (tmp_path / "lockfiles").mkdir()
    for name, pins in {"experiments": "", "report": "numpy==2.0\n"}.items():
        (tmp_path / "lockfiles" / f"{name}.txt").write_text(pins)
    columns = {"name": "string", "size": "integer"}
    write_table(frozen, "sizes/all", "computed", ["name"], columns, [{"name": "a", "size": 13}])
    for column, count in (("size", 0), ("weight", 1)):
        (studies / "published-x.yaml").write_text(STUDY.replace("COLUMN", column))
        run_study(load_study("published-x"), frozen, show_progress)
        found = [str(each) for each in problems(frozen)]
        assert len(found) == count, found
    [line] = found
    assert line.startswith("experiments/studies/published-x.yaml:16: claim it-is-so compares with weight of sizes/all")
    assert "name, size" in line
    assert "\n" not in line
    (studies / "published-x.yaml").unlink()
    [line] = [str(each) for each in problems(frozen)]
    assert line.startswith("experiments/frozen/published-x/claims.csv: ")
