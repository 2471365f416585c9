"""Which class does which task, and under which name it keeps the backbone."""

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.models.registry import ENCODERS
from experiments.models.report import Task
from experiments.tables.errors import UserError, printable

if TYPE_CHECKING:
    from transformers import PreTrainedModel

WORDS = {
    "causal": "causal language modelling",
    "classification": "sequence classification",
    "qa": "extractive question answering",
    "encoder": "encoding",
}


def model_class(task: Task, name: str, folder: Path) -> tuple[type["PreTrainedModel"], dict[str, str] | None]:
    """The class for the checkpoint in `folder`, and the renaming of weights that it needs.

    A causal checkpoint keeps its backbone under `model.`; `LlamaForQuestionAnswering` and its like look for it under
    `transformer.` and would find nothing. Raises UserError where transformers has no class for the task.
    """
    from transformers import (
        MODEL_FOR_CAUSAL_LM_MAPPING,
        MODEL_FOR_QUESTION_ANSWERING_MAPPING,
        MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
        MODEL_MAPPING,
        AutoConfig,
    )

    mappings = {
        "causal": MODEL_FOR_CAUSAL_LM_MAPPING,
        "classification": MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
        "qa": MODEL_FOR_QUESTION_ANSWERING_MAPPING,
        "encoder": MODEL_MAPPING,
    }
    try:
        config = type(AutoConfig.from_pretrained(folder, local_files_only=True))
    except (OSError, ValueError) as error:
        raise UserError(f"{name}: its config cannot be read: {printable(str(error), 200)}") from None
    kind = mappings[task].get(config, None)
    if kind is None or (task == "causal" and config.model_type in ENCODERS):
        raise UserError(f"{name}: there is no {config.model_type} model for {WORDS[task]}")
    causal = MODEL_FOR_CAUSAL_LM_MAPPING.get(config, None)
    ours, theirs = kind.base_model_prefix, causal.base_model_prefix if causal else kind.base_model_prefix
    return kind, None if ours == theirs else {rf"^{theirs}\.": f"{ours}."}
