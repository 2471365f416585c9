"""What the source reports print, as pairs, panels and lines that stand beside our own results."""

from analysis.audit import wilson_interval
from analysis.chapters.common import named
from analysis.chapters.published.show import METRICS, label_chance
from analysis.chapters.question_answering.scores import percent
from analysis.chapters.resources.costs import MEMORY, TIME
from analysis.facts import Chapter, Fact, Row, Value, View, derived, ratio
from analysis.figures.curves import Curve, Point
from analysis.figures.intervals import Estimate
from analysis.figures.measures import Measured
from analysis.figures.paired import Pair
from analysis.figures.panels import Panel
from experiments.tables.terms import Stage

REPORTED = "As reported"
SOURCES = ("s0", "s1", "s2", "s3", "s4")
WORDS = ("no", "one", "two", "three", "four", "five", "six")
S4_MODELS = {"llama-2-7b": "Llama 2", "phi-2": "Phi-2", "mistral-7b": "Mistral"}
S4_METHODS = (Stage.BASE, Stage.FINE_TUNED)


def count_sources(page: Chapter) -> Fact:
    """How many source reports there are, as a word."""
    claims = [page.table(f"published-{source}/claims").column("statement")[0] for source in SOURCES]
    return page.text(derived(WORDS[len(claims)], claims, "number of source reports"))


def figures_of(page: Chapter, source: str) -> View:
    """The figures that a source report prints."""
    return page.table(f"published-{source}/figures")


# --- S1, S2, S3: before and after ------------------------------------------------------------------------------------


def sst2_majority(page: Chapter) -> Value:
    """The accuracy of always predicting the more frequent label on the development set of SST-2."""
    baselines = page.table("published-baselines/figures")
    frequent, examples = (baselines.at(figure=f"sst2-dev-{what}")["value"] for what in ("positive", "examples"))
    return ratio(frequent, examples)


def accuracy_pairs(page: Chapter) -> list[Pair]:
    """The accuracies that S1, S2 and S3 print; with intervals where the number of examples is printed."""
    group, majority = f"{REPORTED}: other models, other examples", sst2_majority(page)
    s1, s2, s3 = (figures_of(page, source) for source in ("s1", "s2", "s3"))
    first = [s1.at(figure=f"s1-sst2-accuracy-{side}") for side in (Stage.ZERO_SHOT, Stage.FINE_TUNED)]
    third = [s3.at(figure=f"s3-accuracy-{side}") for side in (Stage.ZERO_SHOT, Stage.FINE_TUNED)]
    found = [Pair("S1, SST-2", *(Estimate("", row["value"]) for row in first), majority, group)]
    for split in s2.where(quantity="accuracy").distinct("split"):
        sides = [s2.at(quantity="accuracy", split=split, method=side) for side in ("pretrained", Stage.FINE_TUNED)]
        samples = s2.at(quantity="samples", split=split)["value"]
        bounds = [wilson_interval(row, samples) for row in sides]
        estimates = (
            Estimate("", row["value"]) if each is None else Estimate("", row["value"], each.lower, each.upper)
            for row, each in zip(sides, bounds, strict=True)
        )
        found.append(Pair(f"S2, SNLI, {split}", *estimates, label_chance(s2), group))
    return [*found, Pair("S3, SST-2", *(Estimate("", row["value"]) for row in third), majority, group)]


def answer_pairs(page: Chapter) -> list[Pair]:
    """Exact match and F1 that S1 prints, in points of 100."""
    figures = figures_of(page, "s1")
    return [
        Pair(
            name,
            *(
                Estimate("", percent(figures.at(figure=f"s1-qa-{figure}-{side}")["value"]))
                for side in (Stage.ZERO_SHOT, Stage.FINE_TUNED)
            ),
            group=f"{REPORTED} (S1): another model, other questions",
        )
        for figure, name in (("exact-match", "exact match"), ("f1", "F1"))
    ]


def training_cost(page: Chapter) -> Measured:
    """The training time and peak memory that S2 prints."""
    s2 = figures_of(page, "s2")
    return Measured(
        "S2, Phi-2, QLoRA (GPU)",
        {
            TIME: Estimate("", s2.at(figure="s2-training-time")["value"]),
            MEMORY: Estimate("", s2.at(figure="s2-peak-gpu-memory")["value"]),
        },
        REPORTED,
    )


# --- S4: early exits -------------------------------------------------------------------------------------------------


def s4_curves(figures: View) -> list[Curve]:
    """The score curves of S4: one for each model, method and metric; the metrics are the panels."""
    return [
        Curve(f"{name}, {method}", [Point(row["layer"], row["value"]) for row in rows], METRICS[metric])
        for metric in METRICS
        for model, name in S4_MODELS.items()
        for method in S4_METHODS
        for rows in [figures.where(quantity=metric, model=model, method=method)]
    ]


def s4_table(figures: View) -> list[dict[str, Value]]:
    """S4's scores as printed: a row for each model, method and layer, with a column for each metric."""

    def line(first: Row) -> dict[str, Value]:
        key = {name: first[name].data for name in ("model", "method", "layer")}
        scores = {metric: figures.at(quantity=metric, **key)["printed"] for metric in METRICS}
        return {"model": named(S4_MODELS, "model")(first), "method": first["method"], "layer": first["layer"], **scores}

    return [line(row) for row in figures.where(quantity=next(iter(METRICS)))]


def score_panels(page: Chapter) -> list[Panel]:
    """The scores that S4 prints: a row for each model, a panel for each score."""
    return [
        Panel(f"S4, {name}", f"{title}, reported", _s4_methods(page, model, metric))
        for model, name in S4_MODELS.items()
        for metric, title in METRICS.items()
    ]


def bleu_panels(page: Chapter) -> list[Panel]:
    """The BLEU that S4 prints: a panel for each model."""
    return [Panel("S4, as printed", name, _s4_methods(page, model, "bleu")) for model, name in S4_MODELS.items()]


def _s4_methods(page: Chapter, model: str, metric: str) -> list[Curve]:
    figures = figures_of(page, "s4").where(model=model, quantity=metric)
    return [
        Curve(
            method,
            [
                Point(row["layer"], row["value"] if row["value"].missing else percent(row["value"]))
                for row in figures.where(method=method)
            ],
        )
        for method in S4_METHODS
    ]


def judged_panel(page: Chapter) -> Panel:
    """The share of answers that S4's judge accepts at each layer."""
    printed = figures_of(page, "s4").where(quantity="judged_correct")
    curve = Curve("stage not given", [Point(row["layer"], percent(row["value"])) for row in printed])
    return Panel("S4's judge", S4_MODELS[str(printed.rows[0]["model"].data)], [curve])
