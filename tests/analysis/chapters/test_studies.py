"""The studies that a chapter shows: found by their tables, in the order and by the names of their YAML."""

import pytest

from analysis.chapters import studies
from analysis.chapters.adopted.sides import Adopted
from analysis.facts import open_chapter
from experiments.tables.errors import UserError
from tests.analysis.reported import FROZEN
from tests.fact_logs import read_fact_logs

SCORE = {"low": 0.4, "high": 0.6, "baseline": 0.5, "n": 100}


@pytest.fixture
def describe(book):
    """A function that writes the YAML of a study: `describe("sst2-lora", report="{order: 2}", title="SST-2")`."""

    def write(study: str, **said: str) -> None:
        folder = book / "experiments" / "studies"
        folder.mkdir(exist_ok=True)
        lines = [f"study: {study}", "system: finetuning", *(f"{key}: {value}" for key, value in said.items())]
        beside = folder / f"{study}.new"  # what a process wrote itself, it does not read as a source
        beside.write_text("\n".join(lines) + "\n", "utf-8")
        beside.rename(folder / f"{study}.yaml")

    return write


@pytest.fixture
def classified(book):
    """Four classifiers of the report are in the book, without their YAML."""
    for study in ("snli-qlora", "sst2-decoder", "sst2-head", "sst2-lora"):
        (book / "experiments" / "frozen" / study).symlink_to(FROZEN / study)


@pytest.fixture
def adopt(freeze, write_table, book):
    """A function that freezes adopted scores of these sides, and their tests: `adopt("mnli", "base", "a", "b")`."""

    def freeze_sides(study: str, *sides: str) -> None:
        frozen = book / "experiments" / "frozen"
        number = {"type": "number", "nullable": True}
        bounds = {
            "low": {**number, "lower_bound_of": "value"},
            "high": {**number, "upper_bound_of": "value"},
        }
        columns = {"side": "string", "score": "string", "value": number, **bounds, "baseline": number, "n": "integer"}
        scores = [
            {"side": side, "score": score, "value": 0.5 + 0.1 * index, **SCORE}
            for index, side in enumerate(sides)
            for score in ("accuracy", "macro_f1")
        ]
        write_table(frozen, f"{study}/scores", "reported", ["side", "score"], columns, scores)
        counts = [{"side": side, "count": 1} for side in sides]
        write_table(frozen, f"{study}/confusion", "reported", ["side"], {"side": "string", "count": "integer"}, counts)

    return freeze_sides


def test_studies_stand_in_the_order_of_their_key_and_then_of_their_names(book, classified, describe):
    describe("sst2-lora", report="{order: -1}")
    describe("snli-qlora", report="{order: 3}")
    page = open_chapter("story")
    assert [each.name for each in studies.classifiers(page)] == ["sst2-lora", "sst2-decoder", "sst2-head", "snli-qlora"]


def test_a_study_is_left_out_by_one_key_and_named_by_another(book, classified, describe):
    describe("sst2-lora", report="{show: false}", title="x")
    describe("sst2-head", report="{heading: The head, phrase: the head alone}", title="x")
    describe("sst2-decoder", title="A decoder")
    found = {each.name: (each.title, each.text) for each in studies.classifiers(open_chapter("story"))}
    assert found == {
        "sst2-head": ("The head", "the head alone"),
        "sst2-decoder": ("A decoder", "A decoder"),
        "snli-qlora": ("snli-qlora", "snli-qlora"),
    }


def test_a_study_with_a_blank_title_is_called_by_its_name(book, classified, describe):
    describe("sst2-lora", title='" "', report='{heading: "\\u00a0", phrase: " "}')
    found = {each.name: (each.title, each.text) for each in studies.classifiers(open_chapter("story"))}
    assert found["sst2-lora"] == ("sst2-lora", "sst2-lora")


def test_numbers_in_names_sort_as_people_count(book, adopt):
    for number in (10, 2, 1):
        adopt(f"task-{number}", "mine")
    assert [each.name for each in studies.classifiers(open_chapter("story"))] == ["task-1", "task-2", "task-10"]


def test_two_studies_of_one_title_are_told_apart(book, classified, describe):
    for study in ("sst2-lora", "sst2-head"):
        describe(study, title="SST-2")
    titles = [each.title for each in studies.classifiers(open_chapter("story")) if each.name.startswith("sst2-")]
    assert titles == ["sst2-decoder", "SST-2 (sst2-head)", "SST-2 (sst2-lora)"]


def test_labels_end_in_the_name_of_the_study_from_the_second_on(book, classified):
    first, second, *_ = studies.classifiers(open_chapter("story"))
    assert (first.label("tbl-x"), second.label("tbl-x")) == ("tbl-x", f"tbl-x-{second.name}")


def test_the_yaml_counts_for_the_freshness_of_the_chapter(book, classified, describe):
    describe("sst2-lora", title="x")
    studies.classifiers(open_chapter("story"))
    (log,) = read_fact_logs(book, "quarto").values()
    assert "experiments/studies/sst2-lora.yaml" in log.files


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("{order: first}", "3: report.order: Input should be a valid integer"),
        ("{shown: false}", "3: report.shown: there is no such key"),
        ("[1", "sst2-lora.yaml:4:1: not YAML"),
    ],
)
def test_a_wrong_presentation_is_named_by_file_and_line(book, classified, describe, report, said):
    describe("sst2-lora", report=report)
    with pytest.raises(UserError, match=r"sst2-lora\.yaml") as error:
        studies.classifiers(open_chapter("story"))
    assert said in str(error.value)


def test_kinds_are_told_apart_by_their_tables(book):
    for study in FROZEN.iterdir():
        (book / "experiments" / "frozen" / study.name).symlink_to(study)
    page = open_chapter("story")
    finders = (
        studies.classifiers,
        studies.question_answering,
        studies.probing,
        studies.early_exits,
        studies.judging,
        studies.parameter_counts,
    )
    found = [[each.name for each in find(page)] for find in finders]
    assert all(found)
    names = [name for each in found for name in each]
    assert len(names) == len(set(names))
    assert (studies.regressions(page), studies.adopted_answers(page)) == ([], [])


def test_adopted_sides_are_compared_with_the_first(book, adopt):
    adopt("many", "base", "small-lora", "large")
    adopt("one", "mine")
    found = studies.classifiers(open_chapter("story"))
    assert all(isinstance(each, Adopted) for each in found)
    assert [(each.name, each.before, each.after, each.compared, each.key) for each in found] == [
        ("many", "base", "small-lora", True, "many"),
        ("many", "base", "large", True, "many-large"),
        ("one", "mine", "mine", False, "one"),
    ]
    assert [[row["side"].data for row in each.accuracies()] for each in found] == [
        ["base", "small-lora"],
        ["large"],
        ["mine"],
    ]
