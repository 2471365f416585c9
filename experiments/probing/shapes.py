"""The tables of a study of probes: their keys and columns."""

from experiments.meter.usage import USAGE_COLUMNS
from experiments.probing.study import Study
from experiments.statistics.level import CONFIDENCE_TEXT, LEVEL_TEXT
from experiments.system import StudyColumns
from experiments.tables.columns import flag, integer, number, text
from experiments.tables.sidecar import Column

MODEL = text("model", "registry name of the model")
WEIGHTS = text("weights", "trained, or random: the control with the same config and tokenizer and random weights")
POOLING = text(
    "pooling",
    "the hidden state that is probed: of the last token, the mean over all tokens, or of the last "
    "token of the field of this name",
)
TARGET = text("target", "the field that is predicted")
LAYER = integer("layer", "number of the block whose output is probed; 0 is the embedding")
SEED = integer("seed", "the seed of the folds, the control tasks and the random weights")
SEEDS = integer("seeds", "how many seeds the value is the mean of")
SCORE_OF_TESTS = text("score", "accuracy for a classification, mse for a regression")
P_HOLM = number("p_holm", "p-value by Holm's correction for the tests of its family", decimals=None)
TESTS = integer("tests", "tests of the family that Holm's correction is for")
TEST = text(
    "test",
    "mcnemar-exact for a classification of one seed; for a regression, and for the mean over several seeds, "
    "paired-bootstrap of the examples",
)

EFFECTIVE_RANK = (
    "exp of the entropy of the normalised singular values of the standardised hidden states of all examples "
    "(Roy & Vetterli 2007); 0 where no feature varies"
)
SHARE_CONSTANT = (
    "share of features that do not vary: standard deviation at most 1e-5 of the feature's root mean square, or 1e-7 of "
    "that of all features"
)
FEATURES = integer("features", "features of a hidden state")
DISTINCT = integer("distinct", "distinct hidden states among the examples")
DEGENERATE = flag("degenerate", "whether no feature varies at all: the probe can only be its baseline")

LAYERS = (
    MODEL,
    WEIGHTS,
    POOLING,
    TARGET,
    LAYER,
    text("score", "accuracy or macro_f1 of a classification; mse, mae or r2 of a regression"),
    integer("depth", "blocks of the model"),
    number("value", "the score of the held-out predictions, mean over the seeds"),
    number("low", f"lower bound of its {CONFIDENCE_TEXT} interval", lower_bound_of="value"),
    number("high", f"upper bound of its {CONFIDENCE_TEXT} interval", upper_bound_of="value"),
    text(
        "interval",
        "wilson for the accuracy of one seed, otherwise bootstrap (percentile) of the examples, each with the "
        "predictions of all seeds",
    ),
    integer("n", "examples, each predicted once for each seed", n_of="value"),
    SEEDS,
    number("seed_sd", "standard deviation of the seeds' scores; none of a single seed", nullable=True),
    number("baseline", "the score of predicting the training part's most frequent class or its mean"),
    number("control_mean", "mean score of the control tasks"),
    number("control_sd", "standard deviation of their scores; none of a single one", nullable=True),
    integer("controls", "control tasks, of all seeds together", n_of="control_mean"),
    number("control_baseline", "mean score of the control tasks' own baselines"),
    number(
        "selectivity",
        "how much better the score is than the mean of the controls: value minus control_mean, for "
        "mse and mae control_mean minus value; r2 alone allows for controls that spread otherwise than the target",
    ),
    number(
        "selectivity_low",
        f"lower bound of its {CONFIDENCE_TEXT} bootstrap interval, examples and controls drawn",
        lower_bound_of="selectivity",
    ),
    number(
        "selectivity_high", f"upper bound of its {CONFIDENCE_TEXT} bootstrap interval", upper_bound_of="selectivity"
    ),
    number(
        "random_weights",
        "the score of the random-weights control at this layer; none in that control's own rows",
        nullable=True,
    ),
    number("penalty", "median over all folds of the penalty chosen inside the training part", decimals=None),
    integer(
        "penalty_at_edge",
        "folds, of all seeds, in which the chosen penalty is the smallest or largest that was offered",
    ),
    number("effective_rank", EFFECTIVE_RANK, decimals=2),
    FEATURES,
    number("share_constant", SHARE_CONSTANT),
    DISTINCT,
    DEGENERATE,
)
LAYERS_KEY = ("model", "weights", "pooling", "target", "layer", "score")

