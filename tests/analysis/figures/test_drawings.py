"""Drawings: the same bytes each time, colours that follow the page, nothing clipped, and their data in words."""

import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from analysis.facts import FactError, View, open_chapter
from analysis.facts.fact_log import fact_log_path, read_fact_log
from analysis.facts.formatting import formatted
from analysis.figures.curves import Curve, Point, curves
from analysis.figures.drawn import Drawn
from analysis.figures.events import Found, events
from analysis.figures.flows import FLOWS, Transitions, flows
from analysis.figures.heat import HeatMap, heat_maps
from analysis.figures.intervals import Estimate, intervals
from analysis.figures.marks import describe_marks, name_marks
from analysis.figures.measures import Measured, measures
from analysis.figures.paired import Pair, pairs
from analysis.figures.palette import HEAT, PAPER, SAND, SERIES, TONES
from analysis.figures.panels import Panel, panels, split_panels
from analysis.figures.stacked import stacked_shares
from analysis.figures.style import TEXT_WIDTH_CM, canvas, house_style, wrapped
from analysis.figures.svg import svg_bytes
from analysis.figures.tallies import Tally, tallies
from experiments.tables.read import read_table
from experiments.tables.terms import Correctness
from report.checking.colours import LEAST, VISIONS, distance, lab
from report.checking.drawings import read_drawing
from report.checking.drawn_figure import Figure
from report.checking.vocabulary import Vocabulary

NAMES = "SST-2|ROUGE-L|S1|S2|Model \\d|Study \\d|blocks \\d"


def bars(counts) -> Drawn:
    return stacked_shares(counts, bars="model", parts="part", amount="parameters", whole="parameters")


def points(scores) -> Drawn:
    estimates = [Estimate(row["figure"].data, row["score"], row["low"], row["high"], group="S2") for row in scores]
    return intervals(estimates, axis="accuracy", spec=".0%", references=[("chance", scores.rows[0]["score"])])


def lines(counts) -> Drawn:
    return curves([Curve("a $_x$", [Point(row["parameters"], row["parameters"]) for row in counts])], x="in", y="out")


def estimate(scores, figure) -> Estimate:
    row = scores.at(figure=figure)
    return Estimate("", row["score"], row["low"], row["high"])


def beside(scores) -> Drawn:
    before, after, absent = (estimate(scores, figure) for figure in ("before", "after", "absent"))
    found = [Pair("SST-2 $_x$", before, after, before.value, "Theirs"), Pair("SNLI", absent, absent, None, "Theirs")]
    return pairs(found, axis="accuracy", spec=".0%", sides=("before", "after"), baseline="majority")


def ways(scores, panels: int = 6) -> Drawn:
    share = scores.at(figure="before")["score"]
    return flows([Transitions(f"Study {number}", dict.fromkeys(FLOWS, share)) for number in range(panels)])


def spent(scores) -> Drawn:
    before, after, absent = (estimate(scores, figure) for figure in ("before", "after", "absent"))
    return measures(
        [
            Measured("one", {"time, s": before, "memory, GB": after}, "Theirs"),
            Measured("two", {"time, s": absent}, "Theirs"),
        ]
    )


def rows(scores, times: int = 2) -> Drawn:
    before, after, absent = (scores.at(figure=figure)["score"] for figure in ("before", "after", "absent"))
    drawn = [Curve("base $_x$", [Point(before, before), Point(after, after, before, after), Point(after, absent)])]
    found = [Panel(f"Model {number}", "BLEU", drawn, [("empty answer", before)]) for number in range(times)]
    return panels([*found, Panel("Model 0", "ROUGE-L", drawn)], x="blocks", y="score", spec=".0%")


def steps(scores, columns: int = 3) -> Drawn:
    low, high = (scores.at(figure=figure)["score"] for figure in ("before", "after"))
    cells = {"1": [(low, False)] * columns, "2": [(high, True)] * columns}
    return heat_maps([HeatMap("base $_x$", ["␣the", "↵", "‹end›"][:columns], cells)], up="blocks", mark="likeliest")


