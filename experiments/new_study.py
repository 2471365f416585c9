"""A new study, made after one that ships: its settings, with a data set and a model of one's own put in."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from experiments.choices import ModelChoice
from experiments.commented_yaml import commented
from experiments.data.describe import describe_file
from experiments.data.load import load_split
from experiments.data.mapping import Entry
from experiments.data.registry import dataset_entry, dataset_names
from experiments.models.families import blocks_of
from experiments.models.locate import known_config
from experiments.study_files import read_yaml
from experiments.system import load_system
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import PACKAGE_ROOT, project_root

EXAMPLES = PACKAGE_ROOT / "experiments" / "studies"
PROFILES = ("smoke", "cpu")  # those that run on any machine
SYSTEMS = ("finetuning", "probing", "answering", "exits", "judging", "parameters", "mistakes")

HEADER = """\
# Made after {like} by `experiments new`, to be changed as you like.
# `experiments status` says what does not fit, and `experiments run {name}` makes the tables.
"""
SAID = {
    "profiles": "how large it runs; `--profile` chooses, and cpu is what runs without",
    "smoke": "in seconds, on what ships with the package: evidence that changed code gives the same",
    "cpu": "in minutes on two cores",
    "learning_rate": "step size of the optimiser",
    "model": "by its name in a registry",
}
"""Comments in the place of descriptions that speak to whoever knows the models."""

Settings = dict[str, object]


def example_names() -> list[str]:
    """The studies that ship and can be gone by: those of the systems that run experiments."""
    found = {path.stem: read_yaml(path)[0].get("system") for path in sorted(EXAMPLES.glob("*.yaml"))}
    return [name for name, system in found.items() if system in SYSTEMS]


def new_study(
    name: str,
    like: str,
    data: str | None = None,
    model: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> str:
    """The YAML of a study called `name` after the shipped study `like`.

    `data` is the name of a data set of a registry, or a file, whose columns are then described; `fields` names those
    whose names tell nothing. Both it and the name of a `model` go into the profile `cpu`. Raises UserError where there
    is no such study, data set or model, or they do not go together.
    """
    if fields and not (data and Path(data).expanduser().is_file()):
        raise UserError("--field names a column of a file; give that file by --data")
    known = example_names()
    if like not in known:
        raise UserError(f"there is no study {printable(like)} to go by; there are {', '.join(known)}")
    content, _ = read_yaml(EXAMPLES / f"{like}.yaml")
    content = {"study": name, "title": name.replace("-", " ").capitalize(), **_without_names(content)}
    if "profiles" in content:
        content["profiles"] = {key: content["profiles"][key] for key in PROFILES if key in content["profiles"]}
    if content["system"] == "parameters":
        if data:
            raise UserError(f"{like} counts parameters and takes no --data")
        content = _counts(content, model)
    elif data or model:
        settings = content["profiles"]["cpu"]
        tuned = content["system"] in ("finetuning", "mistakes")
        like_system = "finetuning" if tuned else content["system"]
        if model:
            _set_model(settings, like_system, model)
            _fit_lora(settings)
            if _lacks_template(model):
                settings = content["profiles"]["cpu"] = _without_chat(settings)
        if data:
            _set_data(settings, like_system, *_data(data, like_system, fields))
        if tuned:
            _fit_zero_shot(settings)
        for each in content["profiles"].values():
            each.pop("frozen", None)  # of mistakes: tables of other studies, on other data
    system = load_system(content["system"])
    try:
        system.Study.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        what = first["msg"].removeprefix("Value error, ")
        given = " ".join(f"--{key} {value}" for key, value in (("data", data), ("model", model)) if value)
        raise UserError(f"a study like {like} with {given} does not fit: {place}: {printable(what, 200)}") from None
    return HEADER.format(name=name, like=like) + commented(content, system.Study.model_json_schema(), SAID)


def _without_names(content: Mapping[str, object]) -> Settings:
    """A study without its names; how chapters present it is for its author to say."""
    kept = {key: value for key, value in content.items() if key not in ("study", "title", "report")}
    return {"system": kept.pop("system"), "report": {"order": 0, "show": True}, **kept}


def _counts(content: Settings, model: str | None) -> Settings:
    """A study of parameters without the published figures that the example holds them against."""
    path = Path(model or "").resolve()
    name = re.sub(r"[^a-z0-9.]+", "-", (path.parent if path.suffix == ".json" else path).name.lower()).strip("-.")
    own = [{"name": name, "model": model}, {"name": f"{name}-lora", "model": model, "lora": "r=8,targets=all-linear"}]
    shipped = [{k: v for k, v in each.items() if k != "note"} for each in content["configurations"]]
    kept = {key: value for key, value in content.items() if key != "reports"}
    return kept | {"configurations": own if model else shipped}


def _data(data: str, system: str, fields: Mapping[str, str] | None) -> tuple[Settings, Entry]:
    """What a study says of a data set, by its name in a registry or by its file, and the data set."""
    path = Path(data).expanduser()
    if path.is_file():
        described = describe_file(path, _place(path), system, fields)
        try:
            return described, Entry(**described, origin="study")
        except ValidationError as error:
            what = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            raise UserError(f"{data}: cannot be described from its columns: {printable(what, 200)}") from None
    if path.is_dir() and data not in dataset_names():
        raise UserError(f"{printable(data)}: is a folder; --data takes a file, or a name of a registry")
    if "/" in data or "." in data:
        raise UserError(f"{printable(data)}: there is no such file; --data takes a file, or a name of a registry")
    return {"name": data}, dataset_entry(data)


def _place(path: Path) -> str:
    """A file or folder as a study names it: by the way there from the project, so that both can be moved together."""
    try:
        return Path(os.path.relpath(path.resolve(), project_root().resolve())).as_posix()
    except ValueError:  # on another drive
        return path.resolve().as_posix()


def _set_model(settings: Settings, system: str, model: str) -> None:
    path = Path(model).expanduser()
    if "/" in model and path.exists():
        found = _place(path)
        model = found if found.startswith(("/", "../")) or path.is_file() else f"./{found}"
    chosen = {"name": model}
    try:
        family, blocks = _family(chosen), _blocks(chosen)
    except ValidationError as error:
        what = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise UserError(f"--model {printable(model)}: {printable(what, 300)}") from None
    match system:
        case "probing":
            settings["models"] = [chosen]
        case "exits":
            first = settings["models"][0] | {"model": chosen}
            if blocks is not None:
                first["depths"] = sorted({max(1, blocks // 2), blocks})
            settings["models"] = [{key: value for key, value in first.items() if key != "end"}]
        case "answering":
            for approach in settings["approaches"]:
                if approach["kind"] == "extractive" or family == "decoder":
                    approach["model"] = chosen
        case "judging":
            judges = [judge for judge in settings["judges"] if judge["kind"] != "local"]
            name = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")
            local = {"kind": "local", "name": name, "model": chosen}
            settings["judges"] = [*judges, {**local, "by": "likelihood"}]
        case _:
            settings["model"] = chosen


def _fit_lora(settings: Settings) -> None:
    """LoRA on all linear layers: another model has none by the names of the example's, or no default ones in PEFT."""
    for each in (settings, *settings.get("approaches", ())):
        if lora := each.get("training", {}).get("lora"):
            lora["targets"] = "all-linear"


