"""What is said of early exits follows their tables; and what models wrote stays text."""

import pytest

from analysis.audit import audit
from analysis.chapters.early_exit import claims, sentences, tokens
from analysis.chapters.early_exit.answers import examples, tabulate_best_answers, tabulate_middle_answers
from analysis.chapters.early_exit.scores import exits, prompt_panels, score_panels
from analysis.chapters.early_exit.trivial_answers import effect_of_prompt
from analysis.claims import evaluate
from analysis.this_report import reported
from analysis.this_report.sentences import compare_empty_answers_with_s4, describe_recurring_bleu, recurring_in_s4
from analysis.this_report.trials import try_on_ours
from tests.analysis.chapters import exit_tables
from tests.analysis.chapters.conftest import CLEAR, UNCLEAR, plain, shown

HOSTILE = "<script>alert(1)</script> {{< meta title >}} | $x$ `{python} 1` [a](b) @cite"
RISE, LAST_ALONE = "s4-scores-rise-with-the-layer", "s4-only-the-last-layer-answers"


def test_effects_read_as_in_a_paper(early_exits, freeze):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda *_: (2.0, CLEAR))
    assert plain(sentences.describe_effects_of_tuning(early_exits)) == (
        "- For stories, fine-tuning significantly raises BLEU by 2.00 (95% CI +1.00 to +3.00, p = 0.001), "
        "significantly raises ROUGE-L by 2.0 (95% CI +1.0 to +3.0, p = 0.001) and significantly raises BERTScore F1 by "
        "2.0 (95% CI +1.0 to +3.0, p = 0.001) at the deepest exit. Of 9 tests over exits and scores, 9 are significant "
        "rises."
    )


@pytest.mark.parametrize(
    ("change", "word", "size", "interval"),
    [
        ((2.0, CLEAR), "raises BLEU", ["2.00"], "+1.00 to +3.00"),
        ((-2.0, CLEAR), "lowers BLEU", ["2.00"], "−3.00 to −1.00"),
        ((2.0, UNCLEAR), "does not significantly change BLEU", [], "+1.00 to +3.00"),
    ],
)
def test_effects_follow_their_tests(early_exits, freeze, change, word, size, interval):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda *_: change)
    tuning, depth = sentences.describe_effects_of_tuning(early_exits), sentences.describe_effects_of_depth(early_exits)
    values = [*size, interval, f"p = {change[1]:.3f}"]
    assert word in tuning
    assert shown(tuning)[1 : 1 + len(values)] == values
    assert shown(depth)[3 : 3 + len(values)] == values


def test_steps_are_counted_by_their_tests(early_exits, freeze):
    exit_tables.scores(freeze)
    steps = {3: (1.0, CLEAR), 5: (-1.0, CLEAR)}
    exit_tables.tests(freeze, lambda comparison, stage, after: steps.get(after, (1.0, UNCLEAR)))
    for line in sentences.describe_effects_of_depth(early_exits).splitlines():
        assert shown(line)[-3:] == ["6", "3", "3"]
    assert shown(sentences.summarise(early_exits)) == ["6", "12", "6", "3", "9", "3", "6"]


@pytest.mark.parametrize(
    ("change", "said"),
    [((1.0, UNCLEAR), "none significantly"), ((-1.0, CLEAR), "none significantly"), ((1.0, CLEAR), "12 of 12")],
)
def test_the_summary_says_where_no_step_and_where_each_is_significant(early_exits, freeze, change, said):
    exit_tables.scores(freeze, echo=5.0)
    exit_tables.tests(freeze, lambda *_: change)
    sentence = sentences.summarise(early_exits)
    assert said in plain(sentence)
    assert "none is worse than returning the prompt" in plain(sentence)
    assert shown(sentence)[-1] == "6"


def test_the_smallest_significant_difference_is_found_among_both_directions(early_exits, freeze):
    exit_tables.scores(freeze)
    steps = {1: (-0.25, CLEAR), 3: (1.0, CLEAR), 5: (0.1, UNCLEAR)}
    exit_tables.tests(freeze, lambda comparison, stage, after: steps[after])
    assert shown(sentences.describe_smallest_significant([early_exits])) == ["0.25"]


