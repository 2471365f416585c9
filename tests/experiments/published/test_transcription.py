"""The transcriptions against the documents that they were made from, and what a faulty one is told."""

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest
import yaml

from experiments.published import system
from experiments.published.transcription import Unit
from experiments.study_files import load_study
from experiments.tables.canonical import decode, encode
from experiments.tables.errors import UserError
from experiments.tables.printed import UNITS
from tests import shared

ROOT = Path(__file__).parents[3]
STUDIES = ROOT / "experiments" / "studies"
SEEDS = shared.DATA.parent / "seeds"
NAMES = sorted(path.stem for path in STUDIES.glob("published-*.yaml"))
DOCUMENTS = [name for name in NAMES if name[-2:] in ("s0", "s1", "s2", "s3", "s4")]

needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the source reports are not beside the project")


def frozen_rows(name, table):
    """The rows of a table of study `name`, encoded and decoded as freezing does."""
    study = load_study(name, STUDIES)
    spec = next(spec for spec in system.tables(study) if spec.name == table)
    result = next(result for result in system.run(study, None) if result.name == table)
    return decode(encode(spec.columns, spec.key, result.rows, name), spec.columns, spec.key, name)


@pytest.mark.parametrize("name", NAMES)
def test_every_declared_table_is_made_and_fits_its_columns(name):
    study = load_study(name, STUDIES)
    declared = [spec.name for spec in system.tables(study)]
    assert [result.name for result in system.run(study, None)] == declared
    for table in declared:
        assert frozen_rows(name, table)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_a_value_exactly_where_a_number_is_printed(name):
    for row in frozen_rows(name, "figures"):
        has_number = row["printed"] is not None and row["printed_unit"] != "text"
        assert (row["value"] is not None) == has_number, row["figure"]
        if has_number:
            assert row["low"] <= row["value"] <= row["high"]
        if row["printed"] is None:
            assert row["note"], f"{row['figure']} is missing without a word on why"


@needs_seeds
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_source_is_the_one_transcribed_and_prints_each_figure(name):
    (source,) = load_study(name, STUDIES).sources.values()
    text = (SEEDS / source.place.partition(",")[0]).read_bytes()
    assert sha256(text).hexdigest() == source.sha256
    for row in frozen_rows(name, "figures"):
        if row["printed"] is not None:
            assert row["printed"] in text.decode(), row["figure"]


@needs_seeds
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_claim_is_quoted_from_its_document_to_the_letter(name):
    study = load_study(name, STUDIES)
    (source,) = study.sources.values()
    text = " ".join((SEEDS / source.place.partition(",")[0]).read_text("utf-8").split())
    for row in frozen_rows(name, "claims"):
        at = 0
        for part in row["quote"].split(" […] "):
            at = text.find(part, at)
            assert at >= 0, (row["claim"], part)
            at += len(part)


@needs_seeds
def test_each_score_of_the_early_exits_is_printed_as_often_as_it_is_transcribed():
    text = next(SEEDS.glob("004_*")).read_text("utf-8")
    printed = [row["printed"] for row in frozen_rows("published-s4", "figures") if row["layer"] and row["method"]]
    assert len(printed) == 72
    assert printed.count(None) == 3
    for score, times in Counter(filter(None, printed)).items():
        assert text.count(f" {score} ") == times, score


@pytest.mark.skipif(not (shared.DATA / "sst2").is_dir(), reason="SST-2 is not on this machine")
def test_the_sst2_majority_is_counted_from_the_file():
    lines = (shared.DATA / "sst2" / "dev.tsv").read_text("utf-8").splitlines()[1:]
    rows = {row["figure"]: row for row in frozen_rows("published-baselines", "figures")}
    assert rows["sst2-dev-examples"]["value"] == len(lines)
    assert rows["sst2-dev-positive"]["value"] == sum(line.endswith("\t1") for line in lines)


def test_a_transcription_may_name_every_unit_that_can_be_read():
    assert set(get_args(Unit)) == set(UNITS)


def test_known_figures_reach_the_table():
    rows = {row["figure"]: row for row in frozen_rows("published-s2", "figures")}
    assert rows["s2-total-parameters"]["value"] == 1_408_634_880
    assert rows["s2-accuracy-fine-tuned-test"]["printed"] == "0.85"
    assert rows["s2-accuracy-fine-tuned-test"]["low"] == 0.845
    rows = {row["figure"]: row for row in frozen_rows("published-s4", "figures")}
    assert rows["s4-mistral-7b-base-bleu-8"]["value"] is None
    assert rows["s4-judged-correct-32"]["value"] == 0.3
    assert "BLEU" in rows["s4-judged-correct-32"]["note"]


def test_no_text_of_a_data_set_is_frozen():
    for row in frozen_rows("published-s2", "cases"):
        assert set(row["printed"] or "") <= set("0123,")


