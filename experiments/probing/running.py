"""One model, trained or its random twin: all its states from one pass, then the probes layer by layer."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.choices import ModelChoice
from experiments.layers.states import pooled_states
from experiments.meter.meter import Meter
from experiments.models.batching import TOKENS_AT_ONCE
from experiments.models.load import load_for
from experiments.models.report import Weights
from experiments.probing.examples import Chosen
from experiments.probing.features import distinct, effective_rank, share_constant
from experiments.probing.probe import Plan, Task, cross_fit
from experiments.probing.prompts import encode, inputs_of
from experiments.probing.results import (
    Geometry,
    Probed,
    Read,
    load_probed,
    load_read,
    load_states,
    save_probed,
    save_states,
)
from experiments.probing.study import Settings
from experiments.scoring.encoding import context_length
from experiments.system import Progress
from experiments.tables.errors import UserError, printable

WEIGHTS: tuple[Weights, ...] = ("trained", "random")


def read(
    choice: ModelChoice,
    weights: Weights,
    settings: Settings,
    chosen: Chosen,
    folder: Path,
    device: str,
    seed: int,
    show: Progress,
) -> Read:
    """The states of all layers, kept in `folder`, unless they are there already.

    Raises UserError where the model is not found or a prompt does not fit it, and for a state that is no number.
    """
    kept = load_read(folder)
    if kept is not None:
        return kept
    loaded = load_for(
        "encoder",
        choice.name,
        revision=choice.revision,
        weights=weights,
        seed=seed,
        dtype=settings.dtype,
        device=device,
    )
    names = [example.id for example in chosen.examples]
    fields = [pooling for pooling in settings.poolings if pooling not in ("last", "mean")]
    context = context_length(loaded.model.config, loaded.tokenizer)
    prompts = encode(loaded.tokenizer, chosen.texts, names, fields, context)
    asked = {
        "pad_id": loaded.tokenizer.pad_token_id,
        "side": loaded.tokenizer.padding_side,
        "token_budget": TOKENS_AT_ONCE[loaded.model.device.type],
    }
    with Meter() as meter:
        with meter.warm_up():
            pooled_states(loaded.model, prompts[:1], settings.poolings, **asked)
        done = iter(show(range(len(prompts)), f"{choice.name}, {weights}: reading"))
        states = pooled_states(
            loaded.model,
            prompts,
            settings.poolings,
            **asked,
            progress=lambda at, _: _advance(done, at),
            count_tokens=meter.count_tokens,
        )
        _advance(done, len(prompts) + 1)
    for array in states.values():
        check_states(array, names, f"{choice.name}, {weights}")
    shape = next(iter(states.values())).shape
    inputs = inputs_of(prompts, loaded.tokenizer.unk_token_id, context, shape)
    report = loaded.report
    what = report.model if weights == "trained" else f"{report.model}, random twin, seed {seed}"
    digests = {what: report.weights_sha256, f"{what}, loading report": report.digest()}
    found = Read(inputs, meter.usage, digests)
    save_states(states, found, folder)
    return found


def check_states(states: NDArray, names: list[str], whose: str) -> None:
    """Raises UserError where a state (layers, n, features) is no finite number."""
    wrong = np.argwhere(~np.isfinite(states).all(axis=2))
    if len(wrong):
        layer, row = wrong[0]
        raise UserError(f"{whose}: the state of example {printable(names[row])} at layer {layer} is no finite number")


def probe(
    what: str, settings: Settings, tasks: Mapping[str, Task], plan: Plan, folder: Path, show: Progress
) -> dict[tuple[str, int], Probed]:
    """The probes of every pooling and layer, kept in `folder` one by one."""
    states = {pooling: load_states(folder, pooling) for pooling in settings.poolings}
    places = [(pooling, layer) for pooling in settings.poolings for layer in range(len(states[pooling]))]
    found = {}
    for pooling, layer in show(places, f"{what}: probing"):
        path = folder / f"{pooling}-{layer:03}.npz"
        probed = load_probed(path)
        if probed is None:
            probed = _probe_layer(states[pooling][layer], tasks, plan)
            save_probed(probed, path)
        found[pooling, layer] = probed
    return found


def _probe_layer(states: NDArray, tasks: Mapping[str, Task], plan: Plan) -> Probed:
    with Meter() as meter:
        states = np.asarray(states, dtype=float)
        geometry = Geometry(effective_rank(states), states.shape[1], share_constant(states), distinct(states))
        predicted = cross_fit(states, tasks, plan)
    return Probed(geometry, predicted, meter.usage)


def _advance(done: Iterator[int], at: int) -> None:
    """Bring a progress bar to `at`, and past its end to a close."""
    for number in done:
        if number + 1 >= at:
            return
