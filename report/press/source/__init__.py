"""Chapters as their authors write them: read, and held to the stated subset of Quarto."""
