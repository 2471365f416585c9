"""Names that differ from a known one in a digit: "Llama-3.3-1B" where the project has Llama-3.2-1B."""

import re
from collections.abc import Iterable, Iterator

_DIGIT = re.compile(r"[0-9]")
_PARTS = re.compile(r"[^\W_]+")
_NAME = re.compile(r"(?<![\w.-])[^\W\d_](?:[\w.-]*\w)?(?![\w-])")
_SEPARATED = re.compile(r"(?<![\w.-])[^\W\d_]{3,}(?:[ \u00a0]\d(?:[\w.-]*\w)?)+(?![\w-])")
LETTERS = 3
"""As many must a name have at least: S1, F1 and T5 are too short to tell a slip from another name."""


class Names:
    """The names that a project knows, and others that are well known."""

    def __init__(self, known: Iterable[str], others: Iterable[str] = ()) -> None:
        self._known = {_plain(name): name for name in known if _is_name(name)}
        self._others = {_plain(name) for name in others}
        self._shapes: dict[str, list[str]] = {}
        for each in self._known:
            self._shapes.setdefault(_shape(each), []).append(each)
        self._meant: dict[str, str | None] = {}
        self._found: dict[str, list[tuple[int, int, str]]] = {}
        """By text: cells have the same few."""

    def misnamed(self, text: str) -> list[tuple[int, int, str]]:
        """Each name that is not known and differs from a known one in one digit: start, end, and the known one."""
        if text not in self._found:
            self._found[text] = list(self._misnamed(text)) if self._shapes and _DIGIT.search(text) else []
        return self._found[text]

    def _misnamed(self, text: str) -> Iterator[tuple[int, int, str]]:
        for pattern in (_NAME, _SEPARATED):
            for match in pattern.finditer(text):
                if match[0] not in self._meant:
                    self._meant[match[0]] = self._known_one(match[0])
                if (meant := self._meant[match[0]]) is not None:
                    yield match.start(), match.end(), meant

    def _known_one(self, name: str) -> str | None:
        plain = _plain(name) if _is_name(name) else ""
        if not plain or plain in self._known or plain in self._others:
            return None
        alike = (each for each in self._shapes.get(_shape(plain), ()) if _differ(plain, each) == 1)
        return next((self._known[each] for each in alike), None)


def _is_name(text: str) -> bool:
    return _DIGIT.search(text) is not None and sum(map(str.isalpha, text)) >= LETTERS


def _plain(name: str) -> str:
    """A name in small letters, its parts joined alike: `llama-3-2-1b`."""
    return "-".join(_PARTS.findall(name.lower()))


def _shape(plain: str) -> str:
    return _DIGIT.sub("0", plain)


def _differ(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
