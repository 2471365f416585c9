"""The part without a seed: what the model says of the test examples before anything is trained."""

from collections.abc import Callable, Iterator, Sequence

from experiments.choices import ChatPrompt, template_of
from experiments.data.examples import Pair, Sentence
from experiments.data.parts import TEST
from experiments.data.stored import made_of
from experiments.finetuning.parts import Examples, Parts
from experiments.finetuning.results import Found, Predictions
from experiments.finetuning.study import Descriptions, Likelihood, Settings
from experiments.meter.meter import Meter
from experiments.models.batching import in_blocks
from experiments.models.chat import chat_text, open_chat
from experiments.models.load import Loaded, load_for
from experiments.system import Progress
from experiments.tables.terms import Stage
from experiments.training.classification import filled
from experiments.training.counting import count_parameters
from experiments.training.faults import raise_on_oom
from experiments.training.runs import CostRow


def answer_zero_shot(
    settings: Settings, chosen: Likelihood | Descriptions, parts: Parts, device: str, show: Progress
) -> Found:
    """Predictions of the test examples in the way that is chosen.

    A decoder gives one set by each ranking, that of the study first, and one by generating where the study asks for
    it.
    """
    model = settings.model
    task = "causal" if isinstance(chosen, Likelihood) else "encoder"
    loaded = load_for(task, model.entry, dtype=settings.training.dtype, device=device)
    loaded.model.requires_grad_(False)
    test = parts.examples[TEST]
    with raise_on_oom(f"{model.name} zero-shot"):
        if isinstance(chosen, Descriptions):
            found = [_described(settings, chosen, loaded, test, show)]
        else:
            found = [_ranked(settings, chosen, loaded, test, show)]
            if chosen.generate:
                found.append(_generated(settings, chosen, loaded, test, show))
    report, role = loaded.report, "decoder" if task == "causal" else "encoder"
    return Found(
        predictions=tuple(each for predictions, _ in found for each in predictions),
        costs=tuple(cost for _, cost in found),
        models=report.digests(role),
    )


Part = tuple[list[Predictions], CostRow]


def _ranked(settings: Settings, chosen: Likelihood, loaded: Loaded, test: Examples, show: Progress) -> Part:
    from experiments.scoring.likelihood import score_labels
    from experiments.scoring.results import Example

    prompt = chosen.prompt
    loaded = _opened(loaded, prompt)
    words = tuple(_continuation(chosen.words[label], prompt) for label in settings.labels)
    contexts = made_of(test, lambda example: Example(_asked(example, prompt, loaded), words))
    free = [_put(_without_content(template_of(prompt), text), prompt, loaded) for text in chosen.content_free]
    with Meter() as meter:
        with meter.warm_up():
            score_labels(loaded.model, loaded.tokenizer, contexts[:1])
        told = _told(show, settings, Stage.ZERO_SHOT)
        scored = score_labels(loaded.model, loaded.tokenizer, contexts, content_free=free, progress=told)
        meter.count_tokens(scored.tokens)
    return list(_by_ranking(scored.examples, chosen.ranking)), _cost(
        settings, Stage.ZERO_SHOT, len(test), meter, loaded
    )


def _by_ranking(scores: Sequence, chosen: str) -> Iterator[Predictions]:
    from experiments.scoring.results import RANKINGS

    for ranking in sorted(RANKINGS, key=lambda name: name != chosen):
        stage = Stage.ZERO_SHOT if ranking == chosen else f"{Stage.ZERO_SHOT}-{ranking}"
        yield _decided(stage, [score.by(ranking) for score in scores])


def _decided(stage: str, scores: Sequence[Sequence[float]], scale: float = 1.0) -> Predictions:
    from experiments.scoring.decision import decide

    decisions = [decide(row, scale) for row in scores]
    return Predictions(
        stage=stage,
        choices=tuple(decision.choice for decision in decisions),
        probabilities=tuple(decision.probabilities for decision in decisions),
        ties=tuple(decision.is_tie for decision in decisions),
    )


