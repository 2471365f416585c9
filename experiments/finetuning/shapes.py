"""The tables of a fine-tuning study: their keys and columns."""

from experiments.data.registry import dataset_entry
from experiments.finetuning.results import before_stage
from experiments.finetuning.study import Settings
from experiments.meter.usage import USAGE_COLUMNS
from experiments.metrics.classification_tables import SHAPES
from experiments.tables.columns import flag, integer, number, text
from experiments.tables.sidecar import Column
from experiments.training.counting import COUNT_COLUMNS
from experiments.training.curves import ACCURACY, CURVE_COLUMNS
from experiments.training.runs import COST_COLUMNS, FINE_TUNED, RUN

STAGE = text(
    "stage",
    "zero-shot (-mean and the like: ranked otherwise; -generated: read out of generated text), untrained-head (a "
    "classifier whose head is newly initialised), pretrained-head (one whose checkpoint has the head) or fine-tuned",
)

SCORES_KEY = ("run", "stage", "score")
CONFUSION_KEY = ("run", "stage", "gold", "predicted")
CONFUSION = (
    RUN,
    STAGE,
    text("gold", "gold label"),
    text("predicted", "predicted label; (none) where none could be read"),
    integer("count", "examples with these two; for all, over all seeds"),
)
EXAMPLES_KEY = ("run", "id")
TRANSITIONS_KEY = ("run", "correctness")
TESTS_KEY = ("run", "test")
CURVES_KEY = ("run", "step")
CURVES = (RUN, *CURVE_COLUMNS, ACCURACY)
COST_KEY = ("run", "stage")
COST = (RUN, *COST_COLUMNS)
SPLITS_KEY = ("part",)
GEOMETRY_KEY = ("stage",)


def scores_columns() -> tuple[Column, ...]:
    """Those of every classifier, with the stage and the run in place of the side."""
    common = {column.name: column for column in SHAPES["scores"].columns if column.name != "side"}
    interval = text(
        "interval",
        "wilson for proportions, bootstrap (percentile) for the rest; over several seeds "
        "bootstrap of the examples, each with all its predictions",
        nullable=True,
    )
    return (
        RUN,
        STAGE,
        *(common | {"interval": interval}).values(),
        integer("seeds", "how many trained models the value is the mean of"),
        integer("ties", "examples whose best labels tie; the first of them counts as predicted", nullable=True),
    )


def examples_columns(settings: Settings) -> tuple[Column, ...]:
    """Ids, labels, probabilities and features; never the text of the data set."""
    before = before_stage(settings)

    def probability(side: str, label: str, stage: str) -> Column:
        return number(f"{side}_{label}", f"probability of {label} by the {stage} model")

    return (
        RUN,
        text("id", "identifier of the example"),
        text("gold", "gold label"),
        text("before", f"label predicted by the {before} model"),
        text("after", f"label predicted by the {FINE_TUNED} model"),
        text("correctness", "both-right, corrected, broken or both-wrong"),
        *(probability("before", label, before) for label in settings.labels),
        *(probability("after", label, FINE_TUNED) for label in settings.labels),
        integer("words", "words of the text, or of both texts"),
        integer("tokens", "tokens of what the classifier reads, before it is cut"),
        flag("truncated", "whether it was cut"),
        number("overlap", "share of the second text's distinct words that stand in the first", nullable=True),
        flag("negation", "whether the text (of two, the second) holds a negation"),
    )


def transitions_columns() -> tuple[Column, ...]:
    return (RUN, *SHAPES["transitions"].columns, integer("seeds", "how many trained models were counted"))


def tests_columns() -> tuple[Column, ...]:
    described = (
        "mcnemar-exact: two-sided binomial test on the discordant examples of one run; paired-bootstrap: "
        "of the examples, over all runs"
    )
    common = [column for column in SHAPES["tests"].columns if column.name != "test"]
    return (
        RUN,
        text("test", described),
        *common,
        number("p_holm", "p-value by Holm's correction for the runs of this test", decimals=None),
    )


def splits_columns(settings: Settings) -> tuple[Column, ...]:
    labels = dataset_entry(settings.data.name).labels
    return (
        text("part", "train, validation or test"),
        text("dataset", "registry name of the data set"),
        text("split", "the split of the data set that the examples are from"),
        text("rule", "how they were chosen"),
        integer("n", "examples"),
        *(integer(f"n_{label}", f"examples of the label {label}") for label in labels),
        integer("left_out", "examples left out, since their normalised text stands in a later part"),
        integer("truncated", "examples whose text was cut"),
        integer("longest", "tokens of the longest example, before it is cut"),
        text("sha256", "digest of the examples: ids and contents"),
    )


def geometry_columns() -> tuple[Column, ...]:
    return (
        text("stage", "training, or evaluation: forward passes without gradients"),
        text("method", "head, lora, qlora or full"),
        text("model", "registry name of the model, whose weights are random here"),
        text("dtype", "type of the numbers that the model computes with"),
        integer("steps", "measured steps"),
        integer("batch_size", "examples of a step"),
        integer("length", "tokens of an example"),
        *USAGE_COLUMNS,
        *COUNT_COLUMNS,
    )
