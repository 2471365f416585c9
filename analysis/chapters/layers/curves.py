"""Probes of every layer: the scores that are shown in figures and tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.chapters.common import Study, interval_in_points, points
from analysis.facts import Comparison, Interval, Markdown, Row, Value, View, derived, max_of, min_of
from analysis.facts.escape import markdown
from analysis.facts.formatting import rounded, unbroken
from analysis.figures.curves import Curve, Point
from analysis.figures.panels import Panel, Scale

TRAINED, RANDOM = "trained", "random"
LAST, MEAN = "last", "mean"
"""The poolings: the hidden state of the last token, and the mean of those of all tokens."""
PLACES = ("first", "middle", "last")
DEGENERATE = "constant hidden state (degenerate)"
DAGGER = "\N{DAGGER}"
"""Marks a layer whose hidden state is the same for all examples, in tables."""
MOST_LAYERS = 9
"""Layers of one model that a table shows, beside its middle and its best one; figures show all."""


@dataclass(frozen=True)
class Quantity:
    """A score: its name, at length and short, how it is shown, whether less is better, and whether it is a share."""

    name: str
    short: str
    spec: str
    less_is_better: bool = False
    share: bool = False

    @property
    def step(self) -> str:
        """The format in which a difference of two scores is written."""
        return "+.1f" if self.share else "+.3f"

    @property
    def scale(self) -> str:
        """The format of the numbers at the scale of a figure."""
        return ".0%" if self.share else ".2f"

    @property
    def unit(self) -> str:
        """The unit of a difference, as it follows a number."""
        return " points" if self.share else ""

    def difference(self, value: Value) -> Value:
        """A difference of two scores: of shares in points of 100."""
        return points(value) if self.share else value

    def interval(self, row: Row, column: str, *, estimate: bool = False) -> Interval:
        """The interval of a difference of two scores: of shares in points of 100."""
        return (interval_in_points if self.share else Row.interval)(row, column, estimate=estimate)


QUANTITIES = {
    "accuracy": Quantity("accuracy", "accuracy", ".1%", share=True),
    "macro_f1": Quantity("macro F1", "macro F1", ".1%", share=True),
    "mse": Quantity("mean squared error", "MSE", ".3f", less_is_better=True),
    "mae": Quantity("mean absolute error", "MAE", ".3f", less_is_better=True),
    "r2": Quantity("R²", "R²", ".3f"),
}
MAIN = {"classification": "accuracy", "regression": "mse"}
AGAINST_CONTROLS = {"classification": "accuracy", "regression": "r2"}
"""The score that compares target and control tasks: unlike errors, it does not grow with the spread of the targets."""
BESIDE = {"classification": ("macro_f1",), "regression": ("mae", "r2")}


@dataclass(frozen=True)
class Target:
    """A field that is predicted: its name, and the score that is tested."""

    name: str
    kind: str

    @property
    def score(self) -> str:
        """The score that is tested."""
        return MAIN[self.kind]

    @property
    def quantity(self) -> Quantity:
        """How the tested score is shown."""
        return QUANTITIES[self.score]

    @property
    def against_controls(self) -> str:
        """The score by which it is compared with its control tasks."""
        return AGAINST_CONTROLS[self.kind]

    @property
    def beside(self) -> tuple[str, ...]:
        """The scores that tables show beside the tested one."""
        return BESIDE[self.kind]


def targets(study: Study) -> list[Target]:
    """The targets that the study probes for, such as a label or a rating."""
    return [Target(str(row["target"].data), str(row["kind"].data)) for row in study.table("targets")]


def poolings(study: Study) -> list[str]:
    """The poolings by which hidden states are kept."""
    return [str(name) for name in study.table("layers").distinct("pooling")]


def fullest(study: Study) -> str:
    """The pooling whose hidden state holds most of a prompt at each layer: the mean over the tokens, if it is there."""
    return MEAN if MEAN in poolings(study) else poolings(study)[0]


def models(study: Study) -> list[str]:
    """The models that are probed."""
    return [str(name) for name in study.table("layers").distinct("model")]


def state(pooling: str) -> str:
    """A pooling in words, as the hidden state that is probed."""
    known = {"last": "the last token", "mean": "the mean over all tokens"}
    return known.get(pooling, f"the last token of the {pooling}")


def state_title(pooling: str) -> str:
    """The name of a pooling at the head of a column of a table."""
    return {"last": "Last token", "mean": "Mean over tokens"}.get(pooling, f"Last of {pooling}")


def curve(study: Study, pooling: str, target: Target, model: str, *, score: str = "", weights: str = TRAINED) -> View:
    """A score at every layer, in order."""
    found = study.table("layers").where(
        pooling=pooling, target=target.name, model=model, weights=weights, score=score or target.score
    )
    return found.sort("layer")


# --- the figure ------------------------------------------------------------------------------------------------------


def panels(study: Study, pooling: str) -> list[Panel]:
    """A row for each target, a column for each model: trained, with random weights, its control tasks, the baseline."""
    return [_panel(study, pooling, target, model) for target in targets(study) for model in models(study)]


def scales(study: Study) -> dict[str, Scale]:
    """The scale of each row of `panels`."""
    found = {}
    for target in targets(study):
        quantity = target.quantity
        better = "lower is better" if quantity.less_is_better else "higher is better"
        found[target.name] = Scale(f"{quantity.name}\n({better})", quantity.scale)
    return found


def _panel(study: Study, pooling: str, target: Target, model: str) -> Panel:
    trained, random = (curve(study, pooling, target, model, weights=weights) for weights in (TRAINED, RANDOM))
    return Panel(
        target.name,
        model,
        [
            Curve("model", [Point(row["layer"], row["value"], row["low"], row["high"]) for row in trained]),
            Curve("random weights", [Point(row["layer"], row["value"], row["low"], row["high"]) for row in random]),
            Curve("control tasks, mean", [Point(row["layer"], row["control_mean"]) for row in trained]),
        ],
        levels=[("baseline", trained.rows[0]["baseline"])],
        degenerate=[row["layer"] for row in trained if row["degenerate"].data],
    )


# --- tables ----------------------------------------------------------------------------------------------------------


def tabled(depth: int) -> set[int]:
    """The layers of a model of so many blocks that a table shows: all, or first, middle, last and some between."""
    if depth < MOST_LAYERS:
        return set(range(depth + 1))
    return {round(place * depth / (MOST_LAYERS - 1)) for place in range(MOST_LAYERS)} | {depth // 2}


def left_out(study: Study) -> Markdown:
    """For a caption: that a table leaves layers out; nothing where it shows all."""
    depths = [int(row["depth"].number()) for row in study.table("inputs")]
    some = any(len(tabled(depth)) <= depth for depth in depths)
    return Markdown(" Of a model with many layers some are shown, with the one that the text names." if some else "")


def best(layers: View, quantity: Quantity) -> Row:
    """The layer with the best score."""
    return layers.lowest("value") if quantity.less_is_better else layers.highest("value")


def is_best(row: Row, layers: View, quantity: Quantity) -> Comparison:
    """What a sentence rests on that calls the layer of a row the best one."""
    return row["value"] == (min_of if quantity.less_is_better else max_of)(layers.column("value"))


def _tabled(layers: View, *, beside: Sequence[Row] = ()) -> list[Row]:
    """The layers of a curve that a table shows, and some `beside`."""
    shown = tabled(len(layers) - 1) | {int(row["layer"].number()) for row in beside}
    return [row for row in layers if int(row["layer"].number()) in shown]


def layer_rows(study: Study, pooling: str, target: Target) -> list[dict[str, object]]:
    """A row for each model and some of its layers, the best among them.

    It shows the score that is tested, and `beside` the others.
    """
    return [
        {
            "model": _first(row["model"], index),
            "row": row,
            "beside": {
                score: study.table("layers").at(score=score, **{k: v for k, v in row.key.items() if k != "score"})[
                    "value"
                ]
                for score in target.beside
            },
        }
        for model in models(study)
        for layers in [curve(study, pooling, target, model)]
        for index, row in enumerate(_tabled(layers, beside=[best(layers, target.quantity)]))
    ]


def layer(row: Row) -> Value:
    """The number of a layer, with a dagger where its hidden state is constant."""
    return marked(row, row["layer"])


def side_by_side(study: Study, target: Target, score: str = "") -> list[dict[str, object]]:
    """A row for each model and some of its layers, with a score for each pooling.

    By default it is the score that is tested.
    """
    return [
        {
            "model": _first(rows[0]["model"], index),
            "layer": rows[0]["layer"],
            "by_pooling": dict(zip(poolings(study), rows, strict=True)),
        }
        for model in models(study)
        for index, rows in enumerate(
            zip(
                *(_tabled(curve(study, pooling, target, model, score=score)) for pooling in poolings(study)),
                strict=True,
            )
        )
    ]


def marked(row: Row, value: Value) -> Value:
    """A value, with a dagger where the hidden state is constant."""
    if not row["degenerate"].data:
        return value
    return derived(f"{value.data}{DAGGER}", [value, row["degenerate"]], value.how)


def controls(row: Row, quantity: Quantity) -> Value:
    """The mean score of the control tasks, with a dagger where the hidden state is constant."""
    cell = row["control_mean"]
    return marked(row, derived(rounded(cell.number(), quantity.spec), [cell], cell.how))


def selectivity(row: Row, quantity: Quantity) -> Interval:
    """Selectivity with its interval."""
    return quantity.interval(row, "selectivity", estimate=True)


def rank(row: Row) -> Value:
    """The effective rank of a hidden state, marked where the state is degenerate."""
    cell = row["effective_rank"]
    return marked(row, derived(f"{cell.number():.1f}", [cell], cell.how))


def comparisons(study: Study, target: Target) -> list[dict[str, object]]:
    """A row for each pooling, place and pair of models."""
    return [
        {"state": Markdown(markdown(state_title(pooling)) if index == 0 else ""), "row": row}
        for pooling in poolings(study)
        for index, row in enumerate(study.table("comparisons").where(pooling=pooling, target=target.name))
    ]


def pair(row: Row) -> Value:
    """The two models of a comparison: "minilm-l6 − stories260k"."""
    cells = [row["model"], row["other"]]
    return derived(f"{cells[0].data} −\N{NO-BREAK SPACE}{cells[1].data}", cells, "the two models")


def both(row: Row, quantity: Quantity) -> Value:
    """The two scores of a comparison in one text: "48.1% / 40.2%"."""
    cells = [row["value"], row["other_value"]]
    text = unbroken(" / ".join(rounded(cell.number(), quantity.spec) for cell in cells))
    return derived(text, cells, f"{cells[0].how} and {cells[1].how}")


def _first(name: Value, index: int) -> Value | Markdown:
    return name if index == 0 else Markdown("")


def tells_only_length(first: Row, inputs: Row) -> bool:
    """Whether all prompts end in one token whose embedding varies only with its position, so with the prompt's length.

    `first` is a row of the embedding in the table of layers, `inputs` that of the model in the table of inputs.
    """
    return inputs["last_tokens"] == 1 and 1 < first["distinct"].number() < inputs["n"].number()