def marks(scores) -> Drawn:
    places = scores.column("score")[:2]
    return events(
        [Found(f"Model {n}", places[1], {"rating,\nlast token": {"worse $_x$": places}}) for n in range(3)],
        marks=["worse $_x$"],
        x="layer",
    )


def cut(scores) -> Drawn:
    one = scores.at(figure="before")["score"]
    return tallies(
        [Tally(title, {"S1": {"holds": one, "fails": one}}) for title in ("Claims", "Checks")], parts=["holds", "fails"]
    )


@pytest.fixture(params=["bars", "points", "lines", "beside", "ways", "spent", "rows", "steps", "marks", "cut"])
def drawn(request, counts, scores) -> Drawn:
    if request.param in ("bars", "lines"):
        return {"bars": bars, "lines": lines}[request.param](counts)
    found = {"points": points, "beside": beside, "ways": ways, "spent": spent, "rows": rows, "steps": steps}
    found |= {"marks": marks, "cut": cut}
    return found[request.param](scores)


def test_every_colour_has_a_counterpart_for_dark_pages(drawn):
    svg = svg_bytes(drawn.figure, "salt").decode()
    rules, body = svg.split("</style>", 1)
    used = set(re.findall(r"#[0-9a-f]{6}\b", body))
    assert used
    assert used <= {tone.light for tone in TONES} | {"#000000", "#ffffff"}
    for tone in TONES:
        assert f'[style*="fill: {tone.light}"]' in rules
    assert 'fill="#fff' not in body


def test_nothing_is_clipped_or_overlaps_its_neighbour(drawn):
    figure = drawn.figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    renderer = canvas.get_renderer()
    for axes in figure.axes:
        across, up = shown_labels(axes.xaxis, axes.get_xlim()), shown_labels(axes.yaxis, axes.get_ylim())
        for label in [*across, *up, axes.xaxis.label, axes.yaxis.label]:
            box = label.get_window_extent(renderer)
            if label.get_text():
                assert -1 <= box.x0 <= box.x1 <= width + 1
                assert -1 <= box.y0 <= box.y1 <= height + 1
        for labels in (across, up):
            boxes = [label.get_window_extent(renderer) for label in labels]
            assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def shown_labels(axis, ends) -> list:
    """The labels of ticks inside of the scale; matplotlib keeps some outside that it does not draw."""
    low, high = sorted(ends)
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high and tick.label1.get_text()]


def test_the_bytes_are_the_same_each_time_and_well_formed(counts):
    first, second = (svg_bytes(bars(counts).figure, "salt") for _ in range(2))
    assert first == second
    assert first != svg_bytes(bars(counts).figure, "other")
    root = ElementTree.fromstring(first)
    assert float(root.get("width").removesuffix("pt")) == pytest.approx(TEXT_WIDTH_CM / 2.54 * 72, abs=0.1)
    assert b"<metadata" not in first


def test_the_text_of_a_figure_reads_as_prose(counts):
    assert bars(counts).alt == (
        "Stacked bar chart: the parameters of llama and phi, each bar split into embedding and mlp. Shares: "
        "embedding from 7% (phi) to 25% (llama); mlp from 75% (llama) to 93% (phi). "
        "Sums from 1,067,974,656 (llama) to 1,808,793,600 (phi)."
    )


