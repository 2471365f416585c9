"""The system "exits": answers that a decoder gives after some of its layers, before and after fine-tuning.

Every exit is the model cut to its first k blocks, with the model's own final norm and vocabulary head. All exits of a
model generate in one batch, and only what they generate is scored: never the prompt.
"""
