"""The tables of a study of probes: their keys and columns."""

from experiments.meter.usage import USAGE_COLUMNS
from experiments.tables.sidecar import Column


def _text(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="string", meaning=meaning, **more)


def _integer(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="integer", meaning=meaning, **more)


def _number(name: str, meaning: str, decimals: int | None = 6, **more) -> Column:
    return Column(name=name, type="number", decimals=decimals, meaning=meaning, **more)


def _flag(name: str, meaning: str) -> Column:
    return Column(name=name, type="boolean", meaning=meaning)


MODEL = _text("model", "registry name of the model")
WEIGHTS = _text("weights", "trained, or random: the twin with the same config and tokenizer and random weights")
POOLING = _text("pooling", "the state that is probed: of the last token, the mean over all tokens, or of the last "
                           "token of the field of this name")  # fmt: skip
TARGET = _text("target", "the field that is predicted")
LAYER = _integer("layer", "number of the block whose output is probed; 0 is the embedding")
SCORE_OF_TESTS = _text("score", "accuracy for a classification, mse for a regression")
P_HOLM = _number("p_holm", "p-value by Holm's correction for the tests of its family", decimals=None)
TESTS = _integer("tests", "tests of the family that Holm's correction is for")
TEST = _text("test", "mcnemar-exact for a classification, paired-bootstrap of the examples for a regression")

LAYERS = (
    MODEL, WEIGHTS, POOLING, TARGET, LAYER,
    _text("score", "accuracy or macro_f1 of a classification; mse, mae or r2 of a regression"),
    _integer("depth", "blocks of the model"),
    _number("value", "the score of the out-of-fold predictions"),
    _number("low", "lower bound of its 95 % interval", lower_bound_of="value"),
    _number("high", "upper bound of its 95 % interval", upper_bound_of="value"),
    _text("interval", "wilson for accuracy, bootstrap (percentile, of the examples) for the others"),
    _integer("n", "examples, each predicted once", n_of="value"),
    _number("baseline", "the score of predicting the training part's most frequent class or its mean"),
    _number("control_mean", "mean score of the control tasks"),
    _number("control_sd", "standard deviation of their scores; none of a single one", nullable=True),
    _integer("controls", "control tasks", n_of="control_mean"),
    _number("selectivity", "how much better the score is than the mean of the controls: value minus control_mean, for "
            "mse and mae control_mean minus value"),
    _number("selectivity_low", "lower bound of its 95 % bootstrap interval, examples and controls drawn",
            lower_bound_of="selectivity"),
    _number("selectivity_high", "upper bound of its 95 % bootstrap interval", upper_bound_of="selectivity"),
    _number("twin", "the score of the random twin at this layer; none in the twin's own rows", nullable=True),
    _number("penalty", "median over the folds of the penalty chosen inside the training part", decimals=None),
    _integer("penalty_at_edge", "folds in which the chosen penalty is the smallest or largest that was offered"),
    _number("effective_rank", "exp of the entropy of the normalised singular values of the standardised states of all "
            "examples (Roy & Vetterli 2007); 0 where no feature varies", decimals=2),
    _integer("features", "features of a state"),
    _number("share_constant", "share of features that do not vary: standard deviation at most 1e-5 of the feature's "
            "root mean square, or 1e-7 of that of all features"),
    _integer("distinct", "distinct states among the examples"),
    _flag("degenerate", "whether no feature varies at all: the probe can only be its baseline"),
)  # fmt: skip
LAYERS_KEY = ("model", "weights", "pooling", "target", "layer", "score")

ANOMALIES = (
    MODEL, POOLING, TARGET,
    _text("rule", "later-worse: a layer is worse than an earlier one (the one before it; of first, middle and last, "
          "any earlier one); error-grows: over the layers, degenerate ones left out, the mean error rises (slope); "
          "at-baseline: a layer is not shown to be better than its baseline; twin-wins: the random twin is better"),
    _integer("layer", "the layer that the rule is about; for error-grows the last one"),
    _text("against", "what it is held against: layer-K, baseline or twin"),
    SCORE_OF_TESTS,
    _number("value", "score of the layer"),
    _number("reference", "score of what it is held against"),
    _number("effect", "value minus reference; for error-grows the slope of the mean error (share wrong, or squared "
            "error) over the relative depth from 0 to 1"),
    _number("low", "lower bound of its 95 % paired bootstrap interval", lower_bound_of="effect"),
    _number("high", "upper bound of its 95 % paired bootstrap interval", upper_bound_of="effect"),
    _integer("n", "examples", n_of="effect"),
    _text("test", "mcnemar-exact for an accuracy, paired-bootstrap of the examples for an mse or a slope"),
    _number("p_value", "two-sided p-value of no difference", decimals=None),
    P_HOLM,
    TESTS,
    _flag("found", "whether the rule holds: at 5 % by p_holm and in its direction; at-baseline holds where the layer "
          "is not better than the baseline by p_holm"),
    _flag("degenerate", "whether a layer that is compared has no feature that varies"),
)  # fmt: skip
ANOMALIES_KEY = ("model", "pooling", "target", "rule", "layer", "against")

