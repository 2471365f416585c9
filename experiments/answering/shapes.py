"""The tables of a study of question answering: their keys and columns."""

from experiments.meter.usage import USAGE_COLUMNS
from experiments.metrics.answer_tables import ANSWER_SCORE_COLUMNS, ANSWER_TEST_COLUMNS, ANSWER_TRANSITION_COLUMNS
from experiments.tables.sidecar import Column


def _text(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="string", meaning=meaning, **more)


def _integer(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="integer", meaning=meaning, **more)


def _number(name: str, meaning: str, decimals: int | None = 6, **more) -> Column:
    return Column(name=name, type="number", decimals=decimals, meaning=meaning, **more)


def _flag(name: str, meaning: str) -> Column:
    return Column(name=name, type="boolean", meaning=meaning)


APPROACH = _text("approach", "how questions are answered: a name of the study")
RUN = _text("run", "seed-N, or all: the mean over the seeds; what has no seed is all")
STAGE = _text("stage", "zero-shot, untrained-head (a head that is newly initialised), pretrained-head (one that the "
                       "checkpoint has) or fine-tuned")  # fmt: skip
POLICY = _text("policy", "threshold: answers whose margin is not above the threshold of the validation questions are "
                         "abstentions; always-answer: whatever answer there is counts")  # fmt: skip
SEEDS = _integer("seeds", "how many trained models the value is the mean of")

SCORES = (APPROACH, RUN, STAGE, POLICY, *ANSWER_SCORE_COLUMNS, SEEDS)
SCORES_KEY = ("approach", "run", "stage", "policy", "score")

TESTS = (
    APPROACH, RUN, POLICY, *ANSWER_TEST_COLUMNS,
    _number("p_holm", "p-value by Holm's correction for the runs of this test", decimals=None),
)  # fmt: skip
TESTS_KEY = ("approach", "run", "policy", "quantity")

TRANSITIONS = (APPROACH, RUN, POLICY, *ANSWER_TRANSITION_COLUMNS, SEEDS)
TRANSITIONS_KEY = ("approach", "run", "policy", "correctness")


def _side(side: str) -> tuple[Column, ...]:
    when = f"{side} fine-tuning"
    return (
        _flag(f"{side}_answered", f"whether an answer is given {when}, by the threshold"),
        _integer(f"{side}_start", f"first character in the paragraph of the best answer {when}, given or not; none "
                 "where it does not stand there", nullable=True),
        _integer(f"{side}_end", "the character after its last", nullable=True),
        _number(f"{side}_margin", "how far the model prefers it to none: difference of logits (extractive) or of log-"
                "likelihoods per token (generative); none where there is no answer", nullable=True),
        _integer(f"{side}_gold_rank", "rank of the first exactly right one of the best spans; none where there is none",
                 nullable=True),
        _integer(f"{side}_exact", f"1 where what is given {when} is exactly right, else 0"),
        _number(f"{side}_f1", "its token F1, from 0 to 1"),
    )  # fmt: skip


EXAMPLES = (
    APPROACH, RUN,
    _text("id", "identifier of the question in its data set"),
    _text("paragraph", "identifier of its paragraph: a digest of title and text"),
    _flag("answerable", "whether the paragraph answers it"),
    *_side("before"), *_side("after"),
    _text("correctness", "by exact match: both-right, corrected, broken or both-wrong"),
    _integer("question_words", "words of the question"),
    _integer("context_words", "words of the paragraph"),
    _number("overlap", "share of the question's distinct words that stand in the paragraph", nullable=True),
    _integer("tokens", "tokens of question and paragraph, before anything is cut"),
    _integer("windows", "windows in which the paragraph is read"),
    _flag("truncated", "whether a part of question or paragraph is not read at all"),
)  # fmt: skip
EXAMPLES_KEY = ("approach", "run", "id")

THRESHOLDS = (
    APPROACH, RUN, STAGE,
    _number("threshold", "the margin above which an answer is given; none where giving all answers or giving none "
            "is best on the validation questions: the F1 columns say which", nullable=True),
    _integer("validation_n", "validation questions that it was chosen on", n_of="validation_f1"),
    _number("validation_f1", "their F1 with it, from 0 to 100", decimals=4),
    _number("validation_f1_always", "their F1 when every answer is given", decimals=4),
    _number("validation_f1_never", "their F1 when none is given", decimals=4),
    _integer("n", "test questions"),
    _integer("answered", "test questions that are answered with it"),
    _integer("unparsed", "test questions to which a text was generated that holds no answer: an abstention"),
    _integer("declined", "test questions to which the generated text says that there is no answer: an abstention"),
    _integer("unfinished", "generated texts that did not end within the limit, and were cut off there"),
)
THRESHOLDS_KEY = ("approach", "run", "stage")

CURVES = (
    APPROACH, RUN,
    _integer("step", "steps of the optimiser"),
    _number("epoch", "passes over the training questions"),
    _number("train_loss", "mean training loss since the point before", direction="lower"),
    _number("validation_loss", "loss on the validation questions", direction="lower"),
    _number("learning_rate", "learning rate of this step", decimals=None),
    _flag("best", "whether this checkpoint was chosen, by the validation alone"),
)  # fmt: skip
CURVES_KEY = ("approach", "run", "step")

COST = (
    APPROACH, RUN,
    _text("stage", "training, or the stage whose answers to the test questions were made"),
    _text("method", "head, lora, qlora or full; none before fine-tuning", nullable=True),
    _text("model", "registry name of the model"),
    _text("dtype", "type of the numbers that the model computes with"),
    _integer("examples", "questions that went through the model, in training as often as there are epochs"),
    _integer("rows", "windows or prompts of these questions"),
    _integer("interruptions", "how often the run was stopped and went on"),
    *USAGE_COLUMNS,
    _integer("logical_base", "elements of the model with its head, each tied tensor once", unit="parameter"),
    _integer("added", "elements that PEFT adds: LoRA and the copy of a saved head", unit="parameter"),
    _integer("trainable", "elements that require a gradient", unit="parameter"),
    _integer("stored", "elements that the tensors hold; NF4 packs two weights into one", unit="parameter"),
)  # fmt: skip
COST_KEY = ("approach", "run", "stage")

SPLITS = (
    _text("part", "train, validation or test"),
    _text("dataset", "registry name of the data set"),
    _text("split", "the split of the data set that the questions are from"),
    _text("rule", "how they were chosen"),
    _integer("n", "questions"),
    _integer("n_answerable", "questions that their paragraph answers"),
    _integer("paragraphs", "paragraphs that they are about"),
    _integer("articles", "articles that these are from"),
    _integer("left_out", "questions left out, since their normalised paragraph stands in a later part"),
    _text("sha256", "digest of the questions: ids and contents"),
)
SPLITS_KEY = ("part",)

INPUTS = (
    APPROACH,
    _text("part", "train, validation or test"),
    _text("model", "registry name of the model"),
    _integer("max_tokens", "tokens of a row at most"),
    _integer("n", "questions"),
    _integer("rows", "rows that they became"),
    _integer("windowed", "questions whose paragraph is read in more than one window"),
    _integer("truncated", "questions of which a part of question or paragraph is not read at all"),
    _integer("longest", "tokens of the longest question with its paragraph, before anything is cut"),
)
INPUTS_KEY = ("approach", "part")
