"""What is wrong with pages or a PDF that were written."""

from experiments.tables.errors import UserError


class PagesError(UserError):
    """The rendered pages do not show what the fact logs say; the message has a line for each problem."""
