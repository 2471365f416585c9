"""Claims of published documents, and what became of each."""
