"""The figures and tables on one study of probes of every layer."""

from analysis.chapters.common import Study, slug
from analysis.chapters.decisions import INTERVAL
from analysis.chapters.floats import draw_panels, join
from analysis.chapters.layers import anomalies, curves, sentences
from analysis.chapters.layers.curves import DEGENERATE, QUANTITIES, Target
from analysis.facts import Markdown
from analysis.facts.escape import markdown
from analysis.figures.events import MOST_PANELS, events
from analysis.sentences import capitalise, series
from analysis.tables import ColumnSpec, column


def show_first_scores(study: Study) -> Markdown:
    """The figure that answers: the scores at every layer from the hidden state that holds most of a prompt."""
    return _scores(study, curves.fullest(study))


def show_other_scores(study: Study) -> Markdown:
    """The figures of the other hidden states, and for each hidden state the best layers."""
    fullest = curves.fullest(study)
    others = [pooling for pooling in curves.poolings(study) if pooling != fullest]
    return join(
        [
            sentences.describe_best_layers(study, fullest),
            *(
                part
                for pooling in others
                for part in (_scores(study, pooling), sentences.describe_best_layers(study, pooling))
            ),
        ]
    )


def _scores(study: Study, pooling: str) -> Markdown:
    found = curves.panels(study, pooling)
    mark = ""
    if any(panel.degenerate for panel in found):
        mark = " A ring and hatching mark a hidden state that does not vary between examples."
    return draw_panels(
        study.page,
        found,
        x="layer (0: embedding)",
        y=curves.scales(study),
        degenerate=DEGENERATE,
        row_cm=4.4,
        label=study.label(f"fig-layers-{slug(pooling)}"),
        caption=study.page.caption(
            "{lead}"
            "Probe scores from the hidden state of {state}, by layer: one column per model, one row per target, with "
            f"{INTERVAL}s of the trained model and the random-weights control. Control tasks have targets of their "
            "own." + mark,
            lead=study.lead,
            state=curves.state(pooling),
        ),
    )


def tabulate_layers(study: Study) -> Markdown:
    """For each hidden state and target a table of the scores at every layer."""
    return join(
        _layers(study, pooling, target) for pooling in curves.poolings(study) for target in curves.targets(study)
    )


def _layers(study: Study, pooling: str, target: Target) -> Markdown:
    quantity = target.quantity
    beside = {
        capitalise(QUANTITIES[score].short): column(
            lambda entry, score=score: entry["beside"][score], QUANTITIES[score].spec
        )
        for score in target.beside
    }
    return study.page.tabulate(
        curves.layer_rows(study, pooling, target),
        label=study.label(f"tbl-layers-{slug(target.name)}-{slug(pooling)}"),
        columns={
            "Model": lambda entry: entry["model"],
            "Layer": column(lambda entry: curves.layer(entry["row"]), align="right"),
            capitalise(quantity.short): column(lambda entry: entry["row"]["value"], quantity.spec),
            INTERVAL: column(lambda entry: entry["row"].interval("value"), quantity.spec, align="right"),
            **beside,
            "Baseline": column(lambda entry: entry["row"]["baseline"], quantity.spec),
            "Random": column(lambda entry: entry["row"]["random_weights"], quantity.spec),
        },
        caption=study.page.caption(
            "{lead}"
            "The {target} by {state}: scores of the probe, and the {quantity} of the trivial baseline and of the "
            "random-weights control. † marks a degenerate hidden state.{left_out}",
            lead=study.lead,
            left_out=curves.left_out(study),
            target=target.name,
            state=curves.state(pooling),
            quantity=quantity.name,
        ),
    )


def tabulate_states(study: Study) -> Markdown:
    """The table of hidden states: their rank, and how much of them is constant."""
    cells = (
        ("Rank", curves.rank, None),
        ("Constant", lambda row: row["share_constant"], ".1%"),
        ("Distinct", lambda row: row["distinct"], ","),
    )
    return study.page.tabulate(
        curves.side_by_side(study, curves.targets(study)[0]),
        label=study.label("tbl-layer-states"),
        columns={
            "Model": lambda entry: entry["model"],
            "Layer": column(lambda entry: entry["layer"], align="right"),
            **{
                f"{title}, {markdown(pooling)}": column(
                    lambda entry, pooling=pooling, cell=cell: cell(entry["by_pooling"][pooling]), spec, align="right"
                )
                for pooling in curves.poolings(study)
                for title, cell, spec in cells
            },
        },
        caption=study.page.caption(
            "{lead}"
            "Hidden states of the trained models: effective rank [@roy2007], share of constant features, and number of "
            "distinct states among the examples, by {states}. † marks a degenerate hidden state.",
            lead=study.lead,
            states=_states(study),
        ),
    )


def tabulate_controls(study: Study) -> Markdown:
    """For each target a table of the scores of its control tasks, and of selectivity."""
    return join(_controls(study, target) for target in curves.targets(study))


def _controls(study: Study, target: Target) -> Markdown:
    quantity = QUANTITIES[target.against_controls]
    return study.page.tabulate(
        curves.side_by_side(study, target, target.against_controls),
        label=study.label(f"tbl-controls-{slug(target.name)}"),
        columns={
            "Model": lambda entry: entry["model"],
            "Layer": column(lambda entry: entry["layer"], align="right"),
            **{
                f"{title}, {markdown(pooling)}": _by_state(pooling, cell, quantity)
                for pooling in curves.poolings(study)
                for title, cell in (("Controls", curves.controls), ("Selectivity", curves.selectivity))
            },
        },
        caption=study.page.caption(
            "{lead}"
            "The {target}: mean {quantity} of the control tasks, and selectivity{unit} with its " + INTERVAL + ", by "
            "{states}. † marks a degenerate hidden state.",
            lead=study.lead,
            states=_states(study),
            target=target.name,
            quantity=quantity.name,
            unit=Markdown(" in points" if quantity.share else ""),
        ),
    )


