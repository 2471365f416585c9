"""What each layer says before the last tokens of each text, with experiments.layers."""

import sys
from pathlib import Path

import numpy as np
from layers_measured import TOKENS, followed, held_to
from scoring_measured import load, measured

from experiments.layers.lens import lens


def main() -> None:
    folder = Path(sys.argv[1])
    model, tokenizer, examples = load(folder)
    rows = tokenizer([example["context"] for example in examples])["input_ids"]
    check = held_to(folder, "lens")

    def work() -> list[np.ndarray]:
        return lens(model, rows, [range(len(row) - TOKENS - 1, len(row) - 1) for row in rows])

    def outcome(found: list[np.ndarray]) -> list:
        return check(np.stack([followed(logprobs, row) for logprobs, row in zip(found, rows, strict=True)], axis=1))

    measured(work, outcome)


if __name__ == "__main__":
    main()
