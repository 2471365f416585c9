"""Compare two states of a report: revisions, rendered sites, published versions, archives, or the project as it is.

    sides        what two names on the command line stand for, and what of a report each of them holds
    compare      the whole comparison: a `Changes`, the model of `report diff --json`, and the pictures that differ
    claims       claims that came out another way, and findings of the audit that came or went
    numbers      numbers of the tables and of the pages, and whether they moved beyond their intervals
    sentences    the text of the pages
    figures      pictures, pixel by pixel
    surroundings studies, lock files, environments and the sources of chapters
    telling      what matters about it, in words; the terminal and the page both use them
    page         the comparison as a page of HTML

Revisions hold tables, studies, lock files and chapters, but no pages. What cannot be compared is said, with what to do.
"""
