"""Functions as their source has them: what stands in a body, and which function a call is of."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import takewhile
from pathlib import Path
from types import FunctionType, ModuleType

from experiments.tables.stamps import Seen, seen


class Body:
    """What stands in a function: what its variables are bound to, the functions in it, and what it gives."""

    def __init__(self, node: ast.FunctionDef) -> None:
        self.bound: dict[str, list[ast.expr]] = {}
        self.inner: dict[str, ast.FunctionDef] = {}
        self.results: list[ast.expr] = []
        self.calls: list[ast.Call] = []
        for each in _own_nodes(node):
            for name, value in _bindings(each):
                self.bound.setdefault(name, []).append(value)
            match each:
                case ast.FunctionDef():
                    self.inner[each.name] = each
                case ast.Yield(value=ast.expr()) | ast.YieldFrom() | ast.Return(value=ast.expr()):
                    self.results.append(each.value)
                case ast.Call():
                    self.calls.append(each)


@dataclass(eq=False)
class Scope:
    """A function whose body is looked at, with what it is called with where that is known."""

    function: FunctionType
    node: ast.FunctionDef
    files: set[Path]
    """The files that were looked at on the way here."""
    outer: "Scope | None" = None
    arguments: Mapping[str, tuple[ast.expr, "Scope"]] = field(default_factory=dict)

    @property
    def body(self) -> Body:
        return body_of(self.node)


@cache
def body_of(node: ast.FunctionDef) -> Body:
    """What stands in a function, looked up once."""
    return Body(node)


def calls_in(node: ast.FunctionDef) -> Iterator[ast.Call]:
    """The calls in a function and in the functions in it."""
    yield from body_of(node).calls
    for inner in body_of(node).inner.values():
        yield from calls_in(inner)


def called_in(call: ast.Call, scope: Scope) -> Scope | None:
    """The function of the project that is called, with what it is called with."""
    named, outer = call.func, scope
    while isinstance(named, ast.Name) and outer is not None:
        if named.id in outer.body.inner:
            node = outer.body.inner[named.id]
            return Scope(outer.function, node, scope.files, outer, _arguments(call, node, scope))
        if named.id in outer.body.bound or named.id in parameters_of(outer.node):
            return None
        outer = outer.outer
    known = scope.function.__globals__
    match named:
        case ast.Name():
            function = known.get(named.id)
        case ast.Attribute(value=ast.Name(id=module)) if isinstance(known.get(module), ModuleType):
            function = vars(known[module]).get(named.attr)
        case _:
            return None
    found = scope_of(function, scope.files) if _top(function) in ("experiments", _top(scope.function)) else None
    if found:
        found.arguments = _arguments(call, found.node, scope)
    return found


def scope_of(function: object, files: set[Path]) -> Scope | None:
    """A function with its source; None where there is none, and of what is no function."""
    if not isinstance(function, FunctionType) or not (file := Path(function.__code__.co_filename)).is_file():
        return None
    files.add(file)
    node = _definitions(file, seen(file)).get((function.__name__, function.__code__.co_firstlineno))
    return Scope(function, node, files) if node else None


def _top(function: object) -> str:
    """The package that a function is from."""
    return function.__module__.partition(".")[0] if isinstance(function, FunctionType) else ""


@lru_cache(maxsize=256)
def _definitions(file: Path, as_seen: Seen) -> dict[tuple[str, int], ast.FunctionDef]:
    """The functions of a file, by name and first line."""
    found = [node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.FunctionDef)]
    return {(node.name, min([node.lineno, *(each.lineno for each in node.decorator_list)])): node for node in found}


def parameters_of(node: ast.FunctionDef) -> list[str]:
    """The names of its parameters, in order."""
    return [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]


def _arguments(call: ast.Call, node: ast.FunctionDef, scope: Scope) -> dict[str, tuple[ast.expr, Scope]]:
    known = list(takewhile(lambda value: not isinstance(value, ast.Starred), call.args))
    by_name = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return {name: (value, scope) for name, value in [*zip(parameters_of(node), known, strict=False), *by_name.items()]}


def _own_nodes(node: ast.FunctionDef) -> Iterator[ast.AST]:
    """All that stands in a function, but for the insides of functions in it."""
    waiting: list[ast.AST] = [*node.body]
    while waiting:
        here = waiting.pop()
        yield here
        if not isinstance(here, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(here)


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The variables that a statement sets or adds to, and what of."""
    match node:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _bound(target, node.value)
        case ast.AugAssign() | ast.AnnAssign(value=ast.expr()):
            yield from _bound(node.target, node.value)
        case ast.For() | ast.comprehension():
            yield from _bound(node.target, node.iter)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend"), args=[added]):
            yield name, added


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Names with what they are bound to; those of a tuple only where `zip`, or a tuple, stands on the other side."""
    if isinstance(target, ast.Name):
        yield target.id, value
    if isinstance(target, ast.Tuple | ast.List):
        paired = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "zip"
        parts = value.args if paired else value.elts if isinstance(value, ast.Tuple) else []
        known = parts if len(parts) == len(target.elts) else [ast.Constant(None)] * len(target.elts)
        for one, part in zip(target.elts, known, strict=True):
            yield from _bound(one, part)
