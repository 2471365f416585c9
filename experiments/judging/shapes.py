"""The tables of a study of judged answers: their keys and columns.

A *verdict* is what a judge said once: right, wrong, or unparsed where what it said is neither. A *mark* is what its
verdicts in both orders come to: that verdict where they agree, else inconsistent; unparsed where either is. Only the
mark right counts as right.
"""

from experiments.statistics.level import CONFIDENCE_TEXT
from experiments.tables.columns import flag, integer, number, text
from experiments.tables.sidecar import Column
from experiments.tables.terms import Stage


def _estimate(name: str, meaning: str, nullable: bool = False) -> tuple[Column, ...]:
    """A value with its interval."""
    return (
        number(name, meaning, nullable=nullable, direction="higher"),
        number(f"{name}_low", f"lower bound of its {CONFIDENCE_TEXT} interval", nullable=nullable, lower_bound_of=name),
        number(
            f"{name}_high", f"upper bound of its {CONFIDENCE_TEXT} interval", nullable=nullable, upper_bound_of=name
        ),
    )


JUDGE = text("judge", "the judge: a name of the study")
ID = text("id", "identifier of the instruction in its data set")
EXAMPLE = text("id", "identifier of the labelled example")
ORDER = text("order", "answer-first or reference-first; none for a judge to whom order is nothing")
MODEL = text("model", "registry name of the model that answered; none for an answer that no model gave")
STAGE = text(
    "stage",
    f"{Stage.BASE} or {Stage.FINE_TUNED}, as in the table of answers; none for an answer that no model gave",
)
RUN = text("run", "seed-N of the model that answered, all for the base model; none for an answer that no model gave")
DEPTH = integer("depth", "blocks that the answer came through; 0 for an answer that no model gave", unit="layer")

VERDICT_CELLS = (
    text("verdict", "right, wrong, or unparsed: what was said is not that one word"),
    text("mark", "of both orders together: right, wrong, inconsistent or unparsed"),
    text(
        "raw",
        "what the judge said, its first characters; in brackets why there is nothing, where its endpoint refused the "
        "prompt; none where it says nothing but compares",
        nullable=True,
    ),
    integer("raw_characters", "how many characters it said in all", nullable=True),
    number(
        "margin",
        "log-likelihood of the word right less that of wrong, by the study's ranking; only for a judge by likelihood",
        nullable=True,
    ),
    flag("truncated", "whether the prompt lost its start, as it was longer than the judge reads"),
    text(
        "prompt_sha256",
        "digest of the prompt (UTF-8) as it was asked; none for a judge that reads no prompt",
        nullable=True,
    ),
    integer("prompt_tokens", "tokens of the prompt, as the judge counts them", nullable=True),
    integer("verdict_tokens", "tokens of what it said", nullable=True),
)

VERDICTS = (
    JUDGE,
    text("source", "answers: of the table of answers; empty: an empty answer; echo: instruction and input, repeated"),
    MODEL,
    STAGE,
    RUN,
    DEPTH,
    ID,
    ORDER,
    *VERDICT_CELLS,
    flag("empty", "whether the answer has no character that is not white space"),
)
VERDICTS_KEY = ("judge", "source", "model", "stage", "run", "depth", "id", "order")

ACCURACY = (
    JUDGE,
    MODEL,
    STAGE,
    text("run", "seed-N, or all: the mean over the seeds; the base model has no seed, so it is all"),
    DEPTH,
    *_estimate("accuracy", "share of answers that are marked right: undecided ones are not (Wilson's interval for n)"),
    integer("n", "instructions that were answered, by however many seeds", n_of="accuracy"),
    integer("seeds", "how many trained models the value is the mean of; 0 for the base model"),
    integer("answers", "answers that were judged, over all seeds"),
    integer("right", "answers marked right"),
    integer("wrong", "answers marked wrong"),
    integer("inconsistent", "answers whose verdict changes with the order"),
    integer("unparsed", "answers without a verdict in at least one order"),
    integer("empty_answers", "answers without a character that is not white space"),
    number("highest", "share if everything undecided were right"),
    number("right_answer_first", "share with the verdict right, the answer first", nullable=True),
    number("right_reference_first", "share with the verdict right, the reference first", nullable=True),
    number("empty_baseline", "share marked right of empty answers to the same instructions"),
    number("echo_baseline", "share marked right of repeating the same instructions and inputs"),
)
ACCURACY_KEY = ("judge", "model", "stage", "run", "depth")

