"""HTML as blocks."""

from html.parser import HTMLParser

from experiments.tables.documents.blocks import CAPTION, HEADINGS, Block, Blocks, with_table_titles

_PASSED_OVER = {"script", "style", "template", "noscript", "head"}
_OWN = {
    "p",
    "div",
    "section",
    "article",
    "pre",
    "blockquote",
    "dd",
    "dt",
    "figcaption",
    "table",
    "ul",
    "ol",
    "br",
    "hr",
}


def read_html(text: str) -> Blocks:
    """The blocks of a page. What is hidden by a script or a style is not told from what is shown."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end()
    return tuple(with_table_titles(reader.blocks))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._cells: list[str] | None = None
        self._silent = 0
        self._level: int | None = None
        self._lists = 0
        self._item = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _PASSED_OVER:
            self._silent += 1
        elif tag in ("ul", "ol"):
            self.end()
            self._lists += 1
        elif self._cells is None and (tag in _OWN or _level(tag) or tag in ("li", "tr", "caption")):
            self.end()
            self._level = CAPTION if tag in ("caption", "figcaption") else _level(tag)
            self._item = tag == "li" or (self._item and tag == "p" and self._lists > 0)
            self._cells = [] if tag == "tr" else None
        elif tag in ("td", "th"):
            self._text = []
        elif tag in ("br", "p", "div"):
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _PASSED_OVER:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append(" ".join("".join(self._text).split()))
            self._text = []
        elif tag == "tr" and self._cells is not None:
            cells, self._cells = tuple(self._cells), None
            self.blocks.append(Block("row", " | ".join(cells), self._where, cells=cells))
            self._text = []
        elif tag in ("ul", "ol"):
            self.end()
            self._lists, self._item = max(0, self._lists - 1), False
        elif self._cells is None and (tag in _OWN or _level(tag) or tag in ("li", "caption")):
            self.end()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._text.append(data)

    @property
    def _where(self) -> str:
        return f"line {self.getpos()[0]}"

    def end(self) -> None:
        """Close the block that is open."""
        if self._cells is not None:
            return
        text = "".join(self._text).strip()
        self._text = []
        if text and self._level:
            self.blocks.append(Block("heading", text, self._where, self._level))
        elif text:
            depth = max(0, self._lists - 1)
            self.blocks.append(Block("item" if self._item else "text", text, self._where, depth if self._item else 0))
        self._level = None


def _level(tag: str) -> int | None:
    return int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() and int(tag[1]) <= HEADINGS else None
