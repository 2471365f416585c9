"""The tables of a study of mistakes: those of its fine-tuning, and the mistakes made of them and of frozen tables."""

from dataclasses import replace

from experiments.finetuning import tables as fine_tuning
from experiments.mistakes.derived import derive_mistakes
from experiments.mistakes.results import count_rows
from experiments.mistakes.study import NEW_HEAD, WITHOUT_HEAD, Study
from experiments.statistics.level import CONFIDENCE_TEXT
from experiments.system import SystemTables, TableDeclaration, TableSpec
from experiments.tables.columns import integer, number, text
from experiments.tables.sidecar import Column

MAKING = ("experiments.mistakes.making",)


def _figure(name: str, what: str) -> tuple[Column, ...]:
    """A score from 0 to 1 with its interval and the number of its examples."""
    of = {"nullable": True}
    return (
        number(name, f"{what}, from 0 to 1", direction="higher"),
        number(f"{name}_low", f"lower bound of its {CONFIDENCE_TEXT} interval", lower_bound_of=name, **of),
        number(f"{name}_high", f"upper bound of its {CONFIDENCE_TEXT} interval", upper_bound_of=name, **of),
        integer(f"{name}_n", "examples behind it", n_of=name),
    )


MISTAKES = (
    text(
        "mistake",
        "wrong-labels: each label read as the next one; random-head: a new head is called pretrained; "
        "adapter-without-head: the trained adapter under a new head; always-abstaining: no question is answered; "
        "prompt-scored: prompt and answer against prompt and reference; constant-first-state: the first layer is "
        "probed at a token that is the same in every example",
    ),
    text("case", "what it is made on"),
    text("quantity", "accuracy, exact (match), f1 or bleu"),
    text("model", "registry name of the model; none where no model answers", nullable=True),
    *_figure("printed", "what would be printed"),
    *_figure("honest", "what is right to print"),
    number("least", "the lowest of the figures that printed is the mean of; none of one", nullable=True),
    number("most", "the highest of them; none of one", nullable=True),
    integer("runs", "of how many models or heads printed is the mean"),
    number("baseline", "the score of the most frequent label; none where there is none", nullable=True),
    text(
        "test",
        "mcnemar-exact: two-sided binomial test on the discordant examples; paired-bootstrap: of the examples; none "
        "where the two figures are not of the same examples",
        nullable=True,
    ),
    number("difference", "honest less printed", nullable=True),
    number(
        "low",
        f"lower bound of its {CONFIDENCE_TEXT} paired bootstrap interval",
        nullable=True,
        lower_bound_of="difference",
    ),
    number(
        "high",
        f"upper bound of its {CONFIDENCE_TEXT} paired bootstrap interval",
        nullable=True,
        upper_bound_of="difference",
    ),
    number("p_value", "two-sided p-value of no difference", decimals=None, nullable=True),
    integer("distinct", "distinct hidden states of the first layer among the examples; none elsewhere", nullable=True),
)

COUNTED = {"kind": "computed"}
COUNTS = (
    text(
        "mistake",
        "head-counted-twice: the head and the copy of it that PEFT trains; packed-weights: NF4 keeps two weights in "
        "one element; packed-weights-and-head: both",
        **COUNTED,
    ),
    text("quantity", "total, or trainable-share: trained parameters over the total", **COUNTED),
    text("by", "the call that gives the mistaken number", **COUNTED),
    number("printed", "what would be printed", decimals=None, **COUNTED),
    number("honest", "what is right: each weight of the model and its adapter once", decimals=None, **COUNTED),
)

STAGE = text(
    "stage",
    f"as in fine-tuning, and {NEW_HEAD}-N: a classifier with another new head; {WITHOUT_HEAD}-N: the trained adapter "
    "under that head",
)


def prediction_columns(study: Study) -> tuple[Column, ...]:
    """The columns of the table of predictions: those of fine-tuning, with the stages that are mistaken."""
    return tuple(STAGE if column.name == STAGE.name else column for column in fine_tuning.prediction_columns(study))


PREDICTIONS = fine_tuning.TABLES.by_name["predictions"]
FIXED = tuple(STAGE if column.name == STAGE.name else column for column in fine_tuning.PREDICTIONS.fixed)
TABLES = SystemTables(
    *(fine_tuning.TABLES.by_name[name] for name in ("splits", "curves", "cost")),
    replace(
        PREDICTIONS,
        columns=replace(fine_tuning.PREDICTIONS, fixed=FIXED, of=prediction_columns),
        made_by=(*PREDICTIONS.made_by, *MAKING),
    ),
    TableDeclaration("miscounts", "parameters miscounted", ("mistake", "quantity"), COUNTS, count_rows, made_by=MAKING),
    TableDeclaration(
        "mistakes",
        "mistakes, each beside the figure that is right",
        ("mistake", "case", "quantity"),
        MISTAKES,
        derive_mistakes,
        reads=("predictions",),
    ),
)


def specs(study: Study, **made_from) -> list[TableSpec]:
    """The tables; that of mistakes is also derived from the frozen tables that the study names."""
    more = study.chosen.frozen.tables
    return [
        each if each.made == "run" else replace(each, inputs=(*each.inputs, *more))
        for each in TABLES.specs(study, **made_from)
    ]
