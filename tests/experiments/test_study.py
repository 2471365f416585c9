"""Studies: what is wrong in one is said by file, line and key."""

import pytest

from experiments.new_study import new_study
from experiments.study_files import load_study, study_names
from experiments.tables.errors import UserError


def test_a_study_is_loaded_with_its_defaults(project):
    study = load_study("toy")
    assert (study.title, study.numbers, study.power) == ("Powers of small numbers", (1, 2, 3), 2)
    assert study_names() == ["toy"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("study: toy\ntitle: x\nsystem: nothing\n", "toy.yaml:3: unknown system 'nothing'; known: "),
        ("study: toy\ntitle: x\n", "toy.yaml:1: names no system; known: "),
        ("study: toy\ntitle: x\nsistem: toy\n", "toy.yaml:3: names no system; is sistem meant for it?; known: "),
        ("study: toy\ntitle: x\nsystem: [toy]\n", "toy.yaml:3: unknown system ['toy']; known: "),
        ("study: toy\ntitle: x\nsystem: toy\n", "toy.yaml:1: numbers: Field required"),
        ("study: toy\ntitle: x\nsystem: toy\nnumbers:\n- 1\n- two\n", "toy.yaml:6: numbers.1: Input should be a valid"),
        ("study: toy\ntitle: x\nsystem: toy\nnumbers:\npower: 2\n", "toy.yaml:4: numbers: is empty; write what"),
        ("study: toy\ntitle:\nsystem: toy\nnumbers: [1]\nreport:\n", "toy.yaml:5: report: is empty; write what"),
        ("study: toy\ntitle: x\nsystem: toy\nnumbers: [1]\n\npowr: 3\n", "toy.yaml:6: powr: there is no such key"),
        ("study: toy\ntitle: x\nsystem: toy\nnumbers: [1]\ntitle: y\n", "toy.yaml:5: the key title stands twice"),
        ("study: other\ntitle: x\nsystem: toy\nnumbers: [1]\n", "toy.yaml:1: study: other is not the name of the file"),
        ("study: toy\ntitle: [x\nsystem: toy\n", "toy.yaml:3:7: not YAML: "),
        ("study: toy\ntitle: *nowhere\n", "toy.yaml:2:8: not YAML: found undefined alias"),
        ("study: toy\ntitle: !!python/object:os.system x\nsystem: toy\n", "not YAML: could not determine a"),
        ("a: &a [*a]\n", "not YAML: "),
        ("- a\n", "toy.yaml:1: the file must be a mapping"),
        ("", "toy.yaml:1: the file must be a mapping"),
        ("{}: x\n", "toy.yaml:1: a key must be a word"),
        ("study: toy\ntitle: \x00\n", "toy.yaml: not YAML: "),
        ("study: toy\ntitle: x\nsystem: toy\nnumbers: [1]\nwhen: 2026-99-99\n", "toy.yaml: not YAML: "),
    ],
)
def test_a_wrong_study_is_refused_by_file_and_line(project, text, said):
    project.study.write_text(text, "utf-8")
    with pytest.raises(UserError) as error:
        load_study("toy")
    assert said in str(error.value)


def test_every_mistake_is_said_at_once(project):
    project.study.write_text("study: toy\ntitle: ''\nsystem: toy\nnumbers: [x]\n", "utf-8")
    with pytest.raises(UserError) as error:
        load_study("toy")
    lines = str(error.value).splitlines()
    assert [line.split(":")[1] for line in lines] == ["2", "4"]


def test_a_study_that_is_no_text_is_named(project):
    project.study.write_bytes(b"study: \xff\n")
    with pytest.raises(UserError, match=r"toy\.yaml: byte 7 is not UTF-8"):
        load_study("toy")


@pytest.mark.parametrize("name", ["nothing", "../studies/toy", "Toy", ""])
def test_an_unknown_study_lists_the_known(project, name):
    with pytest.raises(UserError, match=r"there is no study .*; known: toy"):
        load_study(name)


def test_of_many_studies_those_of_a_like_name_are_told(tmp_path):
    for number in range(300):
        (tmp_path / f"probe-of-layer-{number}.yaml").write_text("")
    for name, told in (("probe-of-layr-7", "probe-of-layer-7"), ("zzz", "300")):
        with pytest.raises(UserError, match=told) as raised:
            load_study(name, tmp_path)
        assert len(str(raised.value)) < 200


def test_a_study_file_with_a_name_of_its_own_is_told(project):
    (project.study.parent / "My Study.yaml").write_text("", "utf-8")
    with pytest.raises(UserError, match=r"My Study\.yaml: a study is named in"):
        study_names()


def test_a_wrong_item_is_not_told_a_second_time_as_missing(project):
    text = new_study("exits", "early-exit-alpaca").replace("name: smoke-decoder", "name: nope")
    (project.study.parent / "exits.yaml").write_text(text, "utf-8")
    with pytest.raises(UserError) as error:
        load_study("exits")
    assert len(str(error.value).splitlines()) == 1
    assert "unknown model nope" in str(error.value)


@pytest.mark.parametrize(
    ("prompt", "line", "key"),
    [
        ("{chat: true}", 1, "prompt.text"),
        ("\n        system: Be brief.\n        chat: true", 1, "prompt.text"),
        ("\n        text: '{text}'\n        chat: maybe", 3, "prompt.chat"),
        ("\n        text: '{text}'\n        chat: true\n        sistem: Be brief.", 4, "prompt.sistem"),
    ],
)
def test_what_is_wrong_in_a_chat_is_told_at_its_key(project, prompt, line, key):
    text = new_study("chat", "sst2-lora").replace("prompt: '{text} it was'", f"prompt: {prompt}", 1)
    (project.study.parent / "chat.yaml").write_text(text, "utf-8")
    first = next(number for number, each in enumerate(text.splitlines(), 1) if "prompt: " in each)
    with pytest.raises(UserError) as error:
        load_study("chat")
    assert f"chat.yaml:{first + line - 1}: profiles.smoke.zero_shot.{key}: " in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_number_where_keys_belong_is_told_with_the_keys(project):
    text = new_study("one", "sst2-lora").replace("data: {name: smoke-sentiment}", "data: 0.999", 1)
    (project.study.parent / "one.yaml").write_text(text, "utf-8")
    with pytest.raises(
        UserError, match=r"one\.yaml:\d+: profiles\.smoke\.data: must be a mapping .*name.*, not 0\.999"
    ):
        load_study("one")
