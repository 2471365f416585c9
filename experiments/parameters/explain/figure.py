"""A reported count as a range of whole numbers: one number if printed in full, an interval if it was rounded."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from experiments.tables.errors import UserError, printable

_POWERS = {
    **dict.fromkeys(("k", "thousand"), 3),
    **dict.fromkeys(("m", "mn", "million"), 6),
    **dict.fromkeys(("b", "bn", "billion"), 9),
    **dict.fromkeys(("t", "trillion"), 12),
}
_FORM = re.compile(
    r"(?P<whole>\d{1,3}(?P<mark>[,_'\u00a0\u202f ])\d{3}(?:(?P=mark)\d{3})*|\d+)(?:\.(?P<decimals>\d+))?"
    r"\s*(?P<unit>[a-z]+)?",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 40  # characters; longer text is no count


class FigureError(UserError):
    """A text that is not a count of parameters."""


@dataclass(frozen=True)
class Figure:
    """All whole numbers from ``low`` to ``high`` are printed as ``text``. ``step`` is one unit of its last digit."""

    text: str
    low: int
    high: int
    step: int = 1

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def __contains__(self, number: int) -> bool:
        return self.low <= number <= self.high

    @property
    def cut_off(self) -> "Figure | None":
        """What is printed like this if its digits were cut off instead of rounded, beyond what rounds to it.

        None where nothing is: in a count printed in full, or to the last unit.
        """
        last = self.high + self.step // 2 - 1
        return None if self.exact or last <= self.high else Figure(self.text, self.high + 1, last, self.step)


def parse_figure(text: str) -> Figure:
    """Read ``1408634880``, ``1,408,634,880``, ``5.6 million`` or ``1.24B``.

    A number with a unit is taken as rounded to its last digit: ``5.6 million`` is 5,550,000 to 5,650,000 inclusive,
    as the half may be rounded either way. Raises :class:`FigureError`.
    """
    found = _FORM.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    unit = (found["unit"] or "").lower() if found else ""
    if not found or unit not in ("", *_POWERS):
        forms = "1408634880, 1,408,634,880, 5.6 million or 1.24B"
        raise FigureError(f"cannot read {printable(text)!r} as a count of parameters; write it like {forms}")
    whole = re.sub(r"\D", "", found["whole"])
    decimals = found["decimals"] or ""
    if not unit:
        if decimals.strip("0"):
            raise FigureError(f"{printable(text)!r} is no whole number of parameters")
        return Figure(text.strip(), int(whole), int(whole))
    value = Decimal(f"{whole}.{decimals or 0}").scaleb(_POWERS[unit])
    step = Decimal(1).scaleb(_POWERS[unit] - len(decimals))
    low, high = max(0, math.ceil(value - step / 2)), math.floor(value + step / 2)
    if low > high:
        raise FigureError(f"no whole number of parameters is printed as {printable(text)!r}")
    return Figure(text.strip(), low, high, max(1, int(step)))
