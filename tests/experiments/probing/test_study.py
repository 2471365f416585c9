"""What a study may say, and what it is told when it may not."""

import pytest

from experiments.study_files import load_study
from experiments.tables.errors import UserError

CERTIFICATE = {"kind": "classification", "field": "certificate"}


def test_the_source_s_prompt_is_put_to_small_models_and_to_the_source_s():
    study = load_study("layer-probe-source-prompt")
    assert study.profile_names == ("smoke", "cpu", "full")
    assert [model.name for model in study.at("full").chosen.models] == ["openllama-7b", "openhathi-7b"]
    assert study.at("full").chosen.prompt == study.at("cpu").chosen.prompt == study.at("smoke").chosen.prompt


def test_a_chat_prompt_is_taken(study):
    assert study(prompt={"chat": True, "text": "Rate {name}."}).chosen.prompt.text == "Rate {name}."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prompt": "{name}, rated {certificate}:"}, "prompt shows the target {certificate}"),
        ({"prompt": "{name} {rating}"}, "prompt shows the target {rating}"),
        ({"prompt": {"chat": True, "text": "{name} {rating}"}}, "prompt shows the target {rating}"),
        ({"prompt": "{votes}"}, "smoke-movies has no votes"),
        ({"prompt": "{name!r}"}, "no name of a field"),
        ({"prompt": "A movie:"}, "all prompts would be the same"),
        ({"prompt": "{name"}, "prompts?|'}'"),
        ({"poolings": ["director"]}, "neither last nor mean nor a field that the prompt shows"),
        ({"poolings": ["last", "last"]}, "the pooling last stands twice"),
        ({"only": ["answerable"]}, "has no answerable; there is rated, described"),
        ({"targets": [{"kind": "regression", "field": "certificate"}]}, "has no certificate; there is year, rating"),
        ({"targets": [{"kind": "classification", "field": "rating"}]}, "has no rating"),
        ({"targets": [CERTIFICATE, CERTIFICATE]}, "the target certificate stands twice"),
        ({"targets": []}, "at least 1"),
        ({"controls": {"by": "certificate"}}, "the task itself"),
        ({"controls": {"by": "studio"}}, "has no studio"),
        ({"split": "dev"}, "has no split dev"),
        ({"folds": 2}, "greater than or equal to 3"),
        ({"penalties": [1, 0]}, "greater than 0"),
        ({"penalties": [1, 1.0]}, "the penalty 1.0 stands twice"),
    ],
)
def test_a_study_that_cannot_be_run_is_one_line(study, changed, said):
    with pytest.raises(UserError, match=said) as caught:
        study(**changed)
    assert "\n" not in str(caught.value)
