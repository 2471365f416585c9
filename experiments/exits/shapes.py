"""The tables of a study of early exits: their keys and columns."""

from experiments.exits.terms import BLEU_STATISTICS
from experiments.statistics.level import CONFIDENCE_TEXT
from experiments.tables.columns import flag, integer, number, text
from experiments.tables.sidecar import Column
from experiments.tables.terms import Stage
from experiments.training.curves import CURVE_COLUMNS
from experiments.training.runs import COST_COLUMNS


def _points(name: str, meaning: str, **more) -> Column:
    return number(name, meaning, decimals=4, **more)


def _bleu_meanings() -> tuple[str, ...]:
    """What the statistics of BLEU are, whose sums over a corpus give its score."""
    return (
        "tokens of the text that is scored, by sacrebleu's tokenizer",
        "tokens of what it is compared with",
        *(f"its {order}-grams that the other has too, each as often as there" for order in range(1, 5)),
        *(f"its {order}-grams" for order in range(1, 5)),
    )


STAGES = f"{Stage.BASE} or {Stage.FINE_TUNED}"
MODEL = text("model", "registry name of the model")
STAGE = text("stage", STAGES)
RUN = text("run", "seed-N, or all: the mean over the seeds; the base model has no seed, so it is all")
DEPTH = integer("depth", "blocks of the model that the answer comes from: its exit")
QUANTITY = text("quantity", "bleu (of the corpus), rouge_l, bertscore_precision, bertscore_recall or bertscore_f1")

SIGNATURE = text(
    "signature",
    "sacrebleu's signature for bleu; encoder, layer and version of bert-score for BERTScore; none for rouge_l",
    nullable=True,
)

REPEATED = "in which a piece of text stands three times in a row or more, in twelve characters or more altogether"

ANSWERS = (
    MODEL,
    STAGE,
    RUN,
    DEPTH,
    text("id", "identifier of the example in its data set"),
    text("text", "what was generated, without prompt and end, white space at both ends left out"),
    integer("tokens", "new tokens, the end not counted"),
    text("stop", "end: it ended by itself; limit: it was cut off after the most new tokens"),
    flag("empty", "whether no visible character was generated"),
    flag("repeated", f"whether it is an answer {REPEATED}"),
    _points("rouge_l", "ROUGE-L of the new tokens against the reference, from 0 to 100"),
    _points("bertscore_precision", "BERTScore precision, from 0 to 100; 0 where the answer is empty"),
    _points("bertscore_recall", "BERTScore recall, from 0 to 100; 0 where the answer is empty"),
    _points("bertscore_f1", "BERTScore F1, from 0 to 100; 0 where the answer is empty"),
)
ANSWERS_KEY = ("model", "stage", "run", "depth", "id")

STATISTICS = (
    MODEL,
    text("answer", "exit: of an exit; empty: nothing is said; prompt-echo: the prompt is returned as the answer"),
    text("stage", f"{STAGES}; none for an answer that no exit gave"),
    text("run", "seed-N, all for the base model; none for an answer that no exit gave"),
    integer("depth", "blocks of the model that the answer comes from; 0 for an answer that no exit gave"),
    text("id", "identifier of the example in its data set"),
    text(
        "scored",
        "new-tokens: the answer against the reference; with-prompt: prompt and answer against prompt and reference, "
        "a mistake that raises every score",
    ),
    *(integer(name, meaning) for name, meaning in zip(BLEU_STATISTICS, _bleu_meanings(), strict=True)),
    number("rouge_l", "ROUGE-L, from 0 to 100", decimals=None),
    number("bertscore_precision", "BERTScore precision, from 0 to 100; 0 where one text is empty", decimals=None),
    number("bertscore_recall", "BERTScore recall, from 0 to 100; 0 where one text is empty", decimals=None),
    number("bertscore_f1", "BERTScore F1, from 0 to 100; 0 where one text is empty", decimals=None),
    text("bleu_signature", "sacrebleu's signature, which fixes how tokens are told apart"),
    text("bertscore_signature", "encoder, layer and version of bert-score"),
)
STATISTICS_KEY = ("model", "answer", "stage", "run", "depth", "id", "scored")

SCORES = (
    MODEL,
    STAGE,
    RUN,
    DEPTH,
    QUANTITY,
    _points("value", "the score of the new tokens, from 0 to 100", direction="higher"),
    _points(
        "low", f"lower bound of its {CONFIDENCE_TEXT} bootstrap interval over the examples", lower_bound_of="value"
    ),
    _points(
        "high", f"upper bound of its {CONFIDENCE_TEXT} bootstrap interval over the examples", upper_bound_of="value"
    ),
    integer("n", "examples", n_of="value"),
    _points("echo_baseline", "the score of the prompt, returned as the answer"),
    _points("empty_baseline", "the score of saying nothing"),
    number("empty_share", "share of answers without a visible character", direction="lower"),
    number("repeated_share", f"share of answers {REPEATED}", direction="lower"),
    number("unfinished_share", "share of answers that did not end by themselves"),
    _points(
        "with_prompt",
        "what scoring prompt and output against prompt and reference would give: a mistake that counts the prompt as "
        "answered, never to be read as a score",
    ),
    _points("with_prompt_empty_baseline", "what saying nothing would score that way"),
    SIGNATURE,
    integer("seeds", "how many trained models the value is the mean of; 0 for the base model"),
)
SCORES_KEY = ("model", "stage", "run", "depth", "quantity")

