"""Time, memory and parameters: the cost of each way of fine-tuning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.chapters.common import MEASURED, STAGES, Classifier, Study, Titled, named, reads_alike, span
from analysis.chapters.early_exit.scores import exits
from analysis.chapters.question_answering.scores import ANSWER_TITLES, approaches
from analysis.chapters.resources.mixed_precision import has_mixed_precision
from analysis.facts import Chapter, Markdown, Row, Value, View, derived, max_of, mean_of, min_of, ratio, sum_of
from analysis.facts.formatting import unbroken
from analysis.figures.lines import Estimate
from analysis.figures.measures import Measured
from analysis.sentences import series
from experiments.tables.terms import TRAINING

BYTES_PER_GB = 1_000_000_000
SECONDS_PER_MINUTE = 60
METHODS = {"head": "head alone", "lora": "LoRA", "qlora": "QLoRA", "full": "all weights"}
TIME, MEMORY, SPEED = "training time, minutes", "peak memory, GB", "tokens per second"


@dataclass(frozen=True)
class Cost(Titled):
    """The cost of one study, or one way of answering: its name in figures and in sentences, the rows of its runs."""

    title: str
    text: str
    rows: View
    mixed: bool = False
    """Whether the products of training are in bfloat16."""

    @property
    def training(self) -> View:
        """The rows of the trainings, one for each seed."""
        return self.rows.where(stage=TRAINING)

    @property
    def evaluations(self) -> list[View]:
        """The stages whose predictions of the test examples were made, each with its runs."""
        return [self.rows.where(stage=stage) for stage in self.rows.distinct("stage") if stage in STAGES]

    def common(self, column: str) -> Value:
        """A cell that is the same for all seeds."""
        return self.training.rows[0][column]


def costs(classifiers: Sequence[Classifier], questions: Sequence[Study], early_exits: Sequence[Study]) -> list[Cost]:
    """The classifiers that we ran, then the ways of answering, then the models with early exits."""
    found = [
        Cost(study.title, study.text, study.table("cost"), has_mixed_precision(study))
        for study in classifiers
        if study.measured
    ]
    for study in questions:
        rows = study.table("cost")
        for one in approaches(study):
            title = f"{study.title}, {ANSWER_TITLES.get(one.name, one.name)}"
            mixed = has_mixed_precision(study, one.name)
            found.append(Cost(title, f"{study.text} with {one.text}", rows.where(approach=one.name), mixed))
    for study in early_exits:
        models = exits(study)
        for one in models:
            title, text = study.title, study.text
            if len(models) > 1:
                title, text = f"{title}, {one.name}", f"{text} with {one.name}"
            found.append(Cost(title, text, one.table("cost"), has_mixed_precision(study, one.name)))
    return found


def rows_of(found: Sequence[Cost], probing: Sequence[Study] = ()) -> list[Row]:
    """The rows of all costs, with those of probing."""
    return [
        row for rows in (*(cost.rows for cost in found), *(study.table("cost") for study in probing)) for row in rows
    ]


def method(cost: Cost) -> Value:
    """The method of fine-tuning, in words."""
    return named(METHODS, "method")(cost.training.rows[0])


# --- quantities ------------------------------------------------------------------------------------------------------


def over_runs(rows: View, column: str, convert: Callable[[Value], Value] = lambda value: value) -> Estimate:
    """The mean over the runs, with the smallest and the largest value as its interval."""
    cells = [convert(cell) for cell in rows.column(column) if not cell.missing]
    if not cells:
        return Estimate("", rows.rows[0][column])
    return Estimate("", mean_of(cells), min_of(cells), max_of(cells))


def minutes(seconds: Value) -> Value:
    """Convert seconds to minutes."""
    return (seconds / SECONDS_PER_MINUTE).as_unit("minutes")


def gigabytes(size: Value) -> Value:
    """Convert bytes to GB."""
    return (size / BYTES_PER_GB).as_unit("GB")


def spread(rows: View, column: str, spec: str) -> Value:
    """The smallest and the largest value of the runs: "1.2 to 1.4", or one of them where both read alike."""
    found = over_runs(rows, column)
    if found.value.missing:
        return found.value
    ends = dict.fromkeys(f"{end.number():{spec}}" for end in (found.low, found.high))
    return derived(unbroken(" to ".join(ends)), [found.low, found.high], f"range of {column} over the runs")


def trainable_share(cost: Cost) -> Value:
    """The share of trainable parameters in all parameters of base and adapter."""
    return ratio(cost.common("trainable"), cost.common("logical_base") + cost.common("added"))


def as_share(share: Value) -> str:
    """How a share of parameters is written: thousandths of a percent, of a part of them."""
    return ".0%" if share == 1 else ".3%"


# --- the figure and the tables ---------------------------------------------------------------------------------------


def measured_lines(found: Sequence[Cost]) -> list[Measured]:
    """Time, memory and speed of each training."""
    return [
        Measured(
            cost.title,
            {
                TIME: over_runs(cost.training, "wall_seconds", minutes),
                MEMORY: over_runs(cost.training, "peak_memory", gigabytes),
                SPEED: over_runs(cost.training, "tokens_per_second"),
            },
            MEASURED,
        )
        for cost in found
    ]


@dataclass(frozen=True)
class Evaluation:
    """One stage whose predictions were made, with its runs."""

    title: Markdown
    rows: View


def evaluations(found: Sequence[Cost]) -> list[Evaluation]:
    """A row for each stage of each study whose predictions were made."""
    return [
        Evaluation(cost.shown if index == 0 else Markdown(""), rows)
        for cost in found
        for index, rows in enumerate(cost.evaluations)
    ]


def probing_lines(study: Study) -> list[dict[str, Row | Value | Markdown]]:
    """A row for each model, trained or random, and stage of probing."""
    rows = study.table("cost")
    return [
        {
            "study": study.shown if number == index == 0 else Markdown(""),
            "model": row["model"] if index == 0 else Markdown(""),
            "row": row,
        }
        for number, model in enumerate(rows.distinct("model"))
        for index, row in enumerate(rows.where(model=model))
    ]


# --- sentences -------------------------------------------------------------------------------------------------------


def describe_hardware(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The machines on which the rows of costs were measured."""
    machines = {(row["processor"].data, row["cores"].data, row["accelerator"].data): row for row in rows}
    parts = [
        page.say(
            "{processor} with {cores} cores" + ("" if row["accelerator"].missing else " and {accelerator}"),
            processor=row["processor"],
            cores=row["cores"],
            accelerator=row["accelerator"],
        )
        for row in machines.values()
    ]
    used = [row for row in rows if not row["accelerator"].missing]
    kinds = derived(len(machines), [row["processor"] for row in rows], "number of machines")
    with_one = derived(len(used), [row["accelerator"] for row in rows], "number of runs with an accelerator")
    ran = page.say("All runs were made on", rests_on=[kinds == 1]) if kinds == 1 else "The runs were made on"
    without = "" if used else page.say("; none of them used an accelerator", rests_on=[with_one == 0])
    return page.say("{ran} {machines}{without}.", ran=ran, machines=series(parts), without=without)


