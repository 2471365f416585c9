"""What each layer says before the last tokens of each text, with one pass for each: the model that ends at that layer.

Otherwise the passes are as ours: texts of like length share a batch, and the head is computed where it is asked for.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from cut_model import cut
from layers_measured import TOKENS, followed, held_to
from scoring_measured import load, measured

from experiments.layers.states import TOKENS as BUDGET
from experiments.models.batching import by_length, pad_batch


def main() -> None:
    folder = Path(sys.argv[1])
    model, tokenizer, examples = load(folder)
    models = [cut(model, layers) for layers in range(1, model.config.num_hidden_layers + 1)]
    rows = tokenizer([example["context"] for example in examples])["input_ids"]
    check = held_to(folder, "lens")

    def work() -> np.ndarray:
        found = np.empty((len(models), len(rows), TOKENS, model.config.vocab_size), dtype=np.float32)
        for layer, short in enumerate(models):
            for batch in by_length([len(row) for row in rows], BUDGET["cpu"]):
                inputs = pad_batch([rows[row] for row in batch], tokenizer.eos_token_id, side="left")
                asked = torch.arange(-TOKENS - 1, -1)
                with torch.inference_mode():
                    logits = short(**inputs, logits_to_keep=asked, use_cache=False).logits
                    found[layer, batch] = logits.log_softmax(dim=-1).numpy()
        return found

    def outcome(found: np.ndarray) -> list:
        return check(np.stack([followed(found[:, number], row) for number, row in enumerate(rows)], axis=1))

    measured(work, outcome)


if __name__ == "__main__":
    main()
