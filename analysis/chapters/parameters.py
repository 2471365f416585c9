"""Parameter counts: which rows are shown, and the sentences on them."""

from collections.abc import Callable, Sequence

from analysis.facts import Chapter, Markdown, Row, Value, View, derived, max_of, min_of, ratio
from analysis.sentences import series, verb

VERDICTS = {
    "exact": "exact",
    "rounded": "equal at the printed rounding",
    "explained": "explained by another way of counting",
    "not-reproduced": "not reproduced",
}
BILLION = 1_000_000_000


def words(column: str) -> Callable[[Row], Value]:
    """A function that reads a column in words: `non_embedding` as "non-embedding"."""
    return lambda row: derived(row[column].data.replace("_", "-"), [row[column]], row[column].how)


def exact(row: Row) -> Value:
    """The exact count of a row, or the exact share where the row is about a share."""
    share = row["computed_share"]
    return derived(f"{share.data:.4%}", [share], share.how) if row["quantity"] == "share" else row["computed"]


def verdict(row: Row) -> Value:
    """The verdict on a row in words."""
    return derived(row["verdict"].data.replace("-", " "), [row["verdict"]], row["verdict"].how)


def summary(page: Chapter, validation: View) -> Markdown:
    """How many published counts have each verdict."""
    found = {name: validation.where(verdict=name).count() for name in VERDICTS}
    parts = [page.say(f"{{n}} {{are}} {VERDICTS[name]}", n=n, are=verb(n, "is", "are")) for name, n in found.items()]
    return page.say(
        "Of {all} published counts, {parts}.",
        all=validation.count(),
        parts=series(parts),
    )


def explanations(page: Chapter, validation: View) -> Markdown:
    """A list of the counts that are neither exact nor rounded, each with the way of counting that gives it."""
    rows = list(validation.where(verdict=("explained", "not-reproduced")))
    if not rows:
        return page.say("Every published count is exact or correctly rounded.")
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
        "The {n} that {are} neither exact nor rounded:",
        n=derived(len(rows), [row["verdict"] for row in rows], "number of counts neither exact nor rounded"),
        are=verb(len(rows), "is", "are"),
    )
    return Markdown("\n".join([heading, "", *items]))


def plain_models(counts: View) -> list[str]:
    """The configurations that are a model as published: no task head, no adapter."""
    plain = counts.where(component="total", lora=None, labels=None)
    return [row["configuration"].data for row in plain]


def composition(page: Chapter, counts: View) -> Markdown:
    """The smallest and the largest share of the vocabulary in the parameters of large models, and the tied heads."""
    large = [name for name in plain_models(counts) if _total(counts, name).data > BILLION]
    shares = {name: _share(counts, name, ("embedding", "head")) for name in large}
    most, least = max_of(shares.values()), min_of(shares.values())
    return page.say(
        "In models of more than a billion parameters, the vocabulary (embedding and head) accounts for {least:.1%} "
        "({small}) to {most:.1%} ({great}) of the parameters. These tie the head to the embedding and store the "
        "vocabulary once: {tied}.",
        least=least,
        most=most,
        small=_named(shares, least),
        great=_named(shares, most),
        tied=series([name for name in large if not counts.at(configuration=name, component="head")["logical_base"]]),
    )


def _way(row: Row) -> Value | Markdown:
    return Markdown("no way of counting reproduces it") if row["decomposition"].missing else row["decomposition"]


def _total(counts: View, configuration: str) -> Value:
    return counts.at(configuration=configuration, component="total")["logical_base"]


def _share(counts: View, configuration: str, components: Sequence[str]) -> Value:
    first, *rest = (counts.at(configuration=configuration, component=part)["logical_base"] for part in components)
    return ratio(sum(rest, start=first), _total(counts, configuration))


def _named(shares: dict[str, Value], wanted: Value) -> str:
    return next(name for name, share in shares.items() if share == wanted)
