"""Which class does which task, and under which name it keeps the backbone."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.models.families import family_of
from experiments.models.locate import CONFIG
from experiments.models.report import Task
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path
from experiments.tables.strict_json import line_of

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel

WORDS = {
    "causal": "causal language modelling",
    "classification": "sequence classification",
    "qa": "extractive question answering",
    "encoder": "encoding",
}


def model_class(task: Task, name: str, folder: Path) -> tuple[type["PreTrainedModel"], dict[str, str] | None]:
    """The class for the checkpoint in `folder`, and the renaming of weights that it needs.

    A causal checkpoint keeps its backbone under `model.`; `LlamaForQuestionAnswering` and its like look for it under
    `transformer.` and would find nothing. Raises UserError where transformers has no class for the task, the model
    needs code of its own, or reads more than text.
    """
    from transformers import (
        MODEL_FOR_CAUSAL_LM_MAPPING,
        MODEL_FOR_QUESTION_ANSWERING_MAPPING,
        MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
        MODEL_MAPPING,
    )

    mappings = {
        "causal": MODEL_FOR_CAUSAL_LM_MAPPING,
        "classification": MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
        "qa": MODEL_FOR_QUESTION_ANSWERING_MAPPING,
        "encoder": MODEL_MAPPING,
    }
    settings = config_in(folder, name)
    config = type(settings)
    if settings.is_encoder_decoder:
        raise UserError(f"{name}: {config.model_type} is an encoder with a decoder; models of one stack are supported")
    if settings.get_text_config() is not settings:
        raise UserError(f"{name}: {config.model_type} reads more than text; name a model of text alone")
    kind = mappings[task].get(config, None)
    if kind is None or (task == "causal" and family_of(settings.to_dict()) == "encoder"):
        raise UserError(f"{name}: there is no {config.model_type} model for {WORDS[task]}")
    causal = MODEL_FOR_CAUSAL_LM_MAPPING.get(config, None)
    ours, theirs = kind.base_model_prefix, causal.base_model_prefix if causal else kind.base_model_prefix
    return kind, None if ours == theirs else {rf"^{theirs}\.": f"{ours}."}


def config_in(folder: Path, name: str) -> "PretrainedConfig":
    """The config in a model's folder; code that comes with a model is never run.

    Raises UserError for one that cannot be read, or that only the model's own code can.
    """
    from transformers import CONFIG_MAPPING, AutoConfig

    try:
        content = json.loads((folder / CONFIG).read_bytes())
        kind = content.get("model_type")
        if kind not in CONFIG_MAPPING and content.get("auto_map"):
            raise UserError(f"{name}: {printable(str(kind))} needs code from its own folder, which is never run")
        if content.get("transformers_weights"):
            raise UserError(f"{name}: its config names another file of weights (transformers_weights); take that out")
        return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except UserError:
        raise
    except Exception as error:  # transformers raises whatever the values lead to
        raise UserError(f"{name}: its config cannot be read: {config_fault(folder, error)}") from None


def config_fault(folder: Path, error: Exception) -> str:
    """What transformers makes of a model's config, in one line with the file and the line that it names."""
    said = " ".join(str(error).split())
    if not isinstance(error, OSError | ValueError | RuntimeError):
        said = f"{said} ({type(error).__name__})"
    try:
        text = (folder / CONFIG).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if isinstance(error, json.JSONDecodeError):
        line = f":{error.lineno}"
    else:
        line = _line_named(text, re.findall(r"\w+", said))
    return f"{shown_path(folder / CONFIG)}{line}: {printable(said, 300)}"


def _line_named(text: str, words: list[str]) -> str:
    """`:LINE` of the config's key or value that the words are about; "" where there is none.

    It is the first key among the words, else the first value: transformers tells no place.
    """
    values = (at for word in words if (at := text.find(json.dumps(word))) >= 0)
    return line_of(text, *words) or next((f":{text.count(chr(10), 0, at) + 1}" for at in values), "")
