"""What a run took: time, memory, tokens and energy, with the warm-up apart."""
