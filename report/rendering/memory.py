"""How often Python looks for objects that only refer to each other."""

import atexit
import gc


def collect_rarely() -> None:
    """Look seldom: what a render or a check reads, it keeps to its end, and looking takes a quarter of its time."""
    gc.set_threshold(1_000_000, 20, 1000)
    atexit.register(gc.freeze)  # or Python looks through everything once more as it ends
