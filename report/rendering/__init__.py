"""Rendering the report, whichever program does it: the project, its outputs, the choice of the engine, the command."""

FORMATS = ("html", "pdf")
