"""What cannot be shown truthfully, and is refused."""

from experiments.tables.errors import UserError


class FactError(UserError):
    """A chapter asks for a value in a way that cannot be shown truthfully; the message says what to write instead."""


class MissingValue(FactError):
    """Arithmetic, a comparison or a sentence needs a value that its source does not give."""


class MixedKinds(FactError):
    """Values of different kinds (measured, computed, reported) are ranked without saying so."""


class UnitMismatch(FactError):
    """Values in different units are added, subtracted or compared."""
