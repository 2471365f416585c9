"""Read a chapter with its large tables apart, so that a preview has Pandoc read those alone that changed.

Of the second that Pandoc takes for a chapter of thousands of numbers, nearly all goes into its pipe tables. One without
references, notes, citations, formulas and macros is the same wherever it stands. It is read for itself, and a paragraph
of one word holds its place in the chapter; where anything is not as expected, the chapter is read as a whole.
"""

import json
import re
from collections.abc import Callable, Iterator

from experiments.tables.digest import sha256_bytes

Read = Callable[[str], str]
"""Markdown as a document in Pandoc's JSON."""
LARGE = 2_000
"""Characters from which it pays to read a table apart."""
MOST = 1_000
"""Tables that are remembered."""
_TABLE = re.compile(r"(?<=\n\n)(?:\|[^\n]*\|\n)+(?=\n)")
_TIED = re.compile(r"""[\[\]@$]|\\[A-Za-z]|<(?!/?(?:span|br|wbr|sub|sup)(?: [\w-]+="[^"<>\n]*")*>)""")
"""What may mean something else in another chapter, or reaches behind the table: an element that is not closed."""
_CAPTION = re.compile(r"^\s*(?:table)?:(?!::)", re.IGNORECASE | re.MULTILINE)
_KNOWN: dict[str, str] = {}
"""Tables as blocks in Pandoc's JSON."""


def read_apart(markdown: str, read: Read) -> str:
    """What `read` gives for the markdown, from what it gives for its tables and for the rest."""
    found = list(_tables(markdown))
    blocks = _blocks({table[0] for table in found}, read)
    if not blocks:
        return read(markdown)
    rest, end, places = [], 0, {}
    for number, table in enumerate(found):
        place = f"table{number}x{sha256_bytes(table[0].encode())}"
        places[place] = blocks[table[0]]
        rest += [markdown[end : table.start()], place, "\n"]
        end = table.end()
    document = read("".join([*rest, markdown[end:]]))
    for place, block in places.items():
        paragraph = f'{{"t":"Para","c":[{{"t":"Str","c":"{place}"}}]}}'
        if document.count(place) != 1 or paragraph not in document:
            return read(markdown)
        document = document.replace(paragraph, block)
    return document


def _tables(markdown: str) -> Iterator[re.Match[str]]:
    """The large tables that stand for themselves, and have no caption."""
    for table in _TABLE.finditer(markdown):
        before = markdown[: table.start()].rstrip().rpartition("\n\n")[2]
        after = markdown[table.end() :].lstrip().partition("\n\n")[0]
        beside = _CAPTION.search(before) or _CAPTION.search(after)
        if len(table[0]) >= LARGE and not beside and not _TIED.search(table[0]):
            yield table


def _blocks(tables: set[str], read: Read) -> dict[str, str]:
    """The block of each table, in JSON; nothing where Pandoc takes one for something else."""
    blocks = {table: block for table in tables if (block := _KNOWN.get(table))}
    if new := sorted(tables - blocks.keys()):
        fresh = json.loads(read("\n".join(new)))["blocks"]
        if [block["t"] for block in fresh] != ["Table"] * len(new):
            return {}
        written = (json.dumps(block, ensure_ascii=False, separators=(",", ":")) for block in fresh)
        blocks |= zip(new, written, strict=True)
        _KNOWN.update(blocks)
        for name in list(_KNOWN)[:-MOST]:
            _KNOWN.pop(name, None)
    return blocks
