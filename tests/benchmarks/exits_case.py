"""Write a benchmark of early exits into a folder: a model, prompts of different lengths, so that batches are padded,
and the exits.

The model is one of the registry (`--model`), which is asked the first instructions of Alpaca in its chat format, or a
random Llama of twelve blocks with prompts of random tokens, as long as an instruction with its frame.
"""

import argparse
import json
import os
import random
from pathlib import Path

import torch
from scoring_measured import name_model
from transformers import LlamaConfig, LlamaForCausalLM

from experiments.models.chat import chat_text, open_chat
from experiments.models.load import load_for

SHORTEST, LONGEST = 80, 140
LAYERS, VOCABULARY, HIDDEN = 12, 32000, 384
END, PAD = 1, 2


def asked(folder: Path, model: str, prompts: int) -> dict[str, object]:
    """The case of a model of the registry. It leaves after each fourth of its blocks, as near as these go."""
    name_model(folder, model)
    loaded = open_chat(load_for("causal", model))
    layers, tokenizer = loaded.model.config.num_hidden_layers, loaded.tokenizer
    data = Path(os.environ.get("COLOPHON_DATA_DIR") or Path(__file__).parents[3] / "shared" / "data")
    examples = json.loads((data / "alpaca" / "alpaca_data.json").read_text(encoding="utf-8"))[:prompts]
    texts = [chat_text(tokenizer, f"{each['instruction']} {each['input']}".strip()) for each in examples]
    return {
        "prompts": tokenizer(texts)["input_ids"],
        "depths": [*range(-(-layers // 4), layers, -(-layers // 4)), layers],
        "stops": [tokenizer.eos_token_id],
        "pad": tokenizer.pad_token_id,
    }


def made_up(folder: Path, prompts: int) -> dict[str, object]:
    """The case of a random model, which hardly ever says its end token."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=HIDDEN,
        intermediate_size=HIDDEN * 8 // 3,
        num_hidden_layers=LAYERS,
        num_attention_heads=6,
        max_position_embeddings=512,
        initializer_range=0.1,  # so that the likeliest token is far from a tie
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=END,
        pad_token_id=PAD,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    chosen = random.Random(0)
    lengths = chosen.sample(range(SHORTEST, LONGEST), prompts)
    return {
        "prompts": [[0, *chosen.choices(range(3, VOCABULARY), k=length - 1)] for length in lengths],
        "depths": [3, 6, 9, 12],
        "stops": [END],
        "pad": PAD,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--prompts", type=int, default=12)
    parser.add_argument("--model", help="a name of the registry")
    arguments = parser.parse_args()
    folder, prompts = arguments.folder, arguments.prompts
    case = asked(folder, arguments.model, prompts) if arguments.model else made_up(folder, prompts)
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")


if __name__ == "__main__":
    main()