BASELINES = (
    MODEL,
    text("answer", "empty: nothing is said; prompt-echo: the prompt is returned as the answer"),
    QUANTITY,
    _points("new_tokens_only", "score of the answer against the reference, as this study scores, from 0 to 100"),
    _points(
        "with_prompt",
        "score of prompt and answer against prompt and reference, a mistake that counts the prompt as answered",
    ),
    _points(
        "low",
        f"lower bound of its {CONFIDENCE_TEXT} bootstrap interval over the examples",
        lower_bound_of="with_prompt",
    ),
    _points(
        "high",
        f"upper bound of its {CONFIDENCE_TEXT} bootstrap interval over the examples",
        upper_bound_of="with_prompt",
    ),
    integer("n", "examples", n_of="with_prompt"),
    SIGNATURE,
)
BASELINES_KEY = ("model", "answer", "quantity")

TESTS = (
    MODEL,
    text(
        "comparison",
        f"fine-tuning: {Stage.FINE_TUNED} against {Stage.BASE} at one depth; deeper: an exit against the one before "
        "it; deepest: the deepest exit against the shallowest",
    ),
    RUN,
    text("before_stage", f"stage of the answers that are compared with: {STAGES}"),
    integer("before_depth", "their depth"),
    text("after_stage", f"stage of the answers that are compared: {STAGES}"),
    integer("after_depth", "their depth"),
    text("quantity", "bleu (of the corpus), rouge_l or bertscore_f1"),
    integer("n", "examples", n_of="difference"),
    _points("difference", "score after minus score before, in points of 100", direction="higher"),
    _points(
        "low",
        f"lower bound of its {CONFIDENCE_TEXT} paired bootstrap interval over the examples",
        lower_bound_of="difference",
    ),
    _points(
        "high",
        f"upper bound of its {CONFIDENCE_TEXT} paired bootstrap interval over the examples",
        upper_bound_of="difference",
    ),
    number("p_value", "two-sided p-value of the paired bootstrap", decimals=None),
    number(
        "p_holm",
        "p-value by Holm's correction for the tests of the same model, run, comparison, stages and "
        "quantity, which are as many as there are depths to compare",
        decimals=None,
    ),
)
TESTS_KEY = ("model", "comparison", "run", "before_stage", "before_depth", "after_stage", "after_depth", "quantity")

PROBABILITIES = (
    MODEL,
    STAGE,
    RUN,
    text("prompt", "name of a shown prompt"),
    text("sequence", "produced: the tokens that the whole model generates greedily; reference: those of the reference"),
    integer("position", "place of the token in its sequence, counted from 1; all before it is given"),
    integer("depth", "blocks after which the distribution of the next token is read, by the model's own norm and head"),
    text("token", "text of the token with the space it begins with; an end that has no text is empty"),
    number("probability", "probability of this token", decimals=9),
    integer("rank", "its rank, 1 for the likeliest", direction="lower"),
    text("likeliest", "text of the token that is likeliest at this depth"),
    number("likeliest_probability", "probability of that one", decimals=9),
)
PROBABILITIES_KEY = ("model", "stage", "run", "prompt", "sequence", "position", "depth")

PROMPTS = (
    MODEL,
    text("prompt", "name of a shown prompt"),
    text("instruction", "its instruction"),
    text("input", "its input, may be empty"),
    text("reference", "its reference answer, in words of our own"),
    text("text", "what the model reads"),
    integer("tokens", "tokens of that"),
)
PROMPTS_KEY = ("model", "prompt")

SPLITS = (
    text("part", "train, validation or test"),
    text("dataset", "registry name of the data set"),
    text("split", "the split of the data set that the examples are from"),
    text("rule", "how they were chosen"),
    integer("n", "examples"),
    integer("with_input", "examples whose instruction has an input"),
    integer("left_out", "examples left out, since their normalised instruction and input stand in a part drawn before"),
    text("sha256", "digest of the examples: ids and contents"),
)
SPLITS_KEY = ("part",)

INPUTS = (
    MODEL,
    text("part", "train, validation or test"),
    integer("n", "examples"),
    integer("max_tokens", "tokens of prompt and answer at most, in training"),
    integer("max_new_tokens", "tokens of an answer at most"),
    integer("longest_prompt", "tokens of the longest prompt"),
    integer("longest_reference", "tokens of the longest reference, with its end"),
    integer("cut", "examples whose reference is cut off in training, or could not be generated whole"),
    integer("unknown", "tokens of prompts and references that stand for text which the vocabulary does not have"),
)
INPUTS_KEY = ("model", "part")

CURVES = (MODEL, RUN, *CURVE_COLUMNS)  # losses are those of answers and their ends, never of prompts
CURVES_KEY = ("model", "run", "step")

COST = (RUN, *COST_COLUMNS, integer("exits", "exits that answered each example; none in training", nullable=True))
COST_KEY = ("model", "run", "stage")
