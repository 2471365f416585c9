"""One model, with its trained or with random weights: the hidden states of all layers, from one pass over all prompts.

They are kept with what reading the prompts took, so that a run that was interrupted goes on after it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from experiments.choices import ChatPrompt, ModelChoice
from experiments.layers.states import Prompt, check_blocks, pooled_states
from experiments.meter.meter import Meter
from experiments.meter.usage import Usage
from experiments.models.chat import chat_text, open_chat
from experiments.models.load import Loaded, load_for
from experiments.models.report import Weights
from experiments.probing.examples import Chosen, Text
from experiments.probing.study import Settings
from experiments.scoring.encoding import context_length
from experiments.system import Progress
from experiments.tables.errors import UserError, printable
from experiments.tables.files import open_replacement, replace_file
from experiments.training.runs import run_name

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class Inputs:
    """The prompts of all examples as one model reads them, in numbers."""

    n: int
    depth: int
    features: int
    tokens: int
    longest: int
    context: int | None
    last_tokens: int
    unknown: int


@dataclass(frozen=True)
class Read:
    """How a model has read the prompts. `models` holds SHA-256 by what it is of."""

    inputs: Inputs
    usage: Usage
    models: dict[str, str]


_READ = TypeAdapter(Read)


def read_prompts(
    choice: ModelChoice,
    weights: Weights,
    settings: Settings,
    chosen: Chosen,
    folder: Path,
    device: str,
    seed: int,
    show: Progress,
) -> Read:
    """Keep the hidden states of all layers, by the seed of the weights, in `folder`.

    Nothing is done where they are there already (see `load_states`). Raises UserError where the model is not found or a
    prompt does not fit it, and for a hidden state that is no number.
    """
    kept = folder / f"read-{run_name(seed)}.json"  # written last: the states count once it is there
    if kept.is_file():
        return _READ.validate_json(kept.read_bytes())
    loaded = load_for(
        "encoder",
        choice.entry,
        weights=weights,
        seed=seed,
        dtype=settings.dtype,
        device=device,
    )
    check_blocks(loaded.model)
    texts = chosen.texts
    if isinstance(settings.prompt, ChatPrompt):
        loaded = open_chat(loaded)
        texts = [in_chat(loaded, text, settings.prompt) for text in texts]
    names = [example.id for example in chosen.examples]
    fields = [pooling for pooling in settings.poolings if pooling not in ("last", "mean")]
    context = context_length(loaded.model.config, loaded.tokenizer)
    prompts = encode(loaded.tokenizer, texts, names, fields, context)
    what = f"{choice.name}, {weights}"
    states, usage = _measure_states(loaded, prompts, settings.poolings, lambda items: show(items, f"{what}: reading"))
    for array in states.values():
        check_states(array, names, what)
    shape = next(iter(states.values())).shape
    inputs = inputs_of(prompts, loaded.tokenizer.unk_token_id, context, shape)
    report = loaded.report
    named = report.model if weights == "trained" else f"{report.model}, random weights, seed {seed}"
    digests = {named: report.weights_sha256, **report.stored(), f"{named}, loading report": report.digest()}
    found = Read(inputs, usage, digests)
    for pooling, array in states.items():
        with open_replacement(_states_file(folder, seed, pooling)) as file:
            np.save(file, array)
    replace_file(kept, _READ.dump_json(found))
    return found


def _measure_states(
    loaded: Loaded,
    prompts: Sequence[Prompt],
    poolings: tuple[str, ...],
    show: Callable[[Sequence[int]], Iterable[int]],
) -> tuple[dict[str, NDArray[np.float32]], Usage]:
    """The states of all prompts by pooling, and what reading them took; `show` shows how many are read."""
    asked = {"pad_id": loaded.tokenizer.pad_token_id, "side": loaded.tokenizer.padding_side}
    with Meter() as meter:
        with meter.warm_up():
            pooled_states(loaded.model, prompts[:1], poolings, **asked)
        done = iter(show(range(len(prompts))))
        states = pooled_states(
            loaded.model,
            prompts,
            poolings,
            **asked,
            progress=lambda at, _: _advance(done, at),
            count_tokens=meter.count_tokens,
        )
        _advance(done, len(prompts) + 1)
    return states, meter.usage


def in_chat(loaded: Loaded, text: Text, prompt: ChatPrompt) -> Text:
    """The prompt as what a user says, up to where the answer begins.

    Raises UserError as `chat_text` does, and where the template changes what is said.
    """
    try:
        return text.within(chat_text(loaded.tokenizer, text.text, prompt.system))
    except ValueError:
        raise UserError(
            f"{loaded.report.model}: its chat template changes the prompt {printable(text.text, 60)}"
        ) from None


def load_states(folder: Path, seed: int, pooling: str) -> NDArray[np.float32]:
    """The kept hidden states of a pooling, (layers, n, features), read from the disk as they are needed."""
    return np.load(_states_file(folder, seed, pooling), mmap_mode="r")


def _states_file(folder: Path, seed: int, pooling: str) -> Path:
    return folder / f"states-{run_name(seed)}-{pooling}.npy"


def check_states(states: NDArray, names: list[str], whose: str) -> None:
    """Raises UserError where a hidden state (layers, n, features) is no finite number."""
    wrong = np.argwhere(~np.isfinite(states).all(axis=2))
    if len(wrong):
        layer, row = wrong[0]
        raise UserError(
            f"{whose}: the hidden state of example {printable(names[row])} at layer {layer} is no finite number"
        )


def encode(
    tokenizer: "PreTrainedTokenizerBase",
    texts: Sequence[Text],
    ids: Sequence[str],
    fields: Sequence[str],
    context: int | None,
) -> list[Prompt]:
    """The prompts of the examples called `ids`, each with the last token of every one of `fields` as a position.

    Raises UserError for a prompt that is longer than the context, and for a field without a token.
    """
    encoding = tokenizer([text.text for text in texts], return_offsets_mapping=bool(fields), verbose=False)
    prompts = []
    for row, (text, name, tokens) in enumerate(zip(texts, ids, encoding["input_ids"], strict=True)):
        if context is not None and len(tokens) > context:
            raise UserError(
                f"the prompt of example {printable(name)} has {len(tokens)} tokens, the model's context only "
                f"{context}; set longest, in characters, or shorten the prompt"
            )
        places = {field: _place(encoding["offset_mapping"][row], text.spans[field], field, name) for field in fields}
        prompts.append(Prompt(tuple(tokens), places))
    return prompts


def inputs_of(prompts: Sequence[Prompt], unknown: int | None, context: int | None, shape: tuple[int, ...]) -> Inputs:
    """`unknown` is the id of the token for what the vocabulary does not have; `shape` is that of the states."""
    lengths = [len(prompt.ids) for prompt in prompts]
    return Inputs(
        n=len(prompts),
        depth=shape[0] - 1,
        features=shape[2],
        tokens=sum(lengths),
        longest=max(lengths),
        context=context,
        last_tokens=len({prompt.ids[-1] for prompt in prompts}),
        unknown=sum(unknown in prompt.ids for prompt in prompts),
    )


def _place(offsets: Sequence[tuple[int, int]], span: tuple[int, int], field: str, name: str) -> int:
    """The last token that holds a character of the span."""
    inside = [place for place, (start, end) in enumerate(offsets) if start < end and start < span[1] and end > span[0]]
    if not inside:
        raise UserError(f"example {printable(name)} has no token of its {field} to pool")
    return inside[-1]


def _advance(done: Iterator[int], at: int) -> None:
    """Bring a progress bar to `at`, and past its end to a close."""
    for number in done:
        if number + 1 >= at:
            return
