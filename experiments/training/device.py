"""Where a profile computes."""

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
