"""Tables, figures and sentences of the chapters, for any studies: a folder for each, beside them what several share.

Nothing here knows a study or a source report by name: these stand in `analysis.this_report`.
"""