COMPARISONS = (
    POOLING, TARGET,
    _text("place", "first (the embedding), middle (half of the blocks, rounded down) or last"),
    _text("model", "registry name of one trained model"),
    _text("other", "registry name of another"),
    _integer("layer", "layer of the one at this place"),
    _integer("other_layer", "layer of the other at this place"),
    SCORE_OF_TESTS,
    _number("value", "score of the one"),
    _number("other_value", "score of the other"),
    _number("difference", "value minus other_value; of an mse, below 0 is in favour of the one"),
    _number("low", "lower bound of its 95 % paired bootstrap interval", lower_bound_of="difference"),
    _number("high", "upper bound of its 95 % paired bootstrap interval", upper_bound_of="difference"),
    _integer("n", "examples, in the same folds for both", n_of="difference"),
    _integer("only_model", "examples that the one alone has right; none for a regression", nullable=True),
    _integer("only_other", "examples that the other alone has right; none for a regression", nullable=True),
    TEST,
    _number("p_value", "two-sided p-value of no difference", decimals=None),
    P_HOLM,
    TESTS,
    _text("better", "the model that is better at 5 % by p_holm; none where neither is", nullable=True),
)  # fmt: skip
COMPARISONS_KEY = ("pooling", "target", "place", "model", "other")

SELECTION = (
    _integer("step", "order in which the rules apply"),
    _text("rule", "what is left out"),
    _integer("left_out", "examples that this rule leaves out"),
    _integer("remaining", "examples that are still there"),
)
SELECTION_KEY = ("step",)

TARGETS = (
    TARGET,
    _text("kind", "classification or regression"),
    _text("probe", "logistic regression or ridge regression, as scikit-learn defines them"),
    _text("dataset", "registry name of the data set"),
    _text("split", "split of the data set"),
    _integer("n", "examples"),
    _integer("classes", "classes; none for a regression", nullable=True),
    _text("majority", "the most frequent class; none for a regression", nullable=True),
    _number("mean", "mean of the values; none for a classification", nullable=True),
    _number("sd", "their standard deviation; none for a classification", nullable=True),
    _text("types_by", "the field whose values are the types of the control tasks"),
    _integer("types", "distinct types"),
    _integer("types_alone", "types of one example only: their control targets cannot be learned from other examples"),
    _integer("folds", "folds"),
    _text("sha256", "digest of the examples: ids and contents"),
    _text("folds_sha256", "digest of the ids with their folds"),
)
TARGETS_KEY = ("target",)

CLASSES = (
    TARGET,
    _text("label", "class"),
    _integer("count", "examples of the class"),
    _integer("n", "all examples", n_of="share"),
    _number("share", "count over n"),
)
CLASSES_KEY = ("target", "label")

INPUTS = (
    MODEL,
    _integer("n", "prompts"),
    _integer("depth", "blocks of the model"),
    _integer("features", "features of a state"),
    _integer("tokens", "tokens of all prompts; none is cut"),
    _integer("longest", "tokens of the longest prompt"),
    _integer("context", "tokens that the model can read; none where nothing says so", nullable=True),
    _integer("last_tokens", "distinct tokens in which the prompts end"),
    _integer("unknown", "prompts with a token that stands for what the vocabulary does not have"),
)
INPUTS_KEY = ("model",)

COST = (
    MODEL, WEIGHTS,
    _text("stage", "states: one pass for all layers and poolings; probes: all probes and controls on them"),
    _integer("n", "prompts"),
    _integer("fits", "probes fitted, over layers, poolings, targets, folds, penalties and controls; none for states",
             nullable=True),
    *USAGE_COLUMNS,
)  # fmt: skip
COST_KEY = ("model", "weights", "stage")
