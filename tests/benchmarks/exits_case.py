"""Write a benchmark of early exits into a folder: a random Llama of twelve blocks, and prompts of random tokens.

The prompts are as long as an instruction with its frame, and no two alike in length, so that batches are padded.
"""

import argparse
import json
import random
from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

SHORTEST, LONGEST = 80, 140


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--prompts", type=int, default=12)
    parser.add_argument("--vocabulary", type=int, default=32000)
    parser.add_argument("--hidden", type=int, default=384)
    parser.add_argument("--layers", type=int, default=12)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=arguments.vocabulary,
        hidden_size=arguments.hidden,
        intermediate_size=arguments.hidden * 8 // 3,
        num_hidden_layers=arguments.layers,
        num_attention_heads=6,
        max_position_embeddings=512,
        initializer_range=0.1,  # so that the likeliest token is far from a tie
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(arguments.folder)
    chosen = random.Random(0)
    lengths = chosen.sample(range(SHORTEST, LONGEST), arguments.prompts)
    prompts = [[0, *chosen.choices(range(3, arguments.vocabulary), k=length - 1)] for length in lengths]
    (arguments.folder / "prompts.json").write_text(json.dumps(prompts), encoding="utf-8")


if __name__ == "__main__":
    main()
