"""The tables of a study of judged answers: their keys and columns.

A *verdict* is what a judge said once: right, wrong, or unparsed where what it said is neither. A *mark* is what its
verdicts in both orders come to: that verdict where they agree, else inconsistent; unparsed where either is. Only the
mark right counts as right.
"""

from experiments.tables.sidecar import Column


def _text(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="string", meaning=meaning, **more)


def _integer(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="integer", meaning=meaning, **more)


def _number(name: str, meaning: str, decimals: int | None = 6, **more) -> Column:
    return Column(name=name, type="number", decimals=decimals, meaning=meaning, **more)


def _flag(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="boolean", meaning=meaning, **more)


def _estimate(name: str, meaning: str, nullable: bool = False) -> tuple[Column, ...]:
    """A value with its 95 % interval."""
    return (
        _number(name, meaning, nullable=nullable, direction="higher"),
        _number(f"{name}_low", "lower bound of its 95 % interval", nullable=nullable, lower_bound_of=name),
        _number(f"{name}_high", "upper bound of its 95 % interval", nullable=nullable, upper_bound_of=name),
    )


JUDGE = _text("judge", "the judge: a name of the study")
ID = _text("id", "identifier of the instruction in its data set")
EXAMPLE = _text("id", "identifier of the labelled example")
ORDER = _text("order", "answer-first or reference-first; none for a judge to whom order is nothing")
MODEL = _text("model", "registry name of the model that answered; none for an answer that no model gave")
STAGE = _text("stage", "base or fine-tuned, as in the table of answers; none for an answer that no model gave")
RUN = _text("run", "seed-N of the model that answered, all for the base model; none for an answer that no model gave")
DEPTH = _integer("depth", "blocks that the answer came through; 0 for an answer that no model gave", unit="layer")

VERDICT_CELLS = (
    _text("verdict", "right, wrong, or unparsed: what was said is not that one word"),
    _text("mark", "of both orders together: right, wrong, inconsistent or unparsed"),
    _text("raw", "what the judge said, its first characters; none where it says nothing but compares", nullable=True),
    _integer("raw_characters", "how many characters it said in all", nullable=True),
    _number("margin", "log-likelihood of the word right less that of wrong, by the study's ranking; only for a judge "
            "by likelihood", nullable=True),
    _flag("truncated", "whether the prompt lost its start, as it was longer than the judge reads"),
    _text("prompt_sha256", "digest of the prompt (UTF-8) as it was asked; none for a judge that reads no prompt",
          nullable=True),
    _integer("prompt_tokens", "tokens of the prompt, as the judge counts them", nullable=True),
    _integer("verdict_tokens", "tokens of what it said", nullable=True),
)  # fmt: skip

VERDICTS = (
    JUDGE,
    _text("source", "answers: of the table of answers; empty: an empty answer; echo: instruction and input, repeated"),
    MODEL, STAGE, RUN, DEPTH, ID, ORDER, *VERDICT_CELLS,
)  # fmt: skip
VERDICTS_KEY = ("judge", "source", "model", "stage", "run", "depth", "id", "order")

ACCURACY = (
    JUDGE, MODEL, STAGE,
    _text("run", "seed-N, or all: the mean over the seeds; the base model has no seed, so it is all"),
    DEPTH,
    *_estimate("accuracy", "share of answers that are marked right: undecided ones are not (Wilson's interval for n)"),
    _integer("n", "instructions that were answered, by however many seeds", n_of="accuracy"),
    _integer("seeds", "how many trained models the value is the mean of; 0 for the base model"),
    _integer("answers", "answers that were judged, over all seeds"),
    _integer("right", "answers marked right"),
    _integer("wrong", "answers marked wrong"),
    _integer("inconsistent", "answers whose verdict changes with the order"),
    _integer("unparsed", "answers without a verdict in at least one order"),
    _integer("empty_answers", "answers without a character that is not white space"),
    _number("highest", "share if everything undecided were right"),
    _number("right_answer_first", "share with the verdict right, the answer first", nullable=True),
    _number("right_reference_first", "share with the verdict right, the reference first", nullable=True),
    _number("floor_empty", "share marked right of empty answers to the same instructions"),
    _number("floor_echo", "share marked right of repeating the same instructions and inputs"),
)  # fmt: skip
ACCURACY_KEY = ("judge", "model", "stage", "run", "depth")

