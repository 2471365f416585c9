"""Figures in one style: builders take values of frozen tables and give a drawing, its values and its text alternative.

Nothing is imported here, so that a chapter depends on the builders that it uses and on no others.
"""
