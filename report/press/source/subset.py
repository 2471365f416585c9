"""The subset of Quarto that the press supports, as data: the scanner reads it, CONTRIBUTING.md's page is tested on it.

A construct that is neither here nor plain Pandoc markdown stops the render with file, line and construct.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """Values of one form: its name, and whether a value has it."""

    name: str
    fits: Callable[[object], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _are_widths(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_number, value))


TEXT = Form("text", lambda value: isinstance(value, str))
TEXTS = Form("text, or a list of texts", lambda value: isinstance(value, str) or _are_texts(value))
SUBCAPTIONS = Form("a list of texts, or `true`", lambda value: value is True or _are_texts(value))
INCHES = Form("a number of inches", _is_number)
COUNT = Form("a whole number", lambda value: isinstance(value, int) and _is_number(value))
WIDTHS = Form("a list of numbers, or `auto`", lambda value: value == "auto" or _are_widths(value))
ANY = Form("any", lambda value: True)


@dataclass(frozen=True)
class Option:
    """A `#|` option of a cell: the values that it takes, and what it does."""

    values: tuple[bool | str, ...] | Form
    meaning: str


FLAG = (True, False)

ALIGNMENTS = ("left", "center", "right")

COLUMNS = ("body", "body-outset", "page-inset", "page")
"""Values of `column`; as a class, `.column-page`, on divs."""

CELL_LANGUAGE = "python"

DIAGRAMS = ("mermaid", "dot")
"""Languages that only Quarto draws."""

CELL_OPTIONS = {
    "label": Option(TEXT, "name of the cell; with `fig-` or `tbl-` its output is a numbered figure or table"),
    "eval": Option(FLAG, "run the cell"),
    "echo": Option(FLAG, "show the code"),
    "code-fold": Option((True, False, "show"), "fold the code away in HTML (`show`: unfolded at first)"),
    "code-summary": Option(TEXT, "the text on the folded code"),
    "code-line-numbers": Option(FLAG, "number the lines of the code, in HTML"),
    "include": Option(FLAG, "show anything of the cell; it runs in any case"),
    "output": Option((True, False, "asis"), "show the output; `asis` takes what it prints as markdown"),
    "fig-cap": Option(TEXTS, "caption of the figure; a list where a cell without a label draws several pictures"),
    "fig-subcap": Option(SUBCAPTIONS, "captions of its pictures (a), (b), …; `true`: letters alone"),
    "fig-alt": Option(TEXTS, "alternative text of the figure, or of its pictures"),
    "fig-width": Option(INCHES, "width of what matplotlib draws in the cell; in front matter, in all cells"),
    "fig-height": Option(INCHES, "height of it"),
    "fig-align": Option(ALIGNMENTS, "where in the line the pictures stand"),
    "tbl-cap": Option(TEXTS, "caption of the table"),
    "tbl-subcap": Option(SUBCAPTIONS, "captions of its tables (a), (b), …"),
    "tbl-colwidths": Option(WIDTHS, "relative widths of the columns of the tables"),
    "layout-ncol": Option(COUNT, "show what the cell displays in so many columns"),
    "layout-nrow": Option(COUNT, "or in so many rows"),
    "column": Option(COLUMNS, "how far to reach into the margins, in HTML"),
    "warning": Option(FLAG, "show what the cell writes to standard error"),
    "error": Option(FLAG, "show an exception and go on, instead of stopping the render"),
    **{
        name: Option(ANY, "nothing, as with Quarto in HTML and Typst")
        for name in ("cache", "fig-pos", "fig-env", "fig-scap", "fig-dpi", "fig-format", "fig-asp", "message")
    },
    "tags": Option(ANY, "of a notebook's cell: `hide-cell` and `remove-cell` are `include: false`, and so on"),
}

TAGS = {
    "hide-cell": {"include": False},
    "remove-cell": {"include": False},
    "hide-code": {"echo": False},
    "show-code": {"echo": True},
    "hide-output": {"output": False},
    "show-output": {"output": True},
    "hide-warnings": {"warning": False},
    "show-warnings": {"warning": True},
}
"""The tags that Quarto takes for options; others do nothing."""

EXECUTE_DEFAULTS = ("eval", "echo", "include", "output", "warning", "error", "cache")
"""Options that `execute:` in `_quarto.yml` or in a chapter's front matter may set for all cells."""

PAGE_DEFAULTS = ("code-fold", "code-summary", "code-line-numbers", "fig-width", "fig-height", "fig-align")
"""Options that front matter and `_quarto.yml` may set for all cells, outside `execute:`."""

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
        "fig-env",
        "fig-link",
        "fig-pos",
        "fig-scap",
        "filename",
        "group",
        "icon",
        "lst-cap",
        "lst-label",
        "tbl-subcap",
        "fig-subcap",
        "when-meta",
        "unless-meta",
        "when-profile",
        "unless-profile",
    ]
)

REFUSED_ATTRIBUTE_PREFIXES = ("layout",)

ATTRIBUTES = {
    "code-line-numbers": ("true", "false"),
    "fig-align": ALIGNMENTS,
    "layout-ncol": None,
    "layout-nrow": None,
    "tbl-colwidths": None,
}
"""Attributes with the values that they take; None: numbers."""

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
    ["abstract", "bibliography", "categories", "csl", "description", "format", "lang", "subtitle"]
)
"""Front matter keys that only Quarto heeds. `execute` takes EXECUTE_DEFAULTS; `jupyter` a kernel python3."""

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
