"""Exact parameter counts: from a config, from the headers of a checkpoint, and backwards from a report.

A config is counted in closed form where its architecture has one, else by the model that transformers builds of it on
the meta device.

Four ways to count one model, which reports often mix up:

- *logical base*: the model with its task head, each tied tensor once, as if nothing were packed;
- *added*: what PEFT puts on top: the LoRA matrices, and the second, trainable copy of a task head that it saves whole;
- *trainable*: the elements that require a gradient;
- *stored*: the elements that the tensors hold. NF4 packs two weights into one byte, so this is *not* a parameter count.
"""
