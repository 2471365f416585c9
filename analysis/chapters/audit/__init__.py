"""Published figures recomputed from one another."""
