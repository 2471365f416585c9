"""A key, so wrapped that it does not get out by accident."""

import os

from experiments.tables.errors import UserError


class Secret:
    """The key that an environment variable holds, or none.

    It has no attribute with the key in plain text, so neither `repr`, `vars` nor a pickled copy can show it.
    """

    __slots__ = ("_reveal",)

    def __init__(self, key: str | None) -> None:
        self._reveal = lambda: key

    def headers(self) -> dict[str, str]:
        """What a request carries."""
        key = self._reveal()
        return {"Authorization": f"Bearer {key}"} if key else {}

    def hidden(self, text: str) -> str:
        """The text without the key: a server may send back what it was sent."""
        key = self._reveal()
        return text.replace(key, "[key]") if key else text

    def stands_in(self, text: str) -> bool:
        key = self._reveal()
        return bool(key) and key in text

    def __repr__(self) -> str:
        return "Secret()"


def variable(name: str, what: str, judge: str) -> str:
    """The value of the environment variable `$NAME`. Raises UserError, without the value, where it cannot be used."""
    value = os.environ.get(name.removeprefix("$"), "")
    if not value:
        raise UserError(f"{judge}: the environment variable {name.removeprefix('$')} ({what}) is not set")
    if not value.isascii() or any(c.isspace() or not c.isprintable() for c in value):
        raise UserError(
            f"{judge}: the environment variable {name.removeprefix('$')} ({what}) holds characters that "
            "cannot be sent, such as spaces or line ends"
        )
    return value
