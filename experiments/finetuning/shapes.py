"""The tables of a fine-tuning study: their keys and columns."""

from experiments.data.registry import dataset_entry
from experiments.finetuning.stages import FINE_TUNED, before_stage
from experiments.finetuning.study import Settings
from experiments.meter.usage import USAGE_COLUMNS
from experiments.metrics.classification_tables import SHAPES
from experiments.tables.sidecar import Column

RUN = Column(name="run", type="string", meaning="seed-N, or all: the mean over the seeds; what has no seed is all")
STAGE = Column(name="stage", type="string", meaning=(
    "zero-shot (-mean and the like: ranked otherwise; -generated: read out of generated text), untrained-head (a "
    "classifier whose head is newly initialised), pretrained-head (one whose checkpoint has the head) or fine-tuned"
))  # fmt: skip
COUNT_COLUMNS = (
    Column(name="logical_base", type="integer", unit="parameter",
           meaning="elements of the model with its head, each tied tensor once"),
    Column(name="added", type="integer", unit="parameter",
           meaning="elements that PEFT adds: LoRA and the copy of a saved head"),
    Column(name="trainable", type="integer", unit="parameter", meaning="elements that require a gradient"),
    Column(name="stored", type="integer", unit="parameter",
           meaning="elements that the tensors hold; NF4 packs two weights into one"),
)  # fmt: skip

SCORES_KEY = ("run", "stage", "score")
EXAMPLES_KEY = ("run", "id")
TRANSITIONS_KEY = ("run", "correctness")
TESTS_KEY = ("run", "test")
CURVES_KEY = ("run", "step")
COST_KEY = ("run", "stage")
SPLITS_KEY = ("part",)
GEOMETRY_KEY = ("stage",)


def _text(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="string", meaning=meaning, **more)


def _integer(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="integer", meaning=meaning, **more)


def _number(name: str, meaning: str, decimals: int | None = 6, **more) -> Column:
    return Column(name=name, type="number", decimals=decimals, meaning=meaning, **more)


def scores_columns() -> tuple[Column, ...]:
    """Those of every classifier, with the stage and the run in place of the side."""
    common = {column.name: column for column in SHAPES["scores"].columns if column.name != "side"}
    interval = _text("interval", "wilson for proportions, bootstrap (percentile) for the rest; over several seeds "
                     "bootstrap of the examples, each with all its predictions", nullable=True)  # fmt: skip
    return (
        RUN, STAGE, *(common | {"interval": interval}).values(),
        _integer("seeds", "how many trained models the value is the mean of"),
        _integer("ties", "examples whose best labels tie; the first of them counts as predicted", nullable=True),
    )  # fmt: skip


def examples_columns(settings: Settings) -> tuple[Column, ...]:
    """Ids, labels, probabilities and features; never the text of the data set."""
    before = before_stage(settings)

    def probability(side: str, label: str, stage: str) -> Column:
        return _number(f"{side}_{label}", f"probability of {label} by the {stage} model")

    return (
        RUN,
        _text("id", "identifier of the example"),
        _text("gold", "gold label"),
        _text("before", f"label predicted by the {before} model"),
        _text("after", f"label predicted by the {FINE_TUNED} model"),
        _text("correctness", "both-right, corrected, broken or both-wrong"),
        *(probability("before", label, before) for label in settings.labels),
        *(probability("after", label, FINE_TUNED) for label in settings.labels),
        _integer("words", "words of the text, or of both texts"),
        _integer("tokens", "tokens of what the classifier reads, before it is cut"),
        Column(name="truncated", type="boolean", meaning="whether it was cut"),
        _number("overlap", "share of the second text's distinct words that stand in the first", nullable=True),
        Column(name="negation", type="boolean", meaning="whether the text (of two, the second) holds a negation"),
    )


def transitions_columns() -> tuple[Column, ...]:
    return (RUN, *SHAPES["transitions"].columns, _integer("seeds", "how many trained models were counted"))


def tests_columns() -> tuple[Column, ...]:
    described = "mcnemar-exact: two-sided binomial test on the discordant examples of one run; paired-bootstrap: " \
                "of the examples, over all runs"  # fmt: skip
    common = [column for column in SHAPES["tests"].columns if column.name != "test"]
    return (
        RUN,
        _text("test", described),
        *common,
        _number("p_holm", "p-value by Holm's correction for the runs of this test", decimals=None),
    )


def curves_columns() -> tuple[Column, ...]:
    return (
        RUN,
        _integer("step", "steps of the optimiser"),
        _number("epoch", "passes over the training examples"),
        _number("train_loss", "mean training loss since the point before", direction="lower"),
        _number("validation_loss", "loss on the validation examples", direction="lower"),
        _number("validation_accuracy", "accuracy on the validation examples", direction="higher"),
        _number("learning_rate", "learning rate of this step", decimals=None),
        Column(name="best", type="boolean", meaning="whether this checkpoint was chosen, by the validation alone"),
    )


def cost_columns() -> tuple[Column, ...]:
    stage = _text("stage", "training, or the stage whose predictions of the test examples were made")
    return (
        RUN, stage,
        _text("method", "head, lora, qlora or full; none before fine-tuning", nullable=True),
        _text("model", "registry name of the model"),
        _text("dtype", "type of the numbers that the model computes with"),
        _integer("examples", "examples that went through the model, in training as often as there are epochs"),
        _integer("interruptions", "how often the run was stopped and went on"),
        *USAGE_COLUMNS, *COUNT_COLUMNS,
    )  # fmt: skip


def splits_columns(settings: Settings) -> tuple[Column, ...]:
    labels = dataset_entry(settings.data.name).labels
    return (
        _text("part", "train, validation or test"),
        _text("dataset", "registry name of the data set"),
        _text("split", "the split of the data set that the examples are from"),
        _text("rule", "how they were chosen"),
        _integer("n", "examples"),
        *(_integer(f"n_{label}", f"examples of the label {label}") for label in labels),
        _integer("left_out", "examples left out, since their normalised text stands in a later part"),
        _integer("truncated", "examples whose text was cut"),
        _integer("longest", "tokens of the longest example, before it is cut"),
        _text("sha256", "digest of the examples: ids and contents"),
    )


def geometry_columns() -> tuple[Column, ...]:
    return (
        _text("stage", "training, or evaluation: forward passes without gradients"),
        _text("method", "head, lora, qlora or full"),
        _text("model", "registry name of the model, whose weights are random here"),
        _text("dtype", "type of the numbers that the model computes with"),
        _integer("steps", "measured steps"),
        _integer("batch_size", "examples of a step"),
        _integer("length", "tokens of an example"),
        *USAGE_COLUMNS, *COUNT_COLUMNS,
    )  # fmt: skip
