"""Programs compared: speed as ratios of two that do the same work, and faults that each of several notices."""
