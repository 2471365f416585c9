"""The figure and tables of time, memory and parameters, for any number of studies."""

from collections.abc import Sequence

from analysis.chapters.common import STAGES, Study, named
from analysis.chapters.early_exit.judge_sentences import describe_prices
from analysis.chapters.early_exit.judges import judges
from analysis.chapters.floats import join
from analysis.chapters.resources import costs as resources
from analysis.chapters.resources.costs import Cost
from analysis.facts import Chapter, Markdown
from analysis.figures.measures import Measured, measures
from analysis.tables import column

Costs = Sequence[Cost]


def show_costs(page: Chapter, costs: Costs, beside: Sequence[Measured] = (), more: str = "") -> Markdown:
    """The figure of the cost of training. `beside` are lines of other sources, on which `more` tells."""
    return page.figure(
        measures([*resources.measured_lines(costs), *beside]),
        label="fig-cost",
        caption="Time, memory and speed of training: means over the seeds, with bars over their range. "
        f"{more or 'Memory is that of the whole process.'} Logarithmic scales.",
    )


def show_training(page: Chapter, costs: Costs) -> Markdown:
    """The table of what each training cost."""
    return page.tabulate(
        costs,
        label="tbl-training",
        columns={
            "Study": lambda cost: cost.shown,
            "Model": lambda cost: cost.common("model"),
            "Seconds": column(lambda cost: resources.spread(cost.training, "wall_seconds", ",.1f"), align="right"),
            "CPU": column(lambda cost: resources.spread(cost.training, "cpu_seconds", ",.1f"), align="right"),
            "Warm-up": column(lambda cost: resources.spread(cost.training, "warm_up_seconds", ".2f"), align="right"),
            "GB": column(
                lambda cost: resources.over_runs(cost.training, "peak_memory", resources.gigabytes).high, ".2f"
            ),
            "Tokens/s": column(
                lambda cost: resources.spread(cost.training, "tokens_per_second", ",.0f"), align="right"
            ),
        },
        caption="Training of one seed, as a range over the seeds: wall time and CPU time in seconds "
        "without the warm-up, warm-up in seconds, peak memory of the process in GB, tokens without padding per second. "
        "Validation during training is included. Wall time depends on the load of the machine, CPU time hardly.",
    )


def show_evaluation(page: Chapter, costs: Costs) -> Markdown:
    """The table of what each evaluation cost."""
    return page.tabulate(
        resources.evaluations(costs),
        label="tbl-evaluation",
        columns={
            "Study": lambda each: each.title,
            "Stage": lambda each: named(STAGES, "stage")(each.rows.rows[0]),
            "Examples": column(lambda each: each.rows.rows[0]["examples"], ","),
            "Seconds": column(lambda each: resources.spread(each.rows, "wall_seconds", ",.2f"), align="right"),
            "Warm-up": column(lambda each: resources.spread(each.rows, "warm_up_seconds", ".2f"), align="right"),
            "Tokens/s": column(lambda each: resources.spread(each.rows, "tokens_per_second", ",.0f"), align="right"),
        },
        caption="Evaluation on the test examples, by stage. Zero-shot classification scores each label of an example, "
        "a classifier reads the example once, generation is token by token, and the exits of a model answer in one "
        "batch.",
    )


def show_geometry(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The table of steps of full-size models with random weights; nothing without any."""
    rows = [(study, index, row) for study in studies for index, row in enumerate(study.table("geometry"))]
    if not rows:
        return Markdown("")
    return page.tabulate(
        rows,
        label="tbl-geometry",
        columns={
            "Study": lambda each: each[0].shown if each[1] == 0 else Markdown(""),
            "Model": lambda each: each[2]["model"],
            "Stage": lambda each: each[2]["stage"],
            "Steps": column(lambda each: each[2]["steps"], ","),
            "Seconds": column(lambda each: each[2]["wall_seconds"], ",.2f"),
            "GB": column(lambda each: resources.gigabytes(each[2]["peak_memory"]), ".2f"),
            "Tokens/s": column(lambda each: each[2]["tokens_per_second"], ",.0f"),
        },
        caption="Steps of full-size models with random weights: time and memory do not depend on what the weights are. "
        "Wall time in seconds without the warm-up; peak memory of the process.",
    )


def tabulate_probing(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The time of probing, and its table by model; nothing without a study of probes."""
    if not studies:
        return Markdown("")
    return page.tabulate(
        [line for study in studies for line in resources.probing_lines(study)],
        label="tbl-probing-cost",
        columns={
            **({"Study": lambda each: each["study"]} if len(studies) > 1 else {}),
            "Model": lambda each: each["model"],
            "Weights": lambda each: each["row"]["weights"],
            "Stage": lambda each: each["row"]["stage"],
            "Prompts": column(lambda each: each["row"]["n"], ","),
            "Tasks": column(lambda each: each["row"]["tasks"], ","),
            "Seconds": column(lambda each: each["row"]["wall_seconds"], ",.1f"),
            "CPU": column(lambda each: each["row"]["cpu_seconds"], ",.1f"),
            "GB": column(lambda each: resources.gigabytes(each["row"]["peak_memory"]), ".2f"),
            "Tokens/s": column(lambda each: each["row"]["tokens_per_second"], ",.0f"),
        },
        caption="Probing, by model: one forward pass that keeps the hidden states of each layer, then the probes with "
        "their control tasks, over layers, states, targets and folds. Wall time and CPU time in seconds without the "
        "warm-up; peak memory of the process.",
    )


def show_judging(page: Chapter, studies: Sequence[Study]) -> Markdown:
    """The table of judging, and its price; nothing without a study of judged answers."""
    if not studies:
        return Markdown("")
    lines = [(study, judge, index == 0) for study in studies for index, judge in enumerate(judges(study))]
    table = page.tabulate(
        lines,
        label="tbl-judging-cost",
        columns={
            **({"Study": lambda line: line[0].shown if line[2] else Markdown("")} if len(studies) > 1 else {}),
            "Judge": lambda line: line[1].label,
            "Model": lambda line: line[1].cost["model"],
            "Verdicts": column(lambda line: line[1].cost["verdicts"], ","),
            "Prompts": column(lambda line: line[1].cost["asked"], ","),
            "Tokens read": column(lambda line: line[1].cost["prompt_tokens"], ","),
            "Seconds": column(lambda line: line[1].cost["wall_seconds"], ",.1f"),
            "Waited": column(lambda line: line[1].cost["waited_seconds"], ",.1f", align="right"),
        },
        caption="Judging, by judge: verdicts in the tables, distinct prompts, tokens of these prompts, wall time in "
        "seconds, and the part of it spent waiting between requests. n/a: does not apply to the judge.",
    )
    return join([table, describe_prices(page, studies)])


def show_parameters(page: Chapter, costs: Costs) -> Markdown:
    """The table of the parameters of the trained models."""
    return page.tabulate(
        costs,
        label="tbl-cost-parameters",
        columns={
            "Study": lambda cost: cost.shown,
            "Method": resources.method,
            "Logical base": column(lambda cost: cost.common("logical_base"), ","),
            "Added": column(lambda cost: cost.common("added"), ","),
            "Trainable": column(lambda cost: cost.common("trainable"), ","),
            "Share": column(
                resources.trainable_share, lambda cost: resources.as_share(resources.trainable_share(cost))
            ),
            "Stored": column(lambda cost: cost.common("stored"), ","),
        },
        caption="Parameters of the trained models, counted on their tensors in four ways. Added are those of "
        "the adapter and of the copy of the head that is trained beside the original. The share is trainable "
        "parameters over logical base plus added, which holds both heads, as PEFT counts.",
    )
