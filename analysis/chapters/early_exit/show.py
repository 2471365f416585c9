"""The figures and tables on one study of early exits."""

from collections.abc import Sequence

from analysis.chapters.common import Study
from analysis.chapters.decisions import CONFIDENCE_PERCENT, INTERVAL
from analysis.chapters.early_exit import scores, sentences, tokens
from analysis.chapters.early_exit.trivial_answers import effect_of_prompt
from analysis.chapters.floats import draw_curves, draw_panels, join
from analysis.facts import Markdown
from analysis.figures.curves import curves
from analysis.figures.heat import heat_maps
from analysis.figures.panels import Panel
from analysis.sentences import series
from analysis.tables import column

EXIT = {
    "Model": lambda entry: entry.model,
    "Stage": lambda entry: entry.stage_title,
    "Depth": column(lambda entry: entry.row("bleu")["depth"]),
}
"""The columns that say of which exit a row of scores is."""


def show_scores(study: Study, beside: Sequence[Panel] = (), more: str = "") -> Markdown:
    """The figure of scores at each exit. `beside` the first study stand panels that `more` tells of."""
    beside, more = (beside, more) if study.is_first else ((), "")
    return draw_panels(
        study.page,
        [*scores.score_panels(study), *beside],
        x="blocks",
        y="score",
        row_cm=3.6,
        label=study.label("fig-exit-scores"),
        caption=f"{study.lead}"
        f"Scores at each exit, over all seeds, with {INTERVAL}s, and the scores of returning the prompt and "
        f"of an empty answer. {more or 'Each panel has its own scale.'}",
    )


def tabulate_scores(study: Study) -> Markdown:
    """The table of scores."""
    shown = {
        title: column(
            lambda entry, quantity=quantity: entry.score(quantity), scores.SPECS.get(quantity, ".1f"), align="right"
        )
        for quantity, title in scores.SCORES.items()
    }
    return study.page.tabulate(
        scores.entries(study),
        label=study.label("tbl-exit-scores"),
        columns={
            **EXIT,
            **shown,
        },
        caption=f"{study.lead}"
        f"Scores of new tokens at each exit, with {CONFIDENCE_PERCENT} bootstrap intervals over the examples; "
        "of fine-tuned models the mean over the seeds.",
    )


def show_failing_answers(study: Study) -> Markdown:
    """What is to be said of empty, repeated and unfinished answers, and their figure."""
    told = sentences.describe_failing_answers(study)
    where = f"@{study.label('fig-exit-failures')} shows these shares at each exit."
    figure = draw_panels(
        study.page,
        scores.share_panels(study),
        x="blocks",
        y="share",
        spec=".0%",
        one_scale=True,
        label=study.label("fig-exit-failures"),
        caption=f"{study.lead}"
        "Shares of answers that are empty, that repeat a piece of text at least three times in a row (over "
        "twelve characters in total), and that do not end with an end token.",
    )
    return join([f"{told} {where}", figure])


def tabulate_failing_answers(study: Study) -> Markdown:
    """The table of the parts of BERTScore and of failing answers."""
    parts = {
        title: column(lambda entry, quantity=quantity: entry.row(quantity)["value"], ".1f")
        for quantity, title in scores.PARTS.items()
    }
    shares = {
        title: column(lambda entry, share=share: entry.row("bleu")[share], ".0%")
        for share, title in scores.SHARES.items()
    }
    return study.page.tabulate(
        scores.entries(study),
        label=study.label("tbl-exit-answers"),
        columns={
            **EXIT,
            **parts,
            **shares,
        },
        caption=f"{study.lead}"
        "Precision, recall and F1 of BERTScore at each exit, and the shares of answers that are empty, "
        "repetitive or unfinished. An answer without a visible character is empty; spaces or line ends without an end "
        "token are empty and unfinished.",
    )


def show_prompt_scores(study: Study, beside: Sequence[Panel] = (), more: str = "") -> Markdown:
    """The figure of BLEU without and with the prompt, and the effect of the prompt."""
    beside, more = (beside, more) if study.is_first else ((), "")
    figure = draw_panels(
        study.page,
        [*scores.prompt_panels(study), *beside],
        x="blocks",
        y="BLEU",
        one_scale=True,
        label=study.label("fig-echo"),
        caption=f"{study.lead}"
        "BLEU of our answers, scored by their new tokens and scored with the prompt, on one scale"
        f"{more}. The lines are the scores of an empty answer and of repeating the prompt, both ways.",
    )
    told = f"@{study.label('fig-echo')} shows both scores of each exit."
    return join([figure, f"{told} {effect_of_prompt(study)}"])


def tabulate_prompt_scores(study: Study) -> Markdown:
    """The table of BLEU of our answers, by their new tokens alone and together with the prompt."""
    shown = {
        title: {
            f"{title}, new tokens": column(
                lambda entry, quantity=quantity: entry.row(quantity)["value"], scores.SPECS.get(quantity, ".1f")
            ),
            f"{title}, with the prompt": column(
                lambda entry, quantity=quantity: entry.row(quantity)["with_prompt"], ".1f"
            ),
        }
        for quantity, title in scores.SCORES.items()
    }
    return study.page.tabulate(
        scores.entries(study),
        label=study.label("tbl-prompt-scores"),
        columns={
            **EXIT,
            **{title: shown_as for columns in shown.values() for title, shown_as in columns.items()},
        },
        caption=f"{study.lead}"
        "The same answers, scored as they should be and with the prompt counted, which is the mistake; of "
        "fine-tuned models the mean over the seeds.",
    )