ANOMALIES = (
    MODEL,
    POOLING,
    TARGET,
    text(
        "rule",
        "later-worse: a layer is worse than an earlier one (the one before it; of first, middle and last, "
        "any earlier one); error-grows: over the layers, degenerate ones left out, the mean error rises (slope); "
        "at-baseline: a layer is not shown to be better than its baseline; random-weights-better: the "
        "random-weights control is better",
    ),
    integer("layer", "the layer that the rule is about; for error-grows the last one"),
    text("against", "what it is held against: layer-K, baseline or random-weights (that control)"),
    SCORE_OF_TESTS,
    number("value", "score of the layer"),
    number("reference", "score of what it is held against"),
    number(
        "effect",
        "value minus reference; for error-grows the slope of the mean error (share wrong, or squared "
        "error) over the relative depth from 0 to 1",
    ),
    number("low", f"lower bound of its {CONFIDENCE_TEXT} paired bootstrap interval", lower_bound_of="effect"),
    number("high", f"upper bound of its {CONFIDENCE_TEXT} paired bootstrap interval", upper_bound_of="effect"),
    integer("n", "examples", n_of="effect"),
    SEEDS,
    text(
        "test",
        "mcnemar-exact for an accuracy of one seed; for an mse, a slope and the mean over several seeds "
        "paired-bootstrap of the examples",
    ),
    number("p_value", "two-sided p-value of no difference", decimals=None),
    P_HOLM,
    TESTS,
    flag(
        "found",
        f"whether the rule holds: at {LEVEL_TEXT} by p_holm and in its direction; at-baseline holds where the layer "
        "is not better than the baseline by p_holm",
    ),
    flag("degenerate", "whether a layer that is compared has no feature that varies"),
)
ANOMALIES_KEY = ("model", "pooling", "target", "rule", "layer", "against")

COMPARISONS = (
    POOLING,
    TARGET,
    text("place", "first (the embedding), middle (half of the blocks, rounded down) or last"),
    text("model", "registry name of one trained model"),
    text("other", "registry name of another"),
    integer("layer", "layer of the one at this place"),
    integer("other_layer", "layer of the other at this place"),
    SCORE_OF_TESTS,
    number("value", "score of the one"),
    number("other_value", "score of the other"),
    number("difference", "value minus other_value; of an mse, below 0 is in favour of the one"),
    number("low", f"lower bound of its {CONFIDENCE_TEXT} paired bootstrap interval", lower_bound_of="difference"),
    number("high", f"upper bound of its {CONFIDENCE_TEXT} paired bootstrap interval", upper_bound_of="difference"),
    integer("n", "examples, in the same folds for both", n_of="difference"),
    SEEDS,
    integer(
        "only_model", "predictions, of all seeds, that the one alone has right; none for a regression", nullable=True
    ),
    integer(
        "only_other", "predictions, of all seeds, that the other alone has right; none for a regression", nullable=True
    ),
    TEST,
    number("p_value", "two-sided p-value of no difference", decimals=None),
    P_HOLM,
    TESTS,
    text("better", f"the model that is better at {LEVEL_TEXT} by p_holm; none where neither is", nullable=True),
    flag("degenerate", "whether a layer that is compared has no feature that varies"),
)
COMPARISONS_KEY = ("pooling", "target", "place", "model", "other")

SELECTION = (
    integer("step", "order in which the rules apply"),
    text("rule", "what is left out"),
    integer("left_out", "examples that this rule leaves out"),
    integer("remaining", "examples that are still there"),
)
SELECTION_KEY = ("step",)

TARGETS = (
    TARGET,
    text("kind", "classification or regression"),
    text("probe", "logistic regression or ridge regression, as scikit-learn defines them"),
    text("dataset", "registry name of the data set"),
    text("split", "split of the data set"),
    integer("n", "examples"),
    integer("classes", "classes; none for a regression", nullable=True),
    text("majority", "the most frequent class; none for a regression", nullable=True),
    number("mean", "mean of the values; none for a classification", nullable=True),
    number("sd", "their standard deviation; none for a classification", nullable=True),
    text("types_by", "the field whose values are the types of the control tasks"),
    integer("types", "distinct types"),
    integer("types_alone", "types of one example only: their control targets cannot be learned from other examples"),
    integer("folds", "folds of each seed"),
    text("sha256", "digest of the examples: ids and contents"),
    text("folds_sha256", "digest of the ids with their folds, of all seeds"),
)
TARGETS_KEY = ("target",)

