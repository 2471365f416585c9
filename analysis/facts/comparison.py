"""What a comparison of two values gives: true or false, and what was compared with what."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.facts.values import Value


class Comparison(int):
    """Whether `left` stands to `right` as `sign` says; 1 or 0, so that `if`, `sum` and `all` take it as a bool.

    A sentence that says so passes it on as what it rests on: `page.say("… rises …", rests_on=[after > before])`.
    """

    left: "Value"
    sign: str
    right: "Value | float | str | None"

    def __new__(cls, left: "Value", sign: str, right: Any, holds: bool) -> "Comparison":
        made = super().__new__(cls, holds)
        made.left, made.sign, made.right = left, sign, right
        return made

    def __repr__(self) -> str:
        return repr(bool(self))

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(bool(self), spec)

    def __reduce__(self) -> tuple[type, tuple]:
        return Comparison, (self.left, self.sign, self.right, bool(self))

    def in_words(self) -> str:
        """The comparison with what both sides are."""
        return f"{self.left.how} {self.sign} {_side(self.right)['how']}"

    def as_json(self) -> dict[str, Any]:
        """The comparison as it stands in the fact log and in the facts of a chapter."""
        return {"sign": self.sign, "holds": bool(self), "left": _side(self.left), "right": _side(self.right)}


def _side(side: Any) -> dict[str, Any]:
    """One side: number or text, kind (none where the text names a limit), how it was worked out, and its tables."""
    if isinstance(side, int | float | str) or side is None:
        return {"value": side, "kind": None, "how": str(side), "tables": []}
    return {"value": side.data, "kind": side.kind, "how": side.how, "tables": list(side.tables)}
