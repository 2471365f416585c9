"""The key of a study that names the split to test on."""

from typing import Annotated

from pydantic import AfterValidator, ValidationInfo


def _check_not_of_training(split: str, info: ValidationInfo) -> str:
    if split == info.data.get("train"):
        raise ValueError("the split that is trained on: no examples would be left to train on; name another split")
    return split


TestSplit = Annotated[str, AfterValidator(_check_not_of_training)]
"""The split that tests, all of it, beside a key `train`: what stands in it is not trained on."""
