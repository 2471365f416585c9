"""Write a benchmark of looking into layers: a model, a tokenizer, texts, and what both sides must find.

The model is one of the registry (`--model`), or a random one of 12 layers.

`reference.npz` is computed in the plainest way, one text at a time. For the case of states: the mean state of every
layer (`states`, and `normed` with the last one after the final norm, as transformers gives it). For the case of the
lens: the log-probabilities of the last tokens of each text under the model that ends at each layer (`lens`).
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from cut_model import cut
from layers_measured import TOKENS, followed
from scoring_case import write
from scoring_measured import load

LAYERS = 12
EXAMPLES = {"states": 200, "lens": 100}
RANDOM = {
    "states": {"vocabulary": 32000, "hidden": 288, "layers": LAYERS},
    "lens": {"vocabulary": 8192, "hidden": 480, "layers": LAYERS},
}


def states(model: torch.nn.Module, rows: list[torch.Tensor]) -> dict[str, torch.Tensor]:
    """The mean over each text of each layer's states, (layers + 1, texts, hidden)."""
    raw = []
    hook = model.model.layers[-1].register_forward_hook(lambda block, given, out: raw.append(out))
    hidden = [torch.cat(model(ids, output_hidden_states=True).hidden_states) for ids in rows]
    hook.remove()
    inner = [torch.cat([each[:-1], last]) for each, last in zip(hidden, raw, strict=True)]
    means = {"states": inner, "normed": hidden}
    return {name: torch.stack([each.mean(dim=1) for each in found], dim=1) for name, found in means.items()}


def lens(model: torch.nn.Module, rows: list[torch.Tensor]) -> dict[str, torch.Tensor]:
    """The log-probabilities of the last tokens, (layers, texts, tokens)."""
    models = [cut(model, layers) for layers in range(1, model.config.num_hidden_layers + 1)]
    said = []
    for ids in rows:
        logprobs = torch.cat([short(ids).logits for short in models]).log_softmax(dim=-1)
        said.append(followed(logprobs[:, -TOKENS - 1 : -1], ids[0]))
    return {"lens": torch.stack(said, dim=1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=EXAMPLES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--examples", type=int)
    parser.add_argument("--model", help="a name of the registry")
    arguments = parser.parse_args()
    size = {} if arguments.model else RANDOM[arguments.case]
    examples = arguments.examples or EXAMPLES[arguments.case]
    write("multi-token", arguments.folder, examples, arguments.model, **size)
    model, tokenizer, examples = load(arguments.folder)
    rows = [torch.tensor([tokenizer(example["context"])["input_ids"]]) for example in examples]
    with torch.inference_mode():
        found = (states if arguments.case == "states" else lens)(model, rows)
    np.savez(arguments.folder / "reference.npz", **{name: tensor.numpy() for name, tensor in found.items()})


if __name__ == "__main__":
    main()
