"""Count a checkpoint's parameters the usual way, by loading it: count_by_loading.py FOLDER."""

import sys

import torch
from transformers import AutoModelForCausalLM

if __name__ == "__main__":
    model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.bfloat16)
    print(sum(parameter.numel() for parameter in model.parameters()))