def _lacks_template(model: str) -> bool:
    """Whether a folder has no template for a chat, in none of the places where transformers looks for one."""
    folder = Path(model).expanduser()
    config = folder / "tokenizer_config.json"
    said = config.read_text("utf-8", "replace") if config.is_file() else ""
    return folder.is_dir() and "chat_template" not in said and not any(folder.glob("chat_template*"))


def _without_chat(settings: object) -> object:
    """Prompts as they are, without the template of a chat; what declines to answer then begins with a space."""
    if isinstance(settings, list):
        return [_without_chat(each) for each in settings]
    if not isinstance(settings, dict):
        return settings
    if settings.get("chat") is True:
        kept = {key: value for key, value in settings.items() if key != "chat"}
        return kept.get("text", kept)
    plain = {key: _without_chat(value) for key, value in settings.items()}
    if isinstance(plain.get("abstain"), str) and isinstance(plain.get("prompt"), str):
        plain["abstain"] = f" {plain['abstain'].lstrip()}"
    return plain


def _family(model: str | Settings) -> str | None:
    return ModelChoice.model_validate(model).family


def _blocks(model: str | Settings) -> int | None:
    """How many blocks the model has, where that is known before it is loaded."""
    return blocks_of(known_config(ModelChoice.model_validate(model).entry))


