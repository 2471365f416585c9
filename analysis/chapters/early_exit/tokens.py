"""The tokens of shown prompts through the layers: how likely each was after how many blocks, with readable labels."""

import re
from collections.abc import Iterator
from functools import cache

from analysis.chapters.common import FINE_TUNED
from analysis.chapters.early_exit.scores import BASE, STAGES, Exits, exits
from analysis.facts import Chapter, Markdown, Value, View, derived, mean_of, ratio
from analysis.facts.escape import REPLACEMENT, clean
from analysis.figures.curves import Curve, Point
from analysis.figures.heat import MOST_COLUMNS, HeatMap
from analysis.sentences import series

PRODUCED, REFERENCE = "produced", "reference"
SEQUENCES = {PRODUCED: "what it says", REFERENCE: "the reference"}
MODELS = {BASE: "the base model", FINE_TUNED: "the fine-tuned ones"}
END, SPACE, LINE_END, TAB = "‹end›", "␣", "↵", "⇥"
LONGEST_LABEL = 12


def label_of(token: str) -> str:
    """A token as a reader can see it: white space and the end have signs, what a font cannot draw has its number.

    `" the"` reads "␣the", a line end "↵", and a token without text, as ends have, "‹end›".
    """
    if not token:
        return END
    label = "".join(map(_readable, token))
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _readable(character: str) -> str:
    signs = {" ": SPACE, "\N{NO-BREAK SPACE}": SPACE, "\n": LINE_END, "\r": LINE_END, "\t": TAB}
    if character in signs:
        return signs[character]
    if character == REPLACEMENT or clean(character) != character or ord(character) not in _drawn():
        return f"‹{ord(character):X}›"
    return character


@cache
def _drawn() -> frozenset[int]:
    """The characters that the font of the figures has."""
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


# --- one prompt ------------------------------------------------------------------------------------------------------


def prompts(page: Chapter) -> list[str]:
    """The names of the shown prompts, in the order of the study."""
    return list(dict.fromkeys(str(row["prompt"].data) for one in exits(page) for row in one.table("prompts")))


def models_of(page: Chapter, prompt: str) -> list[Exits]:
    """The models that this prompt is put to."""
    return [one for one in exits(page) if len(one.table("prompts").where(prompt=prompt))]


def heat_maps_of(one: Exits, prompt: str) -> list[HeatMap]:
    """Four maps: what the base model and the first fine-tuned one say, and what they make of the reference."""
    found = []
    for sequence, words in SEQUENCES.items():
        for stage, rows in _stages(one):
            of = rows.where(prompt=prompt, sequence=sequence, position=lambda position: position <= MOST_COLUMNS)
            if len(of):
                found.append(_map(of, f"{stage}: {words}"))
    return found


def _stages(one: Exits) -> Iterator[tuple[str, View]]:
    """Both stages, of the fine-tuned models the first seed."""
    rows = one.table("probabilities")
    for stage in STAGES:
        of = rows.where(stage=stage)
        for run in of.distinct("run")[:1]:
            yield stage, of.where(run=run)


def _map(rows: View, title: str) -> HeatMap:
    depths = sorted(rows.distinct("depth"))
    first = rows.where(depth=depths[0]).sort("position")
    cells = {
        str(depth): [(row["probability"], row["rank"] == 1) for row in rows.where(depth=depth).sort("position")]
        for depth in depths
    }
    return HeatMap(title, [label_of(str(row["token"].data or "")) for row in first], cells)


def label_for(one: Exits, prompt: str) -> str:
    """The label of the figure of one model and prompt."""
    return f"fig-tokens-{slug(f'{prompt}-{one.name}')}"


def slug(name: str) -> str:
    """A name as a part of a label: small letters, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def caption(page: Chapter, one: Exits, prompt: str) -> Markdown:
    """The prompt, in words of our own: its text is shown as text, whatever it holds."""
    row = one.table("prompts").at(prompt=prompt)
    given = " with the input *{given}*" if row["input"].data else ""
    return page.caption(
        "Probability of each token in {model}, for the instruction *{instruction}*"
        + given
        + ", whose reference is *{reference}*",
        model=one.label,
        instruction=row["instruction"],
        given=row["input"],
        reference=row["reference"],
    )


# --- all prompts together --------------------------------------------------------------------------------------------


def probability_curves(page: Chapter) -> list[Curve]:
    """The mean probability of the tokens at each depth: a panel for each model."""
    return [
        Curve(
            f"{stage}: {words}",
            [
                Point(found.rows[0]["depth"], mean_of(found.column("probability")))
                for depth in sorted(of.distinct("depth"))
                for found in [of.where(depth=depth)]
            ],
            one.name,
        )
        for one in exits(page)
        for sequence, words in SEQUENCES.items()
        for stage in STAGES
        for of in [one.table("probabilities").where(stage=stage, sequence=sequence)]
    ]


def settled(page: Chapter) -> Markdown:
    """How many of the tokens that each model says in the end were the likeliest ones after fewer blocks."""
    return Markdown(
        "A token that is said in the end may be the likeliest one earlier. "
        + " ".join(_settled(one) for one in exits(page))
    )


def _settled(one: Exits) -> Markdown:
    parts = []
    for stage in STAGES:
        rows = one.table("probabilities").where(stage=stage, sequence=PRODUCED)
        depths = sorted(rows.distinct("depth"))
        shown = dict.fromkeys((depths[0], depths[max(len(depths) - 2, 0)]))
        told = [
            one.page.say("{share:.0%} at depth {depth}", share=_likeliest(of), depth=of.rows[0]["depth"])
            for of in (rows.where(depth=depth) for depth in shown)
        ]
        parts.append(one.page.say("{told} in {stage}", told=series(told), stage=MODELS[stage]))
    return one.page.say(
        "Of the tokens that {model} says after its last block, the likeliest already were {parts}.",
        model=one.label,
        parts=Markdown(" and ".join(parts)),
    )


def _likeliest(rows: View) -> Value:
    ranks = rows.column("rank")
    return ratio(
        derived(sum(rank == 1 for rank in ranks), ranks, "tokens that are the likeliest at this depth"), rows.count()
    )


def learned(page: Chapter) -> Markdown:
    """How likely the whole models find the references, before and after fine-tuning."""
    parts = []
    for one in exits(page):
        rows = one.table("probabilities").where(sequence=REFERENCE, depth=one.depths[-1])
        before, after = (mean_of(rows.where(stage=stage).column("probability")) for stage in (BASE, FINE_TUNED))
        parts.append(
            one.page.say("from {before:.1%} to {after:.1%} in {model}", before=before, after=after, model=one.label)
        )
    return page.say(
        "With fine-tuning, the mean probability of the tokens of the references goes {parts}; a handful of "
        "prompts shows how to look, and is no test.",
        parts=series(parts),
    )