EXAMPLES = (
    EXAMPLE,
    _text("category", "what is tried with it: such as paraphrase, wrong-fact or hostile"),
    _text("instruction", "the instruction"),
    _text("input", "its input, often empty"),
    _text("reference", "the reference"),
    _text("answer", "the answer to be marked"),
    _text("label", "right or wrong: what we say"),
    _text("prompt_answer_first", "the whole prompt, the answer before the reference"),
    _text("prompt_reference_first", "the whole prompt, the reference before the answer"),
)  # fmt: skip
EXAMPLES_KEY = ("id",)

LABELLED = (JUDGE, EXAMPLE, ORDER, _text("category", "what is tried with it"),
            _text("label", "right or wrong: what we say"), *VERDICT_CELLS)  # fmt: skip
LABELLED_KEY = ("judge", "id", "order")


def _confusion(label: str) -> tuple[Column, ...]:
    return tuple(
        _integer(f"{label}_as_{mark}", f"{label} ones marked {mark}") for mark in ("right", "wrong", "undecided")
    )


AGREEMENT = (
    JUDGE,
    _text("category", "all, or one category of the labelled examples"),
    *_estimate("kappa", "Cohen's kappa of marks and labels, an undecided mark being a third category that no label has "
            "(bootstrap interval); none where chance agreement is certain", nullable=True),
    _integer("n", "labelled examples", n_of="kappa"),
    *_estimate("decided_kappa", "the same for the examples alone that were decided", nullable=True),
    _integer("decided_n", "examples that were marked right or wrong", n_of="decided_kappa"),
    *_estimate("agreement", "share of the examples whose mark is their label (Wilson's interval)"),
    *_confusion("right"), *_confusion("wrong"),
    _integer("inconsistent", "examples whose verdict changes with the order"),
    _integer("unparsed", "examples without a verdict in at least one order"),
    _number("right_answer_first", "share with the verdict right, the answer first", nullable=True),
    _number("right_reference_first", "share with the verdict right, the reference first", nullable=True),
)  # fmt: skip
AGREEMENT_KEY = ("judge", "category")

COST = (
    JUDGE,
    _text("kind", "exact, normalised, local or endpoint"),
    _text("by", "generation or likelihood, for a local judge", nullable=True),
    _text("model", "registry name, or the name by which the endpoint was asked for it", nullable=True),
    _text("served_models", "the names of the models that the endpoint says it answered with", nullable=True),
    _text("host", "host of the endpoint", nullable=True),
    _integer("verdicts", "verdicts in the tables of this study"),
    _integer("asked", "different prompts that were asked: the same prompt is asked once"),
    _integer("calls", "requests to the endpoint, failed ones too; none for other judges", nullable=True),
    _integer("retries", "requests that repeat a failed one", nullable=True),
    _integer("interruptions", "how often the judge was stopped and went on"),
    _integer("prompt_tokens", "tokens of all prompts, as the judge counts them", nullable=True),
    _integer("verdict_tokens", "tokens of all that it said", nullable=True),
    _integer("uncounted", "answers of the endpoint that do not say how many tokens they took", nullable=True),
    _number("money", "price of the tokens; none where the study states no prices, or tokens are uncounted",
            decimals=None, nullable=True),
    _text("currency", "of the money", nullable=True),
    _number("wall_seconds", "time for all verdicts, waiting counted", decimals=3, unit="s", direction="lower"),
    _number("waited_seconds", "of it, between requests: rate limit and retries", decimals=3, unit="s", nullable=True),
)  # fmt: skip
COST_KEY = ("judge",)
