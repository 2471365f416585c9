"""Choose the likeliest label of each example with experiments.scoring."""

import argparse
from pathlib import Path

from scoring_measured import load, measured

from experiments.scoring.decision import decide
from experiments.scoring.likelihood import score_labels
from experiments.scoring.results import Example


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--token-budget", type=int, default=1024)
    arguments = parser.parse_args()
    model, tokenizer, examples = load(arguments.folder)
    asked = [Example(example["context"], tuple(example["labels"])) for example in examples]

    def work() -> list[int]:
        scored = score_labels(model, tokenizer, asked, token_budget=arguments.token_budget)
        return [decide(example.by("sum")).choice for example in scored.examples]

    measured(work, model=model)


if __name__ == "__main__":
    main()
