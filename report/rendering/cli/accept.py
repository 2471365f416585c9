"""`report accept`"""

from report.checking.columns import FILE, accept
from report.rendering.locate import find_root


def run() -> int:
    """Take the columns that the last render showed, refused or not, for those that are meant. Raises UserError."""
    number = accept(find_root())
    print(f"accepted: {FILE}, with the columns of {number:,} places; commit it")
    return 0
