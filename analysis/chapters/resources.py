"""The chapter on time, memory and parameters: what each way of fine-tuning took."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.chapters.common import STAGES, classifiers, unbroken
from analysis.chapters.early_exit.scores import exits
from analysis.chapters.failure_cases.transitions import QUESTIONS
from analysis.facts import Chapter, Markdown, Row, Value, View, derived, max_of, mean_of, min_of, ratio, sum_of
from analysis.figures.lines import Estimate
from analysis.figures.measures import Measured
from analysis.sentences import series

BYTES_PER_GB = 1_000_000_000
SECONDS_PER_MINUTE = 60
OURS, THEIRS = "Measured for this report", "As reported"
OTHER_COSTS = ("layer-probe-movies/cost",)
"""The costs of studies that train no model."""
METHODS = {"head": "head alone", "lora": "LoRA", "qlora": "QLoRA", "full": "all weights"}
TIME, MEMORY, SPEED = "training time, minutes", "peak memory, GB", "tokens per second"


@dataclass(frozen=True)
class Cost:
    """The cost of one study, or one way of answering: the rows of its runs."""

    title: str
    rows: View

    @property
    def training(self) -> View:
        """A row for each seed."""
        return self.rows.where(stage="training")

    @property
    def evaluations(self) -> list[View]:
        """The stages whose predictions of the test examples were made, each with its runs."""
        return [self.rows.where(stage=stage) for stage in self.rows.distinct("stage") if stage in STAGES]

    def one(self, column: str) -> Value:
        """A cell that is the same for all seeds."""
        return self.training.rows[0][column]


def costs(page: Chapter) -> list[Cost]:
    """The classifiers, then the ways of answering, then the models with early exits."""
    answering = page.table("squad-lora/cost")
    found = [Cost(study.title, study.table("cost")) for study in classifiers(page)]
    names = [str(name) for name in answering.distinct("approach")]
    found += [Cost(QUESTIONS.get(name, (name,))[0], answering.where(approach=name)) for name in names]
    return [*found, *(Cost(f"Alpaca, {one.name}", one.table("cost")) for one in exits(page))]


def metered(page: Chapter) -> list[Row]:
    """Every row of every cost: what the meter has run with."""
    others = [row for name in OTHER_COSTS for row in page.table(name)]
    return [*(row for cost in costs(page) for row in cost.rows), *others]


def method(cost: Cost) -> Value:
    """How it was fine-tuned, in words."""
    cell = cost.one("method")
    return derived(METHODS.get(str(cell.data), str(cell.data)), [cell], cell.how)


# --- quantities ------------------------------------------------------------------------------------------------------


def over_runs(rows: View, column: str, convert: Callable[[Value], Value] = lambda value: value) -> Estimate:
    """The mean over the runs, from the least to the greatest."""
    cells = [convert(cell) for cell in rows.column(column) if not cell.missing]
    if not cells:
        return Estimate("", rows.rows[0][column])
    return Estimate("", mean_of(cells), min_of(cells), max_of(cells))


def minutes(seconds: Value) -> Value:
    return (seconds / SECONDS_PER_MINUTE).as_unit("minutes")


def gigabytes(size: Value) -> Value:
    return (size / BYTES_PER_GB).as_unit("GB")


def spread(rows: View, column: str, spec: str) -> Value:
    """The least and the greatest value of the runs: "1.2 to 1.4"."""
    found = over_runs(rows, column)
    if found.value.missing:
        return found.value
    ends = dict.fromkeys(f"{end.number():{spec}}" for end in (found.low, found.high))
    return derived(unbroken(" to ".join(ends)), [found.low, found.high], f"range of {column} over the runs")


def trainable_share(cost: Cost) -> Value:
    """The share of what an optimiser may change in all parameters of base and adapter."""
    return ratio(cost.one("trainable"), cost.one("logical_base") + cost.one("added"))


# --- the figure ------------------------------------------------------------------------------------------------------


def lines(page: Chapter) -> list[Measured]:
    """Time and memory of each training of ours, and what S2 prints of its own."""
    ours = [
        Measured(
            cost.title,
            {
                TIME: over_runs(cost.training, "wall_seconds", minutes),
                MEMORY: over_runs(cost.training, "peak_memory", gigabytes),
                SPEED: over_runs(cost.training, "tokens_per_second"),
            },
            OURS,
        )
        for cost in costs(page)
    ]
    s2 = page.table("published-s2/figures")
    theirs = Measured(
        "S2, Phi-2, QLoRA (GPU)",
        {
            TIME: Estimate("", s2.at(figure="s2-training-time")["value"]),
            MEMORY: Estimate("", s2.at(figure="s2-peak-gpu-memory")["value"]),
        },
        THEIRS,
    )
    return [*ours, theirs]


# --- sentences -------------------------------------------------------------------------------------------------------


def hardware(page: Chapter) -> Markdown:
    """The machines that the runs name."""
    rows = metered(page)
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
    several = "Runs were made on" if len(parts) > 1 else "All runs were made on"
    without = "; none of them used an accelerator" if all(row["accelerator"].missing for row in rows) else ""
    return page.say(several + " {machines}" + without + ".", machines=series(parts))


def energy(page: Chapter) -> Markdown:
    """What measured the energy, or that nothing did."""
    rows = metered(page)
    sources = {row["energy_source"].data: row["energy_source"] for row in rows}
    if set(sources) == {"none"}:
        return page.say(
            "Nothing on the machine measured the energy (source: {none}), so none is given: rated power times seconds "
            "would be a guess with a unit.",
            none=sources["none"],
        )
    known = [row["energy"] for row in rows if not row["energy"].missing]
    return page.say(
        "A run took from {low:,.0f} J to {high:,.0f} J, by {sources}.",
        low=min_of(known),
        high=max_of(known),
        sources=series(list(map(str, sources))),
    )


def trained(page: Chapter) -> Markdown:
    """Where the smallest and the greatest share of parameters is trained."""
    found = costs(page)
    share = {cost.title: trainable_share(cost) for cost in found}
    least, most = min_of(share.values()), max_of(share.values())
    return page.say(
        "The share of parameters that are trained reaches from {least:.3%} ({small}) to {most:.2%} ({great}).",
        least=least,
        small=next(name for name, value in share.items() if value == least),
        most=most,
        great=next(name for name, value in share.items() if value == most),
    )


def packed(page: Chapter) -> Markdown:
    """What four-bit storage hides: fewer stored elements than parameters."""
    hidden = [cost for cost in costs(page) if cost.one("stored") < cost.one("logical_base") + cost.one("added")]
    if not hidden:
        return Markdown("No model of ours is stored in fewer elements than it has parameters.")
    parts = [
        page.say(
            "{study} holds {whole:,} parameters in {stored:,} elements",
            study=cost.title,
            whole=cost.one("logical_base") + cost.one("added"),
            stored=cost.one("stored"),
        )
        for cost in hidden
    ]
    return page.say(
        "Four-bit packing hides parameters: {parts}. @sec-parameters-s2 tells what became of that in S2.",
        parts=series(parts),
    )


def s2(page: Chapter) -> Markdown:
    """What S2 prints of its run."""
    figures = page.table("published-s2/figures")
    cell = {name: figures.at(figure=f"s2-{name}")["printed"] for name in ("training-time", "peak-gpu-memory", "gpu")}
    return page.say(
        "S2 prints {time} of training and a peak of {memory} of GPU memory, on a {gpu}. It does not say whether the "
        "time includes loading and evaluation, nor what was read as the peak.",
        time=cell["training-time"],
        memory=cell["peak-gpu-memory"],
        gpu=cell["gpu"],
    )


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Evaluation:
    """One stage whose predictions were made, with its runs."""

    title: str
    rows: View


def evaluations(page: Chapter) -> list[Evaluation]:
    """Every stage of every study."""
    return [
        Evaluation(cost.title if index == 0 else "", rows)
        for cost in costs(page)
        for index, rows in enumerate(cost.evaluations)
    ]


# --- probing ---------------------------------------------------------------------------------------------------------


def probing(page: Chapter) -> list[dict[str, Row | Value | Markdown]]:
    """What probing took: a row for each model, trained or random, and stage."""
    rows = page.table("layer-probe-movies/cost")
    return [
        {"model": row["model"] if index == 0 else Markdown(""), "row": row}
        for model in rows.distinct("model")
        for index, row in enumerate(rows.where(model=model))
    ]


def all_layers_once(page: Chapter) -> Markdown:
    """How many probes and control tasks came out of one pass of each model."""
    rows = page.table("layer-probe-movies/cost")
    probes, states = (rows.where(stage=stage) for stage in ("probes", "states"))
    tasks, seconds = sum_of(probes.column("tasks")), sum_of(probes.column("cpu_seconds"))
    reading = sum_of(states.column("cpu_seconds"))
    return page.say(
        "Each model and each random twin reads the prompts once, for all layers and poolings: {reading:,.0f} seconds "
        "of CPU time. On these states {tasks:,} probes and control tasks are scored in {seconds:,.0f} seconds.",
        reading=reading,
        tasks=tasks,
        seconds=seconds,
    )
