"""The chapters, the embedded press and the hooks that Quarto runs."""
