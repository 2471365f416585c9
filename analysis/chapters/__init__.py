"""Tables, figures and sentences of the chapters: a folder or module a chapter, for any studies of its kind.

Nothing here knows a study or a source report by name: these stand in `analysis.this_report`.
"""
