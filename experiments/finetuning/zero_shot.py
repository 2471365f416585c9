"""The part without a seed: what the model says of the test examples before anything is trained."""

from collections.abc import Iterator

from experiments.finetuning.parts import TEST, Parts
from experiments.finetuning.results import CostRow, Found, Predictions
from experiments.finetuning.stages import ZERO_SHOT
from experiments.finetuning.study import Likelihood, Settings
from experiments.meter.meter import Meter
from experiments.models.load import load_for
from experiments.tables.errors import UserError
from experiments.training.classification import filled
from experiments.training.counting import count_parameters
from experiments.training.faults import out_of_memory_is_said


def zero_shot(settings: Settings, parts: Parts, device: str) -> Found | None:
    """Predictions by every ranking, that of the study first; None where the study has no zero-shot stage."""
    if settings.zero_shot is None:
        return None
    if isinstance(settings.zero_shot, Likelihood):
        return _likelihood(settings, settings.zero_shot, parts, device)
    raise NotImplementedError


def _likelihood(settings: Settings, chosen: Likelihood, parts: Parts, device: str) -> Found:
    from experiments.scoring.likelihood import score_labels
    from experiments.scoring.results import Example

    model = settings.model
    loaded = load_for("causal", model.name, revision=model.revision, dtype=settings.training.dtype, device=device)
    words = tuple(chosen.words[label] for label in settings.labels)
    test = [Example(filled(example, chosen.prompt)[0], words) for example in parts.examples[TEST]]
    free = [_without_content(chosen.prompt, text) for text in chosen.content_free]
    with out_of_memory_is_said(f"{model.name} zero-shot"), Meter() as meter:
        with meter.warm_up():
            score_labels(loaded.model, loaded.tokenizer, test[:1])
        scored = score_labels(loaded.model, loaded.tokenizer, test, content_free=free)
        meter.count_tokens(scored.tokens)
    counts = count_parameters(loaded.model.requires_grad_(False))
    cost = CostRow(ZERO_SHOT, None, settings.training.dtype, len(test), 0, meter.usage, counts)
    name = loaded.report.model
    return Found(
        predictions=tuple(_ranked(scored.examples, chosen.ranking)),
        costs=(cost,),
        models={name: loaded.report.weights_sha256, f"{name} as decoder, loading report": loaded.report.digest()},
    )


def _ranked(scores, chosen: str) -> Iterator[Predictions]:
    from experiments.scoring.decision import decide
    from experiments.scoring.results import RANKINGS

    for ranking in sorted(RANKINGS, key=lambda name: name != chosen):
        decisions = [decide(score.by(ranking)) for score in scores]
        yield Predictions(
            stage=ZERO_SHOT if ranking == chosen else f"{ZERO_SHOT}-{ranking}",
            choices=tuple(decision.choice for decision in decisions),
            probabilities=tuple(decision.probabilities for decision in decisions),
            ties=sum(decision.is_tie for decision in decisions),
        )


def _without_content(prompt: str, text: str) -> str:
    """The prompt around a text that says nothing."""
    try:
        return prompt.format(text=text, premise=text, hypothesis=text)
    except (KeyError, ValueError, IndexError):
        raise UserError(f"the prompt {prompt!r} has a field that no data has") from None
