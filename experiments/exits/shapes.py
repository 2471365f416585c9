"""The tables of a study of early exits: their keys and columns."""

from experiments.meter.usage import USAGE_COLUMNS
from experiments.tables.sidecar import Column


def _text(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="string", meaning=meaning, **more)


def _integer(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="integer", meaning=meaning, **more)


def _number(name: str, meaning: str, decimals: int | None = 6, **more) -> Column:
    return Column(name=name, type="number", decimals=decimals, meaning=meaning, **more)


def _points(name: str, meaning: str, **more) -> Column:
    return _number(name, meaning, decimals=4, **more)


def _flag(name: str, meaning: str) -> Column:
    return Column(name=name, type="boolean", meaning=meaning)


MODEL = _text("model", "registry name of the model")
STAGE = _text("stage", "base or fine-tuned")
RUN = _text("run", "seed-N, or all: the mean over the seeds; the base model has no seed, so it is all")
DEPTH = _integer("depth", "blocks of the model that the answer comes from: its exit")
QUANTITY = _text("quantity", "bleu (of the corpus), rouge_l, bertscore_precision, bertscore_recall or bertscore_f1")

REPEATED = (
    "in which some piece of text stands at least three times in a row, twelve characters or more in all"
)

ANSWERS = (
    MODEL, STAGE, RUN, DEPTH,
    _text("id", "identifier of the example in its data set"),
    _text("text", "what was generated, without prompt and end, white space at both ends left out"),
    _integer("tokens", "new tokens, the end not counted"),
    _text("stop", "end: it ended by itself; limit: it was cut off after the most new tokens"),
    _flag("empty", "whether no visible character was generated"),
    _flag("repeated", f"whether it is an answer {REPEATED}"),
    _points("rouge_l", "ROUGE-L of the new tokens against the reference, from 0 to 100"),
    _points("bertscore_precision", "BERTScore precision, from 0 to 100; 0 where the answer is empty"),
    _points("bertscore_recall", "BERTScore recall, from 0 to 100; 0 where the answer is empty"),
    _points("bertscore_f1", "BERTScore F1, from 0 to 100; 0 where the answer is empty"),
)  # fmt: skip
ANSWERS_KEY = ("model", "stage", "run", "depth", "id")

SCORES = (
    MODEL, STAGE, RUN, DEPTH, QUANTITY,
    _points("value", "the score of the new tokens, from 0 to 100", direction="higher"),
    _points("low", "lower bound of its 95 % bootstrap interval over the examples", lower_bound_of="value"),
    _points("high", "upper bound of its 95 % bootstrap interval over the examples", upper_bound_of="value"),
    _integer("n", "examples", n_of="value"),
    _points("echo_floor", "the score of the prompt, returned as the answer"),
    _points("empty_floor", "the score of saying nothing"),
    _number("empty_share", "share of answers without a visible character", direction="lower"),
    _number("repeated_share", f"share of answers {REPEATED}", direction="lower"),
    _number("unfinished_share", "share of answers that did not end by themselves"),
    _points("with_prompt", "what scoring prompt and output against prompt and reference would give: the mistake that "
            "explains S4's BLEU of about 0.5, never to be read as a score"),  # fmt: skip
    _points("with_prompt_empty_floor", "what saying nothing would score that way"),
    _text("signature", "sacrebleu's signature, for bleu", nullable=True),
    _integer("seeds", "how many trained models the value is the mean of; 0 for the base model"),
)  # fmt: skip
SCORES_KEY = ("model", "stage", "run", "depth", "quantity")

FLOORS = (
    MODEL,
    _text("answer", "empty: nothing is said; prompt-echo: the prompt is returned as the answer"),
    QUANTITY,
    _points("new_tokens_only", "score of the answer against the reference, as this study scores, from 0 to 100"),
    _points("with_prompt", "score of prompt and answer against prompt and reference, as S4's figures of about 0.5 must "
            "have come about"),  # fmt: skip
    _points("low", "lower bound of its 95 % bootstrap interval over the examples", lower_bound_of="with_prompt"),
    _points("high", "upper bound of its 95 % bootstrap interval over the examples", upper_bound_of="with_prompt"),
    _integer("n", "examples", n_of="with_prompt"),
    _text("signature", "sacrebleu's signature, for bleu", nullable=True),
)  # fmt: skip
FLOORS_KEY = ("model", "answer", "quantity")

