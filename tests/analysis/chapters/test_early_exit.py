"""What the chapter on early exits says follows its tables, whatever these say; and what models wrote stays text."""

import shutil

import pytest

from analysis.chapters.early_exit import answers as early_exit_answers
from analysis.chapters.early_exit import claims as early_exit_claims
from analysis.chapters.early_exit import sentences
from analysis.chapters.early_exit import tokens as early_exit_tokens
from analysis.chapters.early_exit import trivial_answers as early_exit_echo
from analysis.chapters.early_exit.scores import echo_panels, exits, score_panels
from tests.analysis.chapters import exit_tables
from tests.analysis.chapters.conftest import plain
from tests.analysis.reported import FROZEN

CLEAR, UNCLEAR = 0.001, 0.4
HOSTILE = "<script>alert(1)</script> {{< meta title >}} | $x$ `{python} 1` [a](b) @cite"


@pytest.fixture
def published(book):
    """The book holds what the sources print."""
    for study in FROZEN.glob("published-*"):
        shutil.copytree(study, book / "experiments" / "frozen" / study.name)


@pytest.mark.parametrize(
    ("change", "tuned", "deeper"),
    [
        ((2.0, CLEAR), "raises BLEU by 2.00 (+1.00 to +3.00, p = 0.001)", "base stories gains 2.00 in BLEU"),
        ((-2.0, CLEAR), "lowers BLEU by 2.00 (−3.00 to −1.00, p = 0.001)", "base stories loses 2.00 in BLEU"),
        ((2.0, UNCLEAR), "does not surely change BLEU", "base stories does not surely change in BLEU"),
    ],
)
def test_gain_loss_and_what_cannot_be_told(page, freeze, change, tuned, deeper):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda *_: change)
    assert f"In stories, fine-tuning {tuned}" in plain(sentences.tuning(page))
    assert f"From depth 1 to depth 5, {deeper}" in plain(sentences.deepening(page))


def test_steps_are_counted_by_what_their_tests_say(page, freeze):
    exit_tables.scores(freeze)
    steps = {3: (1.0, CLEAR), 5: (-1.0, CLEAR)}
    exit_tables.tests(freeze, lambda comparison, stage, after: steps.get(after, (1.0, UNCLEAR)))
    counted = "Of 6 steps from one exit to the next, 3 surely rise, 3 surely fall and 0 cannot be told from chance."
    assert plain(sentences.deepening(page)).count(counted) == 2
    assert plain(sentences.in_short(page)).endswith("By BLEU, 0 of 6 exits do surely worse than returning the prompt.")
    assert plain(sentences.in_short(page)).startswith(
        "Answers from early exits: of 12 steps to a deeper exit, counted over models, stages and scores, 6 surely raise"
    )


@pytest.mark.parametrize(("echo", "better", "worse"), [(5.0, 6, 0), (10.5, 0, 0)])
def test_scores_are_held_against_the_echo(page, freeze, echo, better, worse):
    exit_tables.scores(freeze, echo=echo)
    said = f"{better} are surely better than returning the prompt and {worse} surely worse"
    assert plain(sentences.against_floors(page)).count(said) == 3


def test_exits_that_all_do_worse_than_the_echo_are_told_at_once(page, freeze):
    exit_tables.scores(freeze, echo=50.0)
    assert plain(sentences.against_floors(page)).startswith("All 6 exits, counted over models and stages, do surely")


def test_failing_answers_are_told_with_the_exit_that_fails_most(page, freeze):
    exit_tables.scores(freeze, repeated={3: 0.9})
    told = plain(sentences.failures(page))
    assert "no answers are empty" in told
    assert "0% to 90% repeat a piece of text three times or more (most for base stories at depth 3)" in told


@pytest.mark.parametrize(
    ("prompted", "said"),
    [
        ({}, "no exit of ours scores less that way than saying nothing at all."),
        ({1: 40.0}, "by that measure 2 of 6 exits do worse than saying nothing at all."),
        (dict.fromkeys(exit_tables.DEPTHS, 40.0), "by that measure every exit of ours does worse than saying nothing"),
    ],
)
def test_the_echo_is_told_as_it_is(page, freeze, published, prompted, said):
    exit_tables.scores(freeze, prompted=prompted)
    assert said in plain(early_exit_echo.echo(page))


@pytest.mark.parametrize(("floor", "said"), [(50.0, "lies, within its interval, where"), (70.0, "does not lie where")])
def test_the_floor_is_held_against_what_recurs_in_s4(page, freeze, published, floor, said):
    exit_tables.scores(freeze, floor=floor)
    assert plain(early_exit_echo.beside_s4(page)).startswith(f"On our examples this floor {said} S4’s recurring values")
    assert "0.499891 in 5^(r) of 23^(r) cells" in plain(early_exit_echo.recurring(page))


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ({3: (1.0, CLEAR), 5: (1.0, CLEAR)}, "holds for 6"),
        ({3: (1.0, CLEAR), 5: (-1.0, CLEAR)}, "fails for 6"),
        ({3: (1.0, CLEAR), 5: (1.0, UNCLEAR)}, "is open for 6"),
    ],
)
def test_the_claim_of_s4_is_tried_on_our_curves(page, freeze, published, steps, outcome):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda comparison, stage, after: steps.get(after, (0.0, 1.0)))
    exit_tables.judge(freeze, {1: (0.0, 0.0, 0.1), 5: (0.3, 0.2, 0.4)})
    told = plain(early_exit_claims.told(page))
    assert "On S4’s own figures this claim fails: Of 18^(r) curves of BLEU, ROUGE-L and BERTScore, 5^(r) rise" in told
    assert f"Tried on 6 curves of ours, it {outcome}." in told
    assert "Tried on 2 rows of marks of ours, it holds for 2." in told
    assert len(early_exit_claims.tried(page)) == 6


