"""The door: what a chapter shows, and what its log then lists."""

import json
import subprocess
import sys
from io import StringIO
from types import SimpleNamespace

import pandas as pd
import pypandoc
import pytest
from IPython.core.formatters import DisplayFormatter

from analysis.chapters.decisions import choose_first_that_holds
from analysis.facts import FactError, Markdown, Value, legend, open_chapter, ratio, sum_of
from analysis.facts.fact_log import fact_log_path, read_fact_log
from analysis.facts.floats import provenance
from analysis.facts.frames import NotShown
from analysis.facts.origins import Origin
from analysis.sentences import noun
from analysis.tables import column
from experiments.tables.errors import TableError


@pytest.fixture
def page(book):
    return open_chapter("story")


def log(book):
    return read_fact_log(fact_log_path(book, "quarto", "story"))


def plain(markdown: object) -> str:
    return pypandoc.convert_text(str(markdown), "plain", format="markdown", extra_args=["--wrap=none"]).strip()


def test_a_shown_value_is_a_span_that_names_its_cell(page, book):
    value = page.table("counting/counts").at(model="phi", part="mlp")["parameters"]
    shown = page.show(value, unit=True)
    assert shown._repr_markdown_() == str(shown)
    html = pypandoc.convert_text(str(shown), "html", format="markdown", extra_args=["--wrap=none"])
    assert 'class="fact computed" data-fact="story-1"' in html
    assert 'title="computed · counting/counts · parameters[phi, mlp]"' in html
    assert ">1,677,721,600\N{NO-BREAK SPACE}parameters<" in html
    (fact,) = log(book).facts
    assert (fact["id"], fact["form"], fact["value"], fact["unit"]) == ("story-1", "inline", 1_677_721_600, "parameter")
    assert fact["origins"][0]["row"] == {"model": "phi", "part": "mlp"}


def test_the_same_value_shown_again_inline_is_the_same_fact(page, book):
    phi = page.table("counting/counts").at(model="phi", part="mlp")
    first, again = page.show(phi["parameters"]), page.show(phi["parameters"])
    assert str(first) == str(again)
    assert page.show(phi["parameters"], "d").id != first.id
    assert page.text(phi["model"]).id == page.text(phi["model"]).id
    assert len(log(book).facts) == 3


def test_a_choice_between_sentences_is_logged_with_all_that_was_compared(page, book):
    phi = page.table("counting/counts").at(model="phi", part="mlp")["parameters"]
    choose_first_that_holds(("few", [phi < 5]), ("many", [phi > 5, phi > 9]), ("some", []))
    (choice,) = log(book).of("choice")
    assert choice["asked"][0] == "tests/analysis/facts/test_chapter.py"
    assert [(each["words"], [side["right"]["how"] for side in each["relations"]]) for each in choice["among"]] == [
        ("few", ["5"]),
        ("many", ["5", "9"]),
        ("some", []),
    ]


def test_a_noun_that_agrees_with_a_value_is_a_choice_by_its_column(page, book):
    count = page.table("counting/counts").at(model="phi", part="mlp")["parameters"]
    page.say("{n:,} {what}.", n=count, what=noun(count, "parameter"))
    (choice,) = log(book).of("choice")
    assert choice["asked"][0] == "tests/analysis/facts/test_chapter.py"
    assert [each["words"] for each in choice["among"]] == ["parameter", "parameters"]
    [[relation], _] = [each["relations"] for each in choice["among"]]
    assert (relation["left"]["how"], relation["sign"], relation["right"]["value"]) == (count.how, "==", 1)


def test_kinds_are_told_apart_in_plain_text_too(page):
    ours = page.table("counting/counts").at(model="phi", part="mlp")["parameters"]
    theirs = page.table("published/scores").at(figure="after")["score"]
    assert pypandoc.convert_text(str(page.show(ours)), "plain", format="markdown").strip() == "1,677,721,600"
    assert plain(page.show(theirs, ".0%")) == "85%^(r)"
    assert plain(page.show(ours.as_unit(None) * theirs, ".0f")).endswith("^(x)")
    assert plain(page.text(page.table("published/scores").rows[0]["figure"])) == "before"
    assert all(word in plain(legend()) for word in ("measured", "reported", "exact arithmetic", "^(m)"))


