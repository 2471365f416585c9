"""Go through the elements of a document, the innermost first and in reading order.

The order is that of panflute's own `walk`, which makes every list of a document anew each time it goes through it. A
book is gone through dozens of times, mostly to change a few elements or none.
"""

from collections.abc import Callable
from itertools import chain
from typing import TypeVar

import panflute as pf
from panflute.containers import ListContainer

Kind = TypeVar("Kind", bound=pf.Element)
Change = Callable[[pf.Element], pf.Element | list[pf.Element] | None]
_TEXT = (pf.Para, pf.Plain, pf.Header, pf.LineBlock)
"""The blocks that hold inlines alone."""


def elements(root: pf.Element, kinds: type[Kind] | tuple[type[Kind], ...], inlines: bool = True) -> list[Kind]:
    """The elements of these kinds, `root` among them; without `inlines`, paragraphs and headings are not entered."""
    found: list[Kind] = []

    def visit(element: pf.Element) -> None:
        if inlines or not isinstance(element, _TEXT):
            for name in element._children:
                child = getattr(element, name)
                if isinstance(child, ListContainer):
                    for item in child.list:
                        visit(item)
                elif isinstance(child, pf.Element):
                    visit(child)
        if isinstance(element, kinds):
            found.append(element)

    visit(root)
    return found


def replace(root: pf.Element, change: Change, inlines: bool = True) -> None:
    """Put what `change` gives for an element inside `root` in its place: one, several, none (`[]`); None leaves it.

    What is put in is not gone through. Without `inlines`, paragraphs and headings are not entered.
    """
    if not inlines and isinstance(root, _TEXT):
        return
    for name in root._children:
        child = getattr(root, name)
        if isinstance(child, ListContainer):
            _replace_items(child, change, inlines)
        elif isinstance(child, pf.Element):
            replace(child, change, inlines)
            new = change(child)
            if new is not None:
                setattr(root, name, new)


def _replace_items(container: ListContainer, change: Change, inlines: bool) -> None:
    changed: dict[int, pf.Element | list[pf.Element]] = {}
    for place, item in enumerate(container.list):
        replace(item, change, inlines)
        new = change(item)
        if new is not None and new is not item:
            changed[place] = new
    if changed:
        items = (changed.get(place, item) for place, item in enumerate(container.list))
        container[:] = chain.from_iterable(item if isinstance(item, list) else (item,) for item in items)
