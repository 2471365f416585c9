"""The table of counts: each configuration, by component and in total."""

from collections.abc import Iterator

from experiments.parameters.study import Study
from experiments.tables.sidecar import Column

COLUMNS = (
    Column(name="configuration", type="string", meaning="name of the configuration in the study"),
    Column(name="component", type="string", meaning="embedding, attention, mlp, norms or head; or their total"),
    Column(name="model", type="string", meaning="registry name of the model"),
    Column(name="head", type="string", meaning="task head: none, causal, classification or qa"),
    Column(name="labels", type="integer", nullable=True, meaning="outputs of a classification or qa head"),
    Column(name="lora", type="string", nullable=True, meaning="rank and targets of the LoRA adapter"),
    Column(name="quantization", type="string", nullable=True, meaning="how the linear layers are packed"),
    Column(name="logical_base", type="integer", meaning="elements of the model with its head, each tied tensor once"),
    Column(name="added", type="integer", meaning="elements that PEFT adds: LoRA and the copy of a saved head"),
    Column(name="trainable", type="integer", meaning="elements that require a gradient"),
    Column(
        name="stored",
        type="integer",
        meaning="elements that the tensors hold; NF4 packs two weights into one, q4_1 and q4_k_m count bytes of blocks",
    ),
)


def count_rows(study: Study) -> Iterator[dict[str, object]]:
    """Six rows for each configuration, in the order of the study."""
    for configuration in study.configurations:
        counted = configuration.count()
        for component, columns in counted.rows():
            yield {
                "configuration": configuration.name,
                "component": component,
                "model": counted.model,
                "head": counted.head,
                "labels": counted.labels,
                "lora": str(counted.lora) if counted.lora else None,
                "quantization": counted.quantization,
                "logical_base": columns.logical_base,
                "added": columns.added,
                "trainable": columns.trainable,
                "stored": columns.stored,
            }