def test_a_chapter_may_name_another_plain_kind(book):
    page = open_chapter("story", unmarked="reported")
    ours = page.table("counting/counts").at(model="phi", part="mlp")["parameters"]
    theirs = page.table("published/scores").at(figure="after")["score"]
    assert plain(page.show(theirs, ".0%")) == "85%"
    assert plain(page.show(ours)).endswith("^(c)")


def test_a_column_may_hold_values_of_another_kind_than_its_table(book, write_table):
    columns = {"name": "string", "exact": "integer", "printed": {"type": "integer", "kind": "reported"}}
    rows = [{"name": "phi", "exact": 12, "printed": 10}]
    write_table(book / "experiments" / "frozen", "joined/both", "computed", ["name"], columns, rows)
    row = open_chapter("story").table("joined/both").at(name="phi")
    assert (row["exact"].kind, row["printed"].kind) == ("computed", "reported")
    assert (row["exact"] - row["printed"]).kind == "mixed"


def test_prose_that_takes_something_for_granted_stops_where_it_is_not_so(page):
    counts = page.table("counting/counts")
    page.expect(counts.at(model="phi", part="mlp")["parameters"] > 0, "there are parameters")
    with pytest.raises(FactError, match="chapter story takes for granted that phi is empty; the tables say otherwise"):
        page.expect(counts.at(model="phi", part="mlp")["parameters"] == 0, "phi is empty")


def test_a_missing_value_shows_as_such(page, book):
    shown = page.show(page.table("published/scores").at(figure="absent")["score"], ".0%")
    assert plain(shown) == "n/a^(r)"
    assert ".missing" in str(shown)
    assert log(book).facts[0]["value"] is None


def test_sentences_take_values_text_and_markdown(page, book):
    rows = page.table("counting/counts")
    share = ratio(rows.rows[0]["parameters"], sum_of(rows.where(model="llama").column("parameters")))
    said = page.say(
        "{name} has {n:,} rows, *{share:.1%}* {more} {raw}.",
        name="a*b",
        n=rows.count(),
        share=share,
        more=Markdown("**bold**"),
        raw=page.show(rows.count()),
    )
    assert plain(said) == "a*b has 4 rows, 24.6% bold 4."
    assert [fact["form"] for fact in log(book).facts] == ["inline", "sentence", "sentence"]


def test_a_per_cent_sign_stands_close_to_its_number(page):
    counts = page.table("counting/counts")
    said = page.say("Of {share:,} % the 95 % interval, 100% of 5 parts.", share=counts.rows[0]["parameters"])
    assert "}% the 95% interval, 100% of 5 parts." in said
    columns = {"95 % interval": "parameters", "Model": "model"}
    caption = "A 95 %\n interval of 5\N{NO-BREAK SPACE}GB."
    table = page.tabulate(counts, label="tbl-share", columns=columns, caption=caption)
    assert table.count("95% interval") == 2
    assert "of 5\N{NO-BREAK SPACE}GB." in table


def test_only_values_from_tables_pass(page):
    with pytest.raises(FactError, match="7 comes from no frozen table"):
        page.show(7)
    with pytest.raises(FactError, match=r"\{n\} is a bare int"):
        page.say("{n}", n=7)
    with pytest.raises(FactError, match=r"no value for \{m\}"):
        page.say("{m}", n=page.table("counting/counts").count())
    with pytest.raises(TableError, match="missing"):
        page.table("counting/nothing")
    with pytest.raises(FactError, match=r"neither other\.qmd nor report/other\.qmd"):
        open_chapter("other")


def test_a_claim_is_listed_with_its_verdict_and_facts(page, book):
    score = page.table("published/scores").at(figure="before")["score"]
    said = page.claim("s2.chance", "inconsistent", "{score:.0%} of {what} is chance.", score=score, what="<all>")
    assert plain(said) == "33%^(r) of <all> is chance."
    assert ".claim .inconsistent" in said
    (claim,) = log(book).of("claim")
    assert claim["statement"] == "33% of <all> is chance."
    assert (claim["verdict"], claim["facts"]) == ("inconsistent", ["story-1"])
    with pytest.raises(FactError, match="used twice"):
        page.claim("s2.chance", "consistent", "Again.")
    with pytest.raises(FactError, match="small letters"):
        page.claim("s2", 'x" onclick="', "No.")