TESTS = (
    MODEL,
    _text("comparison", "fine-tuning: fine-tuned against base at one depth; deeper: an exit against the one before it; "
          "deepest: the deepest exit against the shallowest"),  # fmt: skip
    RUN,
    _text("before_stage", "stage of the answers that are compared with: base or fine-tuned"),
    _integer("before_depth", "their depth"),
    _text("after_stage", "stage of the answers that are compared: base or fine-tuned"),
    _integer("after_depth", "their depth"),
    _text("quantity", "bleu (of the corpus), rouge_l or bertscore_f1"),
    _integer("n", "examples", n_of="difference"),
    _points("difference", "score after minus score before, in points of 100", direction="higher"),
    _points("low", "lower bound of its 95 % paired bootstrap interval over the examples", lower_bound_of="difference"),
    _points("high", "upper bound of its 95 % paired bootstrap interval over the examples", upper_bound_of="difference"),
    _number("p_value", "two-sided p-value of the paired bootstrap", decimals=None),
    _number("p_holm", "p-value by Holm's correction for the tests of the same model, run, comparison, stages and "
            "quantity, which are as many as there are depths to compare", decimals=None),  # fmt: skip
)  # fmt: skip
TESTS_KEY = ("model", "comparison", "run", "before_stage", "before_depth", "after_stage", "after_depth", "quantity")

PROBABILITIES = (
    MODEL, STAGE, RUN,
    _text("prompt", "name of a shown prompt"),
    _text("sequence", "produced: the tokens that the whole model generates greedily; reference: those of the reference"),
    _integer("position", "place of the token in its sequence, counted from 1; all before it is given"),
    _integer("depth", "blocks after which the distribution of the next token is read, by the model's own norm and head"),
    _text("token", "text of the token, as its vocabulary decodes it alone; an end that has no text is empty"),
    _number("probability", "probability of this token", decimals=None),
    _integer("rank", "its rank, 1 for the likeliest", direction="lower"),
    _text("likeliest", "text of the token that is likeliest at this depth"),
    _number("likeliest_probability", "probability of that one", decimals=None),
)
PROBABILITIES_KEY = ("model", "stage", "run", "prompt", "sequence", "position", "depth")

PROMPTS = (
    MODEL,
    _text("prompt", "name of a shown prompt"),
    _text("instruction", "its instruction"),
    _text("input", "its input, may be empty"),
    _text("reference", "its reference answer, in words of our own"),
    _text("text", "what the model reads"),
    _integer("tokens", "tokens of that"),
)
PROMPTS_KEY = ("model", "prompt")

SPLITS = (
    _text("part", "train, validation or test"),
    _text("dataset", "registry name of the data set"),
    _text("split", "the split of the data set that the examples are from"),
    _text("rule", "how they were chosen"),
    _integer("n", "examples"),
    _integer("with_input", "examples whose instruction has an input"),
    _integer("left_out", "examples left out, since their normalised instruction and input stand in a part drawn before"),
    _text("sha256", "digest of the examples: ids and contents"),
)
SPLITS_KEY = ("part",)

INPUTS = (
    MODEL,
    _text("part", "train, validation or test"),
    _integer("n", "examples"),
    _integer("max_tokens", "tokens of prompt and answer at most, in training"),
    _integer("max_new_tokens", "tokens of an answer at most"),
    _integer("longest_prompt", "tokens of the longest prompt"),
    _integer("longest_reference", "tokens of the longest reference, with its end"),
    _integer("cut", "examples whose reference is cut off in training, or could not be generated whole"),
    _integer("unknown", "tokens of prompts and references that stand for text which the vocabulary does not have"),
)
INPUTS_KEY = ("model", "part")

CURVES = (
    MODEL, RUN,
    _integer("step", "steps of the optimiser"),
    _number("epoch", "passes over the training examples"),
    _number("train_loss", "mean training loss since the point before, of answer tokens alone", direction="lower"),
    _number("validation_loss", "loss on the validation examples, of answer tokens alone", direction="lower"),
    _number("learning_rate", "learning rate of this step", decimals=None),
    _flag("best", "whether this checkpoint was chosen, by the validation alone"),
)  # fmt: skip
CURVES_KEY = ("model", "run", "step")

COST = (
    MODEL, RUN,
    _text("stage", "training, or the stage whose answers from all exits were generated: base or fine-tuned"),
    _text("method", "lora, qlora or full; none for the base model", nullable=True),
    _text("dtype", "type of the numbers that the model computes with"),
    _integer("examples", "examples that went through the model, in training as often as there are epochs"),
    _integer("exits", "exits that answered each of them; none in training", nullable=True),
    _integer("interruptions", "how often the run was stopped and went on"),
    *USAGE_COLUMNS,
    _integer("logical_base", "elements of the model with its head, each tied tensor once", unit="parameter"),
    _integer("added", "elements that PEFT adds: LoRA", unit="parameter"),
    _integer("trainable", "elements that require a gradient", unit="parameter"),
    _integer("stored", "elements that the tensors hold; NF4 packs two weights into one", unit="parameter"),
)  # fmt: skip
COST_KEY = ("model", "run", "stage")
