"""Probes of every layer: what can be read linearly from the states of a model, held against controls."""
