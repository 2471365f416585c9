"""The stages that a classifier goes through, by name."""

from experiments.finetuning.study import Settings

ZERO_SHOT, UNTRAINED_HEAD, PRETRAINED_HEAD, FINE_TUNED = "zero-shot", "untrained-head", "pretrained-head", "fine-tuned"


def before_stage(settings: Settings) -> str:
    """What fine-tuning is compared with: zero-shot where the study has it, else the classifier with its new head."""
    return ZERO_SHOT if settings.zero_shot else UNTRAINED_HEAD
