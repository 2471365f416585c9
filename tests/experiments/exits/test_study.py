"""What a study of early exits may not say."""

from copy import deepcopy

import pytest
from pydantic import ValidationError

from experiments.exits.study import Study
from experiments.study_files import load_study
from experiments.tables.locations import PACKAGE_ROOT

SHIPPED = load_study("early-exit-alpaca", PACKAGE_ROOT / "experiments" / "studies")


def smoke(path: str, value: object) -> dict:
    """The shipped study with its smoke profile alone, in which one thing is another."""
    content = deepcopy(SHIPPED.at("smoke").model_dump(mode="json", exclude_unset=True))
    content["profiles"] = {"smoke": content["profiles"]["smoke"]}
    *folders, last = path.split(".")
    inside = content["profiles"]["smoke"]
    for folder in folders:
        inside = inside[int(folder)] if isinstance(inside, list) else inside[folder]
    inside[last] = value
    return content


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("models.0.depths", [1, 5], "smoke-decoder has 4 blocks, so there is no exit after 5"),
        ("models.0.depths", [0, 1], "greater than or equal to 1"),
        ("models.0.depths", [-1], "greater than or equal to 1"),
        ("models.0.depths", [2, 1], "depths must rise, each once"),
        ("models.0.depths", [], "at least 1 item"),
        ("models.0.prompt.with_input", "{instruction}", r"with_input must hold \{instruction\} and \{input\}"),
        ("models.0.prompt.without_input", "Answer:", r"without_input must hold \{instruction\}, each once"),
        ("models.0.prompt.without_input", "{instruction} ", "without_input must not end in white space"),
        ("models.0.model", {"name": "smoke-encoder"}, "smoke-encoder is an encoder, which cannot generate"),
        ("models.0.max_new_tokens", 64, "no token is left for the prompt"),
        ("bertscore.model", {"name": "smoke-decoder"}, "smoke-decoder is no encoder"),
        ("bertscore.layer", 0, "greater than or equal to 1"),
        ("bertscore.layer", 4, "smoke-encoder has 3 blocks, so there is no layer 4"),
        ("bertscore", {"model": {"name": "minilm-l6"}, "layer": 99}, "minilm-l6 has 6 blocks, so there is no layer 99"),
        ("data", {"name": "smoke-movies"}, "smoke-movies has no instructions"),
        ("split.split", "train", "smoke-instructions has no split train; it has all"),
        ("seeds", [0, 0], "a seed stands twice"),
        ("models", [], "at least 1 item"),
    ],
)
def test_wrong_settings_are_said(path, value, said):
    with pytest.raises(ValidationError, match=said):
        Study.model_validate(smoke(path, value))


def test_names_stand_once():
    again = smoke("seeds", [0])
    again["profiles"]["smoke"]["models"] *= 2
    with pytest.raises(ValidationError, match="the model smoke-decoder stands twice"):
        Study.model_validate(again)
    shown = smoke("seeds", [0])
    shown["profiles"]["smoke"]["models"][0]["shown"] *= 2
    with pytest.raises(ValidationError, match="two shown prompts have the same name"):
        Study.model_validate(shown)


def test_the_full_profile_has_the_models_layers_and_prompts_of_the_source():
    full = SHIPPED.profiles.full
    assert {exits.model.name for exits in full.models} == {"llama-2-7b", "phi-2", "mistral-7b"}
    assert all(exits.depths == (8, 16, 24, 32) and exits.training.method == "qlora" for exits in full.models)
    assert all(len(exits.shown) == 3 for exits in full.models)


@pytest.mark.parametrize(
    ("study", "model", "depths"),
    [
        ("early-exit-alpaca", "smollm2-135m-instruct", (8, 16, 24, 30)),
        ("early-exit-alpaca-gemma", "gemma-3-270m", (4, 9, 14, 18)),
    ],
)
def test_the_cpu_profiles_have_the_prompts_of_the_source_and_three_seeds(study, model, depths):
    cpu = load_study(study, PACKAGE_ROOT / "experiments" / "studies").profiles.cpu
    [exits] = cpu.models
    assert (exits.model.name, exits.depths) == (model, depths)
    assert exits.shown == SHIPPED.profiles.full.models[0].shown
    assert len(cpu.seeds) >= 3