def test_a_table_float_has_caption_provenance_and_a_fact_for_each_cell(page, book):
    rows = page.table("counting/counts").where(part="mlp")
    columns = {"Model": "model", "Parameters": column("parameters", ","), "Half": lambda row: row["parameters"] / 2}
    floated = page.tabulate(rows, label="tbl-counts", columns=columns, caption="What there is.")
    (div,) = json.loads(pypandoc.convert_text(floated, "json", format="markdown", extra_args=["--columns=100000"]))[
        "blocks"
    ]
    (identity, _, _), (table, caption) = div["c"]
    assert (identity, table["t"]) == ("tbl-counts", "Table")
    assert [spec[0]["t"] for spec in table["c"][2]] == ["AlignLeft", "AlignRight", "AlignRight"]
    assert {spec[1]["t"] for spec in table["c"][2]} == {"ColWidthDefault"}
    assert "What there is. Frozen table counting/counts (computed)." in plain(floated).replace("`", "")
    assert caption["c"][-1]["c"][0][1] == ["provenance"]
    facts = log(book).facts
    assert [fact["text"] for fact in facts[:3]] == ["llama", "805,306,368", "402,653,184"]
    assert {(fact["form"], fact["label"]) for fact in facts} == {("cell", "tbl-counts")}


@pytest.mark.parametrize(
    ("tables", "told"),
    [(2, "Frozen tables s/t0, s/t1 (computed)."), (5, "Frozen tables s/t0 and 4 more (computed).")],
)
def test_a_caption_names_a_few_tables_and_counts_the_others(tables, told):
    origins = [Origin(f"s/t{number}", (), "@rows", "", "computed") for number in range(tables)]
    line = provenance([Value(1, "computed", None, (origin,), "") for origin in origins])
    assert plain(line).replace("`", "") == told
    assert all(origin.table in line for origin in origins)


def test_cells_are_marked_only_where_kinds_meet_in_one_table(page):
    counts, scores = page.table("counting/counts"), page.table("published/scores")
    alone = page.tabulate(scores, label="tbl-a", columns={"Score": "score"}, caption="One kind.")
    pairs = list(zip(counts, scores, strict=False))
    columns = {"Ours": lambda pair: pair[0]["parameters"], "Theirs": lambda pair: pair[1]["score"]}
    both = page.tabulate(pairs, label="tbl-b", columns=columns, caption="Two kinds.")
    assert "kind-mark" not in alone
    assert both.count("kind-mark") == 3
    assert "`counting/counts` (computed); `published/scores` (reported)" in both


def test_a_cell_of_prose_is_told_apart(book, write_table):
    rows = [{"name": "short"}, {"name": "a text of more words than fit into a column of numbers"}]
    write_table(book / "experiments" / "frozen", "texts/texts", "computed", ["name"], {"name": "string"}, rows)
    page = open_chapter("story")
    floated = page.tabulate(page.table("texts/texts"), label="tbl-a", columns={"Name": "name"}, caption="C.")
    short, long = (next(line for line in floated.splitlines() if word in line) for word in ("short", "words"))
    assert (".long" in short, ".long" in long) == (False, True)


def test_hostile_cells_stay_in_their_cells(book, write_table):
    nasty = "a | b ::: {{< meta x >}} <script>"
    write_table(
        book / "experiments" / "frozen", "nasty/names", "computed", ["name"], {"name": "string"}, [{"name": nasty}]
    )
    page = open_chapter("story")
    floated = page.tabulate(page.table("nasty/names"), label="tbl-x", columns={"Name": "name"}, caption="Names.")
    html = pypandoc.convert_text(floated, "html", format="markdown", extra_args=["--wrap=none"])
    assert f">{nasty.replace('<', '&lt;').replace('>', '&gt;')}</span></td>" in html.replace("<span></span>", "")


def test_labels_are_checked(page):
    rows = page.table("counting/counts")
    for label in ("counts", "fig-counts", "tbl-Größe", "tbl-a} {x"):
        with pytest.raises(FactError, match="write tbl-name"):
            page.tabulate(rows, label=label, columns={"Model": "model"}, caption="")
    page.tabulate(rows, label="tbl-a", columns={"Model": "model"}, caption="")
    with pytest.raises(FactError, match="used twice"):
        page.tabulate(rows, label="tbl-a", columns={"Model": "model"}, caption="")
    with pytest.raises(FactError, match="must be a Value"):
        page.tabulate(rows, label="tbl-b", columns={"Model": lambda row: "typed"}, caption="")


