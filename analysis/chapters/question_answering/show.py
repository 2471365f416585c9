"""The figure and tables on one study of question answering before and after fine-tuning."""

from collections.abc import Sequence

from analysis.chapters.common import STAGES, Study, named, run_name
from analysis.chapters.decisions import INTERVAL
from analysis.chapters.floats import join
from analysis.chapters.question_answering import scores as answers
from analysis.chapters.question_answering import sentences
from analysis.chapters.question_answering.scores import GROUPS, QUANTITIES
from analysis.facts import Markdown
from analysis.figures.paired import Pair, pairs
from analysis.tables import column

TESTED = {"By": lambda line: line.title, "Score": lambda line: named(QUANTITIES, "quantity")(line.row)}
"""The columns that say what is tested."""
TEST = {
    "Corrected": column(lambda line: line.row["corrected"], ",", align="right"),
    "Broken": column(lambda line: line.row["broken"], ",", align="right"),
    "Difference": column(lambda line: line.row["difference"], "+.1f"),
    INTERVAL: column(lambda line: line.row.interval("difference"), "+.1f", align="right"),
    "*p*": column(lambda line: line.row.p_value(), "bare", align="right"),
}
TESTS_ARE = (
    "paired bootstraps that resample whole paragraphs. Corrected and broken count answers by exact match; F1 has no "
    "such counts"
)


def show_exact_match(study: Study, beside: Sequence[Pair] = (), more: str = "") -> Markdown:
    """The figure of exact match and F1 before and after; `beside` the first study stand lines that `more` tells of."""
    beside, more = (beside, more) if study.is_first else ((), "")
    top = " (top)" if beside else ""
    return study.page.figure(
        pairs(
            [*answers.measured_pairs(study), *beside],
            axis="points of 100",
            spec=".1f",
            sides=("before", "after"),
            baseline="always abstaining",
        ),
        label=study.label("fig-answers"),
        caption=f"{study.lead}"
        f"Exact match and F1 before and after fine-tuning, over all seeds, with {INTERVAL}s that resample "
        f"whole paragraphs{top}{more}.",
    )


def show_scores(study: Study) -> Markdown:
    """The table of scores by group of questions."""
    return study.page.tabulate(
        answers.scores(study, answers.groups(study)),
        label=study.label("tbl-answers"),
        columns={
            "By": lambda line: line.title,
            "Stage": lambda line: Markdown(STAGES[line.stage]),
            "Questions": lambda line: named(GROUPS, "group")(line.row("f1")),
            "Exact": column(lambda line: line.row("exact")["value"], ".1f"),
            "F1": column(lambda line: line.row("f1")["value"], ".1f"),
            INTERVAL: column(lambda line: line.row("f1").interval("value"), ".1f", align="right"),
            "Abstains": column(lambda line: line.row("abstention")["value"], ".1f"),
            "Abstain F1": column(lambda line: line.row("f1")["baseline"], ".1f"),
            "n": column(lambda line: line.row("f1")["n"], ","),
        },
        caption="Exact match, F1 with its interval, and the share of abstentions, over all seeds, in points of 100. "
        "Abstain F1 is the F1 of always abstaining, which is its exact match too.",
    )


def describe_abstention(study: Study) -> Markdown:
    """How the models compare with always abstaining, and what their thresholds are good for."""
    compared = [sentences.compare_with_abstaining(study), sentences.describe_scores_without_abstaining(study)]
    of_thresholds = filter(
        None, [sentences.describe_benefit_of_thresholds(study), sentences.describe_generated_texts(study)]
    )
    return join(["\n".join(compared), "\n".join(of_thresholds)])


def tabulate_thresholds(study: Study) -> Markdown:
    """The table of thresholds."""
    return study.page.tabulate(
        answers.threshold_lines(study),
        label=study.label("tbl-thresholds"),
        columns={
            "By": lambda line: line.title,
            "Run": lambda line: run_name(line.row),
            "Stage": lambda line: named(STAGES, "stage")(line.row),
            "Threshold": column(lambda line: line.row["threshold"], ".2f"),
            "F1": column(lambda line: line.row["validation_f1"], ".1f"),
            "Answering": column(lambda line: line.row["validation_f1_always"], ".1f"),
            "Abstaining": column(lambda line: line.row["validation_f1_never"], ".1f"),
            "Answered": column(lambda line: line.row["answered"], ","),
            "of": column(lambda line: line.row["n"], ","),
        },
        caption="The threshold of each run: its F1 on the validation questions, that of answering throughout and of "
        "abstaining throughout, and how many test questions it answers. n/a: one of these two reaches the score "
        "of each threshold.",
    )


def show_tests(study: Study) -> Markdown:
    """The table of tests over all seeds."""
    return study.page.tabulate(
        answers.test_lines(study, single=False),
        label=study.label("tbl-answer-tests"),
        columns={**TESTED, **TEST},
        caption=f"Tests of fine-tuned against before, in points of 100, over all seeds: {TESTS_ARE}.",
    )


def tabulate_seed_tests(study: Study) -> Markdown:
    """The table of the tests of single seeds."""
    return study.page.tabulate(
        answers.test_lines(study, single=True),
        label=study.label("tbl-answer-seed-tests"),
        columns={**TESTED, "Run": lambda line: run_name(line.row), **TEST},
        caption=f"Tests of fine-tuned against before of each seed, in points of 100: {TESTS_ARE}; with Holm's "
        "correction for the number of seeds.",
    )


def show_candidates(study: Study) -> Markdown:
    """The table of scores of all candidates, and how BLEU was made."""
    scores = {
        title: column(lambda line, quantity=quantity: line.candidates(quantity), ".1f", align="right")
        for quantity, title in answers.CANDIDATE_SCORES.items()
    }
    table = study.page.tabulate(
        answers.scores(study, ["has-answer"]),
        label=study.label("tbl-candidates"),
        columns={"By": lambda line: line.title, "Stage": lambda line: Markdown(STAGES[line.stage]), **scores},
        caption="Each candidate answer, whether given or not, against the gold answers of the answerable questions, in "
        f"points of 100 with {INTERVAL}s. METEOR\\* matches exact words and stems, and no synonyms.",
    )
    bleu = study.page.say(
        "BLEU is that of the corpus, by sacrebleu ({signature}); over several seeds it is the mean of the corpus "
        "scores.",
        signature=sentences.signature(study),
    )
    return Markdown(f"{table}\n{bleu}")


def show_splits(study: Study) -> Markdown:
    """The table of the parts of the data."""
    return study.page.tabulate(
        study.table("splits"),
        label=study.label("tbl-answer-splits"),
        columns={
            "Part": "part",
            "Rule": "rule",
            "Questions": column("n", ","),
            "Answerable": column("n_answerable", ","),
            "Paragraphs": column("paragraphs", ","),
            "Articles": column("articles", ","),
            "Left out": column("left_out", ","),
        },
        caption="The questions of each part. No article occurs in two of them; questions whose paragraph occurs in a "
        "later part are left out.",
    )