def test_the_text_of_a_figure_names_what_it_shows_and_its_values(counts, scores):
    described = {
        points(scores): (
            "accuracy",
            "before, after and absent",
            "33% (S2, before)",
            "85% (S2, after)",
            "chance at 33%",
        ),
        lines(counts): ("a $_x$ from 131,072,000 to 1,677,721,600",),
        beside(scores): ("SST-2 $_x$ from 33% to 85% (majority 33%)", "SNLI from n/a to n/a"),
        ways(scores, 1): ("Study 0", "both right 33%", "broken 33%", "corrected 33%", "both wrong 33%"),
        spent(scores): ("time, s: one 0.33; two n/a", "memory, GB: one 0.85"),
        rows(scores, 1): ("Model 0, BLEU, base $_x$ from 33% to 85%", "empty answer: 33%"),
        steps(scores): ("blocks 1 mean 33.0%, 0 of 3 likeliest", "blocks 2 mean 85.0%, 3 of 3 likeliest"),
    }
    for drawn, parts in described.items():
        assert [part for part in parts if part not in drawn.alt] == []


def test_many_curves_of_one_value_are_told_without_a_word_that_compares(scores):
    value = scores.at(figure="after")["score"]
    drawn = curves([Curve("a", [Point(value, value)], f"Study {n}") for n in range(9)], x="in", y="out", spec=".0%")
    assert drawn.alt.endswith("lie at 85%; the last at 85%.")


def test_reported_curves_have_open_markers_and_a_missing_point_is_passed_over(scores):
    assert {
        line.get_markerfacecolor()
        for axes in rows(scores).figure.axes
        for line in axes.lines
        if line.get_marker() not in ("", "None", None)
    } == {"none"}
    assert rows(scores).shows.count(scores.at(figure="after")["score"]) == 9


def test_any_two_colours_of_series_and_neighbouring_steps_of_heat_stay_apart_for_every_reader():
    pairs = [*combinations(SERIES, 2), *pairwise(HEAT)]
    for one, other in [pair for a, b in pairs for pair in ((a.light, b.light), (a.dark, b.dark))]:
        assert min(distance(one, other, vision) for vision in VISIONS) >= LEAST, (one, other)


@pytest.mark.parametrize("page", ["light", "dark"])
def test_colours_stand_out_from_their_page(page):
    def luminance(colour: str) -> float:
        return ((lab(colour, "normal vision")[0] + 16) / 116) ** 3

    for tone in SERIES:
        darker, lighter = sorted(luminance(each) for each in (getattr(tone, page), getattr(PAPER, page)))
        assert tone is SAND or (lighter + 0.05) / (darker + 0.05) >= 3


def test_every_mark_stands_where_its_values_lie_and_every_text_is_known(drawn):
    name_marks(drawn)
    listed = {id(value): f"f{number}" for number, value in enumerate(drawn.shows)}
    line = {"label": "fig-x", **describe_marks(drawn, lambda value: listed[id(value)])}
    facts = {
        f"f{number}": {
            "id": f"f{number}",
            "label": "fig-x",
            "text": formatted(value),
            "value": value.data,
            "how": value.how,
            "origins": [],
        }
        for number, value in enumerate(drawn.shows)
    }
    read = read_drawing(svg_bytes(drawn.figure, "salt"), "x.svg")
    found = [message for _, message in Figure(line, facts, [*facts.values()], Vocabulary()).check(read)]
    assert line["marks"]
    # The tables of these drawings have other names: of labels only what is drawn counts here.
    assert [message for message in found if "no table" not in message] == []


def test_every_number_of_an_alternative_text_is_a_value_or_in_a_name(drawn):
    text = drawn.alt
    for value, start, end in drawn.told.values:
        assert text[start:end] == "n/a" if value.missing else re.search(r"\d", text[start:end])
    for _, start, end in reversed(drawn.told.values):
        text = text[:start] + text[end:]
    assert not re.search(r"\d", re.sub(NAMES, "", text)), text


def test_steps_of_heat_darken_on_paper_and_lighten_on_a_dark_page():
    def lightness(colour: str) -> int:
        return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5))

    assert sorted(HEAT, key=lambda tone: -lightness(tone.light)) == list(HEAT)
    assert sorted(HEAT, key=lambda tone: lightness(tone.dark)) == list(HEAT)


def test_every_value_of_a_pair_is_listed(scores):
    assert [value.data for value in beside(scores).shows] == [
        0.33,
        0.325,
        0.335,
        0.85,
        0.845,
        0.855,
        0.33,
        None,
        None,
        None,
        None,
        None,
        None,
    ]


