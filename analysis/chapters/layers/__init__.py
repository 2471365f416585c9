"""Probes of every layer."""
