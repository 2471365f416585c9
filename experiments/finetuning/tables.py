"""The tables of a fine-tuning study: their columns, and the functions that make their rows."""

from experiments.finetuning.derived import (
    derive_confusion,
    derive_examples,
    derive_scores,
    derive_tests,
    derive_transitions,
)
from experiments.finetuning.features import feature_rows
from experiments.finetuning.geometry import geometry_rows
from experiments.finetuning.parts import split_rows
from experiments.finetuning.results import learning_curve_rows, prediction_rows, stage_cost_rows
from experiments.finetuning.study import Study
from experiments.meter.usage import USAGE_COLUMNS
from experiments.metrics.classification_tables import SCORES, TESTS, TRANSITIONS
from experiments.metrics.correctness import CORRECTNESS
from experiments.system import StudyColumns, SystemTables, TableDeclaration
from experiments.tables.columns import flag, integer, number, text
from experiments.tables.sidecar import Column
from experiments.tables.terms import Stage
from experiments.training.counting import COUNT_COLUMNS
from experiments.training.curves import ACCURACY, CURVE_COLUMNS
from experiments.training.runs import COST_COLUMNS, RUN

ID, GOLD = text("id", "identifier of the example"), text("gold", "gold label")
STAGE = text(
    "stage",
    f"{Stage.ZERO_SHOT} (-mean and the like: ranked otherwise; -generated: read out of generated text), "
    f"{Stage.UNTRAINED_HEAD} (a classifier whose head is newly initialised), {Stage.PRETRAINED_HEAD} (one whose "
    f"checkpoint has the head) or {Stage.FINE_TUNED}",
)
FEATURES = (
    integer("words", "words of the text, or of both texts"),
    integer("tokens", "tokens of what the classifier reads, before it is cut"),
    flag("truncated", "whether it was cut"),
    number("overlap", "share of the second text's distinct words that stand in the first", nullable=True),
    flag("negation", "whether the text (of two, the second) holds a negation"),
)
CONFUSION = (
    RUN,
    STAGE,
    GOLD,
    text("predicted", "predicted label; (none) where none could be read"),
    integer("count", "examples with these two; for all, over all seeds"),
)
GEOMETRY = (
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
_INTERVAL = text(
    "interval",
    "wilson for proportions, bootstrap (percentile) for the rest; over several seeds bootstrap of the examples, each "
    "with all its predictions",
    nullable=True,
)
UNLABELLED = integer("unlabelled", "rows of the split that were left out, since they have no gold label")
SCORES_BY_STAGE = (
    RUN,
    STAGE,
    *(_INTERVAL if column.name == "interval" else column for column in SCORES),
    integer("seeds", "how many trained models the value is the mean of"),
    integer("ties", "examples whose best labels tie; the first of them counts as predicted", nullable=True),
)
_TEST = text(
    "test",
    "mcnemar-exact: two-sided binomial test on the discordant examples of one run; paired-bootstrap: of the examples, "
    "over all runs",
)
TESTS_BY_RUN = (
    RUN,
    *(_TEST if column.name == "test" else column for column in TESTS),
    number("p_holm", "p-value by Holm's correction for the runs of this test", decimals=None),
)
TRANSITIONS_BY_RUN = (RUN, *TRANSITIONS, integer("seeds", "how many trained models were counted"))


PART = (
    text("part", "train, validation or test"),
    text("dataset", "registry name of the data set"),
    text("split", "the split of the data set that the examples are from"),
    text("rule", "how they were chosen"),
    integer("n", "examples"),
)
OF_PART = (
    integer("left_out", "examples left out, since their normalised text stands in a later part"),
    integer("truncated", "examples whose text was cut"),
    integer("longest", "tokens of the longest example, before it is cut"),
    text("sha256", "digest of the examples: ids and contents"),
)
PREDICTED = (RUN, STAGE, ID, GOLD, text("predicted", "predicted label; none where none could be read", nullable=True))
TIE = flag(
    "tie",
    "whether its best labels tie, of which the first counts as predicted; none of a classifier, and where no "
    "labels were ranked",
    nullable=True,
)


def split_columns(study: Study) -> tuple[Column, ...]:
    """The columns of the table of splits: one counts the examples of each label of the data set."""
    return (
        *PART,
        *(integer(name, f"examples of the label {label}") for label, name in study.chosen.columns("n").items()),
        *((UNLABELLED,) if study.chosen.data.entry.counts_unlabelled else ()),
        *OF_PART,
    )


def prediction_columns(study: Study) -> tuple[Column, ...]:
    """The columns of the table of predictions: one has the probability of each label of the data set."""
    return (
        *PREDICTED,
        *(
            number(name, f"probability of {label}; none where no labels were ranked", nullable=True)
            for label, name in study.chosen.columns("probability").items()
        ),
        TIE,
    )


def example_columns(study: Study) -> tuple[Column, ...]:
    """Ids, labels, probabilities and features; never the text of the data set."""
    settings, before, after = study.chosen, study.chosen.before, Stage.FINE_TUNED
    return (
        RUN,
        ID,
        GOLD,
        text("before", f"label predicted by the {before} model"),
        text("after", f"label predicted by the {after} model"),
        CORRECTNESS,
        *(
            number(name, f"probability of {label} by the {model} model")
            for prefix, model in (("before", before), ("after", after))
            for label, name in settings.columns(prefix).items()
        ),
        *FEATURES,
    )


SPLITS = StudyColumns((*PART, *OF_PART), split_columns, ("n_*", UNLABELLED.name))
PREDICTIONS = StudyColumns((*PREDICTED, TIE), prediction_columns, ("probability_*",))
EXAMPLES = StudyColumns(
    (RUN, ID, GOLD, CORRECTNESS, *FEATURES), example_columns, ("before", "after", "before_*", "after_*")
)

_TOKENS = ("experiments.training.classification",)  # cuts texts into tokens
_TRAINING = (
    "experiments.finetuning.tune",
    "experiments.finetuning.zero_shot",
    "experiments.metrics.modules.classification",  # its accuracy may choose the checkpoint
)
_PREDICTIONS = ("predictions",)

TABLES = SystemTables(
    TableDeclaration("splits", "the examples of each part", ("part",), SPLITS, split_rows, made_by=_TOKENS),
    TableDeclaration(
        "predictions",
        "predictions of the test examples by stage",
        ("run", "stage", "id"),
        PREDICTIONS,
        prediction_rows,
        made_by=_TRAINING,
        format="parquet",
    ),
    TableDeclaration(
        "features", "features of the test examples", ("id",), (ID, GOLD, *FEATURES), feature_rows, made_by=_TOKENS
    ),
    TableDeclaration(
        "curves",
        "learning curves",
        ("run", "step"),
        (RUN, *CURVE_COLUMNS, ACCURACY),
        learning_curve_rows,
        made_by=_TRAINING,
    ),
    TableDeclaration(
        "cost",
        "time, memory and parameters by stage",
        ("run", "stage"),
        (RUN, *COST_COLUMNS),
        stage_cost_rows,
        made_by=_TRAINING,
    ),
    TableDeclaration(
        "scores", "scores by stage", ("run", "stage", "score"), SCORES_BY_STAGE, derive_scores, reads=_PREDICTIONS
    ),
    TableDeclaration(
        "confusion",
        "confusion counts by stage",
        ("run", "stage", "gold", "predicted"),
        CONFUSION,
        derive_confusion,
        reads=_PREDICTIONS,
    ),
    TableDeclaration(
        "examples",
        "examples before and after",
        ("run", "id"),
        EXAMPLES,
        derive_examples,
        reads=("predictions", "features"),
    ),
    TableDeclaration(
        "transitions",
        "transitions from before to after",
        ("run", "correctness"),
        TRANSITIONS_BY_RUN,
        derive_transitions,
        reads=_PREDICTIONS,
    ),
    TableDeclaration(
        "tests", "tests of after against before", ("run", "test"), TESTS_BY_RUN, derive_tests, reads=_PREDICTIONS
    ),
    TableDeclaration("geometry", "time and memory at full size", ("stage",), GEOMETRY, geometry_rows),
)
OF_GEOMETRY = ("geometry",)
OF_EXAMPLES = tuple(name for name in TABLES.by_name if name not in OF_GEOMETRY)