def _generated(settings: Settings, chosen: Likelihood, loaded: Loaded, test: Examples, show: Progress) -> Part:
    """What comes of reading the label out of generated text, for comparison: an answer that is no label is unparsed."""
    from experiments.scoring.generation import answer

    stage = f"{Stage.ZERO_SHOT}-generated"
    prompt = chosen.prompts[-1]
    loaded = _opened(loaded, prompt)
    prompts = made_of(test, lambda example: _asked(example, prompt, loaded))
    words = [chosen.words[label].strip() for label in settings.labels]
    how = {"new_tokens": chosen.new_tokens, "as_they_are": isinstance(prompt, ChatPrompt)}
    with Meter() as meter:
        with meter.warm_up():
            answer(loaded.model, loaded.tokenizer, prompts[:1], words, **how)
        told = _told(show, settings, stage)
        found = answer(loaded.model, loaded.tokenizer, prompts, words, **how, progress=told)
        meter.count_tokens(sum(each.tokens for each in found))
    predictions = Predictions(stage, tuple(each.choice for each in found))
    return [predictions], _cost(settings, stage, len(test), meter, loaded)


def _described(settings: Settings, chosen: Descriptions, loaded: Loaded, test: Examples, show: Progress) -> Part:
    from experiments.scoring.similarity import SCALE, score_descriptions

    texts = made_of(test, lambda example: " ".join(filled(example, settings.text)))
    descriptions = [chosen.descriptions[label] for label in settings.labels]
    with Meter() as meter:
        with meter.warm_up():
            score_descriptions(loaded.model, loaded.tokenizer, texts[:1], descriptions)
        told = _told(show, settings, Stage.ZERO_SHOT)
        scores, _ = score_descriptions(loaded.model, loaded.tokenizer, texts, descriptions, progress=told)
        for read, _ in (*in_blocks(texts), (descriptions, None)):
            meter.count_tokens(sum(map(len, loaded.tokenizer(list(read), verbose=False)["input_ids"])))
    return [_decided(Stage.ZERO_SHOT, scores, SCALE)], _cost(settings, Stage.ZERO_SHOT, len(test), meter, loaded)


def _cost(settings: Settings, stage: str, examples: int, meter: Meter, loaded: Loaded) -> CostRow:
    counts = count_parameters(loaded.model)
    model, dtype = settings.model.name, settings.training.dtype
    return CostRow(stage, None, model, dtype, examples, meter.usage, counts, meter.interruptions)


def _told(show: Progress, settings: Settings, stage: str) -> Callable[[int, int], None]:
    """Takes how many are done of how many, and shows it."""
    shown, seen = None, 0

    def tell(done: int, total: int) -> None:
        nonlocal shown, seen
        shown = shown or show(range(total), f"{settings.model.name} {stage}")
        for _ in range(done - seen if done < total else total + 1):  # the last one closes what shows it
            next(shown, None)
        seen = done

    return tell


def _opened(loaded: Loaded, prompt: str | ChatPrompt) -> Loaded:
    """The model with a tokenizer that reads such prompts."""
    return open_chat(loaded) if isinstance(prompt, ChatPrompt) else loaded


def _asked(example: Sentence | Pair, prompt: str | ChatPrompt, loaded: Loaded) -> str:
    return _put(filled(example, template_of(prompt))[0], prompt, loaded)


def _put(text: str, prompt: str | ChatPrompt, loaded: Loaded) -> str:
    """A filled prompt as the model reads it: as it is, or as a turn of a conversation."""
    return chat_text(loaded.tokenizer, text, prompt.system) if isinstance(prompt, ChatPrompt) else text


def _continuation(word: str, prompt: str | ChatPrompt) -> str:
    return word.strip() if isinstance(prompt, ChatPrompt) else word


def _without_content(prompt: str, text: str) -> str:
    """The prompt around a text that says nothing."""
    return prompt.format(text=text, premise=text, hypothesis=text)