def test_the_same_chapter_writes_the_same_log(book):
    logs = []
    for _ in range(2):
        page = open_chapter("story")
        page.show(page.table("counting/counts").count())
        logs.append(fact_log_path(book, "quarto", "story").read_bytes())
    assert logs[0] == logs[1]


def test_the_opening_line_names_what_the_chapter_is_made_from(page, book):
    opening = log(book).opening
    assert opening["source"] == "report/story.qmd"
    assert list(opening["includes"]) == ["report/_part.qmd"]
    assert "analysis.facts.chapter" in opening["modules"]
    assert "analysis.figures.stacked" not in opening["modules"]
    assert opening["lockfile"] is None


def test_opening_a_chapter_draws_nothing(book):
    script = (
        "import sys; from analysis.facts import open_chapter; page = open_chapter('story');"
        "str(page.show(page.table('counting/counts').count()));"
        "print([name for name in ('matplotlib', 'pandas', 'numpy', 'seaborn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=book)
    assert done.stdout.strip() == "[]"


def test_a_sentence_that_compares_is_listed_with_what_it_rests_on(page, book):
    counts = page.table("counting/counts").column("parameters")
    small, large = min(counts, key=lambda count: count.data), max(counts, key=lambda count: count.data)
    sentence = page.say("{large} is higher than {small}.", large=large, small=small, rests_on=[large > small])
    (claim,) = log(book).of("claim")
    assert f'data-claim="{claim["id"]}"' in sentence
    (relation,) = claim["relations"]
    assert (relation["sign"], relation["holds"]) == (">", True)
    assert (relation["left"]["value"], relation["right"]["value"]) == (large.data, small.data)
    with pytest.raises(FactError, match="does not hold"):
        page.say("{large} is lower than {small}.", large=large, small=small, rests_on=[large < small])
    with pytest.raises(FactError, match="takes comparisons"):
        page.say("{large} is large.", large=large, rests_on=[True])


def test_a_claim_is_listed_in_plain_words_where_a_part_of_it_was_made_before(page, book):
    small, large = sorted(page.table("counting/counts").column("parameters"), key=lambda count: count.data)[::3]
    part = page.say("{small} *parameters*", small=small)
    page.say("{large} is more than {part}.", large=large, part=part, rests_on=[large > small])
    (claim,) = log(book).of("claim")
    assert claim["statement"] == f"{large.data:,} is more than {small.data:,} *parameters*."


def test_a_sentence_for_which_there_is_no_gap_is_refused(page):
    counts = page.table("counting/counts").column("parameters")
    part = page.say("{n} parameters", n=counts[0])
    for value in (part, page.show(counts[0])):
        with pytest.raises(FactError, match=r"no gap \{part\}"):
            page.say("It has 3 parameters.", part=value)
    # A value, or words of its own, may be for another turn of the sentence.
    assert page.say("It has some.", n=counts[0], more=Markdown("more")) == "It has some."


def test_a_gap_that_is_called_as_another_column_is_refused(page):
    phi = page.table("counting/counts").at(model="phi", part="mlp")
    assert "mlp" in page.say("{part} of {which}", part=phi["part"], which=phi["model"])
    with pytest.raises(FactError, match="has a column model"):
        page.say("{model} has {parameters:,}", model=phi["part"], parameters=phi["parameters"])


def test_a_long_table_says_what_it_leaves_out(page, book, write_table):
    columns = {"n": "integer"}
    rows = [{"n": n} for n in range(700)]
    write_table(book / "experiments" / "frozen", "s/long", "measured", ["n"], columns, rows)
    long = page.table("s/long")
    shown = page.tabulate(long, label="tbl-long", columns={"N": "n"}, caption="Many rows.")
    assert "499" in shown
    assert "650" not in shown
    assert "200" in shown.partition("Many rows.")[2]
    whole = page.tabulate(long, label="tbl-whole", columns={"N": "n"}, caption="Many rows.", limit=None)
    assert "650" in whole
    assert "200" not in whole.partition("Many rows.")[2]


@pytest.fixture
def displayed(book, monkeypatch):
    """What a cell of the chapter displays of a frame that a function makes of the chapter, by MIME type."""
    formatter = DisplayFormatter()
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(display_formatter=formatter))
    page = open_chapter("story")
    return lambda make: formatter.format(make(page))[0]


