"""Parameter counts: which rows are shown, and the sentences on them."""

from collections.abc import Sequence

from analysis.chapters.common import Study, named, slug
from analysis.chapters.floats import join
from analysis.facts import Chapter, Markdown, Row, Value, View, derived, max_of, min_of, ratio, sum_of
from analysis.figures.intervals import Estimate, intervals
from analysis.figures.stacked import stacked_shares
from analysis.sentences import series, verb
from analysis.sources import in_words, short_name
from analysis.tables import column

VERDICTS = {
    "exact": "exact",
    "rounded": "correctly rounded",
    "explained": "explained by another way of counting",
    "not-reproduced": "not reproduced",
}
BILLION = 1_000_000_000
VOCABULARY = ("embedding", "head")


def exact(row: Row) -> Value:
    """The exact count of a row, or the exact share where the row is about a share."""
    share = row["computed_share"]
    return derived(f"{share.data:.4%}", [share], share.how) if row["quantity"] == "share" else row["computed"]


def verdict(row: Row) -> Value:
    """The verdict on a row in words."""
    return derived(row["verdict"].data.replace("-", " "), [row["verdict"]], row["verdict"].how)


def describe_verdicts(page: Chapter, validation: View) -> Markdown:
    """How many published counts have each verdict."""
    found = {name: validation.where(verdict=name).count() for name in VERDICTS}
    parts = [page.say(f"{{n}} {{are}} {VERDICTS[name]}", n=n, are=verb(n, "is", "are")) for name, n in found.items()]
    return page.say(
        "Of {all} published counts, {parts}.",
        all=validation.count(),
        parts=series(parts),
    )


def show_summary(study: Study) -> Markdown:
    """How many published counts of a study have each verdict."""
    return describe_verdicts(study.page, study.table("validation"))


def list_explanations(study: Study) -> Markdown:
    """A list of the counts that are neither exact nor rounded, each with the way of counting that gives it."""
    page, validation = study.page, study.table("validation")
    rows = list(validation.where(verdict=("explained", "not-reproduced")))
    right, all_ = validation.where(verdict=("exact", "rounded")).count(), validation.count()
    if not rows:
        return page.say("All published counts are exact or correctly rounded.", rests_on=[right == all_])
    items = [
        page.say(
            "- {configuration}, {printed}: {how}",
            configuration=row["configuration"],
            printed=row["printed"],
            how=_way(row),
        )
        for row in rows
    ]
    heading = page.say(
        "The {n} that {are} neither exact nor rounded{figure}, each as it is printed:",
        n=all_ - right,
        are=verb(len(rows), "is", "are"),
        figure=Markdown(f" (@{study.label('fig-ratios')})" if _odd(validation) else ""),
    )
    return Markdown("\n".join([heading, "", *items]))


def plain_models(counts: View) -> list[str]:
    """The configurations that are a model as published: no task head, no adapter, nothing packed."""
    plain = counts.where(component="total", lora=None, labels=None, quantization=None)
    return [row["configuration"].data for row in plain]


def describe_composition(study: Study) -> Markdown:
    """The smallest and the largest share of the vocabulary in the parameters of large models, and the tied heads.

    Nothing where no model is large.
    """
    page, counts = study.page, study.table("counts")
    larger = {name: _total(counts, name) > BILLION for name in plain_models(counts)}
    large = [name for name, holds in larger.items() if holds]
    if not large:
        return Markdown("")
    shares = {name: _share(counts, name, VOCABULARY) for name in large}
    most, least = max_of(shares.values()), min_of(shares.values())
    named = {name: counts.at(configuration=name, component="total")["configuration"] for name in large}
    tied = [page.text(named[name]) for name in large if not _head(counts, name)]
    return page.say(
        "In models of more than a billion parameters, the vocabulary (embedding and head, @{figure}) accounts for "
        "{least:.1%} ({small})"
        + (" to {most:.1%} ({great})" if len(large) > 1 else "")
        + " of the parameters."
        + (" These tie the head to the embedding and store the vocabulary once: {tied}." if tied else ""),
        least=least,
        most=most,
        small=named[_named(shares, least)],
        great=named[_named(shares, most)],
        tied=series(tied),
        figure=Markdown(study.label("fig-composition")),
        rests_on=[larger[name] for name in large],
    )


# --- the figure and the tables ---------------------------------------------------------------------------------------


def show_composition(study: Study) -> Markdown:
    """The figure of the components of the models as published, or of all that is counted where no model is plain."""
    counts = study.table("counts")
    names = plain_models(counts) or counts.distinct("configuration")
    models = counts.where(configuration=names, component=lambda part: part != "total")
    return study.page.figure(
        stacked_shares(models, bars="configuration", parts="component", amount="logical_base", whole="parameters"),
        label=study.label("fig-composition"),
        caption="Share of each component in the logical base of the models as their makers published them, with their "
        "sum in parameters. A tied head has no weights of its own.",
    )


