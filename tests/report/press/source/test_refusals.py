"""Everything outside the subset is refused, with file, line, construct and what is supported instead."""

import pytest

from report.press.source import subset

CASES = {
    "cell of another language": ("```{mermaid}\ngraph\n```", 3, "cell of language '{mermaid}'"),
    "R cell": ("```{r}\n1\n```", 3, "cell of language '{r}'"),
    "options in braces": ("```{python echo=false}\n1\n```", 3, "'#| key: value'"),
    "indented cell": ("- item\n\n  ```{python}\n  1\n  ```", 5, "left margin"),
    "cell in a comment": ("<!--\n```{python}\n1\n```\n-->", 4, "HTML comment"),
    "diagram": ("```{dot}\ngraph\n```", 3, "![caption](file.svg)"),
    "unknown option": ("```{python}\n#| label: a\n#| layout: [[1, 1]]\n```", 5, "cell option 'layout'"),
    "option of a formatter": ("```{python}\n# | label: a\n#  | layout: [[1, 1]]\n```", 5, "cell option 'layout'"),
    "no number": ("```{python}\n#| fig-width: wide\n```", 4, "'fig-width' must be a number of inches, not wide"),
    "negative number": ("```{python}\n#| fig-height: -1\n```", 4, "'fig-height' must be a number of inches"),
    "no count": ("```{python}\n#| layout-ncol: 2.5\n```", 4, "'layout-ncol' must be a whole number"),
    "no widths": ("```{python}\n#| tbl-colwidths: 40\n```", 4, "'tbl-colwidths' must be a list of numbers"),
    "column of the screen": ("```{python}\n#| column: screen\n```", 4, "'column: screen'"),
    "alignment in between": ("```{python}\n#| fig-align: middle\n```", 4, "'fig-align: middle'"),
    "caption of a figure for a table": ("```{python}\n#| label: tbl-a\n#| fig-cap: C\n```", 5, "write 'tbl-cap'"),
    "caption of a table for a figure": ("```{python}\n#| label: fig-a\n# | tbl-cap: C\n```", 5, "write 'fig-cap'"),
    "sub-captions of another kind": (
        "```{python}\n#| label: tbl-a\n#| tbl-cap: C\n#| fig-subcap: [A]\n```",
        6,
        "write 'tbl-subcap'",
    ),
    "sub-captions without a number": ("```{python}\n#| label: a\n#| fig-subcap: [A]\n```", 5, "begins with 'fig-'"),
    "list of captions for one number": ("```{python}\n#| label: fig-a\n#| fig-cap: [A, B]\n```", 5, "'fig-subcap'"),
    "value out of range": ("```{python}\n#| echo: fenced\n```", 4, "echo: fenced"),
    "number for a text": ("```{python}\n#| fig-cap: 3\n```", 4, "must be text"),
    "broken YAML": ("```{python}\n#| label: a\n#| fig-cap: 'x\n```", 5, "not valid YAML"),
    "option after code": ("```{python}\n1\n#| echo: true\n```", 5, "options come first"),
    "label of another kind": ("```{python}\n#| label: lst-a\n```", 3, "'lst-a'"),
    "float printed as it is": ("```{python}\n#| label: fig-a\n#| output: asis\n```", 3, "output: asis"),
    "label used twice": ("```{python}\n#| label: a\n```\n\n```{python}\n#| label: a\n```", 7, "already defined at"),
    "label with a blank": ("```{python}\n#| label: fig a\n```", 3, "can be no identifier"),
    "identifier used twice": ("## A {#sec-a}\n\n## B {#sec-a}", 5, "already defined at report/one.qmd:3"),
    "open fence": ("````\ntext", 3, "never closed"),
    "open div": ("::: {.callout-note}\ntext", 3, "never closed"),
    "div closed twice": ("::: {.callout-note}\n:::\n\n:::", 6, "never opened"),
    "unreadable attributes": ("::: {.a b}\n:::", 3, "cannot read the attributes"),
    "unknown callout": ("::: {.callout-danger}\n:::", 3, "'.callout-danger'"),
    "sidebar": ("::: {.panel-sidebar}\n:::", 3, "'.panel-sidebar'"),
    "margin column": ("::: {.column-margin}\n:::", 3, "'.column-margin'"),
    "span in the margin": ("text [note]{.aside}", 3, "'.aside'"),
    "layout": ('::: {layout="[[1, 1]]"}\n:::', 3, "'layout'"),
    "columns of no number": ("::: {layout-ncol=two}\n:::", 3, "layout-ncol='two'"),
    "widths of no numbers": ("| a |\n|---|\n| 1 |\n\n: C {tbl-colwidths=wide}", 7, "tbl-colwidths='wide'"),
    "tabset without tabs": ("::: {.panel-tabset}\n:::", 3, "needs a heading for each tab"),
    "tabset that begins with text": ("::: {.panel-tabset}\nText.\n\n## T\n:::", 4, "begins with the heading"),
    "tab without a blank line": ("::: panel-tabset\n## T\n\nText.\n## U\n:::", 7, "needs a blank line"),
    "label without an equation": ("Text $x$ {#eq-x}", 3, "an equation's label"),
    "part of a part": ("::: {#fig-a}\n::: {#fig-b}\n::: {#fig-c}\n:::\n:::\n:::", 5, "'fig-c' inside two others"),
    "line numbers": ('```{.python code-line-numbers="1,2"}\n1\n```', 3, "code-line-numbers='1,2'"),
    "code annotation": ("```python\nx = 1 # <1>\n```", 4, "code annotations"),
    "raw LaTeX block": ("```{=latex}\n\\x\n```", 3, "{=latex}"),
    "raw LaTeX span": ("`\\x`{=latex}", 3, "{=latex}"),
    "condition on a profile": ('::: {.content-visible when-profile="a"}\n:::', 3, "'when-profile'"),
    "condition on a format": ('::: {.content-visible when-format="docx"}\n:::', 3, "when-format='docx'"),
    "listing reference": ("See @lst-a.", 3, "'lst-a'"),
    "theorem": ("::: {#thm-a}\n:::", 3, "'thm-a'"),
    "other shortcode": ("{{< video x.mp4 >}}", 3, "shortcode 'video'"),
    "shortcode in a code block": ("```\n{{< meta title >}}\n```", 4, "would run in Quarto"),
    "shortcode in a code span": ("`{{< meta title >}}`", 3, "would run in Quarto"),
    "unknown metadata": ("{{< meta no.such >}}", 3, "no 'no.such'"),
    "unknown variable": ("{{< var no >}}", 3, "_variables.yml has no 'no'"),
    "metadata that is a list": ("{{< meta book.chapters >}}", 3, "not a single value"),
    "include within a line": ("text {{< include a.qmd >}}", 3, "alone on its line"),
    "second title": ("# Two", 3, "one title"),
    "second title, underlined": ("Two\n===", 3, "one title"),
    "second metadata block": ("---\nkey: value\n---", 3, "front matter"),
}


