"""The tables of a study of question answering: their keys and columns."""

from experiments.metrics.answer_tables import ANSWER_SCORE_COLUMNS, ANSWER_TEST_COLUMNS, ANSWER_TRANSITION_COLUMNS
from experiments.metrics.answers import ANSWER_COLUMNS
from experiments.metrics.correctness import CLASSES_TEXT
from experiments.tables.columns import flag, integer, number, text
from experiments.tables.sidecar import Column
from experiments.tables.terms import Stage
from experiments.training.curves import CURVE_COLUMNS
from experiments.training.runs import COST_COLUMNS, RUN

APPROACH = text("approach", "how questions are answered: a name of the study")
STAGE = text(
    "stage",
    f"{Stage.ZERO_SHOT}, {Stage.UNTRAINED_HEAD} (a head that is newly initialised), {Stage.PRETRAINED_HEAD} (one that "
    f"the checkpoint has) or {Stage.FINE_TUNED}",
)
POLICY = text(
    "policy",
    "threshold: answers whose margin is not above the threshold of the validation questions are "
    "abstentions; always-answer: whatever answer there is counts",
)
SEEDS = integer("seeds", "how many trained models the value is the mean of")

ANSWERS = (
    APPROACH,
    RUN,
    STAGE,
    POLICY,
    *ANSWER_COLUMNS,
    number(
        "margin",
        "how far the model prefers its best answer, given or not, to none: difference of logits (extractive) or of "
        "log-likelihoods per token (generative; that of the answer itself without words to decline); none where there "
        "is no answer",
        decimals=None,
        nullable=True,
    ),
    integer(
        "start",
        "first character in the paragraph of the best answer, given or not; none where it does not stand there",
        nullable=True,
    ),
    integer("end", "the character after its last", nullable=True),
    integer(
        "gold_rank",
        "rank of the first exactly right one of the best spans; none where there is none",
        nullable=True,
    ),
)
ANSWERS_KEY = ("approach", "run", "stage", "policy", "id")

SCORES = (APPROACH, RUN, STAGE, POLICY, *ANSWER_SCORE_COLUMNS, SEEDS)
SCORES_KEY = ("approach", "run", "stage", "policy", "score")

TESTS = (
    APPROACH,
    RUN,
    POLICY,
    *ANSWER_TEST_COLUMNS,
    number("p_holm", "p-value by Holm's correction for the runs of this test", decimals=None),
)
TESTS_KEY = ("approach", "run", "policy", "quantity")

TRANSITIONS = (APPROACH, RUN, POLICY, *ANSWER_TRANSITION_COLUMNS, SEEDS)
TRANSITIONS_KEY = ("approach", "run", "policy", "correctness")


def _side(side: str) -> tuple[Column, ...]:
    when = f"{side} fine-tuning"
    return (
        flag(f"{side}_answered", f"whether an answer is given {when}, by the threshold"),
        integer(
            f"{side}_start",
            f"first character in the paragraph of the best answer {when}, given or not; none "
            "where it does not stand there",
            nullable=True,
        ),
        integer(f"{side}_end", "the character after its last", nullable=True),
        number(
            f"{side}_margin",
            "how far the model prefers it to none: difference of logits (extractive) or of log-likelihoods per token "
            "(generative; that of the answer itself without words to decline); none where there is no answer",
            nullable=True,
        ),
        integer(
            f"{side}_gold_rank",
            "rank of the first exactly right one of the best spans; none where there is none",
            nullable=True,
        ),
        integer(f"{side}_exact", f"1 where what is given {when} is exactly right, else 0"),
        number(f"{side}_f1", "its token F1, from 0 to 1"),
    )


QUESTION_FEATURES = (
    integer("question_words", "words of the question"),
    integer("context_words", "words of the paragraph"),
    number("overlap", "share of the question's distinct words that stand in the paragraph", nullable=True),
    integer("tokens", "tokens of question and paragraph, before anything is cut"),
    integer("windows", "windows in which the paragraph is read"),
    flag("truncated", "whether a part of question or paragraph is not read at all"),
)
QUESTIONS = (APPROACH, text("id", "identifier of the question in its data set"), *QUESTION_FEATURES)
QUESTIONS_KEY = ("approach", "id")

EXAMPLES = (
    APPROACH,
    RUN,
    text("id", "identifier of the question in its data set"),
    text("paragraph", "identifier of its paragraph: a digest of title and text"),
    flag("answerable", "whether the paragraph answers it"),
    *_side("before"),
    *_side("after"),
    text("correctness", f"by exact match: {CLASSES_TEXT}"),
    *QUESTION_FEATURES,
)
EXAMPLES_KEY = ("approach", "run", "id")

THRESHOLDS = (
    APPROACH,
    RUN,
    STAGE,
    number(
        "threshold",
        "the margin above which an answer is given; none where giving all answers or giving none "
        "is best on the validation questions: the F1 columns say which",
        nullable=True,
    ),
    integer("validation_n", "validation questions that it was chosen on", n_of="validation_f1"),
    number("validation_f1", "their F1 with it, from 0 to 100", decimals=4),
    number("validation_f1_always", "their F1 when every answer is given", decimals=4),
    number("validation_f1_never", "their F1 when none is given", decimals=4),
    integer("n", "test questions"),
    integer("answered", "test questions that are answered with it"),
    integer("unparsed", "test questions to which a text was generated that holds no answer: an abstention"),
    integer("declined", "test questions to which the generated text says that there is no answer: an abstention"),
    integer("unfinished", "generated texts that did not end within the limit, and were cut off there"),
)
THRESHOLDS_KEY = ("approach", "run", "stage")

CURVES = (APPROACH, RUN, *CURVE_COLUMNS)
CURVES_KEY = ("approach", "run", "step")

COST = (APPROACH, RUN, *COST_COLUMNS, integer("rows", "windows or prompts that the examples were read as"))
COST_KEY = ("approach", "run", "stage")

SPLITS = (
    text("part", "train, validation or test"),
    text("dataset", "registry name of the data set"),
    text("split", "the split of the data set that the questions are from"),
    text("rule", "how they were chosen"),
    integer("n", "questions"),
    integer("n_answerable", "questions that their paragraph answers"),
    integer("paragraphs", "paragraphs that they are about"),
    integer("articles", "articles that these are from"),
    integer("left_out", "questions left out, since their normalised paragraph stands in a later part"),
    text("sha256", "digest of the questions: ids and contents"),
)
SPLITS_KEY = ("part",)

INPUTS = (
    APPROACH,
    text("part", "train, validation or test"),
    text("model", "registry name of the model"),
    integer("max_tokens", "tokens of a row at most"),
    integer("n", "questions"),
    integer("rows", "rows that they became"),
    integer("windowed", "questions whose paragraph is read in more than one window"),
    integer("truncated", "questions of which a part of question or paragraph is not read at all"),
    integer("longest", "tokens of the longest question with its paragraph, before anything is cut"),
)
INPUTS_KEY = ("approach", "part")
