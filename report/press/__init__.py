"""The embedded renderer: makes the report where Quarto is not installed."""
