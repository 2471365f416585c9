"""Works backwards from a reported parameter count to the ways of counting that give exactly that number."""

from experiments.parameters.explain.figure import Figure, parse_figure
from experiments.parameters.explain.search import LARGEST_RANK, Explanation, Findings, explain

__all__ = ["LARGEST_RANK", "Explanation", "Figure", "Findings", "explain", "parse_figure"]
