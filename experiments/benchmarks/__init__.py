"""Speed as ratios: two programs that do the same work, run in turn on one machine."""
