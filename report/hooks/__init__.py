"""Scripts that Quarto runs before and after a render."""
