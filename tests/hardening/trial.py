"""What a series of trials tells of one class of inputs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """How many inputs of a class were tried, and how many did no harm."""

    series: str
    """What was done, as the report names it, such as "kill -9 while rendering"."""
    group: str
    """The class of inputs, such as "right-to-left marks"."""
    tried: int
    held: int
    failures: tuple[str, ...] = ()
    """What went wrong, a line for each input that did harm; printed, not frozen."""
