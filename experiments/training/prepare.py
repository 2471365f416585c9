"""Make a loaded model trainable: which weights move is all that tells the four methods apart."""

from typing import TYPE_CHECKING

from experiments.models.load import Loaded
from experiments.models.report import NEW_HEADS
from experiments.tables.errors import UserError, printable
from experiments.training.settings import Training

if TYPE_CHECKING:
    from peft import LoraConfig
    from transformers import PreTrainedModel

PEFT_TASKS = {"classification": "SEQ_CLS", "qa": "QUESTION_ANS", "causal": "CAUSAL_LM"}


def prepare(loaded: Loaded, training: Training, seed: int) -> "PreTrainedModel":
    """The model with exactly the weights of the method requiring gradients; adapters start from `seed`.

    The head of the task is always trained. The loaded model is changed, not copied. Raises UserError for a task without
    a head under the method `head`, LoRA targets that the model does not have, and shapes that bitsandbytes cannot pack
    on a CPU.
    """
    import torch

    model = loaded.model
    model.config.use_cache = False
    if training.method == "full":
        return model.requires_grad_(True)
    model.requires_grad_(False)
    if training.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    if training.method == "head":
        for name in head_modules(loaded):
            model.get_submodule(name).requires_grad_(True)
        return model
    from peft import get_peft_model

    if training.method == "qlora":
        check_packable(model, loaded.report.model)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            return get_peft_model(model, _lora(training, loaded))
        except ValueError as error:
            targets = training.lora.targets
            shown = targets if isinstance(targets, str) else ", ".join(targets)
            what = f"LoRA cannot be put on {printable(shown)}: {printable(str(error), 200)}"
            if targets == "default":
                what = (
                    f"PEFT has no default targets for {model.config.model_type}; say `targets: all-linear` under lora"
                )
            raise UserError(f"{loaded.report.model}: {what}") from None


def head_modules(loaded: Loaded) -> list[str]:
    """The names of the modules that the task puts on the backbone, and of a pooler that is as new as they are.

    Raises UserError where there are none.
    """
    model, report = loaded.model, loaded.report
    if report.task not in NEW_HEADS:
        raise UserError(f"the task {report.task} has no head of its own that could be trained alone")
    backbone = f"{model.base_model_prefix}."
    beside = [name.partition(".")[0] for name, _ in model.named_parameters() if not name.startswith(backbone)]
    pooler = [f"{backbone}pooler" for name in report.newly_initialised if name.startswith(f"{backbone}pooler.")]
    return list(dict.fromkeys([*beside, *pooler]))


def _lora(training: Training, loaded: Loaded) -> "LoraConfig":
    from peft import LoraConfig

    chosen, task = training.lora, loaded.report.task
    targets = None if chosen.targets == "default" else chosen.targets
    return LoraConfig(
        task_type=PEFT_TASKS[task],
        r=chosen.r,
        lora_alpha=chosen.alpha,
        lora_dropout=chosen.dropout,
        target_modules=list(targets) if isinstance(targets, tuple) else targets,
        modules_to_save=head_modules(loaded) if task in NEW_HEADS else None,
    )


def check_packable(model: "PreTrainedModel", name: str) -> None:
    """Raise UserError for a packed layer whose shape makes bitsandbytes crash on a CPU (0.50: in % 64, out % 32)."""
    import bitsandbytes as bnb

    for path, module in model.named_modules():
        if not isinstance(module, bnb.nn.Linear4bit) or module.weight.device.type != "cpu":
            continue
        if module.in_features % 64 or module.out_features % 32:
            shape = f"{module.in_features} to {module.out_features}"
            raise UserError(
                f"{name}: bitsandbytes cannot compute with {path} ({shape}) on a CPU: it needs inputs in multiples "
                "of 64 and outputs of 32; choose another model or the method lora"
            )