def show_ratios(study: Study) -> Markdown:
    """The figure of published counts that are neither exact nor rounded, over the exact ones; nothing without any."""
    validation = study.table("validation")
    if not (odd := _odd(validation)):
        return Markdown("")
    shares = " Published shares are not drawn: they are no counts." if len(odd) < len(_neither(validation)) else ""
    one = derived(1, [row["computed"] for row in odd], "a printed count that is exact")
    names = [f"{row['model'].data}, {in_words(row['quantity'].data)} {row['printed'].data}" for row in odd]
    return study.page.figure(
        intervals(
            [Estimate(name, ratio(row["reported"], row["computed"])) for name, row in zip(names, odd, strict=True)],
            axis="printed count over exact count",
            spec=".3f",
            references=[("exact", one)],
        ),
        label=study.label("fig-ratios"),
        caption=f"Published counts that are neither exact nor correctly rounded, divided by the exact ones.{shares}",
    )


def _odd(validation: View) -> list[Row]:
    """The counts that are neither exact nor rounded; a share is none."""
    return [row for row in _neither(validation) if row["computed"].data]


def _neither(validation: View) -> View:
    return validation.where(verdict=("explained", "not-reproduced"))


def show_packed(study: Study) -> Markdown:
    """The table of models whose weights are stored packed, with what that makes of their count; nothing without any."""
    packed = study.table("counts").where(component="total", quantization=lambda packing: packing is not None)
    if not len(packed):
        return Markdown("")
    return study.page.tabulate(
        packed,
        label=study.label("tbl-packed"),
        columns={
            "Configuration": "configuration",
            "Packing": "quantization",
            "Parameters": column(lambda row: row["logical_base"] + row["added"], ","),
            "Stored": column("stored", ","),
            "Stored per parameter": column(
                lambda row: ratio(row["stored"], row["logical_base"] + row["added"]), ".2f", align="right"
            ),
        },
        caption="Models whose weights are packed: the parameters that they have (logical base and added), and the "
        "elements that are stored; of the blocks of a GGUF file these are bytes, so that rows of both sorts cannot be "
        "compared.",
    )


def show_counts(study: Study) -> Markdown:
    """The table of all configurations, counted in the four ways."""
    return study.page.tabulate(
        study.table("counts").where(component="total"),
        label=study.label("tbl-counts"),
        columns={
            "Configuration": "configuration",
            "Logical base": column("logical_base", ","),
            "Added": column("added", ","),
            "Trainable": column("trainable", ","),
            "Stored": column("stored", ","),
        },
        caption="The parameters of each configuration, counted in four ways.",
    )


def show_validation(study: Study) -> Markdown:
    """The table of published counts beside exact ones, each with the place where it is published."""
    return study.page.tabulate(
        study.table("validation"),
        label=study.label("tbl-validation"),
        columns={
            "Configuration": "configuration",
            "Count": column(named(in_words, "quantity")),
            "Published by": lambda row: publisher(study.page, row),
            "Printed": column("printed", align="right"),
            "Exact": column(exact, align="right"),
            "Verdict": column(verdict),
        },
        caption="Published counts beside exact ones. A count is rounded if the exact one, rounded to as many digits, "
        "gives it, and explained if another way of counting gives it to the last digit.",
    )


def publisher(page: Chapter, row: Row) -> Value:
    """Who published a count: the name of its source in the study that transcribes it."""
    key = page.table(str(row["table"].data)).at(figure=row["figure"].data)["source"]
    return derived(short_name(str(key.data)), [key], key.how)


def show_explanations(study: Study) -> Markdown:
    """A table for each count that another way of counting explains: the terms that add up to it."""
    explained = study.table("validation").where(verdict="explained")
    return join(_explanation(study, row) for row in explained if len(_terms(study, row)))


def _terms(study: Study, row: Row) -> View:
    return study.table("decompositions").where(figure=row["figure"].data, rank_of_explanation=1)


def _explanation(study: Study, row: Row) -> Markdown:
    return study.page.tabulate(
        _terms(study, row),
        label=study.label(f"tbl-terms-{slug(str(row['figure'].data))}"),
        columns={"Term": "words", "Elements": column("elements", ",")},
        caption=study.page.caption(
            "The likeliest explanation of {printed} for {configuration}. The terms add up to it exactly.",
            printed=row["printed"],
            configuration=row["configuration"],
        ),
    )


def _way(row: Row) -> Value | Markdown:
    return Markdown("no way of counting reproduces it") if row["decomposition"].missing else row["decomposition"]


def _total(counts: View, configuration: str) -> Value:
    return counts.at(configuration=configuration, component="total")["logical_base"]


def _share(counts: View, configuration: str, components: Sequence[str]) -> Value:
    parts = counts.where(configuration=configuration, component=tuple(components)).column("logical_base")
    return ratio(sum_of(parts), _total(counts, configuration))


def _head(counts: View, configuration: str) -> bool:
    """Whether the head has weights of its own."""
    return any(
        cell.number() for cell in counts.where(configuration=configuration, component="head").column("logical_base")
    )


def _named(shares: dict[str, Value], wanted: Value) -> str:
    return next(name for name, share in shares.items() if share == wanted)