PROMPTS = (
    text("order", "answer-first or reference-first"),
    text("template", "the prompt, with {material} where the texts stand"),
    text(
        "material",
        "the JSON that stands there, with the name of each text in its place; an input that is empty is left out",
    ),
)
PROMPTS_KEY = ("order",)

EXAMPLES = (
    EXAMPLE,
    text("category", "what is tried with it: such as paraphrase, wrong-fact or hostile"),
    text("instruction", "the instruction"),
    text("input", "its input, often empty"),
    text("reference", "the reference"),
    text("answer", "the answer to be marked"),
    text("label", "right or wrong: what we say"),
    text("prompt_answer_first", "the whole prompt, the answer before the reference"),
    text("prompt_reference_first", "the whole prompt, the reference before the answer"),
)
EXAMPLES_KEY = ("id",)

LABELLED = (
    JUDGE,
    EXAMPLE,
    ORDER,
    text("category", "what is tried with it"),
    text("label", "right or wrong: what we say"),
    *VERDICT_CELLS,
)
LABELLED_KEY = ("judge", "id", "order")


def _confusion(label: str) -> tuple[Column, ...]:
    return tuple(
        integer(f"{label}_as_{mark}", f"{label} ones marked {mark}") for mark in ("right", "wrong", "undecided")
    )


AGREEMENT = (
    JUDGE,
    text("category", "all, or one category of the labelled examples"),
    *_estimate(
        "kappa",
        "Cohen's kappa of marks and labels, an undecided mark being a third category that no label has "
        "(bootstrap interval); none where the examples do not have both labels",
        nullable=True,
    ),
    integer("n", "labelled examples", n_of="kappa"),
    *_estimate("decided_kappa", "the same for the examples alone that were decided", nullable=True),
    integer("decided_n", "examples that were marked right or wrong", n_of="decided_kappa"),
    *_estimate("agreement", "share of the examples whose mark is their label (Wilson's interval)"),
    *_confusion("right"),
    *_confusion("wrong"),
    integer("inconsistent", "examples whose verdict changes with the order"),
    integer("unparsed", "examples without a verdict in at least one order"),
    number("right_answer_first", "share with the verdict right, the answer first", nullable=True),
    number("right_reference_first", "share with the verdict right, the reference first", nullable=True),
)
AGREEMENT_KEY = ("judge", "category")

COST = (
    JUDGE,
    text("kind", "exact, normalised, local or endpoint"),
    text("by", "generation or likelihood, for a local judge", nullable=True),
    text("model", "registry name, or the name by which the endpoint was asked for it", nullable=True),
    text("served_models", "the names of the models that the endpoint says it answered with", nullable=True),
    text("host", "host of the endpoint", nullable=True),
    integer("verdicts", "verdicts in the tables of this study"),
    integer("asked", "different prompts that were asked: the same prompt is asked once"),
    integer("calls", "requests to the endpoint, failed ones too; none for other judges", nullable=True),
    integer("retries", "requests that repeat a failed one", nullable=True),
    integer("interruptions", "how often the judge was stopped and went on"),
    integer("prompt_tokens", "tokens of all prompts, as the judge counts them", nullable=True),
    integer("verdict_tokens", "tokens of all that it said", nullable=True),
    integer("uncounted", "answers of the endpoint that do not say how many tokens they took", nullable=True),
    number(
        "money",
        "price of the tokens; none where the study states no prices, or tokens are uncounted",
        decimals=None,
        nullable=True,
    ),
    text("currency", "of the money", nullable=True),
    number(
        "wall_seconds", "time for all verdicts, waiting counted", decimals=3, unit="s", direction="lower", volatile=True
    ),
    number(
        "waited_seconds",
        "of it, between requests: rate limit and retries",
        decimals=3,
        unit="s",
        nullable=True,
        volatile=True,
    ),
)
COST_KEY = ("judge",)