def tabulate_baselines(study: Study) -> Markdown:
    """The table of the trivial baselines."""
    return study.page.tabulate(
        scores.baselines(study),
        label=study.label("tbl-echo"),
        columns={
            "Model": "model",
            "Answer": lambda row: Markdown(scores.ANSWERS[str(row["answer"].data)]),
            "Score": lambda row: Markdown(scores.SCORES[str(row["quantity"].data)]),
            "New tokens": column("new_tokens_only", ".1f"),
            "With the prompt": column("with_prompt", ".1f"),
            INTERVAL: column(lambda row: row.interval("with_prompt"), ".1f", align="right"),
            "n": column("n", ","),
        },
        caption=f"{study.lead}"
        "Scores of the two trivial baselines: by their new tokens alone, as elsewhere in this chapter, and "
        "together with the prompt, with its interval.",
    )


def show_probabilities(study: Study) -> Markdown:
    """The figure of mean token probabilities by depth, and what is to be said of it; nothing without shown prompts."""
    if not tokens.prompts(study):
        return Markdown("")
    figure = study.page.figure(
        curves(tokens.probability_curves(study), x="blocks", y="mean probability", spec=".0%"),
        label=study.label("fig-exit-probability"),
        caption=f"{study.lead}"
        "Mean probability of the tokens of the shown prompts at each depth: of the full model's answer and of "
        "the reference.",
    )
    told = f"@{study.label('fig-exit-probability')} shows the mean probabilities by depth."
    return join(
        [figure, f"{told} {tokens.describe_early_predictions(study)}\n{tokens.describe_reference_probabilities(study)}"]
    )


def token_maps(study: Study) -> Markdown:
    """References to the heat maps of a study: "@fig-a, @fig-b and @fig-c"."""
    return series(
        [
            Markdown(f"@{study.label(tokens.label_for(model, prompt))}")
            for prompt in tokens.prompts(study)
            for model in tokens.models_of(study, prompt)
        ]
    )


def show_token_maps(study: Study) -> Markdown:
    """A figure of heat maps for each shown prompt and model."""
    return join(
        study.page.figure(
            heat_maps(tokens.heat_maps_of(model, prompt), up="blocks", mark="most probable token"),
            label=study.label(tokens.label_for(model, prompt)),
            caption=tokens.caption(model, prompt),
        )
        for prompt in tokens.prompts(study)
        for model in tokens.models_of(study, prompt)
    )


def show_effects_of_tuning(study: Study) -> Markdown:
    """What is to be said of the effects of fine-tuning, and their figure."""
    told = f"@{study.label('fig-exit-tuning')} shows the effect of fine-tuning at each exit."
    figure = draw_panels(
        study.page,
        scores.difference_panels(study),
        x="blocks",
        y="points",
        label=study.label("fig-exit-tuning"),
        caption=f"{study.lead}Effect of fine-tuning at each exit, in points, over all seeds, with {INTERVAL}s.",
    )
    return join([told, sentences.describe_effects_of_tuning(study), figure])


def show_effects_of_depth(study: Study) -> Markdown:
    """The table of the tests of depth, and what is to be said of them; nothing for one exit alone."""
    if not (found := scores.depth_tests(study)):
        return Markdown("")
    table = study.page.tabulate(
        found,
        label=study.label("tbl-exit-depth"),
        columns={
            "Model": lambda entry: entry["model"],
            "Score": lambda entry: entry["score"],
            "Stage": lambda entry: entry["row"]["after_stage"],
            "From": column(lambda entry: entry["row"]["before_depth"]),
            "To": column(lambda entry: entry["row"]["after_depth"]),
            "Difference": column(lambda entry: entry["row"]["difference"], "+.2f"),
            INTERVAL: column(lambda entry: entry["row"].interval("difference"), "+.2f", align="right"),
            "*p*": column(lambda entry: entry["row"].p_value(), "bare", align="right"),
        },
        caption=f"{study.lead}Tests of the deepest exit against the shallowest, in points, over all seeds.",
    )
    told = f"@{study.label('tbl-exit-depth')} compares the deepest exit with the shallowest."
    return join([table, told, sentences.describe_effects_of_depth(study)])


def show_learning(study: Study) -> Markdown:
    """The figure of learning curves, and which checkpoints were selected."""
    figure = draw_curves(
        study.page,
        scores.learning_curves(study),
        x="epoch",
        y="validation loss",
        label=study.label("fig-exit-learning"),
        caption=f"{study.lead}"
        "Validation loss over the epochs, {lines}, on the tokens of answers and their ends alone. It "
        "selects the tested checkpoint.",
    )
    told = sentences.describe_selected_checkpoints(study)
    where = f"@{study.label('fig-exit-learning')} shows the loss over the epochs."
    return join([figure, f"{told} {where}"])


def show_splits(study: Study) -> Markdown:
    """The table of the parts of the data."""
    return study.page.tabulate(
        study.table("splits"),
        label=study.label("tbl-exit-splits"),
        columns={
            "Part": "part",
            "Rule": "rule",
            "Examples": column("n", ","),
            "With input": column("with_input", ","),
            "Left out": column("left_out", ","),
        },
        caption=f"{study.lead}"
        "The instructions of each part. No instruction occurs in two of them; those whose normalised text "
        "occurs in a part drawn before are left out.",
    )


def named_models(study: Study) -> Markdown:
    """The models and the examples, as the beginning of a chapter."""
    return Markdown(f"{sentences.describe_models(study)}\n{sentences.describe_examples(study)}")
