"""What cannot be shown truthfully, and is refused."""

from analysis.facts.fact_log import DEFAULT_ENGINE, engine_name
from analysis.facts.place import place_of_expression
from experiments.tables.errors import UserError


class FactError(UserError):
    """A chapter asks for a value in a way that cannot be shown truthfully; the message says what to write instead.

    Of an inline expression it says file and line first, where the engine does not.
    """

    def __init__(self, what: str) -> None:
        super().__init__((place_of_expression() if engine_name() == DEFAULT_ENGINE else "") + what)


class MissingValue(FactError):
    """Arithmetic, a comparison or a sentence needs a value that its source does not give."""


class MixedKinds(FactError):
    """Values of different kinds (measured, computed, reported) are ranked without saying so."""


class UnitMismatch(FactError):
    """Values in different units are added, subtracted or compared."""