def _states(study: Study) -> Markdown:
    """What the poolings at the heads of columns mean."""
    return series([f"{curves.state(pooling)} ({pooling})" for pooling in curves.poolings(study)])


def _by_state(pooling: str, cell, quantity: curves.Quantity) -> ColumnSpec:
    return column(lambda entry: cell(entry["by_pooling"][pooling], quantity), quantity.step, align="right")


def show_anomalies(study: Study) -> Markdown:
    """The table of the rules and of what they found."""
    return study.page.tabulate(
        anomalies.test_lines(study),
        label=study.label("tbl-anomalies"),
        columns={
            "Rule": lambda tested: tested.title,
            "Target": lambda tested: tested.named_target,
            "State": lambda tested: tested.state,
            "Tested": column(lambda tested: tested.tested, ",", align="right"),
            "Found": column(lambda tested: tested.found, ",", align="right"),
            "Found in degenerate states": column(lambda tested: tested.constant, ",", align="right"),
            "Undecided": column(lambda tested: tested.leaning, ",", align="right"),
        },
        caption=f"{study.lead}"
        "Tests made by each rule and anomalies found; how many of these compare a degenerate hidden state; and "
        "how many further effects have the sign of the anomaly, undecided by their tests.",
    )


def show_places_of_anomalies(study: Study) -> Markdown:
    """The figure of the layers at which the rules found anomalies, and a reference to it; nothing without any."""
    found = anomalies.places(study)
    if not any(places for panel in found for by_rule in panel.places.values() for places in by_rule.values()):
        return Markdown("")
    parts = [found[first : first + MOST_PANELS] for first in range(0, len(found), MOST_PANELS)]
    figures = [
        study.page.figure(
            events(part, marks=[rule.title for rule in anomalies.RULES], x="layer"),
            label=study.label("fig-anomalies" if number == 1 else f"fig-anomalies-part-{number}"),
            caption=f"{study.lead}"
            "Layers at which a rule found an anomaly, by target and hidden state. The rule on errors over "
            "depth marks the last layer of a curve.",
        )
        for number, part in enumerate(parts, start=1)
    ]
    told = (
        f"@{study.label('fig-anomalies')} marks the layers at which these rules found something, "
        f"@{study.label('tbl-anomalies')} counts the tests and what they found."
    )
    return join([told, *figures])


def tabulate_comparisons(study: Study) -> Markdown:
    """For each target the table of the tests of models against each other; nothing for one model alone."""
    if not len(study.table("comparisons")):
        return Markdown("")
    return join(_comparisons(study, target) for target in curves.targets(study))


def _comparisons(study: Study, target: Target) -> Markdown:
    quantity = target.quantity
    unit = ", and their difference in points" if quantity.share else " and their difference"
    return study.page.tabulate(
        curves.comparisons(study, target),
        label=study.label(f"tbl-across-{slug(target.name)}"),
        columns={
            "Hidden state": lambda entry: entry["state"],
            "Layer": lambda entry: curves.marked(entry["row"], entry["row"]["place"]),
            "Models": lambda entry: curves.pair(entry["row"]),
            capitalise(quantity.short): column(lambda entry: curves.both(entry["row"], quantity), align="right"),
            "Difference": column(lambda entry: quantity.difference(entry["row"]["difference"]), quantity.step),
            INTERVAL: column(lambda entry: quantity.interval(entry["row"], "difference"), quantity.step, align="right"),
            "*p*": column(lambda entry: entry["row"].p_value(), "bare", align="right"),
        },
        caption=study.page.caption(
            "{lead}"
            "The {target} across models, at their first, middle and last layer: {quantity} of both{unit}, with Holm's "
            "correction for the number of comparisons of one hidden state. † marks a comparison in which one is "
            "degenerate.",
            lead=study.lead,
            target=target.name,
            quantity=quantity.name,
            unit=Markdown(unit),
        ),
    )


def show_inputs(study: Study) -> Markdown:
    """The tables of the selection of examples and of what the models read."""
    selection = study.page.tabulate(
        study.table("selection"),
        label=study.label("tbl-layer-selection"),
        columns={
            "Step": column("step", align="right"),
            "Rule": "rule",
            "Left out": column("left_out", ","),
            "Remaining": column("remaining", ","),
        },
        caption=f"{study.shown}: selection of the examples, rule by rule. No prompt contains a target of an example as "
        "a word.",
    )
    inputs = study.page.tabulate(
        study.table("inputs"),
        label=study.label("tbl-layer-inputs"),
        columns={
            "Model": "model",
            "Blocks": column("depth", ","),
            "Features": column("features", ","),
            "Tokens": column("tokens", ","),
            "At most": column("longest", ","),
            "Context": column("context", ","),
            "Last tokens": column("last_tokens", ","),
            "Unknown": column("unknown", ","),
        },
        caption=f"{study.shown}, inputs of the models: tokens of the prompts together and of one at most, context "
        "length, number of distinct last tokens, and number of prompts with an unknown token.",
    )
    return join([selection, inputs])
