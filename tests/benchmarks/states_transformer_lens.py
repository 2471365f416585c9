"""The mean states of all layers with TransformerLens' run_with_cache, which keeps the residual stream and no more."""

import argparse
from pathlib import Path

import numpy as np
import torch
from layers_measured import held_to
from scoring_measured import load, measured
from transformer_lens import TransformerBridge


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch-size", type=int, default=16)
    arguments = parser.parse_args()
    model, tokenizer, examples = load(arguments.folder)
    tokenizer.pad_token = tokenizer.eos_token
    texts = [example["context"] for example in examples]
    names = ["blocks.0.hook_resid_pre", *(f"blocks.{n}.hook_resid_post" for n in range(model.config.num_hidden_layers))]
    peer = TransformerBridge.boot_transformers(str(arguments.folder), hf_model=model, tokenizer=tokenizer, device="cpu")

    def work():
        means = []
        for first in range(0, len(texts), arguments.batch_size):
            batch = tokenizer(
                texts[first : first + arguments.batch_size], padding=True, padding_side="right", return_tensors="pt"
            )
            mask = batch["attention_mask"]
            with torch.inference_mode():
                _, cache = peer.run_with_cache(
                    batch["input_ids"], attention_mask=mask, names_filter=names, return_type=None
                )
                weights = mask[..., None]
                sums = [(cache[name] * weights).sum(dim=1) / weights.sum(dim=1) for name in names]
                means.append(torch.stack(sums).numpy())
        return np.concatenate(means, axis=1)

    measured(work, held_to(arguments.folder, "states"))


if __name__ == "__main__":
    main()