def test_labels_are_never_read_as_formulas(book):
    with house_style():
        figure, (axes,) = canvas(4)
        axes.set_title(r"$\frac{1}{$")
        assert b"<svg" in svg_bytes(figure, "salt")


def test_the_house_style_leaves_matplotlib_as_it_was():
    matplotlib.use("agg")
    before = matplotlib.rcParams.copy()
    with house_style():
        assert matplotlib.rcParams["text.parse_math"] is False
    assert matplotlib.rcParams == before


def test_more_parts_than_there_are_colours_are_refused(book, write_table):
    rows = [{"model": "m", "part": f"part-{number}", "n": 1} for number in range(7)]
    columns = {"model": "string", "part": "string", "n": "integer"}
    write_table(book / "experiments" / "frozen", "counting/many", "computed", ["model", "part"], columns, rows)
    with pytest.raises(FactError, match="7 part to stack, but only 6 colours"):
        stacked_shares(View(read_table("counting/many")), bars="model", parts="part", amount="n", whole="")


def test_what_cannot_be_drawn_is_refused(scores):
    with pytest.raises(FactError, match="at least one value"):
        intervals([Estimate("x", scores.at(figure="absent")["score"])], axis="")
    with pytest.raises(FactError, match="at least one point"):
        curves([Curve("a", [])], x="", y="")
    with pytest.raises(FactError, match="7 names in 1 panels are too many"):
        curves([Curve(str(number), []) for number in range(7)], x="", y="")
    absent = estimate(scores, "absent")
    with pytest.raises(FactError, match="pairs needs at least one value"):
        pairs([Pair("x", absent, absent)], axis="", sides=("a", "b"))
    with pytest.raises(FactError, match="21 panels of transitions"):
        ways(scores, 21)
    with pytest.raises(FactError, match="transitions need the shares of both-right"):
        flows([Transitions("x", {})])
    with pytest.raises(FactError, match="0 values of 1 quantities"):
        measures([Measured("x", {"time": absent})])
    with pytest.raises(FactError, match="1 heat maps of 2 rows by 0 columns"):
        steps(scores, 0)
    with pytest.raises(FactError, match="needs a cell for each column"):
        heat_maps([HeatMap("x", ["a"], {"1": []})], up="", mark="")
    with pytest.raises(FactError, match="9 rows of 2 panels"):
        rows(scores, 9)
    with pytest.raises(FactError, match="at least one point"):
        panels([Panel("", "", [Curve("a", [])])], x="", y="")
    with pytest.raises(FactError, match="0 panels with 1 marks"):
        events([], marks=["worse"], x="layer")
    with pytest.raises(FactError, match="0 panels of 1 parts"):
        tallies([], parts=["holds"])
    below = Estimate("", -scores.at(figure="before")["score"])
    with pytest.raises(FactError, match="above 0"):
        measures([Measured("x", {"time": below})])


def test_a_figure_float_lists_every_value_it_shows(book):
    page = open_chapter("story")
    counts = page.table("counting/counts")
    floated = page.figure(bars(counts), label="fig-parts", caption=page.caption("Of {n}.", n=counts.count()))
    assert "![](figures/story-parts.svg){fig-alt=" in floated
    found = read_fact_log(fact_log_path(book, "quarto", "story"))
    points = [fact for fact in found.facts if fact["form"] == "point"]
    assert [fact["text"] for fact in points[-2:]] == ["1,067,974,656", "1,808,793,600"]
    assert len(points) == 6
    assert list(found.artefacts) == ["report/figures/story-parts.svg"]
    assert (book / "report" / "figures" / "story-parts.svg").read_bytes().startswith(b"<?xml")
    assert [file.suffix for file in (book / "report" / "figures").iterdir()] == [".svg"]


