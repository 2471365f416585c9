"""Token probabilities by depth, for a few prompts, with readable labels of tokens."""

from collections.abc import Iterator
from functools import cache

from analysis.chapters.common import Study, slug
from analysis.chapters.early_exit.scores import STAGES, Exits, exits
from analysis.facts import Markdown, Value, View, count_true, derived, mean_of, ratio
from analysis.facts.escape import REPLACEMENT, clean
from analysis.figures.curves import Curve, Point
from analysis.figures.heat import MOST_COLUMNS, HeatMap
from analysis.sentences import series
from experiments.tables.terms import Stage

PRODUCED, REFERENCE = "produced", "reference"
SEQUENCES = {PRODUCED: "generated tokens", REFERENCE: "reference"}
MODELS = {Stage.BASE: "the base model", Stage.FINE_TUNED: "the fine-tuned models"}
END, SPACE, LINE_END, TAB = "‹end›", "␣", "↵", "⇥"
LONGEST_LABEL = 12


def label_of(token: str) -> str:
    """A readable label of a token: white space and the end have signs, a character that cannot be drawn its code.

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


def prompts(study: Study) -> list[str]:
    """The names of the shown prompts, in the order of the study."""
    return list(dict.fromkeys(str(row["prompt"].data) for one in exits(study) for row in one.table("prompts")))


def count_prompts(study: Study) -> Value:
    """How many prompts are shown."""
    cells = [row["prompt"] for one in exits(study) for row in one.table("prompts")]
    return derived(len(prompts(study)), cells, "prompts whose token probabilities are shown")


def models_of(study: Study, prompt: str) -> list[Exits]:
    """The models that read this prompt."""
    return [one for one in exits(study) if len(one.table("prompts").where(prompt=prompt))]


def heat_maps_of(one: Exits, prompt: str) -> list[HeatMap]:
    """Four maps: the generated tokens and the reference, for the base model and the first fine-tuned one."""
    found = []
    for sequence, words in SEQUENCES.items():
        for stage, rows in _stages(one):
            of = rows.where(prompt=prompt, sequence=sequence, position=lambda position: position <= MOST_COLUMNS)
            if len(of):
                found.append(_map(of, f"{stage}: {words}"))
    return found


def _stages(one: Exits) -> Iterator[tuple[str, View]]:
    """Each stage with its rows; of fine-tuned models those of the first seed."""
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


def caption(one: Exits, prompt: str) -> Markdown:
    """The caption of the maps of a model and prompt, with the texts of the prompt escaped."""
    row = one.table("prompts").at(prompt=prompt)
    given = " *Input:* {given}" if row["input"].data else ""
    return one.page.caption(
        "Probability of each token in {model}. *Instruction:* {instruction}" + given + " *Reference:* {reference}",
        model=one.label,
        instruction=row["instruction"],
        given=row["input"],
        reference=row["reference"],
    )


# --- all prompts together --------------------------------------------------------------------------------------------


def probability_curves(study: Study) -> list[Curve]:
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
        for one in exits(study)
        for sequence, words in SEQUENCES.items()
        for stage in STAGES
        for of in [one.table("probabilities").where(stage=stage, sequence=sequence)]
    ]


def describe_early_predictions(study: Study) -> Markdown:
    """How many of the generated tokens are already the most probable ones at the first exit and the last but one."""
    return Markdown(
        "A generated token may be the most probable one at an earlier exit already. "
        + " ".join(_early_predictions(one) for one in exits(study))
    )


def _early_predictions(one: Exits) -> Markdown:
    parts = []
    for stage in STAGES:
        rows = one.table("probabilities").where(stage=stage, sequence=PRODUCED)
        depths = sorted(rows.distinct("depth"))
        shown = dict.fromkeys((depths[0], depths[max(len(depths) - 2, 0)]))
        shares = [
            one.page.say("{share:.0%} at depth {depth}", share=_most_probable(of), depth=of.rows[0]["depth"])
            for of in (rows.where(depth=depth) for depth in shown)
        ]
        parts.append(one.page.say("{shares} in {stage}", shares=series(shares), stage=MODELS[stage]))
    return one.page.say(
        "Of the tokens that {model} generates at full depth, {parts} already rank first.",
        model=one.label,
        parts=Markdown(" and ".join(parts)),
    )


def _most_probable(rows: View) -> Value:
    first = (rank == 1 for rank in rows.column("rank"))
    return ratio(count_true(first, "tokens that are the most probable at this depth"), rows.count())


def describe_reference_probabilities(study: Study) -> Markdown:
    """The mean probability of the reference tokens at full depth, before and after fine-tuning."""
    parts = []
    for one in exits(study):
        rows = one.table("probabilities").where(sequence=REFERENCE, depth=one.depths[-1])
        before, after = (
            mean_of(rows.where(stage=stage).column("probability")) for stage in (Stage.BASE, Stage.FINE_TUNED)
        )
        parts.append(
            one.page.say("from {before:.1%} to {after:.1%} in {model}", before=before, after=after, model=one.label)
        )
    return study.page.say(
        "With fine-tuning, the mean probability of the reference tokens changes {parts}; a handful of prompts is an "
        "illustration, not a test.",
        parts=series(parts),
    )