def rows_of(data):
    html = pypandoc.convert_text(data["text/markdown"], "html", format="markdown", extra_args=["--wrap=none"])
    found = pd.read_html(StringIO(html), keep_default_na=False, thousands=None)[0]
    return html, [list(found.columns), *found.to_numpy().tolist()]


@pytest.mark.parametrize("shown", [True, False])
def test_a_frame_of_values_is_a_table_in_which_each_is_traced(displayed, book, shown):
    def frame(page):
        rows = [row for row in page.table("counting/counts") if row["model"] == "phi"][:2]
        values = [page.show(row["parameters"], ",") if shown else row["parameters"] for row in rows]
        return pd.DataFrame({"part | <b>": ["a|b", None], "parameters": values})

    data = displayed(frame)
    assert "text/html" not in data
    html, (head, *rows) = rows_of(data)
    facts = log(book).facts
    assert head == ["part | <b>", "parameters"]  # pandas numbers the rows, which says nothing
    assert [row[0] for row in rows] == ["a|b", ""]
    assert [fact["text"] for fact in facts] == [str(row[1]) for row in rows]
    assert all(f'data-fact="{fact["id"]}"' in html for fact in facts)


def test_an_index_with_names_stays_in_a_frame_of_values(displayed):
    def frame(page):
        rows = list(page.table("counting/counts"))[:2]
        frame = pd.DataFrame({("n", "all"): [row["parameters"] for row in rows]})
        return frame.set_axis(pd.MultiIndex.from_tuples([("x", 3), ("y", 4)], names=["which", "layer"]))

    _, (head, *rows) = rows_of(displayed(frame))
    assert head == ["which", "layer", "n all"]
    assert [row[:2] for row in rows] == [["x", 3], ["y", 4]]


def styled(page, shown=False):
    rows = list(page.table("counting/counts"))[:3]
    values = [page.show(row["parameters"], ",") if shown else row["parameters"] for row in rows]
    frame = pd.DataFrame({"part": ["a|b", "c", "d"], "n": values, "share": [0.25, 0.5, 1], "x": 1}, index=list("pqr"))
    return frame.style.hide(axis="index").hide("x", axis="columns").hide("r").format({"share": "{:.0%}"})


@pytest.mark.parametrize("shown", [True, False])
def test_a_styler_of_values_is_their_table_with_its_formats_and_without_what_it_hides(displayed, book, shown):
    data = displayed(
        lambda page: styled(page, shown) if shown else styled(page).format({"n": "{:,}", "share": "{:.0%}"})
    )
    assert "text/html" not in data
    html, (head, *rows) = rows_of(data)
    assert head == ["part", "n", "share"]
    assert [(row[0], row[2]) for row in rows] == [("a|b", "25%"), ("c", "50%")]
    facts = {fact["text"]: fact["id"] for fact in log(book).facts}
    assert all("," in str(row[1]) and f'data-fact="{facts[str(row[1])]}"' in html for row in rows)
    assert len(facts) == (3 if shown else 2), "a hidden value is shown nowhere"


@pytest.mark.parametrize(
    "more",
    [
        lambda style: style.highlight_max("share"),
        lambda style: style.set_caption("x"),
        lambda style: style.set_table_styles([{"selector": "td", "props": "color: red"}]),
        lambda style: style.format({"n": lambda n: 2 * n}),
    ],
)
def test_what_a_table_of_traced_values_would_lose_stops_the_cell_in_one_line(displayed, more):
    with pytest.raises(NotShown, match=r"DataFrame|operand") as error:
        displayed(lambda page: more(styled(page)))
    assert len(str(error.value).splitlines()) == 1


def test_another_styler_is_displayed_as_pandas_does_it(displayed):
    data = displayed(lambda page: pd.DataFrame({"a": [1.5]}).style.highlight_max("a"))
    assert "text/markdown" not in data
    assert "background-color" in data["text/html"]


def test_another_frame_is_displayed_as_pandas_does_it(displayed):
    data = displayed(lambda page: pd.DataFrame({"a": [1.5]}))
    assert "text/markdown" not in data
    assert "<table" in data["text/html"]
    assert "1.5" in data["text/plain"]
