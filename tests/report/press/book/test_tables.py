"""Tables of shown values, whose lines are long in the source and short on the page."""

import panflute as pf


def test_a_long_line_in_the_source_fixes_no_widths(build_book):
    fact = '[1]{.fact .computed data-fact="a-1" title="computed · one/two · ' + "word " * 40 + '"}'
    docs = build_book({"a.qmd": f"# A\n\n| a | b |\n|:--|--:|\n| {fact} | 2 |\n"})
    widths = []
    docs["a"].doc.walk(lambda element, _doc: widths.extend(element.colspec) if isinstance(element, pf.Table) else None)
    assert widths == [("AlignLeft", "ColWidthDefault"), ("AlignRight", "ColWidthDefault")]
