"""Choose the likeliest label of each example with lm-evaluation-harness and its Hugging Face backend."""

import argparse
from pathlib import Path

from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from scoring_measured import load, measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch-size", type=int, default=1, help="the peer's own default is 1")
    arguments = parser.parse_args()
    model, tokenizer, examples = load(arguments.folder)
    peer = HFLM(pretrained=model, tokenizer=tokenizer, device="cpu", batch_size=arguments.batch_size)

    def work() -> list[int]:
        requests = [
            Instance("loglikelihood", example, (example["context"], label), number)
            for example in examples
            for number, label in enumerate(example["labels"])
        ]
        scores = iter(score for score, _ in peer.loglikelihood(requests, disable_tqdm=True))
        ranked = [[next(scores) for _ in example["labels"]] for example in examples]
        return [max(range(len(row)), key=row.__getitem__) for row in ranked]

    measured(work)


if __name__ == "__main__":
    main()
