"""What the process has imported that commands are forked from; it is imported there alone."""

import gc
from contextlib import suppress
from importlib import import_module

IMPORTED = (
    "bitsandbytes",
    "evaluate",
    "hypothesis",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "matplotlib.pyplot",
    "nltk",
    "pandas",
    "peft",
    "scipy.stats",
    "seaborn",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "torch",
    "transformers.models.bert.modeling_bert",
    "transformers.models.llama.modeling_llama",
    "experiments.cli",
    "experiments.exits.system",
    "experiments.finetuning.system",
    "experiments.probing.system",
    "report.press.execute.run",
    "report.press.pdf.book",
)

gc.disable()
for name in IMPORTED:
    with suppress(ImportError):
        import_module(name)
gc.freeze()  # all of it stays: neither this process nor a command looks through it for garbage
gc.enable()
