"""Figures that other people published, transcribed once and frozen with their source and place."""