@pytest.mark.parametrize(
    ("echo", "values"),
    [(5.0, ["6", *["6"] * 3]), (10.5, ["6", *["6"] * 3]), (50.0, ["6"])],
)
def test_scores_are_compared_with_the_prompt(early_exits, freeze, echo, values):
    exit_tables.scores(freeze, echo=echo)
    assert shown(sentences.compare_with_prompt(early_exits)) == values


def test_failing_answers_are_shown_with_the_worst_exit(early_exits, freeze):
    exit_tables.scores(freeze, repeated={3: 0.9})
    assert shown(sentences.describe_failing_answers(early_exits)) == ["0%", "90%", "stories", "3"]


@pytest.mark.parametrize(
    ("prompted", "values"),
    [({}, []), ({1: 40.0}, ["2", "6"]), (dict.fromkeys(exit_tables.DEPTHS, 40.0), [])],
)
def test_scores_with_the_prompt_are_compared_with_an_empty_answer(early_exits, freeze, prompted, values):
    exit_tables.scores(freeze, prompted=prompted)
    sentence = effect_of_prompt(early_exits)
    worst = "40.0" if prompted else "60.0"
    best = "40.0" if len(prompted) == 3 else "60.0"
    assert shown(sentence) == ["10.0", "10.0", worst, best, "0.0", "50.0", "stories", "48.0 to 52.0", *values]
    assert ("no exit" in sentence, "every exit" in sentence) == (not prompted, len(prompted) == 3)


@pytest.mark.parametrize(("baseline", "includes"), [(50.0, True), (70.0, False)])
def test_an_empty_answer_is_compared_with_what_recurs_in_s4(page, early_exits, freeze, published, baseline, includes):
    exit_tables.scores(freeze, baseline=baseline)
    recurring = recurring_in_s4(page, audit(page, "s4"))
    sentence = compare_empty_answers_with_s4(early_exits, recurring)
    assert ("does not include" not in sentence) is includes
    assert shown(describe_recurring_bleu(page, recurring))[:3] == ["0.499891", "5", "23"]


def described(page, claim: str) -> str:
    verdict = next(each for each in evaluate(page, "s4") if each.claim == claim)
    return claims.describe_claim(page, verdict, tried(page, claim), "curves")


def tried(page, claim: str):
    return next(each for each in try_on_ours(page.table, "s4") if each.claim == claim)


@pytest.mark.parametrize(
    ("steps", "word", "counts"),
    [
        ({3: (1.0, CLEAR), 5: (1.0, CLEAR)}, "holds for", ["2", "2", "2"]),
        ({3: (1.0, CLEAR), 5: (-1.0, CLEAR)}, "fails for", ["1", "2", "1", "1"]),
        ({3: (1.0, CLEAR), 5: (1.0, UNCLEAR)}, "stays open for", ["2", "2", "1"]),
        ({3: (1.0, UNCLEAR), 5: (-1.0, UNCLEAR)}, "stays open for", ["1", "2"]),
        ({3: (-1.0, CLEAR), 5: (-1.0, CLEAR)}, "fails for", ["0", "2", "2"]),
    ],
)
def test_a_rise_is_decided_by_the_steps_of_our_curves(page, freeze, published, steps, word, counts):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda comparison, stage, after: steps.get(after, (0.0, 1.0)))
    exit_tables.judge(freeze, {1: (0.0, 0.0, 0.1), 5: (0.3, 0.2, 0.4)})
    sentence = described(page, RISE)
    assert shown(sentence)[1:] == ["18", "5", "13", "6", "6"]
    assert [each for each in ("holds for", "fails for", "stays open for") if each in sentence] == [word]
    lines = claims.lines(page, tried(page, RISE))
    assert [shown(line.why) for line in lines] == [counts] * 6  # up, of all, and significantly up and down, if any


def test_opt_in_models_are_tried_where_their_tables_are_frozen(page, freeze, published):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda *_: (0.0, 1.0))
    exit_tables.judge(freeze, {1: (0.0, 0.0, 0.1), 5: (0.3, 0.2, 0.4)})

    def read(table_id: str):
        return page.table(table_id.replace("-gemma/", "/"))

    there = {"early-exit-alpaca-gemma/tests", "judge-by-layer-gemma/accuracy"}
    one, both = try_on_ours(read, "s4"), try_on_ours(read, "s4", there)
    assert [len(each.trials) for each in both] == [2 * len(each.trials) for each in one]


