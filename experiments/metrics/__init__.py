"""Scores with their intervals and tests: plain functions that every system may use.

A module imports the library behind its score only when the score is asked for. `experiments.metrics.modules` has the
same scores as `evaluate.Metric`s, through which a run scores what its models say.
"""
