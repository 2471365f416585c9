"""Prompts can be built again to the byte, and nothing gets out of its place in them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.data.load import load_split
from experiments.judging.answers import baseline_of, pair_of
from experiments.judging.labelled import labelled_examples
from experiments.judging.prompts import ORDERS, Pair, question
from experiments.tables.digest import sha256_bytes
from experiments.tables.read import read_table, table_ids

from .conftest import material

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, TEXT, TEXT, TEXT)
def test_hostile_texts_stay_in_their_place(instruction, given_input, reference, answer):
    pair = Pair(instruction, given_input, reference, answer)
    read = {}
    for order in ORDERS:
        prompt = question("Right or wrong?\n{material}\nVerdict:", pair, order).prompt
        texts = material(prompt)
        assert texts == {
            "instruction": instruction,
            "answer": answer,
            "reference": reference,
            **({"input": given_input} if given_input else {}),
        }
        read[order] = [name for name in texts if name in ("answer", "reference")]
    assert read == {"answer-first": ["answer", "reference"], "reference-first": ["reference", "answer"]}


def test_the_two_orders_differ_in_order_alone():
    pair = Pair("i", "", "r", "a")
    template = "Right or wrong?\n{material}\nVerdict:"
    first, second = (material(question(template, pair, order).prompt) for order in ORDERS)
    assert first == second
    assert list(first) != list(second)


def test_prompts_on_answers_are_built_again_from_frozen_tables_and_the_data_set(study, answers, run, endpoint):
    """What a reader has: verdicts, prompts and answers as frozen, and the data set."""
    given_answers = answers()
    tables = run(study([endpoint.judge()]))
    texts = {(row["model"], row["stage"], row["run"], row["depth"], row["id"]): row["text"] for row in given_answers}
    instructions = {example.id: example for example in load_split("smoke-instructions", "all").examples}
    [template] = {row["template"] for row in tables["prompts"]}
    digests = set()
    for row in tables["verdicts"]:
        example = instructions[row["id"]]
        if row["source"] == "answers":
            pair = pair_of(example, texts[row["model"], row["stage"], row["run"], row["depth"], row["id"]])
        else:
            pair = baseline_of(row["source"], example)
        again = question(template, pair, row["order"])
        assert again.digest == row["prompt_sha256"]
        assert again.prompt in endpoint.prompts
        digests.add(again.digest)
    assert len(digests) > 10
    assert len(endpoint.prompts) == len(set(endpoint.prompts)), "the same prompt is asked once"


def test_no_text_of_the_data_set_is_frozen_with_the_verdicts(study, answers, run, endpoint, frozen):
    answers()
    run(study([endpoint.judge()]))
    tables = [read_table(table_id, frozen) for table_id in table_ids(frozen) if table_id.startswith("small/")]
    written = json.dumps([[table.rows, table.sidecar.model_dump(mode="json")] for table in tables])
    own = " ".join(text for example in labelled_examples() for text in (example.instruction, example.reference))
    for example in load_split("smoke-instructions", "all").examples[:3]:
        for text in (example.instruction, example.output):
            assert text in own or json.dumps(text)[1:-1] not in written


def test_prompts_of_our_own_examples_are_frozen_in_full(study, run, endpoint):
    tables = run(study([endpoint.judge()], answers=False))
    columns = {order: f"prompt_{order.replace('-', '_')}" for order in ORDERS}
    frozen = {(row["id"], order): row[column] for row in tables["examples"] for order, column in columns.items()}
    assert sorted(frozen.values()) == sorted(endpoint.prompts)
    for row in tables["labelled"]:
        assert sha256_bytes(frozen[row["id"], row["order"]].encode()) == row["prompt_sha256"]
    for row in tables["prompts"]:
        texts = json.loads(row["material"])
        assert list(texts) == list(material(row["template"].replace("{material}", row["material"])))
        assert set(texts) == {"instruction", "input", "answer", "reference"}


def test_the_number_of_ids_is_what_is_asked_for_and_does_not_depend_on_the_rest(study, answers, run):
    judge = {"kind": "exact", "name": "exact"}
    rows = answers()
    two = {row["id"] for row in run(study([judge], n=2))["verdicts"]}
    answers([row for row in rows if row["id"] in two or row["id"] == rows[0]["id"]])
    assert len(two) == 2
    assert {row["id"] for row in run(study([judge], n=2))["verdicts"]} == two


@pytest.mark.parametrize("n", [1, 3])
def test_baselines_are_of_the_same_instructions(study, answers, run, n):
    answers()
    rows = run(study([{"kind": "exact", "name": "exact"}], n=n))["verdicts"]
    by_source = {}
    for row in rows:
        by_source.setdefault(row["source"], set()).add(row["id"])
    assert by_source["answers"] == by_source["empty"] == by_source["echo"]
    assert len(by_source["echo"]) == n
