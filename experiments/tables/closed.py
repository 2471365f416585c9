"""The base of every model of a file that people write or that we promise to keep."""

from pydantic import BaseModel, ConfigDict


class Closed(BaseModel):
    """A pydantic model that refuses keys which nobody reads, and never changes once it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)