@pytest.mark.parametrize(("early", "outcome"), [((0.1, 0.0, 0.2), "fails for 2"), ((0.0, 0.0, 0.1), "holds for 2")])
def test_an_accepted_early_answer_refutes_that_only_the_last_layer_answers(page, freeze, published, early, outcome):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda *_: (0.0, 1.0))
    exit_tables.judge(freeze, {1: early, 5: (0.3, 0.2, 0.4)})
    assert f"Tried on 2 rows of marks of ours, it {outcome}." in plain(early_exit_claims.told(page))


@pytest.mark.parametrize(("kappa", "warned"), [((0.1, 0.0, 0.3), True), ((0.3, 0.1, 0.5), False)])
def test_what_rests_on_a_judge_that_does_not_agree_with_us_says_so(page, freeze, published, kappa, warned):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda *_: (0.0, 1.0))
    exit_tables.judge(freeze, {1: (0.1, 0.0, 0.2), 5: (0.3, 0.2, 0.4)}, kappa)
    warning = "; 2 of the 2 that are decided rest on judges that are not shown to agree with our labels"
    assert (warning in plain(early_exit_claims.told(page))) is warned


def test_what_s4_prints_stands_apart_and_its_gap_stays_a_gap(page, freeze, published):
    exit_tables.scores(freeze)
    panels = score_panels(page)
    assert [panel.row for panel in panels if not panel.reported] == ["stories"] * 3
    mistral = next(panel for panel in panels if panel.row == "S4, Mistral")
    assert [len(curve.drawn()) for curve in mistral.curves] == [3, 4]
    assert [panel.reported for panel in echo_panels(page)] == [False, False, True, True, True]


# --- tokens ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "label"),
    [
        (" the", "␣the"),
        ("\n", "↵"),
        ("", "‹end›"),
        ("\t", "⇥"),
        ("\u202e", "‹202E›"),
        ("\ufffd", "‹FFFD›"),
        ("中", "‹4E2D›"),
        ("$x$", "$x$"),
        ("a very long token", "a␣very␣long…"),
    ],
)
def test_tokens_have_labels_that_can_be_read(token, label):
    assert early_exit_tokens.label_of(token) == label


def test_the_maps_show_both_stages_and_sequences_with_the_likeliest_marked(page, freeze):
    exit_tables.scores(freeze)
    at = {1: (0.1, 4), 3: (0.2, 2), 5: (0.9, 1)}
    exit_tables.tokens(freeze, [(token, at) for token in exit_tables.labels()])
    maps = early_exit_tokens.heat_maps_of(exits(page)[0], "pet")
    assert [found.title for found in maps] == [
        "base: what it says",
        "fine-tuned: what it says",
        "base: the reference",
        "fine-tuned: the reference",
    ]
    assert [marked for _, marked in maps[0].rows["5"]] == [True] * 6
    assert not any(marked for _, marked in maps[0].rows["3"])
    assert "the likeliest already were 0% at depth 1 and 0% at depth 3 in the base model" in plain(
        early_exit_tokens.settled(page)
    )


def test_the_words_of_a_prompt_stay_text(page, freeze):
    exit_tables.scores(freeze)
    exit_tables.prompt(freeze, instruction=HOSTILE, input="", reference=HOSTILE)
    assert plain(early_exit_tokens.caption(page, exits(page)[0], "pet")) == (
        f"Probability of each token in stories, for the instruction {HOSTILE}, whose reference is {HOSTILE}"
    )


# --- answers ---------------------------------------------------------------------------------------------------------


def test_which_answers_are_shown_is_a_rule_and_they_stay_text(page, freeze):
    exit_tables.scores(freeze)
    exit_tables.curves(freeze)
    exit_tables.answers(freeze, {"all-1": 10.0, "all-2": 90.0, "all-3": 40.0}, HOSTILE)
    found = early_exit_answers.examples(page)
    assert [(each.which, each.rows[0]["id"].data) for each in found] == [("best", "all-2"), ("middle", "all-3")]
    assert [(row["run"].data, row["depth"].data) for row in found[0].rows] == [
        *(("all", depth) for depth in exit_tables.DEPTHS),
        *(("seed-0", depth) for depth in exit_tables.DEPTHS),
    ]
    shown = early_exit_answers.answers(page)
    assert "<script>" not in shown
    assert "{{<" not in shown
    assert "alert(1)" in plain(shown)


def test_an_answer_without_text_is_shown_as_nothing(page, freeze):
    exit_tables.scores(freeze)
    exit_tables.curves(freeze)
    exit_tables.answers(freeze, {"all-1": 10.0}, "")
    assert early_exit_answers.answers(page).count("*nothing*") == 12
    assert plain(sentences.learning(page)) == (
        "The checkpoints that were chosen stand after 1 to 2 epochs in stories, with a loss of 1.50 to 3.00."
    )
