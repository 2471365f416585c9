"""The answers of the checklist follow the sidecars: what is not on record reads no."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from analysis.chapters.checklist import count_answers, show_checklist
from analysis.chapters.checklist.evidence import EVIDENCE, Inventory
from analysis.chapters.checklist.show import answers, read_items
from analysis.facts import Chapter, View, open_chapter
from experiments.tables.read import table_ids
from experiments.tables.sidecar import Sidecar
from tests.analysis.chapters.conftest import plain
from tests.analysis.reported import FROZEN

STUDIES = ("sst2-head/", "published-s1/", "speed-of-counting/")
OF_PROGRAMS = ("hostile-trials/", "planted-faults/", "time-by-size/")


@pytest.fixture
def page(tmp_path, monkeypatch) -> Chapter:
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    (tmp_path / "story.qmd").write_text("# Story\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLOPHON_FROZEN", str(FROZEN))
    monkeypatch.setenv("COLOPHON_STUDIES", str(FROZEN.parent / "studies"))
    return open_chapter("story")


@pytest.fixture
def tables(page) -> list[View]:
    return [page.table(name) for name in table_ids(FROZEN) if name.startswith(STUDIES)]


def words(tables: list[View]) -> Mapping[str, str]:
    return {each.item.evidence: each.answer.word for each in answers(tables)}


def changed(tables: list[View], change: Callable[[Sidecar], Sidecar]) -> list[View]:
    """The tables with other sidecars."""
    return [replace(view, table=replace(view.table, sidecar=change(view.table.sidecar))) for view in tables]


def test_each_item_is_answered_by_a_function_and_each_function_is_used():
    assert {item.evidence for item in read_items()} == set(EVIDENCE)
    assert all(re.fullmatch(r"NeurIPS \d+|ARR [A-E]\d", name) for item in read_items() for name in item.items)


def test_what_the_sidecars_have_reads_yes(tables):
    found = words(tables)
    for name in ("commands", "seeds", "intervals", "tests", "hardware", "time", "packages", "splits", "documents"):
        assert found[name] == "yes", name


def test_the_count_of_answers_reads_as_in_a_paper(page, tables):
    assert plain(count_answers(page, tables)) == "Of 20 items, the tables answer 18 with yes and 2 with no."


def test_what_they_lack_reads_no(tables):
    def forget(sidecar: Sidecar) -> Sidecar:
        provenance = sidecar.provenance.model_copy(update={"seeds": (), "commit": None, "environment": {}})
        digests = sidecar.digests.model_copy(update={"data": {}, "models": {}})
        return sidecar.model_copy(update={"provenance": provenance, "digests": digests, "sources": ()})

    found = words(changed(tables, forget))
    for name in ("seeds", "code", "packages", "data_files", "model_files", "licences", "documents"):
        assert found[name] == "no", name


def test_what_some_lack_reads_partly(tables):
    def forget(sidecar: Sidecar) -> Sidecar:
        environment = {} if sidecar.study == "sst2-head" else {"python": "3", "numpy": "2"}
        return sidecar.model_copy(
            update={"provenance": sidecar.provenance.model_copy(update={"environment": environment})}
        )

    assert words(changed(tables, forget))["packages"] == "partly"


def test_of_adopted_predictions_nothing_is_known_of_the_run(tables):
    def adopt(sidecar: Sidecar) -> Sidecar:
        return sidecar.model_copy(update={"kind": "reported"}) if sidecar.study == "sst2-head" else sidecar

    found = words(changed(tables, adopt))
    assert [found[name] for name in ("seeds", "hardware", "time", "settings")] == ["no"] * 4
    assert found["intervals"] == "yes"


def test_studies_that_try_programs_are_no_results_of_models(page, tables):
    tried = [page.table(name) for name in table_ids(FROZEN) if name.startswith(OF_PROGRAMS)]
    assert {view.table.sidecar.study for view in tried} == {name.rstrip("/") for name in OF_PROGRAMS}
    assert [view.id for view in Inventory([*tables, *tried]).studies] == [view.id for view in Inventory(tables).studies]


def test_runs_of_a_model_whose_speed_is_compared_are_no_results_of_it(page, tables):
    def of_pairs(sidecar: Sidecar) -> Sidecar:
        columns = tuple(column for column in sidecar.columns if column.name != "ratio")
        return sidecar.model_copy(update={"table": "pairs", "made": "run", "columns": columns})

    ratios = page.table("speed-of-exits/ratios")
    [pairs] = changed([ratios], of_pairs)
    assert pairs.table.sidecar.digests.models
    found, before = Inventory([*tables, ratios, pairs]), Inventory(tables)
    assert found.studies == before.studies
    assert found.results == before.results


def test_without_tables_each_item_reads_no(page):
    assert set(words([]).values()) == {"no", "not applicable"}
    assert "{" not in count_answers(page, [])


def test_the_table_names_each_item_with_its_evidence(page, tables):
    shown = show_checklist(page, tables, caption="Items.")
    rows = [line for line in shown.splitlines() if line.startswith("|")][2:]
    assert len(rows) == len(read_items())
    assert "`sst2-head/cost`" in shown


def test_what_lacks_something_is_named_and_nothing_else(page, tables):
    def forget(sidecar: Sidecar) -> Sidecar:
        commit = "0" * 40 if sidecar.table != "cost" else None
        return sidecar.model_copy(update={"provenance": sidecar.provenance.model_copy(update={"commit": commit})})

    found = {each.item.evidence: each.answer for each in answers(changed(tables, forget))}
    assert found["code"].lacking == ("sst2-head/cost",)
    assert found["commands"].lacking == ()
    [row] = [
        line
        for line in show_checklist(page, changed(tables, forget), caption="Items.").splitlines()
        if "to the commit" in line
    ]
    assert re.findall("`([a-z0-9-]+/[a-z]+)`", row) == ["sst2-head/cost"]


@pytest.mark.parametrize(("accelerators", "gap"), [((), False), (("a GPU",), True)])
def test_machines_without_an_accelerator_are_told_in_words(tables, accelerators, gap):
    def equip(sidecar: Sidecar) -> Sidecar:
        hardware = sidecar.provenance.hardware.model_copy(update={"accelerators": accelerators})
        return sidecar.model_copy(update={"provenance": sidecar.provenance.model_copy(update={"hardware": hardware})})

    answer = {each.item.evidence: each.answer for each in answers(changed(tables, equip))}["hardware"]
    assert ("gpu" in answer.values, bool(answer.rests_on)) == (gap, not gap)
    assert all(answer.rests_on)
