"""Memory that is freed and asked for again at once, as between the blocks of a model."""

import ctypes
import sys
from functools import cache

TRIM, MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's mallopt
LARGEST = 2**25  # bytes: what glibc takes for MMAP at most
KEPT = 2**30


@cache
def keep_freed_memory() -> None:
    """From here on the C library keeps up to a GiB of what is freed, instead of handing it back to the system.

    To get it anew, page by page, takes up to a tenth of a pass through a small model. Nothing happens without glibc.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if set_option is not None:
        set_option(MMAP, LARGEST)
        set_option(TRIM, KEPT)
