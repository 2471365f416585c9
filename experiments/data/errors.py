"""Errors in data files."""

from experiments.tables.errors import UserError, printable


class DataError(UserError):
    """A data file that cannot be read as what it should be: one line with the place in the file."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{printable(where, 200)}: {printable(what, 300)}")
