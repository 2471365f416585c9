"""The subset of Quarto that the press supports, as data: the scanner reads it, CONTRIBUTING.md's page is tested on it.

A construct that is neither here nor plain Pandoc markdown stops the render with file, line and construct.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """A `#|` option of a cell: the values that it takes (`None`: any text) and what it does."""

    values: tuple[bool | str, ...] | None
    meaning: str


FLAG = (True, False)

CELL_LANGUAGE = "python"

CELL_OPTIONS = {
    "label": Option(None, "name of the cell; with `fig-` or `tbl-` its output is a numbered figure or table"),
    "eval": Option(FLAG, "run the cell"),
    "echo": Option(FLAG, "show the code"),
    "code-fold": Option((True, False, "show"), "fold the code away in HTML (`show`: unfolded at first)"),
    "code-summary": Option(None, "the text on the folded code"),
    "include": Option(FLAG, "show anything of the cell; it runs in any case"),
    "output": Option((True, False, "asis"), "show the output; `asis` takes what it prints as markdown"),
    "fig-cap": Option(None, "caption of the figure"),
    "fig-alt": Option(None, "alternative text of the figure"),
    "tbl-cap": Option(None, "caption of the table"),
    "warning": Option(FLAG, "show what the cell writes to standard error"),
    "error": Option(FLAG, "show an exception and go on, instead of stopping the render"),
}

EXECUTE_DEFAULTS = ("eval", "echo", "include", "output", "warning", "error")
"""Options that `execute:` in `_quarto.yml` or in a chapter's front matter may set for all cells."""

SHORTCODES = {
    "include": "the file named, relative to the including file; alone on its line; cells in it run",
    "meta": "a value of the front matter or of _quarto.yml, by dotted key",
    "var": "a value of _variables.yml, by dotted key",
}

REFERENCE_TYPES = {"fig": "figure", "tbl": "table", "sec": "section", "eq": "equation"}

CALLOUTS = ("note", "warning", "important", "tip", "caution")

RAW_FORMATS = ("html", "typst")

CONDITIONS = ("when-format", "unless-format")
"""Attributes of `.content-visible` and `.content-hidden`, on divs and spans; their values are CONDITION_FORMATS."""

CONDITION_FORMATS = ("html", "typst", "pdf")

# fmt: off (word lists: one word a line would be six pages)
# --- What Quarto gives a meaning of its own and the press does not have. Everything else is an author's own class,
# --- attribute or citation key, and passes.

REFUSED_REFERENCE_TYPES = frozenset(
    [
        "lst",
        "thm",
        "lem",
        "cor",
        "prp",
        "cnj",
        "def",
        "exm",
        "exr",
        "sol",
        "rem",
        "prf",
        "alg",
        "nte",
        "tip",
        "wrn",
        "imp",
        "cau",
        "dia",
        "vid",
        "suppfig",
    ]
)

REFUSED_CLASSES = frozenset(
    [
        "aside",
        "cell-code-annotation",
        "column",
        "columns",
        "fragment",
        "grid",
        "hidden",
        "incremental",
        "landscape",
        "lightbox",
        "margin",
        "nonincremental",
        "notes",
        "panel-center",
        "panel-fill",
        "panel-input",
        "panel-sidebar",
        "panel-tabset-group",
        "quarto-layout-panel",
        "theorem-title",
        "unlisted",
        "video",
    ]
)

REFUSED_CLASS_PREFIXES = ("column-", "g-col-", "page-", "panel-", "r-")

REFUSED_ATTRIBUTES = frozenset(
    [
        "appearance",
        "code-line-numbers",
        "fig-align",
        "fig-env",
        "fig-link",
        "fig-pos",
        "fig-scap",
        "filename",
        "group",
        "icon",
        "lst-cap",
        "lst-label",
        "tbl-colwidths",
        "tbl-subcap",
        "fig-subcap",
        "when-meta",
        "unless-meta",
        "when-profile",
        "unless-profile",
    ]
)

REFUSED_ATTRIBUTE_PREFIXES = ("layout",)

REFUSED_SETTINGS = frozenset(
    [
        "citeproc",
        "cite-method",
        "crossref",
        "engine-opts",
        "filters",
        "header-includes",
        "include-after-body",
        "include-before-body",
        "include-in-header",
        "knitr",
        "listing",
        "nocite",
        "number-depth",
        "number-offset",
        "number-sections",
        "params",
        "server",
        "shift-heading-level-by",
        "shiny",
        "shortcodes",
        "toc",
        "toc-depth",
    ]
)
"""Keys that only Quarto would heed, in `_quarto.yml` and in front matter."""

REFUSED_FRONT_MATTER = REFUSED_SETTINGS | frozenset(
    ["abstract", "author", "bibliography", "categories", "csl", "date", "description", "format", "lang", "subtitle"]
)
"""Front matter keys that only Quarto would heed. `execute` takes EXECUTE_DEFAULTS; `jupyter` python3."""

SETTINGS = {
    "project": ("type", "output-dir", "execute-dir", "pre-render", "post-render"),
    "book": (
        "title",
        "subtitle",
        "author",
        "date",
        "output-file",
        "chapters",
        "appendices",
        "sidebar",
        "page-navigation",
        "downloads",
    ),
}
"""What may stand below these keys of `_quarto.yml`."""
# fmt: on

HOOKS = {"pre-render": "report/hooks/pre_render.py", "post-render": "report/hooks/post_render.py"}

FORMATS = ("html", "typst")
"""What the names under `format:` end in; options of theirs are refused."""
