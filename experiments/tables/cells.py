"""One cell to the field that stands for it in a CSV, and back.

Each value has one form, and reading refuses any other:

- a missing cell is an empty field; the empty string is `""`; a string is quoted only where it must be;
- integers in plain decimals of any length; booleans `true` and `false`;
- numbers in the shortest form that reads back to the same double, or with the column's fixed decimals; there is no NaN
  and no infinity, and negative zero is written as zero, since its sign is noise of the platform.
"""

import math
import re
import sys
from numbers import Integral, Real

from experiments.tables.errors import printable
from experiments.tables.sidecar import Column

Cell = str | int | float | bool | None

_PLAIN = frozenset({str, int, float, bool, type(None)})
_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_INTEGER = re.compile(r"-?[0-9]+")


def encode_cell(value: object, column: Column) -> str:
    """The field that stands for `value`. Raises ValueError naming the column where the value does not belong there."""
    value = value if type(value) in _PLAIN else _without_numpy(value)
    if value is None:
        if column.nullable:
            return ""
        raise ValueError(f"column {column.name}: missing, and the column is not nullable")
    try:
        return _ENCODERS[column.type](value, column)
    except ValueError as error:
        raise ValueError(f"column {column.name}: {error}") from None


def _without_numpy(value: object) -> object:
    """A scalar of NumPy as Python's own value, anything else as it is; NumPy itself is not imported for it."""
    numpy = sys.modules.get("numpy")
    return value.item() if numpy and isinstance(value, numpy.generic) else value


def _encode_string(value: object, column: Column) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a string, found {_described(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{printable(value)} has a lone surrogate, which UTF-8 cannot hold") from None
    if value == "" or _NEEDS_QUOTES.search(value):
        return '"' + value.replace('"', '""') + '"'
    return value


def _encode_integer(value: object, column: Column) -> str:
    if type(value) is not int and (isinstance(value, bool) or not isinstance(value, Integral)):
        raise ValueError(f"expected an integer, found {_described(value)}")
    return str(int(value))


def _encode_number(value: object, column: Column) -> str:
    # Most are floats: what `numbers` knows of other kinds is asked for no more than need be, since it takes long.
    if type(value) is not float and (isinstance(value, bool) or not isinstance(value, Real)):
        raise ValueError(f"expected a number, found {_described(value)}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no value; a cell that is not known is missing, in a nullable column")
    if type(value) is not float and isinstance(value, Integral) and int(number) != int(value):
        raise ValueError(f"{value} is beyond what a double holds exactly; make the column an integer")
    text = repr(number) if column.decimals is None else f"{number:.{column.decimals}f}"
    return text[1:] if text.startswith("-") and float(text) == 0 else text


def _encode_boolean(value: object, column: Column) -> str:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {_described(value)}")
    return "true" if value else "false"


_ENCODERS = {"string": _encode_string, "integer": _encode_integer, "number": _encode_number, "boolean": _encode_boolean}


def _described(value: object) -> str:
    return f"{printable(repr(value), 40)} ({type(value).__name__})"


def decode_field(text: str, column: Column) -> Cell:
    """The value of one raw field. Raises ValueError naming the column where `encode_cell` would not have written it."""
    if text == "":
        if column.nullable:
            return None
        raise ValueError(f"column {column.name}: empty, and the column is not nullable")
    try:
        value = _DECODERS[column.type](text)
        if _ENCODERS[column.type](value, column) == text:
            return value
    except (ValueError, OverflowError):
        shown = printable(text, 40)
        raise ValueError(f"column {column.name}: {shown} is no {_NOUNS[column.type]}") from None
    raise ValueError(f"column {column.name}: {printable(text, 40)} is not in the form in which tables are frozen")


def _decode_string(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _decode_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError
    return int(text)


def _decode_boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


_DECODERS = {"string": _decode_string, "integer": _decode_integer, "number": float, "boolean": _decode_boolean}
_NOUNS = {
    "string": "string",
    "integer": "integer",
    "number": "finite number",
    "boolean": "boolean (true or false)",
}
