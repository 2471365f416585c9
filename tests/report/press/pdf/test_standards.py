"""A PDF for archives and for screen readers, and what is told where it cannot be one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from report.ledger.pdf import pdf_text
from report.press.pdf.compile import BOX, compile_pdf
from tests.hardening.pdf_rules import CHECKS, document_says_what_it_is, glyphs_are_shown
from tests.report.press.pdf.conftest import Print, text_of

HINDI = "ओपनहाथी"


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_sample_keeps_the_rules(sample: PdfReader, check: Callable) -> None:
    results = list(check(sample))
    assert results
    assert [result for result in results if result] == []


def test_other_scripts_and_emoji_are_printed_everywhere(print_book: Print) -> None:
    pdf = print_book({"a.qmd": f"# A {HINDI}\n\n**{HINDI}** *{HINDI}* `{HINDI}` 👍\n\n| {HINDI} |\n|---|\n| ☃ |\n"})
    fonts = {str(font.get_object()["/BaseFont"]) for page in pdf.pages for font in page["/Resources"]["/Font"].values()}
    for name in ("NotoSansDevanagari", "NotoEmoji"):
        assert any(name in font for font in fonts)
    assert [result for result in glyphs_are_shown(pdf) if result] == []


def compiled(text: str) -> tuple[PdfReader, list[str]]:
    pdf, warnings = compile_pdf({"main.typ": f'#set document(title: "T")\n{text}'.encode()}, 0)
    path = Path("a.pdf")
    path.write_bytes(pdf)
    return PdfReader(path), warnings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("character", ["中", "\U000103a0", "\ue000", "\x01"])
def test_a_character_that_no_font_has_is_a_box_and_is_told(character: str) -> None:
    pdf, warnings = compiled(f"= Title\nbefore {character} `{character}` after")
    assert text_of(pdf).count(BOX) == 2
    assert len(warnings) == 1
    assert f"U+{ord(character):04X}" in warnings[0]
    assert warnings[0].isprintable() or character.isprintable()
    assert [result for result in document_says_what_it_is(pdf) if result] == []


def test_long_words_are_broken_beside_what_no_font_has() -> None:
    breaks = "\N{ZERO WIDTH SPACE}"
    compiled(f"= Title\n{breaks.join('中' * 9)} `{breaks}` {breaks.join('&' * 300)}")
    printed = "".join(pdf_text(Path("a.pdf")))  # what runs off the page is not in it
    assert printed.count("&") == 300


def test_a_label_may_hold_what_no_font_has() -> None:
    pdf, _ = compiled('= 中 text <strings-中文>\n#link(<strings-中文>)[There] is \\<中>. #label("b-中")')
    assert text_of(pdf).count(BOX) == 2
    assert len(pdf.pages[0]["/Annots"]) == 1


def test_many_such_characters_are_one_line() -> None:
    _, warnings = compiled("= Title\n" + "".join(map(chr, range(0x4E00, 0x4E40))))
    assert len(warnings) == 1
    assert len(warnings[0]) < 300


@pytest.mark.parametrize(
    ("text", "told"),
    [("= One\n=== Three", "skipped from heading level 1 to 3"), ('= One\n#image("bars.svg")', "missing alt text")],
)
def test_what_a_standard_forbids_is_told_and_printed_all_the_same(text: str, told: str) -> None:
    bars = (Path(__file__).parent / "bars.svg").read_bytes()
    pdf, warnings = compile_pdf({"main.typ": f'#set document(title: "T")\n{text}'.encode(), "bars.svg": bars}, 0)
    assert pdf.startswith(b"%PDF")
    assert len(warnings) == 1
    assert told in warnings[0]
    assert "main.typ:" in warnings[0]
