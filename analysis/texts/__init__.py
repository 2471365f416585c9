"""Texts of examples, joined to the rows of frozen tables when a chapter is rendered, where the data set is at hand."""

from analysis.texts.join import ABSENT, Texts, texts_of

__all__ = ["ABSENT", "Texts", "texts_of"]