CLASSES = (
    TARGET,
    text("label", "class"),
    integer("count", "examples of the class"),
    integer("n", "all examples", n_of="share"),
    number("share", "count over n"),
)
CLASSES_KEY = ("target", "label")

INPUTS = (
    MODEL,
    integer("n", "prompts"),
    integer("depth", "blocks of the model"),
    FEATURES,
    integer("tokens", "tokens of all prompts; none is cut"),
    integer("longest", "tokens of the longest prompt"),
    integer("context", "tokens that the model can read; none where nothing says so", nullable=True),
    integer("last_tokens", "distinct tokens in which the prompts end"),
    integer("unknown", "prompts with a token that stands for what the vocabulary does not have"),
)
INPUTS_KEY = ("model",)

COST = (
    MODEL,
    WEIGHTS,
    text("stage", "states: one pass for all layers and poolings; probes: all probes and controls on them"),
    integer("n", "prompts"),
    integer(
        "tasks", "probes and control tasks scored, over layers, poolings and targets; none for states", nullable=True
    ),
    *USAGE_COLUMNS,
)
COST_KEY = ("model", "weights", "stage")

EXAMPLE = text("example", "id of the example in its data set")
LABEL = text("label", "the class that is the target; none for a regression", nullable=True)
VALUE = number("value", "the number that is the target; none for a classification", decimals=None, nullable=True)
TYPE = integer(
    "type", "number of the example's type, for the control tasks: examples of one type share a control target"
)
CONTROL = integer("control", "number of the control task")

EXAMPLES = (
    SEED,
    TARGET,
    EXAMPLE,
    integer("fold", "the fold that holds the example out"),
    TYPE,
    LABEL,
    VALUE,
)
EXAMPLES_KEY = ("seed", "target", "example")

CONTROL_TARGETS = (
    SEED,
    TARGET,
    TYPE,
    CONTROL,
    LABEL,
    VALUE,
)
CONTROL_TARGETS_KEY = ("seed", "target", "type", "control")

HIDDEN_STATES = (
    MODEL,
    WEIGHTS,
    POOLING,
    LAYER,
    number("effective_rank", EFFECTIVE_RANK, decimals=None),
    FEATURES,
    number("share_constant", SHARE_CONSTANT, decimals=None),
    DISTINCT,
    DEGENERATE,
)
HIDDEN_STATES_KEY = ("model", "weights", "pooling", "layer")

PENALTIES = (
    MODEL,
    WEIGHTS,
    POOLING,
    LAYER,
    TARGET,
    SEED,
    integer("fold", "the fold that is held out"),
    number("penalty", "weight of the squared norm, chosen inside the training part", decimals=None),
)
PENALTIES_KEY = ("model", "weights", "pooling", "layer", "target", "seed", "fold")

PREDICTED_KEY = ("model", "weights", "pooling", "layer", "target", "seed", "example")


_PREDICTED = (MODEL, WEIGHTS, POOLING, LAYER, TARGET, SEED, EXAMPLE)
_OF_CLASSES = (*_PREDICTED, text("predicted", "the class that the probe predicts, fitted on the other folds"))
_OF_NUMBERS = (
    *_PREDICTED,
    number("predicted", "the number that the probe predicts, fitted on the other folds", decimals=None),
)


def _predicted_classes(study: Study) -> tuple[Column, ...]:
    controls = (text(f"control_{k}", f"the class that control task {k} predicts") for k in _controls(study))
    return (*_OF_CLASSES, *controls)


def _predicted_numbers(study: Study) -> tuple[Column, ...]:
    controls = (
        number(f"control_{k}", f"the number that control task {k} predicts, rounded", None) for k in _controls(study)
    )
    return (*_OF_NUMBERS, *controls)


def _controls(study: Study) -> range:
    return range(1, study.chosen.controls.n + 1)


# A column for the target's predictions, and one for those of each control task.
PREDICTED_CLASSES = StudyColumns(_OF_CLASSES, _predicted_classes, ("control_*",))
PREDICTED_NUMBERS = StudyColumns(_OF_NUMBERS, _predicted_numbers, ("control_*",))
