"""Counts a checkpoint from its safetensors headers: a few kilobytes a file, and no tensor is read."""

from experiments.parameters.checkpoint.counting import CheckpointCount, count_checkpoint

__all__ = ["CheckpointCount", "count_checkpoint"]
