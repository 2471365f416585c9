"""The embedded renderer: the same chapters as Quarto, a stated subset of its markdown, and no Quarto."""

ENGINE = "press"
"""Its name in commands and fact logs."""
