"""Write a benchmark of probes into a folder: a model's states of the action movies, the targets, the folds.

Prompts and examples are those of the study layer-probe-movies in its profile cpu, or fewer of them; the states are
means over the tokens. Features that are dead in some layer (in MiniLM three, of a scale of 1e-9 and less behind the
last norm) are left out in all, since scikit-learn would scale them up and experiments.probing does not.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from experiments.layers.states import pooled_states
from experiments.models.load import load_for
from experiments.probing.examples import choose
from experiments.probing.features import fit_scaler
from experiments.probing.plan import make_plan
from experiments.probing.reading import encode
from experiments.study_files import load_study


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="minilm-l6", help="a name of the registry")
    parser.add_argument("--examples", type=int)
    parser.add_argument("--folds", type=int)
    parser.add_argument("--controls", type=int, help="control tasks for each target")
    arguments = parser.parse_args()
    folder = arguments.folder
    torch.set_num_threads(1)
    settings = load_study("layer-probe-movies").at("cpu").chosen
    controls = settings.controls.model_copy(update={"n": arguments.controls}) if arguments.controls else None
    other = {"n": arguments.examples, "folds": arguments.folds, "controls": controls}
    settings = settings.model_copy(update={name: value for name, value in other.items() if value})
    chosen = choose(settings, settings.seeds[0])
    probing = make_plan(settings, chosen, settings.seeds[0])
    loaded = load_for("encoder", arguments.model)
    prompts = encode(loaded.tokenizer, chosen.texts, [example.id for example in chosen.examples], [], None)
    states = pooled_states(loaded.model, prompts, "mean", pad_id=loaded.tokenizer.pad_token_id)
    alive = np.all([fit_scaler(layer).varying for layer in states], axis=0)
    folder.mkdir(parents=True, exist_ok=True)
    parts = ("targets", "controls")
    tasks = {f"{name}/{part}": getattr(task, part) for name, task in probing.tasks.items() for part in parts}
    np.savez(folder / "case.npz", states=states[:, :, alive].astype(float), folds=probing.plan.folds, **tasks)


if __name__ == "__main__":
    main()
