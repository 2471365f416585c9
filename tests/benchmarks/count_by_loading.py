"""Count a checkpoint's parameters the usual way, by loading it: count_by_loading.py FOLDER.

Prints the CPU time of the work without the imports, and the count.
"""

import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM

if __name__ == "__main__":
    start = time.process_time()
    model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.bfloat16)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(json.dumps({"seconds": time.process_time() - start, "outcome": count}))
