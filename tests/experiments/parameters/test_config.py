"""Configs that are missing something or contradict themselves."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.parameters.catalogue import find_model
from experiments.parameters.config import ConfigError, read_config
from experiments.parameters.count import HeadError, count

LLAMA = {
    "model_type": "llama",
    "vocab_size": 10,
    "hidden_size": 8,
    "intermediate_size": 6,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
MISTRAL = LLAMA | {"model_type": "mistral", "num_key_value_heads": 2}
BERT = LLAMA | {"model_type": "bert", "max_position_embeddings": 9}


@pytest.mark.parametrize("key", ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads"])
@pytest.mark.parametrize("value", [0, -3, 2.0, "8", True, None, [8], 10**40])
def test_a_size_must_be_a_sensible_positive_integer(model_of, key, value):
    with pytest.raises(ConfigError, match=key):
        count(model_of(LLAMA | {key: value}))


@pytest.mark.parametrize("key", sorted(LLAMA))
def test_a_missing_key_is_named(model_of, key):
    with pytest.raises(ConfigError, match=f"{key} is missing"):
        count(model_of({name: value for name, value in LLAMA.items() if name != key}))


def test_positions_of_bert_must_be_there(model_of):
    with pytest.raises(ConfigError, match="max_position_embeddings is missing"):
        count(model_of({name: value for name, value in BERT.items() if name != "max_position_embeddings"}))


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (LLAMA | {"hidden_size": 10}, "hidden_size 10 is not a multiple of num_attention_heads 4"),
        (LLAMA | {"hidden_size": 10, "head_dim": 4}, "is not a multiple"),  # transformers refuses it too
        (MISTRAL | {"hidden_size": 10}, "is not a multiple"),
        (BERT | {"hidden_size": 10}, "is not a multiple"),
        (LLAMA | {"num_key_value_heads": 3}, "num_key_value_heads 3 does not divide num_attention_heads 4"),
        (LLAMA | {"num_key_value_heads": 8}, "does not divide"),
        (LLAMA | {"attention_bias": "no"}, "attention_bias is 'no'; it must be true or false"),
        (LLAMA | {"tie_word_embeddings": 1}, "tie_word_embeddings is 1"),
        (LLAMA | {"head_dim": -2}, "head_dim is -2"),
        (LLAMA | {"model_type": "nonsense"}, "unknown architecture 'nonsense' (model_type)"),
        ({"model_type": "mixtral", "hidden_size": "wide"}, "transformers cannot build this model"),
        (LLAMA | {"model_type": ["llama"]}, "model_type"),
        (BERT | {"add_cross_attention": True}, "is_decoder"),
    ],
)
def test_contradictions(model_of, values, complaint):
    with pytest.raises(ConfigError) as caught:
        count(model_of(values))
    assert complaint in str(caught.value)
    assert "test config" in str(caught.value)


def test_a_head_dim_of_its_own_is_counted(reference, model_of):
    values = MISTRAL | {"hidden_size": 10, "head_dim": 6}
    assert count(model_of(values)).total.logical_base == reference.totals(reference.meta_model(values, "causal"))[0]


def test_labels_come_from_the_config_where_it_has_them(model_of):
    named = LLAMA | {"id2label": {"0": "no", "1": "maybe", "2": "yes"}}
    assert count(model_of(named), "classification").components["head"].logical_base == 3 * 8
    assert count(model_of(LLAMA | {"num_labels": 5}), "classification").components["head"].logical_base == 5 * 8
    assert count(model_of(LLAMA), "classification").components["head"].logical_base == 2 * 8


@pytest.mark.parametrize("model_type", ["phi", "gemma", "gemma2"])
def test_a_head_that_transformers_does_not_have(model_of, model_type):
    with pytest.raises(HeadError, match=f"no qa model for {model_type}; heads: none, causal, classification"):
        count(model_of(LLAMA | {"model_type": model_type, "head_dim": 2, "num_key_value_heads": 2}), "qa")


@pytest.mark.parametrize("labels", [0, -1, 10**10])
def test_labels_that_cannot_be(model_of, labels):
    with pytest.raises(HeadError, match=str(labels)):
        count(model_of(LLAMA), "classification", labels)


@pytest.mark.parametrize(("head", "labels"), [("causal", 2), ("none", 2), ("qa", 3)])
def test_labels_where_the_head_takes_none(model_of, head, labels):
    with pytest.raises(HeadError):
        count(model_of(LLAMA), head, labels)


def test_a_folder_and_a_file_are_found(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(LLAMA), encoding="utf-8")
    assert count(find_model(str(tmp_path))).total == count(find_model(str(tmp_path / "config.json"))).total


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "config.json:1:2: not JSON"),
        ("[]", "config.json: the file holds no JSON object"),
        ("[" * 100_000, "config.json: not JSON that can be read: nested too deeply"),
        ('{"vocab_size": ' + "9" * 5000 + "}", "config.json: not JSON that can be read: a number of thousands"),
        ('{"model_type": "llama",\n "a": {"vocab_size": 1},\n "a": 1}', "config.json:3: the key a stands twice"),
    ],
)
def test_a_file_that_is_no_config(tmp_path, text, complaint):
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        find_model(str(tmp_path))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("num_attention_heads", 5),
        ("vocab_size", -1),
        ("hidden_size", "4"),
        ("tie_word_embeddings", 1),
        ("model_type", 3),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(tmp_path, key, value):
    file = tmp_path / "config.json"
    content = {"text_config": {key: value}, **LLAMA, key: value}
    file.write_text(json.dumps(content, indent=1, separators=(",", ": ")), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        count(find_model(str(file)))
    said, at = str(caught.value), file.read_text().splitlines()
    line = int(said.split(":")[1])
    assert at[line - 1].startswith((f' "{key}": ', ' "hidden_size": '))


@pytest.mark.parametrize("stray", [{"must": 1}, {"a": {"the": 1}}, {"note": "positive"}])
def test_a_key_that_is_missing_has_no_line_whatever_else_the_file_says(tmp_path, stray):
    file = tmp_path / "config.json"
    content = {key: value for key, value in LLAMA.items() if key != "model_type"} | stray
    file.write_text(json.dumps(content, indent=1), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"config\.json: the key model_type is missing"):
        count(find_model(str(file)))


@pytest.mark.parametrize("name", ["llama-3.2-1B", "nothing", "nothing/here", "here.json", "\x1b[31mred", "\x1b/red"])
def test_an_unknown_model_is_one_clean_line(name):
    with pytest.raises(ConfigError) as caught:
        find_model(name)
    assert str(caught.value).isprintable()


def test_a_near_miss_is_answered_with_a_guess_and_the_list():
    with pytest.raises(ConfigError, match=r"did you mean phi-2\?.*there are babyllama105, gemma-2-2b"):
        find_model("phi2")


@given(st.dictionaries(st.sampled_from([*LLAMA, "head_dim", "num_key_value_heads", "mlp_bias"]), st.none() | st.text()))
def test_no_config_makes_it_stumble(model_of, values):
    try:
        count(model_of(LLAMA | values))
    except ConfigError as error:
        complaint = str(error)
    else:
        complaint = ""
    assert complaint.isprintable()


def test_a_config_of_older_versions_of_transformers_may_hold_infinity(tmp_path):
    (tmp_path / "config.json").write_text('{"vocab_size": 7, "time_step_limit": [0.0, Infinity]}', encoding="utf-8")
    assert read_config(tmp_path).values["time_step_limit"] == [0.0, float("inf")]
