"""The supported subset as a page for people: the section of CONTRIBUTING.md that a test holds equal to this.

python -m report.press.source.subset_page
"""

from collections.abc import Iterable

from report.press.source import subset

BEGIN = "<!-- supported subset: written by `python -m report.press.source.subset_page` -->"
END = "<!-- supported subset: end -->"

DIFFERENCES = (
    "what is refused above, Quarto renders, a lost caption or a `tbl-` cell that prints a text without a word",
    "`fig-width` and `fig-height`: Quarto heeds those of front matter, the embedded renderer those of a cell too",
    "several pictures in a `fig-` cell without `fig-subcap`: with Quarto the caption is that of (a), here of the whole",
    '`@fig-x-1`: "Figure 1.2 (a)", in the PDF of Quarto "Figure 1.2a"',
    "`fig-align` of a cell in the PDF, `tbl-colwidths` for a DataFrame, and its numbers at the right: by the embedded "
    "renderer alone",
    "what matplotlib shows by itself: SVG here; with Quarto PNG in HTML and SVG in the PDF",
    "a picture without alternative text: in the PDF of Quarto its caption, or the name of its file, is read out; the "
    "embedded renderer prints it without, and says so in one line",
    "`column`: the embedded renderer reaches into both margins, Quarto into the right one, and further",
    "`author` and `date` of a chapter: in HTML by both, in the PDF by the embedded renderer alone",
)
"""What the engines do differently."""


def page() -> str:
    """The section, between its two marks."""
    options = [f"| `{name}` | {_values(option)} | {option.meaning} |" for name, option in subset.CELL_OPTIONS.items()]
    shortcodes = [f"- `{{{{< {name} … >}}}}`: {meaning}" for name, meaning in subset.SHORTCODES.items()]
    references = [f"`@{kind}-` ({meaning})" for kind, meaning in subset.REFERENCE_TYPES.items()]
    of_the_book = sorted(subset.REFUSED_FRONT_MATTER - subset.REFUSED_SETTINGS)
    return "\n".join(
        [
            BEGIN,
            "Plain Pandoc markdown, and of Quarto's additions:",
            "",
            "- code cells ```` ```{python} ```` at the left margin, with these `#|` options:",
            "",
            "| option | values | what it does |",
            "|---|---|---|",
            *options,
            "",
            f"- `execute:` defaults in `_quarto.yml` and in front matter: {_code(subset.EXECUTE_DEFAULTS)}",
            "- inline expressions `` `{python} expression` ``; `` `{{python}} expression` `` shows one",
            *shortcodes,
            "- `{{</* name */>}}` shows a shortcode",
            f"- cross-references: {', '.join(references)}; to floats, headings and equations anywhere in the book",
            "- figures and tables as cells with a label, as `::: {#fig-x}` with the caption as last paragraph, as",
            "  `![caption](file){#fig-x}`, or with `: caption {#tbl-x}`; alternative text as `fig-alt`",
            "- several pictures or tables in a labelled cell, or labelled ones in a labelled div: parts (a), (b), …,",
            "  referred to as `@fig-x-1` or by their own label",
            f"- attributes: {_code(subset.ATTRIBUTES)}; classes {_code(f'.column-{name}' for name in subset.COLUMNS)}",
            "- a DataFrame or a Styler of pandas, and other tables in HTML, as a table in both formats",
            "- `author` and `date` in front matter, below the chapter's title",
            f"- callouts: {_code(f'.callout-{kind}' for kind in subset.CALLOUTS)}, with `title` and `collapse`",
            "- tabsets: `.panel-tabset`, a blank line before each heading in it",
            f"- `.content-visible` and `.content-hidden` with {_code(subset.CONDITIONS)}: "
            f"{_code(subset.CONDITION_FORMATS)}",
            f"- raw blocks and spans: {_code(f'{{={name}}}' for name in subset.RAW_FORMATS)}",
            "- citations with a CSL style, footnotes, math, unnumbered sections, chapters and appendices",
            "",
            "Everything else of Quarto stops the render with file, line and construct, among it:",
            "",
            f"- cross-references {_code(f'{kind}-' for kind in sorted(subset.REFUSED_REFERENCE_TYPES))}",
            f"- classes {_code(f'.{name}' for name in sorted(subset.REFUSED_CLASSES))}, and those that begin with "
            f"{_code(f'.{prefix}' for prefix in subset.REFUSED_CLASS_PREFIXES)}",
            f"- attributes {_code(sorted(subset.REFUSED_ATTRIBUTES))}, and those that begin with "
            f"{_code(subset.REFUSED_ATTRIBUTE_PREFIXES)}",
            f"- keys of `_quarto.yml`: {_code(sorted(subset.REFUSED_SETTINGS))}",
            *(f"- below `{key}` in `_quarto.yml`, all but {_code(known)}" for key, known in subset.SETTINGS.items()),
            "- below `format` in `_quarto.yml`, formats but HTML and Typst, and options of these two",
            f"- front matter: the keys refused in `_quarto.yml`, and {_code(of_the_book)}",
            "- inline expressions over several lines, or whose result is empty",
            "- captions that would be lost: `fig-cap` in a `tbl-` cell or over no picture, `tbl-cap` in a `fig-` cell "
            "or over no table",
            "- a `fig-` cell that shows no figure, a `tbl-` cell that shows no table",
            "- a book in another language than English",
            "- cells of other languages, diagrams in Mermaid or Graphviz among them",
            "- code annotations, other shortcodes, parts",
            "",
            "The two engines differ in these:",
            "",
            *(f"- {difference}" for difference in DIFFERENCES),
            END,
        ]
    )


def _values(option: subset.Option) -> str:
    if isinstance(option.values, subset.Form):
        return option.values.name
    return _code(str(value).lower() if isinstance(value, bool) else value for value in option.values)


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


if __name__ == "__main__":
    print(page())
