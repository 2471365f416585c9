"""No line of a list is lost between floats, wherever the page ends; in a short report floats follow their headings."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from report.press.pdf.compile import compile_pdf
from report.press.pdf.write import HOUSE
from tests.report.press.pdf.conftest import REPOSITORY

PAGE = """#import "/house.typ": *
#set page(width: 14cm, height: 16cm, margin: (left: 2cm, right: 2cm, top: 1.8cm, bottom: 2.1cm))
#show: blocks
#chapter-begins.update(false)
"""


def figure(height, caption="A"):
    drawn = f"rect(height: {height}pt, width: 100%), caption: [{caption}]"
    return f'#figure({drawn}, kind: "quarto-float-fig", supplement: "Figure", numbering: _ => "1")\n'


def printed(source):
    house = "\n".join((REPOSITORY / "_extensions/colophon" / name).read_text("utf-8") for name in HOUSE)
    pdf, _ = compile_pdf({"main.typ": f"{PAGE}{source}".encode(), "house.typ": house.encode()}, 0)
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


MANY = "[Filler]\n" + figure(1) * 60  # in a report of fewer nothing floats


@pytest.mark.parametrize("words", [29 * 12, 44 * 12])
@pytest.mark.parametrize(("before", "after"), [("- ", ""), ("- ", "\n\n  and more"), ("+ ", ""), ("/ Term: ", "")])
def test_every_item_is_whole(words, before, after):
    floats = figure(150) + figure(120) + figure(180)
    items = [f"item{i} begins and {'some words go on ' * 8}and ends{i}." for i in range(8)]
    listed = "\n".join(f"{before}{item}{after}" for item in items)
    text = printed(f"#lorem({words})\n\n{floats}\n{listed}\n#pagebreak()\n{MANY}")
    assert [word for i in range(8) for word in (f"item{i}", f"ends{i}") if word not in text] == []


@pytest.mark.parametrize("words", [30, 12 * 12, 26 * 12])
def test_in_a_short_report_each_float_follows_its_heading(words):
    sections = (f"== Section {letter}\n\nSome words.\n\n{figure(110, f'Drawn {letter}')}\n" for letter in "ABCDE")
    source = f"#lorem({words})\n\n" + "".join(sections)
    places = [printed(source).index(f"{what} {letter}") for letter in "ABCDE" for what in ("Section", "Drawn")]
    assert places == sorted(places)