def test_many_studies_stay_on_a_page_in_rows_of_panels(scores):
    one, many = ways(scores, 6), ways(scores, 20)
    assert (len(one.figure.axes), len([axes for axes in many.figure.axes if axes.axison])) == (6, 20)
    assert {axes.get_subplotspec().get_gridspec().ncols for axes in many.figure.axes} == {5}
    value = scores.at(figure="before")["score"]
    lines = [Curve("seed 0", [Point(value, value)], f"Study {number}") for number in range(20)]
    tall = curves(lines, x="epoch", y="accuracy")
    pair = Pair("Study", estimate(scores, "before"), estimate(scores, "after"))
    longest = pairs([pair] * 40, axis="", sides=("a", "b"))
    assert all(drawn.figure.get_size_inches()[1] * 2.54 < 22 for drawn in (many, tall, longest))


def test_panels_that_do_not_fit_one_figure_are_split_by_columns_and_rows(scores):
    found = [Panel(f"row {row}", f"column {column}", []) for row in range(7) for column in range(5)]
    parts = split_panels(found)
    assert sorted(len(part) for part in parts) == [2, 5, 8, 20]
    assert sorted((panel.row, panel.title) for part in parts for panel in part) == sorted(
        (panel.row, panel.title) for panel in found
    )
    assert split_panels(found[:4]) == [found[:4]]


def texts(drawn: Drawn) -> list[str]:
    return [text.get_text() for text in drawn.figure.findobj(Text) if text.get_text()]


def test_a_side_that_is_shorter_than_its_word_goes_without(scores):
    low, high = (scores.at(figure=figure)["score"] for figure in ("before", "after"))
    shares = dict.fromkeys(FLOWS, high - high)
    right, broken = Correctness.BOTH_RIGHT, Correctness.BROKEN
    drawn = flows([Transitions("Study", {**shares, right: high, broken: high / high - high})])
    assert [word for word in texts(drawn) if word in ("right", "wrong")] == ["right", "right"]
    drawn = flows([Transitions("Study", {**shares, right: low, broken: low / low - low})])
    assert [word for word in texts(drawn) if word in ("right", "wrong")] == ["right", "right", "wrong"]


def test_targets_and_what_is_equal_are_marked(scores):
    one = scores.at(figure="before")["score"]
    drawn = measures([Measured("one", {"time": estimate(scores, "after")}, target=one)], references=[("equal", one)])
    assert [(mark.role, mark.name) for mark in drawn.marks if mark.role == "level"] == [
        ("level", "one"),
        ("level", "equal"),
    ]
    assert {"target", "equal"} <= set(texts(drawn))


def test_a_row_of_panels_is_named_once_above_its_titles(scores):
    drawn = rows(scores)
    assert [texts(drawn).count(name) for name in ("Model 0", "Model 1")] == [1, 1]
    assert {axes.get_ylabel() for axes in drawn.figure.axes} <= {"score", ""}


def test_steps_of_heat_differ_from_the_page_and_from_each_other_on_a_dark_page():
    def luminance(colour: str) -> float:
        return ((lab(colour, "normal vision")[0] + 16) / 116) ** 3 + 0.05

    for darker, lighter in pairwise([PAPER, *HEAT]):
        assert luminance(lighter.dark) / luminance(darker.dark) > 1.4


def test_a_pair_without_its_first_side_shows_the_second(scores):
    drawn = pairs([Pair("Mine", None, estimate(scores, "after"))], axis="accuracy", spec=".0%", sides=("a", "b"))
    assert "Mine 85%" in drawn.alt
    assert [value.data for value in drawn.shows] == [0.85, 0.845, 0.855]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("short", ["short"]),
        ("a name that is much longer than a line of it", ["a name that is much", "longer than a line…"]),
        ("a name that is much longer than a line\n(zero-shot)", ["a name that is much…", "(zero-shot)"]),
    ],
)
def test_names_of_lines_are_wrapped_and_cut(name, lines):
    assert wrapped(name, 20).split("\n") == lines