def _set_data(settings: Settings, system: str, said: Settings, entry: Entry) -> None:
    train, test = _two_splits(entry)
    match system:
        case "finetuning":
            settings |= {
                "data": said,
                "split": {"rule": "stratified", "train": train, "share": 0.8, "test": test},
            }
            settings.pop("text", None)
        case "answering":
            kept = {key: value for key, value in settings["split"].items() if key == "share"}
            settings |= {"data": said, "split": {"train": train, **kept, "test": test}}
        case "exits":
            settings |= {
                "data": said,
                "split": {**settings["split"], "split": train} | _sizes(settings["split"], entry),
            }
        case "judging":
            settings["answers"] |= {"data": said, "split": train}
        case "probing":
            _set_probed(settings, said, entry, train)


def _sizes(split: Settings, entry: Entry) -> dict[str, int]:
    """How many examples train, validate and test, where a file of one's own has fewer than the example takes."""
    if entry.origin != "study":
        return {}
    n = len(load_split(entry, next(iter(entry.splits))).examples)
    shares = {"train_n": 0.5, "validation_n": 0.1, "test_n": 0.2}
    return {key: min(split[key], max(1, int(n * share))) for key, share in shares.items()}


def _two_splits(entry: Entry) -> tuple[str, str]:
    """The splits to train on and to test on, by their names."""
    names = [name for name in entry.split_names if entry.cut is None or name != entry.cut.split]
    train = next((name for name in names if name.startswith("train")), names[0])
    others = [name for name in names if name != train] or [train]
    for word in ("dev", "val", "test"):
        if found := [name for name in others if name.startswith(word)]:
            return train, found[0]
    return train, others[0]


def _set_probed(settings: Settings, said: Settings, entry: Entry, split: str) -> None:
    """Targets, prompt and controls out of the fields that there are: for whoever writes the study to look over."""
    from experiments.probing.fields import number_fields, shown_fields, word_fields

    kind = entry.example_type
    words, numbers = word_fields(kind), number_fields(kind)
    targets = entry.targets or (("label",) if "label" in words else (*words[-1:], *numbers[:1]))
    read = [field for field in words if field not in targets] or [f for f in shown_fields(kind) if f not in targets]
    if not read:
        raise UserError(f"{entry.name} has no field that a prompt could show beside {', '.join(targets)}")
    others = [field for field in shown_fields(kind) if field not in targets]
    settings |= {
        "data": said,
        "split": split,
        "prompt": " ".join(f"{{{field}}}" for field in read[:2]),
        "targets": [
            {"kind": "classification" if field in words else "regression", "field": field} for field in targets
        ],
        "controls": {"by": next((f for f in reversed(others) if f not in read[:1]), others[0]), "n": 20},
        "poolings": ["last", "mean"],
    }
    for of_another in ("only", "longest", "n"):
        settings.pop(of_another, None)


def _fit_zero_shot(settings: Settings) -> None:
    """Zero-shot as the model can do it, and in words for the labels that there are."""
    found = settings.get("zero_shot")
    entry = dataset_entry(settings["data"]["name"]) if set(settings["data"]) == {"name"} else Entry(**settings["data"])
    if found is None:
        return
    words = found.get("words") or found.get("descriptions") or {}
    labels = {label: words.get(label, f" {label}") for label in entry.label_names}
    if _family(settings["model"]) == "encoder":
        settings["zero_shot"] = {
            "kind": "descriptions",
            "descriptions": {label: word.strip() for label, word in labels.items()},
        }
        return
    shown = "{text} This is" if entry.kind == "sentence" else "{premise} Question: {hypothesis} Answer:"
    old = found.get("prompt", "")
    fits = ("{text}" if entry.kind == "sentence" else "{premise}") in str(old)
    settings["zero_shot"] = {
        "kind": "likelihood",
        "prompt": old if fits else shown,
        "words": {label: f" {word.strip()}" for label, word in labels.items()},
        "generate": True,
    }
