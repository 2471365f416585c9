"""Exact parameter counts: from a config in closed form, from safetensors headers, and backwards from a report.

Four ways to count one model, which reports often mix up:

- *logical base*: the model with its task head, each tied tensor once, as if nothing were packed;
- *added*: what PEFT puts on top: the LoRA matrices, and the second, trainable copy of a task head that it saves whole;
- *trainable*: the elements that require a gradient;
- *stored*: the elements that the tensors hold. NF4 packs two weights into one byte, so this is *not* a parameter count.
"""
