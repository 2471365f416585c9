"""What loading found: which weights came from the checkpoint, and which are new and know nothing yet."""

import re
from dataclasses import asdict, dataclass
from typing import Literal

from experiments.hub.place import How
from experiments.tables.digest import sha256_json
from experiments.tables.errors import UserError, printable

Task = Literal["causal", "classification", "qa", "encoder"]
Weights = Literal["trained", "random", "geometry"]

WHOLE = ("F64", "F32", "F16", "BF16")  # types of a GGUF file's tensors that are not quantised
NEW_HEADS: tuple[Task, ...] = ("classification", "qa")
"""The tasks whose head a checkpoint may lack: it is then new, and knows nothing before it is trained."""


@dataclass(frozen=True)
class LoadingReport:
    """How a model was loaded. Key lists are names of weights, sorted.

    `missing` weights were not in the checkpoint and are newly initialised, `unexpected` ones were in it and have no
    place in the model, `mismatched` ones had another shape. `pad` says which token pads and how it was come
    by; there is none without a tokenizer.
    """

    model: str
    task: Task
    architecture: str
    weights: Weights
    how: How
    revision: str | None
    dtype: str
    quantization: str | None
    weights_sha256: str
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[str, ...]
    pad: str | None

    @property
    def newly_initialised(self) -> tuple[str, ...]:
        return tuple(sorted({*self.missing, *self.mismatched}))

    @property
    def untrained_head(self) -> bool:
        """Whether predictions come from weights that nobody trained: to be frozen as `untrained head` only."""
        return bool(self.newly_initialised)

    def digests(self, role: str) -> dict[str, str]:
        """SHA-256 of the weights and of this report, by what it is of, for a sidecar.

        `role` is what the model was loaded as, such as "decoder".
        """
        report = {f"{self.model} as {role}, loading report": self.digest()}
        return {self.model: self.weights_sha256, **self.stored(), **report}

    def stored(self) -> dict[str, str]:
        """That the weights were quantised in the file that has this SHA-256, and how; nothing where they were not."""
        how = self.quantization or ""
        types = {name for name, _ in re.findall(r"(\w+) (\d+)", how)}
        lossy = "GGUF" in how and types - {*WHOLE}
        return {f"{self.model}, weights quantised, {how}": self.weights_sha256} if lossy else {}

    def digest(self) -> str:
        """SHA-256 of the whole report, the weights' digest included."""
        return sha256_json(asdict(self))


def is_of_head(name: str, backbone: str) -> bool:
    """Whether a weight belongs to what a task puts on the model called `backbone`: all beside it, and its pooler."""
    first, _, rest = name.partition(".")
    return first != backbone or rest.startswith("pooler.")


def check_backbone(report: LoadingReport, backbone: str) -> None:
    """Raise UserError unless everything but the head of the task came from the checkpoint.

    `backbone` is the name under which the model keeps what is not its head.

    This is what stops `LlamaForQuestionAnswering`, whose backbone has another name than in a causal checkpoint: it
    loads none of it, and says so only in a warning.
    """
    new_head = report.task in NEW_HEADS
    lost = [name for name in report.newly_initialised if not (new_head and is_of_head(name, backbone))]
    if lost:
        raise UserError(
            f"{report.model}: {len(lost)} weights of the backbone were not loaded from the checkpoint into "
            f"{report.architecture} (the first is {printable(lost[0])}); its results would be those of a random model"
        )
