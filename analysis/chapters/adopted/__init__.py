"""Predictions that another program made."""
