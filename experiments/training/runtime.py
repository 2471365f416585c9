"""Where a run computes, and that the same seed gives the same numbers, as far as the machine allows.

On a CPU a run is bit-identical however many cores there are, since one thread does the arithmetic: how a sum is split
over threads changes its last digits, and training turns last digits into first ones. Another make of processor has
other kernels and may round otherwise; on an accelerator some kernels add in no fixed order, and nothing is promised.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from experiments.tables.errors import UserError
from experiments.tables.sidecar import Profile


def device_for(profile: Profile | None) -> str:
    """ "cpu" for `smoke` and `cpu`, also where there is an accelerator, so that their numbers are the same everywhere.

    Raises UserError for `full` and `geometry` without a CUDA device.
    """
    if profile in ("smoke", "cpu"):
        return "cpu"
    import torch

    if not torch.cuda.is_available():
        raise UserError(f"the profile {profile} needs a CUDA GPU, and torch finds none here; cpu and smoke run without")
    return "cuda"


@contextmanager
def deterministic(seed: int) -> Iterator[None]:
    """Seed the generators of Python, NumPy and torch, and compute with one thread; afterwards all is as it was."""
    import random

    import numpy as np
    import torch

    threads, python, numpy = torch.get_num_threads(), random.getstate(), np.random.get_state()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng():
            random.seed(seed)
            np.random.seed(seed)
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)
        random.setstate(python)
        np.random.set_state(numpy)