@pytest.mark.parametrize("name", CASES)
def test_construct_is_refused_at_its_line(read, name):
    body, line, words = CASES[name]
    problems = read(body).problems
    assert any(text.startswith(f"report/one.qmd:{line}: ") and words in text for text in problems), problems


@pytest.mark.parametrize("key", sorted(subset.REFUSED_FRONT_MATTER))
def test_front_matter_for_quarto_only_is_refused(read, key):
    (problem,) = read("", front=f"---\nown: en\n{key}: x\n---\n\n").problems
    assert problem.startswith(f"report/one.qmd:3: front matter key '{key}' is not supported by the embedded renderer; ")


@pytest.mark.parametrize(("key", "value"), [("fig-width", "wide"), ("code-fold", "maybe"), ("fig-align", "[left]")])
def test_options_for_all_cells_are_checked_in_front_matter(read, key, value):
    (problem,) = read("", front=f"---\nown: en\n{key}: {value}\n---\n\n").problems
    assert problem.startswith(f"report/one.qmd:3: cell option '{key}")


@pytest.mark.parametrize("front", ["---\ntitle: [a\n---\n\n", "---\ntitle: a\n"])
def test_of_a_chapter_with_broken_front_matter_nothing_more_is_told(read, front):
    problems = read("", files={"report/two.qmd": front}).problems
    assert len(problems) == 1
    assert "front matter" in problems[0]


def test_expression_in_a_title_is_refused(read):
    found = read("", files={"report/two.qmd": "# Two `{python} 1`\n"})
    assert found.problems == [
        "report/two.qmd:1: an inline expression in a chapter's title is not supported by the embedded renderer"
    ]


def test_all_problems_of_all_chapters_are_told_at_once(read):
    found = read("@lst-a\n\n::: {.aside}", files={"report/two.qmd": "# Two\n\n`{r} 1`\n", "report/three.qmd": "None\n"})
    assert [text.partition(":")[0] for text in found.problems] == [
        "report/one.qmd",
        "report/one.qmd",
        "report/one.qmd",
        "report/three.qmd",
        "report/two.qmd",
    ]


def test_supported_constructs_pass(read):
    found = read(
        "\n\n".join(
            [
                "## Section {#sec-a .unnumbered}",
                "Text^[note] with $x_{ij}$, [a span]{.own key=value}, `<b>`{=html}, <me@example.org> and [@key, p. 3].",
                "$$ a = \\frac{1}{2} $$ {#eq-a}",
                '::: {.callout-tip title="T" collapse="true"}\nSee @sec-a, @eq-a and @fig-a.\n:::',
                "::: panel-tabset\n## One\n\na\n\n## Two\n\nb\n:::",
                '::: {.content-visible when-format="html"}\nx\n:::',
                "::: {#fig-a}\n![](x.png){fig-alt='alt'}\n\nCaption.\n:::",
                "| a |\n|---|\n| 1 |\n\n: Caption {#tbl-a}",
                "```{=typst}\n#v(1em)\n```",
                "```{.python .own}\nx = {'a': 1}\n```",
                "```{{python}}\n1\n```",
                "{{</* meta x */>}}",
            ]
        )
    )
    assert found.problems == []
    assert set(found.chapter.targets) == {"sec-a", "eq-a", "fig-a", "tbl-a"}
    assert "```` {.markdown}\n```{python}\n1\n```\n````\n" in found.markdown
    assert r"{{\< meta x >}}" in found.markdown
