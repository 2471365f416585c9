"""A folder that is read-only or full, told in one line, wherever a render happens to write first.

Imports next to nothing: a render that has nothing to do imports it.
"""

import errno

_REASONS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


def unwritable(error: OSError) -> str | None:
    """The line for an error of this kind; None for any other, which is a fault of the program."""
    if error.errno not in _REASONS:
        return None
    return f"{error.filename or 'the project'}: cannot be written: {error.strerror}"
