"""The figure and tables on one study of judged answers."""

from collections.abc import Sequence

from analysis.chapters.common import Study
from analysis.chapters.decisions import CONFIDENCE_PERCENT, INTERVAL
from analysis.chapters.early_exit import judge_sentences, judges
from analysis.chapters.floats import draw_panels, join
from analysis.facts import Markdown
from analysis.facts.escape import markdown
from analysis.figures.panels import Panel
from analysis.tables import column


def show_agreement(study: Study) -> Markdown:
    """The table of the judges on labelled examples, and what is to be said of them."""
    table = study.page.tabulate(
        judges.judges(study),
        label=study.label("tbl-judges"),
        columns={
            "Judge": lambda judge: judge.label,
            "How": judges.method,
            "Kappa": column(lambda judge: judge.agreement.interval("kappa", estimate=True), ".2f", align="right"),
            "Agrees": column(lambda judge: judge.agreement["agreement"], ".0%"),
            "Order": column(lambda judge: judge.inconsistent, ".0%", align="right"),
            "Unparsed": column(lambda judge: judge.share("unparsed"), ".0%"),
        },
        caption=f"{study.lead}"
        f"The judges on our labelled examples: Cohen's kappa [@cohen1960kappa] with its {INTERVAL}, where zero "
        "is chance agreement, and the shares of examples that are marked as labelled, whose verdict changes with the "
        "order, and whose verdict is unparsed in one order or both.",
    )
    return join([table, judge_sentences.describe_agreement(study)])


def tabulate_categories(study: Study) -> Markdown:
    """The table of the agreement by category of examples."""
    by_judge = {
        judge.name: column(lambda category, judge=judge: judges.agreement_in(judge, category), ".0%")
        for judge in judges.judges(study)
    }
    return study.page.tabulate(
        judges.categories(study),
        label=study.label("tbl-judge-categories"),
        columns={"Category": lambda category: Markdown(markdown(category)), **by_judge},
        caption=f"{study.lead}Share of the labelled examples of each category that a judge marks as labelled.",
    )


def show_judged(study: Study, beside: Sequence[Panel] = (), more: str = "") -> Markdown:
    """The figure of judged answers by depth. `beside` the first study stand panels that `more` tells of."""
    beside, more = (beside, more) if study.is_first else ((), "")
    figure = draw_panels(
        study.page,
        [*judges.panels_of(study), *beside],
        x="blocks",
        y="% right",
        one_scale=True,
        label=study.label("fig-judged"),
        caption=f"{study.lead}"
        f"Answers that are marked right at each exit, in percent, with {CONFIDENCE_PERCENT} Wilson intervals, "
        f"and the shares marked right of empty answers and of repeating the prompt.{more}",
    )
    told = f"@{study.label('fig-judged')} shows the shares of answers that each judge accepts, exit by exit."
    return join(
        [told, figure, judge_sentences.describe_accepted_shares(study), judge_sentences.describe_effect_of_depth(study)]
    )


def tabulate_deepest(study: Study) -> Markdown:
    """The table of the judged answers of the deepest exits."""
    return study.page.tabulate(
        judges.deepest_exits(study),
        label=study.label("tbl-judged"),
        columns={
            "Judge": lambda marked: marked.name,
            "Model": lambda marked: marked.row["model"],
            "Stage": lambda marked: marked.row["stage"],
            "Right": column(lambda marked: marked.row.interval("accuracy", estimate=True), ".1%", align="right"),
            "Order": column(lambda marked: marked.inconsistent, ".0%", align="right"),
            "Unparsed": column(lambda marked: marked.share("unparsed"), ".0%"),
            "At most": column(lambda marked: marked.row["highest"], ".0%"),
            "n": column(lambda marked: marked.row["n"], ","),
        },
        caption=f"{study.lead}"
        "Judged answers of the deepest exits, over all seeds. At most: the share if each undecided answer "
        "were right; n: instructions.",
    )
