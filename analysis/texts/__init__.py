"""Texts of examples, joined to the rows of frozen tables when a chapter is rendered, where the data set is at hand."""

from analysis.texts.join import Texts, texts_of

__all__ = ["Texts", "texts_of"]
