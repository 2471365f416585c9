"""Exact parameter counts."""
