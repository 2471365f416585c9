"""YAML that anybody may have written: read by a safe loader, and only within bounds of size, depth and repetition.

What is beyond them is a `yaml.YAMLError` like any other fault, with its place where there is one.
"""

import os
from collections.abc import Callable
from pathlib import Path

import yaml

LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader  # as safe, and ten times as fast
LARGEST = 2**24
"""Bytes of a file; the longest study here has a thousandth of them."""
DEEPEST = 60
"""Collections within one another."""
TOO_DEEP = f"nested deeper than {DEEPEST} levels"
MOST = 500_000
"""Keys, values and items, where each alias counts as all that it stands for."""
LONGEST_NUMBER = 100
"""Characters of a number: Python takes time and memory for longer ones, and prints none of 4,300 digits."""


def read_text(path: Path) -> str:
    """The text of a YAML file. Raises OSError, UnicodeDecodeError, or yaml.YAMLError for one that is too large."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise yaml.YAMLError(f"larger than {LARGEST >> 20} MiB")
        return file.read().decode("utf-8")


def compose(text: str) -> yaml.Node | None:
    """The nodes of a document; None for an empty one. Raises yaml.YAMLError."""
    _check_depth(text)
    return _checked(LOADER(text).get_single_node())


def load(text: str) -> object:
    """The content of a document. Raises yaml.YAMLError."""
    return construct(text)[0]


def construct(text: str, look: Callable[[yaml.Node], None] | None = None) -> tuple[object, yaml.Node | None]:
    """The content of a document, and its nodes, at which `look` looks first. Raises yaml.YAMLError."""
    _check_depth(text)
    loader = LOADER(text)
    node = _checked(loader.get_single_node())
    if node is None:
        return None, None
    if look is not None:
        look(node)
    try:
        return loader.construct_document(node), node
    except ValueError as error:  # of a day that no calendar has
        raise yaml.YAMLError(str(error)) from None
    except (AttributeError, KeyError, TypeError, OverflowError, RecursionError):  # of `!!timestamp x` and its like
        raise yaml.YAMLError("a value is not what its tag says") from None


def _check_depth(text: str) -> None:
    """Before nodes are made of it: the C loader's own stack overflows with them, and takes the process along."""
    loader, depth = LOADER(text), 0
    while loader.check_event():
        event = loader.get_event()
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise yaml.MarkedYAMLError(problem=TOO_DEEP, problem_mark=event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _checked(node: yaml.Node | None) -> yaml.Node | None:
    if node is not None:
        _measure(node, 0, {}, set())
    return node


def _measure(node: yaml.Node, depth: int, known: dict[int, tuple[int, int]], above: set[int]) -> tuple[int, int]:
    """How many nodes there are from this one on, with each alias written out, and in how many levels."""
    if isinstance(node, yaml.ScalarNode):
        if len(node.value) > LONGEST_NUMBER and node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
            raise _error(node, f"a number of {len(node.value):,} characters")
        return 1, 0
    if id(node) in above:
        raise _error(node, "it holds itself, by an alias")
    if id(node) in known:
        return known[id(node)]
    above.add(id(node))
    parts = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
    size, levels = 1, 0
    for part in parts:
        inner, below = _measure(part, depth + 1, known, above)
        size, levels = size + inner, max(levels, below + 1)
        if depth + levels > DEEPEST:
            raise _error(part, TOO_DEEP)
        if size > MOST:
            raise _error(part, f"more than {MOST:,} values, aliases written out")
    above.remove(id(node))
    known[id(node)] = size, levels
    return size, levels


def _error(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
