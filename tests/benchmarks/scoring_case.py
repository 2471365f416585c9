"""Write a benchmark of label scoring into a folder: a model, its tokenizer, the examples.

The model is one of the registry (`--model`), or a random Llama with a tokenizer that is trained on the texts, so that
rows are as long as with a real one; its vocabulary is larger than it needs, as the vocabulary head is what costs. The
texts are read from the project's data folder.
"""

import argparse
import json
import os
from pathlib import Path

import torch
from scoring_measured import name_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

CASES = {
    "one-token": ("Review: {}\nSentiment:", (" positive", " negative")),
    "multi-token": ("{}\nQuestion: {}\nAnswer:", (" it must be true", " it cannot be true", " it may be true")),
}


def texts(case: str, count: int) -> list[str]:
    """The first contexts of SST-2's or SNLI's development set."""
    data = Path(os.environ.get("COLOPHON_DATA_DIR") or Path(__file__).parents[3] / "shared" / "data")
    if case == "one-token":
        lines = (data / "sst2" / "dev.tsv").read_text(encoding="utf-8").splitlines()[1:]
        filled = [(line.partition("\t")[0].strip(),) for line in lines]
    else:
        rows = map(json.loads, (data / "snli" / "dev.jsonl").read_text(encoding="utf-8").splitlines())
        filled = [(row["premise"], row["hypothesis"]) for row in rows]
    return [CASES[case][0].format(*words) for words in filled[:count]]


def tokenizer(case: str) -> PreTrainedTokenizerFast:
    """A byte-level BPE of the case's own texts; the labels are whole tokens only where they are one word."""
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=8000, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    backend.train_from_iterator([*texts(case, 2000), *CASES[case][1] * 50], trainer)
    backend.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<s>", eos_token="</s>")


def write(
    case: str,
    folder: Path,
    examples: int,
    model: str | None = None,
    vocabulary: int = 32000,
    hidden: int = 288,
    layers: int = 6,
) -> None:
    """Write `examples.json` into the folder, and the name of the model or a random one with a tokenizer."""
    if model is None:
        write_random(case, folder, vocabulary, hidden, layers)
    else:
        name_model(folder, model)
    labels = CASES[case][1]
    made = [{"context": context, "labels": labels} for context in texts(case, examples)]
    (folder / "examples.json").write_text(json.dumps(made), encoding="utf-8")


def write_random(case: str, folder: Path, vocabulary: int, hidden: int, layers: int) -> None:
    """Write a Llama with random weights and a tokenizer of the case's texts."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        intermediate_size=hidden * 8 // 3,
        num_hidden_layers=layers,
        num_attention_heads=6,
        max_position_embeddings=512,
        initializer_range=0.1,  # so that the labels of an example are far from a tie
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer(case).save_pretrained(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--model", help="a name of the registry")
    parser.add_argument("--vocabulary", type=int, default=32000)
    write(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