FIGURE = {"figure": "a", "quantity": "q", "printed_unit": "count", "place": "p"}
GRID = {
    "figure": "{model}-{layer}",
    "shared": {"quantity": "q", "printed_unit": "count", "place": "p"},
    "columns": {"model": ["a", "b"]},
    "rows": "layer",
    "printed": {8: ["1", "2"]},
}
FAULTS = [
    ({}, "needs `figures` or `grids`"),
    ({"figures": [FIGURE | {"printed": "many"}]}, "not a figure"),
    ({"figures": [FIGURE | {"printed": 0.850}]}, 'in quotes, "0.85"'),
    ({"grids": [GRID | {"printed": {8: ["1", 2]}}]}, 'in quotes, "2"'),
    ({"figures": [FIGURE | {"printed_unit": "miles"}]}, "printed_unit"),
    ({"figures": [FIGURE | {"source": "x"}]}, "names no source"),
    ({"figures": [FIGURE, FIGURE]}, "more than once: a"),
    ({"grids": [GRID | {"printed": {8: ["1"]}}]}, "row 8 has 1 cells, but there are 2 columns"),
    ({"grids": [GRID | {"printed": {8: ["1", "two"]}}]}, "'two' is not a figure"),
    ({"grids": [GRID | {"rows": "depth"}]}, "depth is no field"),
    ({"grids": [GRID | {"figure": "{split}"}]}, "asks for 'split', which the cells lack"),
    ({"grids": [GRID | {"figure": "same"}]}, "more than once: same"),
]


@pytest.mark.parametrize(("content", "complaint"), FAULTS)
def test_a_faulty_transcription_is_one_clear_error(tmp_path, content, complaint):
    study = {"study": "published-x", "system": "published", "title": "T"}
    study |= {"sources": {"s": {"title": "T", "place": "p"}}} | content
    (tmp_path / "published-x.yaml").write_text(yaml.safe_dump(study), "utf-8")
    with pytest.raises(UserError, match=complaint) as error:
        load_study("published-x", tmp_path)
    assert "published-x.yaml:" in str(error.value)


CLAIM = {"claim": "c", "statement": "So.", "place": "p", "predicate": "greater", "left": {"quantity": "q"}}
CLAIM |= {"right": {"value": 0.5}}
CASE = {"group": "g", "case": 1, "place": "p"}
PRINTED = FIGURE | {"printed": "1"}
TWICE = [
    ({"figures": [PRINTED | {"figure": "b"}, PRINTED, PRINTED]}, 9, "figures.2"),
    ({"figures": [PRINTED | {"figure": "a-8"}], "grids": [GRID]}, 9, "grids.0.printed.8.0"),
    ({"figures": [PRINTED], "claims": [CLAIM, CLAIM]}, 10, "claims.1.claim"),
    ({"figures": [PRINTED], "cases": [CASE, CASE]}, 10, "cases.1.case"),
]


@pytest.mark.parametrize(("content", "line", "place"), TWICE)
def test_the_second_of_one_name_is_told_with_its_line(tmp_path, content, line, place):
    text = "study: published-x\nsystem: published\ntitle: T\nsources:\n  s: {title: T, place: p}\n"
    for key, items in content.items():
        text += f"{key}:\n" + "".join(f"  - {json.dumps(item)}\n" for item in items)
    (tmp_path / "published-x.yaml").write_text(text, "utf-8")
    with pytest.raises(UserError, match="named more than once") as error:
        load_study("published-x", tmp_path)
    [said] = str(error.value).splitlines()
    assert f"published-x.yaml:{line}: {place}: " in said


@pytest.mark.parametrize("key", ["sources", "figures", "grids", "claims", "cases", "report", "relations"])
def test_a_key_with_nothing_behind_it_is_one_plain_line(tmp_path, key):
    study = {"study": "published-x", "system": "published", "title": "T", "figures": [FIGURE | {"printed": "1"}]}
    study |= {"sources": {"s": {"title": "T", "place": "p"}}} | {key: None}
    text = yaml.safe_dump(study, sort_keys=False)
    (tmp_path / "published-x.yaml").write_text(text, "utf-8")
    with pytest.raises(UserError) as error:
        load_study("published-x", tmp_path)
    line = text.splitlines().index(f"{key}: null") + 1
    [said] = str(error.value).splitlines()
    assert said.endswith(f"published-x.yaml:{line}: {key}: is empty; write what belongs there, or take it out")


def test_a_claim_with_an_empty_side_names_that_side(tmp_path):
    claim = {"claim": "c", "statement": "A is many.", "place": "p", "predicate": "greater", "left": None}
    study = {"study": "published-x", "system": "published", "title": "T", "figures": [FIGURE | {"printed": "1"}]}
    study |= {"sources": {"s": {"title": "T", "place": "p"}}, "claims": [claim | {"right": {"value": "0"}}]}
    (tmp_path / "published-x.yaml").write_text(yaml.safe_dump(study, sort_keys=False), "utf-8")
    with pytest.raises(UserError, match=r"published-x\.yaml:\d+: claims\.0\.left: is empty; [^\n]*$"):
        load_study("published-x", tmp_path)
