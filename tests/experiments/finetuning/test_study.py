"""What a study may say, and how it is told what it may not."""

import pytest
import yaml

from experiments.study_files import load_study
from experiments.tables.errors import UserError


@pytest.fixture
def written(project, monkeypatch):
    """Change a study: `written("sst2-lora", ("smoke", "training", "epochs"), 0)` writes it, and loads it."""
    monkeypatch.chdir(project.folder)
    monkeypatch.delenv("COLOPHON_STUDIES", raising=False)

    def change(name: str, path: tuple[str, ...], value: object):
        file = project.folder / "experiments" / "studies" / f"{name}.yaml"
        content = yaml.safe_load(file.read_text("utf-8"))
        place = content["profiles"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        file.write_text(yaml.safe_dump(content), "utf-8")
        return load_study(name)

    return change


def sampled(how: str, train: int, test: int) -> dict:
    """A split whose training and test examples are of `train`."""
    parts = {"train": ("train", train), "validation": ("dev", 2), "test": ("train", test)}
    return {"rule": "sampled", "how": how, **{part: {"split": split, "n": n} for part, (split, n) in parts.items()}}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("smoke", "model", "name"), "gpt-5", "unknown model gpt-5"),
        (("smoke", "data", "name"), "glue", "unknown data set glue; there are "),
        (("smoke", "data", "name"), "smoke-questions", "smoke-questions has no labelled sentences or pairs"),
        (("smoke", "split", "test"), "exam", "smoke-sentiment has no split exam; it has train, dev"),
        (("smoke", "split", "share"), 1.5, "smoke.split.share"),
        (
            ("smoke", "split", "test"),
            "train",
            "smoke.split.test: .* no examples would be left to train on.*, not 'train'",
        ),
        (("smoke", "split"), sampled("first", 8, 8), "split: train and test are the same examples of train"),
        (("smoke", "split"), sampled("random", 8, 8), "split: train and test are the same examples of train"),
        (
            ("smoke", "zero_shot", "words"),
            {"positive": " good"},
            "zero_shot must speak of each of the labels negative, ",
        ),
        (("smoke", "zero_shot", "words"), {"positive": " it", "negative": "it "}, "'it' for two labels"),
        (("smoke", "model", "name"), "smoke-encoder", "zero_shot by likelihood needs a decoder"),
        (
            ("smoke", "zero_shot", "prompt"),
            "it was",
            "the template 'it was' must hold {text}, and nothing else in braces",
        ),
        (("smoke", "zero_shot", "prompt"), "{text.upper} it was", "must hold {text}, and nothing else in braces"),
        (("smoke", "zero_shot", "generate_prompt"), "say it", "the template 'say it' must hold {text}"),
        (
            ("smoke", "zero_shot"),
            {
                "kind": "likelihood",
                "prompt": "{text}",
                "words": {"negative": "a", "positive": "b"},
                "generate_prompt": "{text}",
            },
            "generate_prompt is for generated answers, which need generate: true",
        ),
        (("smoke", "zero_shot", "prompt"), "{text", "must hold {text}, and nothing else in braces"),
        (("smoke", "text"), "{premise}", "the template '{premise}' must hold {text}, and nothing else in braces"),
        (("smoke", "zero_shot", "content_free"), [], "content_free"),
        (("smoke", "training", "learning_rate"), 1e38, "learning_rate"),
        (("smoke", "training", "learning_rate"), float("inf"), "learning_rate"),
        (("smoke", "training", "method"), "head", "the method head has no use for lora"),
        (("smoke", "training", "epochs"), 0, "smoke.training.epochs: .*greater than or equal to 1"),
        (("smoke", "training", "learning"), 1, "smoke.training.learning: there is no such key"),
        (("smoke", "seeds"), [], "smoke.seeds"),
        (("smoke", "seeds"), [1, 1], "a seed stands twice"),
        (("small",), {}, "profiles.small: there is no such key"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(written, path, value, message):
    with pytest.raises(UserError, match=message) as error:
        written("sst2-lora", path, value)
    assert str(error.value).startswith("experiments/studies/sst2-lora.yaml:")


def test_the_line_is_that_of_the_key(written, project):
    """`written` sorts the keys: the line that says `test:` is that of the fault."""
    with pytest.raises(UserError) as error:
        written("sst2-lora", ("smoke", "split", "test"), "train")
    line = int(str(error.value).split(":")[1])
    text = (project.folder / "experiments" / "studies" / "sst2-lora.yaml").read_text("utf-8")
    assert text.splitlines()[line - 1].split() == ["test:", "train"]


def test_parts_of_one_split_that_differ_are_taken(written):
    assert written("sst2-lora", ("smoke", "split"), sampled("first", 8, 4)).at("smoke").chosen.split.train.n == 8


def test_only_the_chosen_profile_counts_in_the_digest(written):
    before = load_study("sst2-lora")
    after = written("sst2-lora", ("full", "training", "epochs"), 7)
    assert after.at("cpu").digest() == before.at("cpu").digest()
    assert after.at("full").digest() != before.at("full").digest()


def test_the_studies_that_ship_name_the_models_of_their_reports():
    named = {name: load_study(name).at("full").chosen for name in ("sst2-lora", "sst2-head", "snli-qlora")}
    assert [settings.model.name for settings in named.values()] == ["llama-3.2-1b", "llama-3.2-1b", "phi-2"]
    assert [settings.training.method for settings in named.values()] == ["lora", "head", "qlora"]
    snli = named["snli-qlora"]
    assert (snli.training.lora.r, snli.training.lora.alpha, snli.training.lora.dropout) == (16, 64, 0.05)
    assert [part.n for part in (snli.split.train, snli.split.validation, snli.split.test)] == [1000, 100, 100]
    assert (snli.training.epochs, snli.training.batch_size, snli.training.learning_rate) == (5, 16, 1e-4)
    assert all(len(load_study(name).at("cpu").chosen.seeds) >= 3 for name in named)


def test_a_table_of_another_profile_is_not_missing_until_somebody_makes_it(project, monkeypatch):
    from experiments.freezing.declared import every_spec
    from experiments.status.freshness import study_statuses

    monkeypatch.chdir(project.folder)
    study = load_study("sst2-lora")
    assert list(every_spec(study)["sst2-lora/geometry"]) == ["geometry"]
    statuses = study_statuses(study, project.frozen)
    assert "sst2-lora/geometry" not in {status.table for status in statuses}
    assert {(status.state, status.profile) for status in statuses} == {("missing", "cpu")}