@pytest.mark.parametrize(("early", "word"), [((0.1, 0.0, 0.2), "fails for"), ((0.0, 0.0, 0.1), "holds for")])
@pytest.mark.parametrize(("kappa", "warned"), [((0.1, 0.0, 0.3), True), ((0.3, 0.1, 0.5), False)])
def test_accepted_early_answers_decide_and_unproven_judges_are_marked(
    page, freeze, published, early, word, kappa, warned
):
    exit_tables.scores(freeze)
    exit_tables.tests(freeze, lambda *_: (0.0, 1.0))
    exit_tables.judge(freeze, {1: early, 5: (0.3, 0.2, 0.4)}, kappa)
    sentence = described(page, LAST_ALONE)
    assert word in sentence
    assert shown(sentence)[-2 - 2 * warned :] == ["2", "2", *["2", "2"] * warned]
    assert ("@sec-judged" in sentence) is warned


def test_what_s4_prints_stands_apart_and_its_gap_stays_a_gap(page, early_exits, freeze, published):
    exit_tables.scores(freeze)
    theirs = reported.score_panels(page)
    assert [panel.row for panel in score_panels(early_exits)] == ["stories"] * 3
    assert not any(panel.reported for panel in (*score_panels(early_exits), *prompt_panels(early_exits)))
    assert all(panel.reported for panel in (*theirs, *reported.bleu_panels(page)))
    mistral = next(panel for panel in theirs if panel.row == "S4, Mistral")
    assert [len(curve.drawn()) for curve in mistral.curves] == [3, 4]


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
def test_tokens_have_readable_labels(token, label):
    assert tokens.label_of(token) == label


def test_the_maps_show_both_stages_and_sequences_with_the_most_probable_marked(early_exits, freeze):
    exit_tables.scores(freeze)
    at = {1: (0.1, 4), 3: (0.2, 2), 5: (0.9, 1)}
    exit_tables.tokens(freeze, [(token, at) for token in exit_tables.labels()])
    maps = tokens.heat_maps_of(exits(early_exits)[0], "pet")
    assert [found.title.split(":")[0] for found in maps] == ["base", "fine-tuned"] * 2
    assert len({found.title for found in maps}) == 4
    assert [marked for _, marked in maps[0].rows["5"]] == [True] * 6
    assert not any(marked for _, marked in maps[0].rows["3"])
    assert shown(tokens.describe_early_predictions(early_exits)) == ["stories", *["0%", "1", "0%", "3"] * 2]
    assert shown(tokens.describe_reference_probabilities(early_exits)) == ["90.0%", "90.0%", "stories"]


def test_the_words_of_a_prompt_stay_text(early_exits, freeze):
    exit_tables.scores(freeze)
    exit_tables.prompt(freeze, instruction=HOSTILE, input="", reference=HOSTILE)
    caption = tokens.caption(exits(early_exits)[0], "pet")
    assert shown(caption) == ["stories", HOSTILE, HOSTILE]
    assert "<script>" not in caption
    assert "{{<" not in caption


# --- answers ---------------------------------------------------------------------------------------------------------


def test_which_answers_are_shown_is_a_rule_and_they_stay_text(early_exits, freeze):
    exit_tables.scores(freeze)
    exit_tables.curves(freeze)
    exit_tables.answers(freeze, {"all-1": 10.0, "all-2": 90.0, "all-3": 40.0}, HOSTILE)
    found = examples(early_exits)
    assert [(each.which, each.rows[0]["id"].data) for each in found] == [("best", "all-2"), ("middle", "all-3")]
    assert [(row["run"].data, row["depth"].data) for row in found[0].rows] == [
        *(("all", depth) for depth in exit_tables.DEPTHS),
        *(("seed-0", depth) for depth in exit_tables.DEPTHS),
    ]
    tables = tabulate_best_answers(early_exits) + tabulate_middle_answers(early_exits)
    assert "<script>" not in tables
    assert "{{<" not in tables
    assert "alert(1)" in plain(tables)


def test_an_answer_without_text_is_shown_as_empty(early_exits, freeze):
    exit_tables.scores(freeze)
    exit_tables.curves(freeze)
    exit_tables.answers(freeze, {"all-1": 10.0}, "")
    assert tabulate_best_answers(early_exits).count("*empty*") == 6
    assert shown(sentences.describe_selected_checkpoints(early_exits)) == ["stories", "1", "2", "1.50", "3.00"]
