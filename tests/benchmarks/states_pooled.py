"""The mean states of all layers with experiments.layers."""

import sys
from pathlib import Path

from layers_measured import held_to
from scoring_measured import load, measured

from experiments.layers.states import Prompt, pooled_states


def main() -> None:
    folder = Path(sys.argv[1])
    model, tokenizer, examples = load(folder)

    def work():
        ids = tokenizer([example["context"] for example in examples])["input_ids"]
        return pooled_states(model, [Prompt(tuple(row)) for row in ids], "mean", pad_id=tokenizer.eos_token_id)

    measured(work, held_to(folder, "states"), model)


if __name__ == "__main__":
    main()
