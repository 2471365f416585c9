"""What the book refuses, with chapter and line."""

import pytest

from report.press.book import BookError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Text first\n\n# A", "a.qmd: a chapter begins with its title"),
        ("# A\n\n# B", "a.qmd:3: 'B' is a second heading of level 1"),
        ("# A\n\n::: {.box}\n# B\n:::", "a.qmd:4: 'B' is a second heading of level 1"),
        ("# A\n\n::: {.callout-danger}\nX\n:::", "a.qmd:3: callout-danger is not a callout"),
        ("# A\n\n::: {.panel-tabset}\nX\n:::", "a.qmd:3: a panel-tabset needs a heading for each tab"),
        ("# A\n\n::: {.panel-tabset}\nX\n\n## T\n:::", "a panel-tabset begins with the heading of its first tab"),
        ("# A\n\n::: {.panel-tabset}\n\n## T\n\nx\n## U\n:::", "needs a blank line before it"),
        ("# A\n\n$x$ {#eq-x}", "a.qmd:3: {#eq-x}: an equation's label follows"),
        (
            "# A\n\n::: {#fig-a}\n::: {#fig-b}\n![One](x.svg){#fig-c}\n\nB\n:::\n\nA\n:::",
            "fig-b: is a part and has parts",
        ),
        ("# A\n\n::: {#fig-a layout='[[1, 1]]'}\n![](x.svg)\n:::", "layout is not supported by the embedded renderer"),
        ("# A\n\n::: {#thm-a}\nX\n:::", "thm-a: only figures, tables, equations and sections are numbered"),
        ("# A\n\n::: {.content-visible when-format='docx'}\nX\n:::", 'when-format="docx" is not a format'),
        ("# A\n\n![](no.svg)", "a.qmd:3: image no.svg: there is no such file"),
        ("# A\n\n![](https://x.org/a.png)", "image https://x.org/a.png is on another host"),
        ("# A\n\n![](../../x.svg)", "image ../../x.svg lies outside the project"),
        ("# A\n\n[x](javascript:alert(1))", "only http, https and mailto lead out of the book"),
        ("# A\n\n[x](b.qmd)", "a.qmd:3: link b.qmd: there is no such file"),
    ],
)
def test_refused(build_book, text, message):
    with pytest.raises(BookError) as error:
        build_book({"a.qmd": text})
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_message_holds_no_control_characters(build_book):
    with pytest.raises(BookError) as error:
        build_book({"a.qmd": "# A\n\n![](\x1b[31mred.svg)\n\n@fig-\x1b[31m"})
    assert str(error.value).isprintable()