def describe_energy(page: Chapter, rows: Sequence[Row]) -> Markdown:
    """The energy of the runs and how it was measured, or that it was not."""
    sources = {row["energy_source"].data: row["energy_source"] for row in rows}
    if set(sources) == {"none"}:
        return Markdown(
            "Energy was not measured, since no machine had a counter of it; it was not estimated from rated power and "
            "time either."
        )
    known = [row["energy"] for row in rows if not row["energy"].missing]
    if not known:
        return page.say("No run states its energy (source: {sources}).", sources=series(list(map(str, sources))))
    low, high = min_of(known), max_of(known)
    how = "is" if reads_alike(",.0f", low, high) else "ranges from"
    guessed = ", estimated from a rated power," if "tdp-estimate" in sources else ""
    return page.say(
        f"The energy of a run{guessed} {how} {span(',.0f', low, high)} J (source: {{sources}}).",
        low=low,
        high=high,
        sources=series(list(map(str, sources))),
    )


def describe_trained_share(page: Chapter, found: Sequence[Cost]) -> Markdown:
    """The smallest and the largest share of trainable parameters."""
    share = {cost.title: trainable_share(cost) for cost in found}
    least, most = min_of(share.values()), max_of(share.values())
    if len(found) == 1:
        return page.say(
            f"The share of trainable parameters is {{share:{as_share(least)}}} ({{study}}).",
            share=least,
            study=found[0].title,
        )
    return page.say(
        f"The share of trainable parameters ranges from {{least:{as_share(least)}}} ({{small}}) to "
        f"{{most:{as_share(most)}}} ({{great}}).",
        least=least,
        small=next(name for name, value in share.items() if value == least),
        most=most,
        great=next(name for name, value in share.items() if value == most),
    )


def describe_mixed_precision(page: Chapter, found: Sequence[Cost]) -> Markdown:
    """Which trainings had products in bfloat16; nothing where none had."""
    mixed = [cost for cost in found if cost.mixed]
    if not mixed:
        return Markdown("")
    return page.say(
        "By the settings of their studies, these trainings had their products in bfloat16, and evaluation computed in "
        "{dtype}: {names}.",
        dtype=mixed[0].common("dtype"),
        names=Markdown("; ".join(cost.shown for cost in mixed)),
    )


def describe_packed_parameters(page: Chapter, found: Sequence[Cost]) -> Markdown:
    """Which models have fewer stored elements than parameters, because of four-bit packing."""
    if not found:
        return Markdown("")
    whole = [(cost, cost.common("logical_base") + cost.common("added"), cost.common("stored")) for cost in found]
    packed = [each for each in whole if each[2] < each[1]]
    if not packed:
        return page.say(
            "No model has fewer stored elements than parameters.",
            rests_on=[stored >= all_ for _, all_, stored in whole],
        )
    parts = [
        page.say(
            "the model of {study} stores {whole:,} parameters in {stored:,} elements",
            study=cost.text,
            whole=all_,
            stored=stored,
        )
        for cost, all_, stored in packed
    ]
    return page.say("Because of four-bit packing, {parts}.", parts=series(parts))


def describe_probing_time(studies: Sequence[Study]) -> Markdown:
    """The CPU time of the forward passes and of the probes, and how many probes and control tasks there are."""
    rows = [study.table("cost") for study in studies]
    probes, states = ([row for each in rows for row in each.where(stage=stage)] for stage in ("probes", "states"))
    reading, seconds = (sum_of([row["cpu_seconds"] for row in some]) for some in (states, probes))
    return studies[0].page.say(
        "Each model, trained or with random weights, reads the prompts once, for its layers and poolings together, "
        f"which takes {{reading:{_seconds(reading)}}} seconds of CPU time in total. Scoring {{tasks:,}} probes and "
        f"control tasks on these hidden states takes {{seconds:{_seconds(seconds)}}} seconds.",
        reading=reading,
        tasks=sum_of([row["tasks"] for row in probes]),
        seconds=seconds,
    )


def _seconds(value: Value) -> str:
    """How a time is written: tenths of a second only of a short one."""
    return ",.0f" if value.number() >= 10 else ",.1f"
