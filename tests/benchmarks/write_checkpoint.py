"""Write a checkpoint of a shipped model's shape, with weights of no meaning: write_checkpoint.py MODEL FOLDER."""

import sys

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from experiments.parameters.catalogue import find_model

if __name__ == "__main__":
    name, folder = sys.argv[1:]
    config = AutoConfig.for_model(**find_model(name).config.values)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.to_empty(device="cpu")
    model.tie_weights()
    model.save_pretrained(folder)
