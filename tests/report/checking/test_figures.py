"""Figures read back from their SVG: true ones have no findings, and each fault has its own."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from analysis.facts import Chapter
from analysis.facts.fact_log import fact_log_path, read_fact_log
from analysis.figures.curves import Curve, Point, curves
from analysis.figures.drawn import Drawn
from analysis.figures.intervals import intervals
from analysis.figures.lines import Estimate
from analysis.figures.paired import Pair, pairs
from analysis.figures.palette import ORANGE, PLUM, SERIES
from analysis.figures.panels import Panel, panels
from analysis.figures.stacked import stacked_shares
from report.checking.figures import bound_in_alt, check_figures, said_in_alt
from report.checking.vocabulary import Vocabulary
from report.rendering.project import load_project


def estimates(story: Chapter, column: str = "accuracy", suffix: str = "") -> list[Estimate]:
    return [
        Estimate(row["model"].data + suffix, row[column], row["accuracy_low"], row["accuracy_high"])
        for row in story.table("runs/scores").where(stage="after")
    ]


def scores(story: Chapter, column: str = "accuracy", axis: str = "accuracy", suffix: str = "") -> Drawn:
    first = story.table("runs/scores").rows[0]
    return intervals(
        estimates(story, column, suffix), axis=axis, spec=".0%", references=[("before", first["accuracy"])]
    )


def lines(story: Chapter, names: Sequence[str] = ("tiny-1b", "small-2b")) -> Drawn:
    table = story.table("runs/scores")
    series = [
        Curve(name, [Point(row["f1"], row["accuracy"]) for row in table.where(model=model)])
        for name, model in zip(names, ("tiny-1b", "small-2b"), strict=True)
    ]
    return curves(series, x="F1", y="accuracy")


def bars(story: Chapter) -> Drawn:
    return stacked_shares(story.table("runs/scores"), bars="stage", parts="model", amount="accuracy", whole="accuracy")


def rules(found: list) -> set[str]:
    return {finding.rule for finding in found}


@pytest.mark.parametrize("draw", [scores, lines, bars])
def test_a_true_figure_has_no_findings(story, findings, draw):
    assert findings(draw(story)) == []


def test_a_finding_names_figure_chapter_file_and_line(story, findings):
    (found,) = findings(scores(story, axis="loss"))
    assert (found.label, found.chapter, found.file, found.line) == ("fig-scores", "story.qmd", "story.qmd", 4)
    assert found.path == "report/figures/story-scores.svg"


@pytest.mark.parametrize(
    ("pattern", "put", "rule", "told"),
    [
        ("<!-- 60% -->", "<!-- 65% -->", "figure-number", "65%"),
        ("<!-- tiny-1b -->", "<!-- tiny-7b -->", "figure-number", "tiny-7b"),
        ("<!-- measured -->", "<!-- reported -->", "figure-label", "reported"),
        (
            r'(<use xlink:href="#m\w+" x="\d+)(\.\d+" y="[\d.]+" style="fill: #268f82)',
            r"\g<1>9\2",
            "figure-mark",
            "0.75",
        ),
    ],
)
def test_what_is_changed_in_the_drawing_by_hand_is_found_and_named(story, findings, pattern, put, rule, told):
    def changed(svg: str) -> str:
        assert re.search(pattern, svg)
        return re.sub(pattern, put, svg, count=1)

    found = findings(scores(story), changed)
    assert rules(found) == {"figure-changed", rule}
    assert any(told in finding.message for finding in found)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"axis": "F1"}, "but accuracy is drawn"),
        ({"column": "f1", "axis": "accuracy loss"}, "loss"),
        ({"column": "accuracy_low"}, "the end of an interval"),
        ({"axis": "accuracy (lower is better)"}, "higher is better"),
    ],
)
def test_a_scale_that_is_called_what_it_is_not_is_found(story, findings, made, told):
    found = findings(scores(story, **made))
    assert "figure-column" in rules(found)
    assert any(told in finding.message for finding in found)


def test_a_series_with_the_name_of_another_row_is_found(story, findings):
    found = findings(lines(story, ("small-2b", "tiny-1b")))
    assert rules(found) == {"figure-column"}
    assert [finding.message for finding in found] == [
        "“small-2b” is drawn from something else: accuracy[tiny-1b, after]",
        "“tiny-1b” is drawn from something else: accuracy[small-2b, after]",
    ]


@pytest.mark.parametrize(("models", "is_found"), [(("tiny-1b", "small-2b"), False), (("tiny-1b", "tiny-1b"), True)])
def test_a_name_of_two_rows_is_drawn_from_both(story, findings, models, is_found):
    table = story.table("runs/scores")
    before, after = (
        Estimate("", row["accuracy"], row["accuracy_low"], row["accuracy_high"])
        for row in (table.at(model=model, stage="after") for model in models)
    )
    other = table.at(model="small-2b", stage="before")
    lines = [Pair("small-2b against tiny-1b", before, after), Pair("small-2b", None, Estimate("", other["accuracy"]))]
    found = findings(pairs(lines, axis="accuracy", spec=".0%", sides=("before", "after")))
    assert rules(found) == ({"figure-column"} if is_found else set())


def test_a_panel_with_the_name_of_another_column_is_found(story, findings):
    table = story.table("runs/scores")

    def drawn(accuracy: str, loss: str) -> Drawn:
        return panels(
            [
                Panel("", title, [Curve("all", [Point(row["f1"], row[column]) for row in table])])
                for title, column in (("accuracy", accuracy), ("loss", loss))
            ],
            x="F1",
            y="score",
        )

    found = findings(drawn("loss", "accuracy"))
    assert {finding.message.partition(" is")[0] for finding in found} == {"“accuracy”", "“loss”"}


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        ({"suffix": " of 95.3"}, "figure-number"),
        ({"axis": "accuracy of 812"}, "figure-number"),
        ({"suffix": " by GPTBot"}, "figure-label"),
    ],
)
def test_a_label_that_no_table_holds_is_found(story, findings, made, rule):
    assert rule in rules(findings(scores(story, **made)))


@pytest.mark.parametrize(
    ("suffix", "is_found"), [(", layer 4", False), (" (Layer 4)", False), (", layer 5", True), (" of 4", True)]
)
def test_a_label_may_have_a_whole_number_of_its_rows_beside_the_name_of_the_column(story, findings, suffix, is_found):
    assert rules(findings(scores(story, suffix=suffix))) == ({"figure-number"} if is_found else set())


@pytest.mark.parametrize(("number", "is_found"), [("‹FFFD›‹8›", False), ("‹1E› ‹B›", False), ("‹37›", True)])
def test_the_number_of_a_character_that_nobody_sees_is_no_number_of_the_label(story, findings, number, is_found):
    found = findings(intervals(estimates(story, suffix=f" {number}"), axis="accuracy", spec=".0%"))
    assert {finding.rule for finding in found} == ({"figure-number"} if is_found else set())


def test_a_mark_that_is_drawn_from_other_numbers_than_the_figure_lists_is_found(story, findings):
    drawn = lines(story)
    marks = [replace(mark, places=[(y, x) for x, y in mark.places]) for mark in drawn.marks]
    found = findings(replace(drawn, marks=tuple(marks)))
    assert "figure-mark" in rules(found)


def test_a_bar_of_another_length_is_found(story, findings):
    drawn = bars(story)
    drawn.marks[0].artist.set_width(0.1)
    assert rules(findings(drawn)) == {"figure-mark"}


@pytest.mark.parametrize(("one", "seen"), [("#8e3a64", "white page"), (PLUM.light, None)])
def test_colours_that_look_alike_are_found_unless_something_else_tells_them_apart(story, findings, one, seen):
    drawn = lines(story)
    for mark in drawn.marks:
        mark.artist.set(marker="o", linestyle="-")
    drawn.marks[0].artist.set(color=one, markerfacecolor=one)
    drawn.marks[1].artist.set(color="#8d3a65" if seen else ORANGE.light)
    found = findings(drawn)
    assert rules(found) == ({"figure-colours"} if seen else set())
    assert all(one in finding.message and seen in finding.message for finding in found if seen)


def test_colours_that_look_alike_may_have_different_markers(story, findings):
    drawn = lines(story)
    for mark in drawn.marks:
        mark.artist.set_color(SERIES[0].light)
    drawn.marks[1].artist.set_color("#024675")
    assert findings(drawn) == []


@pytest.mark.parametrize("content", ["", "scores: 95.3 %", "<svg", "<html><body>No drawing.</body></html>"])
def test_a_file_that_is_no_drawing_is_one_line(story, findings, content):
    (found,) = findings(scores(story), lambda svg: content)
    assert (found.rule, "\n" in found.message) == ("unreadable", False)
    assert found.message.startswith("report/figures/story-scores.svg: is no")


def test_a_file_that_is_missing_is_found(story, findings, tmp_path):
    from report.checking.figures import check_figures

    findings(scores(story))
    project = load_project(tmp_path)
    (project.output_dir / "report" / "figures" / "story-scores.svg").unlink()
    (found,) = check_figures(project, "quarto")
    assert found.rule == "unreadable"


def test_an_alternative_text_that_was_changed_is_found(story, findings, tmp_path):
    findings(scores(story))
    project = load_project(tmp_path)
    page = project.output_dir / "story.html"
    page.write_text(page.read_text().replace("75%", "76%"))
    (found,) = check_figures(project, "quarto")
    assert (found.rule, found.label) == ("figure-changed", "fig-scores")


def test_values_and_names_of_an_alternative_text_are_bound_where_they_stand(story, findings, tmp_path):
    drawn = scores(story)
    findings(drawn)
    (line,) = read_fact_log(fact_log_path(tmp_path, "quarto", "story")).of("drawn")
    bound = {drawn.alt[start:end] for start, end in bound_in_alt(line, drawn.alt)}
    assert {"75%", "90%", "50%", "tiny-1b", "small-2b", "accuracy"} == bound - {"before"}
    assert bound_in_alt(line, drawn.alt.replace("75%", "76%")) == []


@pytest.mark.parametrize(("reference", "said"), [("before", True), ("before: best", False), ("the best of all", False)])
def test_words_that_compare_are_bound_by_labels_of_the_tables_alone(story, findings, tmp_path, reference, said):
    first = story.table("runs/scores").rows[0]
    drawn = intervals(
        estimates(story, "accuracy", ""), axis="accuracy", spec=".0%", references=[(reference, first["accuracy"])]
    )
    findings(drawn)
    log = read_fact_log(fact_log_path(tmp_path, "quarto", "story"))
    (line,) = log.of("drawn")
    facts = [fact for fact in log.facts if fact["label"] == "fig-scores"]
    last = reference.rpartition(": ")[2]
    assert any(last in drawn.alt[start:end] for start, end in bound_in_alt(line, drawn.alt))
    assert any(last in drawn.alt[start:end] for start, end in said_in_alt(line, facts, drawn.alt)) == said


SILENCED = '<span class="unchecked" data-reason="a sketch"><img src="own.svg"></span>'


@pytest.mark.parametrize(
    ("image", "text", "told"),
    [
        ('<img src="own.svg">', "SST-2 in 95.3 %", "own.svg holds the number 95.3 %"),
        ('<img src="own.svg">', "SST-2, where the tuned is\nsignificantly better", "own.svg holds “significantly”"),
        ('<img src="own.svg">', "SST-2; higher is better", None),
        (SILENCED, "SST-2 in 95.3 %, which is better", None),
    ],
)
def test_a_result_in_a_drawing_that_no_table_is_behind_is_found(story, findings, tmp_path, image, text, told):
    findings(scores(story))
    project = load_project(tmp_path)
    page = project.output_dir / "story.html"
    page.write_text(page.read_text().replace("</body>", image + "</body>"))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><text>{text}</text></svg>'
    (project.output_dir / "own.svg").write_text(svg)
    found = list(check_figures(project, "quarto"))
    assert [finding.message.partition(",")[0] for finding in found] == ([told] if told else [])
    assert {finding.line for finding in found} <= {None}, "no line of the chapter names it"
    with (tmp_path / "story.qmd").open("a") as chapter:
        chapter.write("\n![Of my own.](own.svg)\n")
    assert {finding.line for finding in check_figures(project, "quarto")} == ({8} if told else set())


def test_a_number_and_a_word_of_a_drawing_are_told_each(story, findings, tmp_path):
    findings(scores(story))
    project = load_project(tmp_path)
    page = project.output_dir / "story.html"
    page.write_text(page.read_text().replace("</body>", '<img src="own.svg"></body>'))
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><text>SST-2 in 95.3 %, significantly better</text></svg>'
    (project.output_dir / "own.svg").write_text(svg)
    told = [finding.message.partition(", which")[0] for finding in check_figures(project, "quarto")]
    assert told == ["own.svg holds the number 95.3 %", "own.svg holds “significantly”"]


def test_a_name_is_known_as_tables_write_it():
    shown = {"text": "13%", "value": 13.0, "unit": None, "kind": "reported", "how": "value", "form": "point"}
    row = {"figure": "sst2-zero-shot"}
    origin = {"table": "published-s1/figures", "row": row, "column": "value", "digest": "", "kind": "reported"}
    facts = [{**shown, "id": "a-1", "label": "fig-a", "origins": [origin]}]
    words = Vocabulary()
    assert words.unknown_names("the-model, SST-2, zero-shot", {"sst2"}, facts) == []
    assert words.unknown_names("the-model, SST-9", {"sst2"}, facts) == ["SST-9"]
