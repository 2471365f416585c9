"""Language models by our own names: where they lie, how they load, and what loading left untrained.

Nothing here imports torch or transformers before a model is loaded, so that a study can name models on a machine
that has neither.
"""
