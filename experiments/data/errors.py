"""Errors in data files."""

from experiments.tables.errors import UserError, printable


class DataError(UserError):
    """A data file that cannot be read as what it should be: one line with the place in the file."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{printable(where, 200)}: {printable(what, 300)}")


class SettingError(UserError):
    """What a study says, under these keys of the profile that runs, and its data do not allow."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.keys = keys


class MissingFileError(UserError):
    """A file that a study or a registry names, as it is `written` there, and that is not on this machine."""

    def __init__(self, message: str, written: str) -> None:
        super().__init__(message)
        self.written = written
