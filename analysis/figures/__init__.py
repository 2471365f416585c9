"""Figures in one house style: builders take views of the door and give a drawing, its data and its text alternative.

Nothing is imported here, so that a chapter depends on the builders that it uses and on no others.
"""
