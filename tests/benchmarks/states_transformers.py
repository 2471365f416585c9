"""The mean states of all layers with transformers' output_hidden_states, in batches as the texts come.

The causal model computes its vocabulary head as well; with `--backbone` it is left out.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from layers_measured import held_to
from scoring_measured import load, measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--backbone", action="store_true")
    arguments = parser.parse_args()
    model, tokenizer, examples = load(arguments.folder)
    tokenizer.pad_token = tokenizer.eos_token
    reader = model.model if arguments.backbone else model
    texts = [example["context"] for example in examples]

    def work():
        means = []
        for first in range(0, len(texts), arguments.batch_size):
            batch = tokenizer(
                texts[first : first + arguments.batch_size],
                padding=True,
                padding_side="right",
                return_token_type_ids=False,
                return_tensors="pt",
            )
            weights = batch["attention_mask"][..., None]
            with torch.inference_mode():
                states = reader(**batch, output_hidden_states=True, use_cache=False).hidden_states
                means.append(torch.stack([(each * weights).sum(dim=1) / weights.sum(dim=1) for each in states]).numpy())
        return np.concatenate(means, axis=1)

    measured(work, held_to(arguments.folder, "normed"))


if __name__ == "__main__":
    main()
