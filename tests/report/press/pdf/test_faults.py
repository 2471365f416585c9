"""What cannot be printed, and what must not be taken for Typst."""

import base64
from pathlib import Path

import pytest

from report.press.book import BookError
from report.press.pdf import PdfError
from tests.report.press.pdf.conftest import Print, text_of

PHOTO = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
RAW = "# A\n\nGood.\n\n## A section\n\n```{=typst}\n#nonsense(1)\n```\n"


def test_an_error_of_typst_names_chapter_line_section_and_construct(print_book: Print) -> None:
    with pytest.raises(BookError) as caught:
        print_book({"report/a.qmd": RAW})
    message = str(caught.value)
    assert message.startswith("report/a.qmd:5: ")
    assert "'A section'" in message
    assert "#nonsense(1)" in message
    assert "unknown variable: nonsense" in message
    assert "\n" not in message


def test_a_picture_that_is_none_is_named(print_book: Print) -> None:
    with pytest.raises(BookError, match=r"report/a\.qmd:3: image report/broken\.svg cannot be printed"):
        print_book({"report/a.qmd": "# A\n\n![](broken.svg)\n", "report/broken.svg": "<svg"})


def test_a_photograph_is_printed_and_errors_beside_it_keep_their_place(print_book: Print, tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "photo.png").write_bytes(base64.b64decode(PHOTO))
    assert len(print_book({"a.qmd": "# A\n\n![](photo.png)\n"}).pages[-1].images) == 1
    with pytest.raises(BookError, match=r"^a\.qmd:5: "):
        print_book({"a.qmd": RAW.replace("Good.", "![](photo.png)")})


def test_an_error_leaves_the_previous_pdf(print_book: Print, tmp_path: Path) -> None:
    before = print_book({"a.qmd": "# A"}).stream.getvalue()
    with pytest.raises(BookError):
        print_book({"a.qmd": RAW})
    folder = tmp_path / "book"
    assert (folder / "report.pdf").read_bytes() == before
    assert not list(folder.glob(".report.pdf*"))


def test_a_project_without_the_house_style_says_where_it_should_be(print_book: Print, tmp_path: Path) -> None:
    (tmp_path / "book" / "_extensions").mkdir(parents=True)
    with pytest.raises(PdfError, match=r"_extensions/colophon"):
        print_book({"a.qmd": "# A"})


@pytest.mark.parametrize(
    "text",
    [
        "#strong[no]",
        "$x + y$",
        "a_b_c *d*",
        "<label> @name",
        "back\\slash",
        'quo"te',
        "// comment",
        "= no heading",
        "- no list",
        "[bracket",
        "~tilde",
        "`tick",
        "#import",
        "1. no list",
        "/ term: x",
        "why -? a-?b --? end",
        "https://example.org",
    ],
)
def test_text_stays_text(print_book: Print, text: str) -> None:
    # As `analysis.facts` writes strings of a table: every mark escaped.
    escaped = "".join(character if character.isalnum() or character == " " else f"\\{character}" for character in text)
    pdf = print_book({"a.qmd": f"# A\n\n{escaped} end\n\nCell:\n\n|{escaped}|\n|---|\n|x|\n"})
    straight = text_of(pdf).translate({ord("“"): '"', ord("”"): '"'})
    assert f"{text} end" in straight
    assert f"Cell: {text} x" in straight.replace("\u200b", "")


def test_titles_and_captions_may_hold_any_character(print_book: Print) -> None:
    attributes = '{#fig-a fig-alt="\\"alt\\" #x"}'
    text = f'# A \\#1 "q" $x$ `c`\n\n![A \\$5 \\_caption\\_ with \\[brackets\\]](my%20picture.svg){attributes}\n'
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    book = {"title": '#1 "q" \\', "chapters": ["index.qmd", "a.qmd"]}
    pdf = print_book({"a.qmd": text, "my picture.svg": picture}, book=book)
    assert "Figure 1.1: A $5 _caption_ with [brackets]" in text_of(pdf)
    assert pdf.metadata.title == '#1 "q" \\'


def test_a_chapter_can_be_linked_as_a_whole_whatever_its_label(print_book: Print) -> None:
    pdf = print_book({"a.qmd": "# A {#sec-a}\n\n[to b](b.qmd) [to a](a.qmd)", "b.qmd": "# B\n\n[to a](a.qmd), @sec-a"})
    assert "to a, Chapter 1" in text_of(pdf)
