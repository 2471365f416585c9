"""Follow the names that a function writes down: keys of dictionaries to its rows, and names of tables to their reader.

It goes through variables, loops and other functions of the project. What is put together only as it runs, such as
`vars(found)` or a computed key, is not seen.
"""

import ast
from collections.abc import Iterator

from experiments.row_names.functions import Scope, called_in, calls_in, parameters_of

Above = frozenset[tuple[object, ast.AST]]
"""What is being looked at already: a function that calls itself is not followed again."""


def cells_of(scope: Scope, above: Above = frozenset()) -> set[str]:
    """The keys of the dictionaries that end up in what a function gives."""
    return _union(_cells(value, scope, above) for value in scope.body.results)


def _cells(value: ast.expr, scope: Scope, above: Above) -> set[str]:
    """Keys of the dictionaries in an expression that is a row, or rows."""
    if (value, scope.node) in above:
        return set()
    above |= {(value, scope.node)}
    match value:
        case ast.Dict():
            written = {key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
            spread = [part for key, part in zip(value.keys, value.values, strict=True) if key is None]
            return written | _union(_cells(part, scope, above) for part in spread)
        case ast.BinOp(op=ast.BitOr() | ast.Add()):
            parts = [value.left, value.right]
        case ast.IfExp():
            parts = [value.body, value.orelse]
        case ast.GeneratorExp() | ast.ListComp():
            parts = [value.elt]
        case ast.List() | ast.Tuple():
            parts = value.elts
        case ast.Starred():
            parts = [value.value]
        case ast.Name():
            return _cells_of_name(value.id, scope, above)
        case ast.Call():
            return _cells_of_call(value, scope, above)
        case _:
            parts = []
    return _union(_cells(part, scope, above) for part in parts)


def _cells_of_name(name: str, scope: Scope | None, above: Above) -> set[str]:
    while scope is not None:
        if name in scope.body.bound:
            return _union(_cells(value, scope, above) for value in scope.body.bound[name])
        if name in scope.arguments:
            value, caller = scope.arguments[name]
            return _cells(value, caller, above)
        if name in parameters_of(scope.node):
            return set()
        if scope.outer is None:
            known = scope.function.__globals__.get(name)
            return {key for key in known if isinstance(key, str)} if isinstance(known, dict) else set()
        scope = scope.outer
    return set()


def _cells_of_call(call: ast.Call, scope: Scope, above: Above) -> set[str]:
    if isinstance(call.func, ast.Name) and call.func.id in ("iter", "list", "reversed", "sorted"):
        return _union(_cells(argument, scope, above) for argument in call.args)
    called = called_in(call, scope)
    return cells_of(called, above) if called else set()


def tables_of(scope: Scope, reader: str, above: Above = frozenset()) -> set[str]:
    """The texts that the parameter `reader` is called with, there and in functions that it is given to."""
    if (reader, scope.node) in above:
        return set()
    above |= {(reader, scope.node)}
    found: set[str] = set()
    for node in calls_in(scope.node):
        if isinstance(node.func, ast.Name) and node.func.id == reader:
            found |= {
                part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
            continue
        called = called_in(node, scope)
        for name, (value, _) in called.arguments.items() if called else ():
            if isinstance(value, ast.Name) and value.id == reader:
                found |= tables_of(called, name, above)
    return found


def _union(parts: Iterator[set[str]]) -> set[str]:
    return set().union(*parts)
