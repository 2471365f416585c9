"""Check the rendered report as its readers see it: every number, and every word that compares.

- `passages`: the text of a page, each part with its place and with what it is; `numbers`, `lexicon`: what to look at;
- `disguises`: a text as it reads, whatever characters it is written in;
- `page`, `relations`, `units`, `values`: what a number or a word must rest on; `allowed`, `names`: what needs nothing;
- `headings`, `columns`, `orders`, `sections`: whether column, rows and study are the ones that are meant;
- `retyped`: whether typed words are as accepted;
- `methods`: tests and corrections that are named beside p-values; `aggregates`: words for means, sums and extremes;
- `misnamed`: names that differ from known ones in a digit; `bounds`: "at least", "at most", and the ends of intervals;
- `printed`: the PDF's text beside the pages;
- `sources`, `nearest`: where it was written, and what may be meant;
- `check`: all of it; `findings`, `sarif`: what comes out; `remembered`: at once where nothing changed.
"""
