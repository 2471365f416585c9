"""A number or a comparison without a table is told with its line, wherever readers see it."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from pypdf import PdfWriter

import report.checking
from analysis.facts.fact_log import fact_log_path
from report.checking.check import check_render
from report.checking.columns import accept
from report.checking.findings import Checked, Finding
from report.checking.sarif import sarif
from report.ledger.check import check_site
from report.ledger.model import Claim, PValue
from report.ledger.site_facts import read_facts, save_facts
from report.rendering.project import Project
from tests.report.checking.sites import SENTENCE, told, with_cells


def name_study(project: Project, title: str) -> None:
    path = project.root / "experiments" / "studies" / "mine.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"study: mine\ntitle: {title}\n")


@pytest.mark.parametrize(
    "title",
    [
        "A notebook of 2024",
        "With 3 seeds",
        "All layers of 1000.csv",
        "SST-2 with llama-3.2-1b",
        "?@fig-x <unshown value of x>",
    ],
)
def test_what_a_study_is_called_is_no_finding(site, title):
    name_study(site.project, title)
    escaped = title.replace("<", "&lt;").replace("@", "&#64;")
    site.add("prose", f"## {escaped}\n\nThe study *{escaped}* is adopted.")
    assert site.found() == []
    assert check_site(site.project, site.facts) == []


@pytest.mark.parametrize("name", ["never", "best"])
def test_a_study_in_a_table_of_studies_may_be_called_by_a_word_that_compares(site, name):
    table = f"| Study | Value |\n|---|---|\n| `{name}` | x |\n"
    site.add("prose", f"{table}\nIt is {name} so.")
    assert len(site.found()) == 2
    studies = site.project.root / "experiments" / "studies"
    studies.mkdir(parents=True, exist_ok=True)
    (studies / f"{name}.yaml").write_text(f"study: {name}\n")
    assert [each.place for each in site.found()] == ["prose"]


@pytest.mark.parametrize("title", ["Accuracy of 95.3 %", "Kappa is 0.4", "A better notebook"])
def test_a_result_in_the_title_of_a_study_is_told_with_the_line_of_the_title(site, title):
    name_study(site.project, title)
    site.add("prose", f"## {title}\n\nThe study {title} is adopted.")
    found = site.found()
    assert [(each.file, each.line) for each in found] == [("experiments/studies/mine.yaml", 2)]


def test_a_true_site_is_clean(site):
    results = site.check()
    assert results.findings == ()
    assert results.pages == 3
    assert results.numbers == results.bound > 0


@pytest.mark.parametrize(
    ("markdown", "place"),
    [
        (f"{SENTENCE}.", "prose"),
        (f"## {SENTENCE}", "heading"),
        (f"- {SENTENCE}.", "prose"),
        (f"Name  Value\n----  -----\nmodel  1\n\n: {SENTENCE}.", "caption"),
        (f"[^1]: {SENTENCE}.\n\nNoted.[^1]", "footnote"),
        (f'![]( a.svg){{fig-alt="{SENTENCE}."}}', "alternative text"),
        (f"**{SENTENCE}.**", "prose"),
    ],
)
def test_the_sentence_is_refused_with_its_line(site, markdown, place):
    first = site.add("prose", markdown)
    line = first + markdown.partition("The model")[0].count("\n")
    found = [each for each in site.found() if each.file == "report/prose.qmd" and each.place == place]
    assert told(found) == [
        ("orphan-number", place, line),
        ("unbound-comparative", place, line),
        ("unbound-comparative", place, line),
    ]
    number = found[0]
    text = site.project.chapter("prose").path.read_text().splitlines()[number.line - 1]
    assert text[number.column - 1 :].startswith("95.3")
    assert "95.3" in number.around


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("b\u0435tter", "unbound-comparative"),
        ("be\u00adtter", "unbound-comparative"),
        ("better-than-baseline", "unbound-comparative"),
        ("crushing", "unbound-comparative"),
        ("XCV percent", "orphan-number"),
        ("⅞", "orphan-number"),
        ("a dozen points", "orphan-number"),
    ],
)
def test_words_and_numbers_in_disguise_are_refused_with_their_place(site, said, rule):
    line = site.add("prose", f"It is known that the model has a score which is {said} in this respect.")
    assert told(site.found()) == [(rule, "prose", line)]


def test_a_study_that_is_called_by_a_compound_may_be_named(site):
    site.add("prose", "The study much-better is adopted.")
    assert [each.rule for each in site.found()] == ["unbound-comparative"]
    studies = site.project.root / "experiments" / "studies"
    studies.mkdir(parents=True, exist_ok=True)
    (studies / "much-better.yaml").write_text("study: much-better\n")
    assert site.found() == []


def test_a_title_is_read(site):
    page = site.write("prose", "Nothing.", title=SENTENCE)
    assert {each.place for each in site.found()} == {"title"}
    assert page.is_file()


@pytest.mark.parametrize("title", ["All layers", "Seminar 2024", "All"])
def test_what_the_book_is_called_may_stand_in_the_title_of_a_page(site, title):
    site.project = replace(site.project, title=title)
    site.write("prose", "Nothing.", title=f"Prose – {title}")
    assert site.found() == []
    site.write("prose", "Nothing.", title=f"{title} of 12 are better – {title}")
    assert {each.place for each in site.found()} == {"title"}
    site.write("prose", f"{title} of the models are alike.", title=f"Prose – {title}")
    assert {each.place for each in site.found()} == {"prose"}


@pytest.mark.parametrize("title", ["The best model", "Accuracy of 95.3 %"])
def test_a_result_in_the_title_of_the_book_is_told(site, title):
    site.project = replace(site.project, title=title)
    site.write("prose", "Nothing.", title=f"Prose – {title}")
    assert {each.place for each in site.found()} == {"title"}


def test_the_facts_that_may_be_meant_are_named(site):
    site.add("index", "The score is 0.51.")
    (number,) = site.found()
    (meant,) = number.nearest
    assert (meant.table, meant.text) == ("published/scores", "0.5")
    assert "did you mean `published/scores`" in str(number)


def test_a_test_that_is_not_that_of_a_p_value_is_told_with_its_line(site):
    first = site.facts.facts[0]
    tested = PValue(p=first.value, test="McNemar's exact test", correction=None)
    site.facts = site.facts.model_copy(
        update={"facts": (first.model_copy(update={"value": tested}), *site.facts.facts[1:])}
    )
    shown = f'[{first.text}]{{.fact data-fact="{first.id}"}}'
    site.add("prose", f"It is {shown} there. A t-test would compare two means.")
    assert site.found() == []
    site.add("prose", "")
    line = site.add("prose", f"The two are compared (p = {shown}) by a paired t-test of the answers.")
    assert told(site.found()) == [("method-misnamed", "prose", line)]
    site.add("prose", "")
    site.add("prose", f"The two are compared (p = {shown}) by McNemar's exact test of the answers.")
    assert site.found() == []


def test_a_caption_that_calls_the_largest_values_means_is_told_with_its_line(site):
    points = [fact for fact in site.facts.facts if fact.label == "fig-parts"]
    largest = [fact.model_copy(update={"how": f"largest of 2: {fact.how}"}) for fact in points]
    line = site.add("counting", '![Means of the parts that were counted.](b.svg){#fig-parts fig-alt="Parts."}')
    assert site.found() == []
    others = [fact for fact in site.facts.facts if fact not in points]
    site.facts = site.facts.model_copy(update={"facts": (*others, *largest)})
    *alternative, caption = told(site.found())
    assert caption == ("aggregate-misnamed", "caption", line)
    assert [place for _, place, _ in alternative] == ["alternative text"]  # which says "sum"
    site.add("counting", "Means of the parts that were counted.")
    assert {place for _, place, _ in told(site.found())} == {"alternative text"}


def test_at_most_before_the_smallest_of_several_values_is_told(site):
    first = site.facts.facts[0]
    site.facts = site.facts.model_copy(
        update={"facts": (first.model_copy(update={"how": f"smallest of 3: {first.how}"}), *site.facts.facts[1:])}
    )
    shown = f'[{first.text}]{{.fact data-fact="{first.id}"}}'
    line = site.add("prose", f"It is at most {shown} there.")
    assert told(site.found()) == [("bound-turned-round", "prose", line)]
    site.add("prose", "")
    site.add("prose", f"It is at least {shown} there.")
    assert site.found() == []


def test_a_heading_that_compares_says_something_of_what_stands_below(site):
    first = site.facts.facts[0]
    shown = f'[{first.text}]{{.fact data-fact="{first.id}"}}'
    site.add("prose", f"| A | Better one |\n|---|---|\n| x | {shown} |\n\n| A | Better one |\n|---|---|\n| x | text |")
    assert [(each.rule, each.place) for each in site.found()] == [("unbound-comparative", "table head")]


def test_the_head_of_a_typed_table_is_prose(site):
    site.add("prose", "| Best model | Worst model | Model |\n|---|---|---|\n| BERT | Llama | any |")
    words = [(each.rule, each.message.split("”")[0][1:]) for each in site.found()]
    assert words == [("unbound-comparative", "Best"), ("unbound-comparative", "Worst")]


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("−FACT", "touching-number"),
        ("1FACT", "touching-number"),
        ("FACT7", "touching-number"),
        ("FACT %", "unit-after-value"),
        ("from 8-FACT", "orphan-number"),
        ("FACT points", None),
        ("(FACT to FACT)", None),
        ("n = FACT, top-FACT", None),
    ],
)
def test_what_changes_a_value_beside_it(site, typed, rule):
    shown = (site.project.root / "printed" / "index").read_text().strip().splitlines()[-1]
    site.write("index", f"It is {typed.replace('FACT', shown)} in all.")
    assert {each.rule for each in site.found() if each.rule != "unbound-comparative"} == ({rule} if rule else set())


def test_a_value_that_is_no_longer_in_its_table(site, rewrite_counts):
    rewrite_counts(9)
    found = [each for each in site.found() if each.rule == "value-not-from-table"]
    assert found
    assert all(each.file and each.line for each in found)
    assert any("counting/counts has 9 there now" in each.message for each in found)


def test_a_text_that_does_not_round_from_its_value(site):
    facts = [fact.model_copy(update={"text": "0.6"}) if fact.text == "0.5" else fact for fact in site.facts.facts]
    site.facts = site.facts.model_copy(update={"facts": tuple(facts)})
    (found,) = site.found()
    assert found.rule == "value-not-from-table"
    assert "index-1" in found.message


@pytest.mark.parametrize(
    ("name", "how", "right"),
    [
        ("phi", "part", True),
        ("phi-4", "part", False),
        ("phi, 30 %", "part", False),
        ("0.5", "named in part", True),  # one over the classes that a claim names
    ],
)
def test_a_number_in_a_name_is_in_the_cell_behind_it(site, name, how, right):
    facts = site.facts.facts
    origin = next(f.origins[0] for f in facts if f.origins and f.origins[0].row.get("model") == "phi")
    named = {"value": name, "text": name, "how": how, "origins": (origin.model_copy(update={"column": "part"}),)}
    site.facts = site.facts.model_copy(update={"facts": (*facts, facts[0].model_copy(update=named))})
    wrong = [each.message for each in site.found() if each.rule == "value-not-from-table"]
    assert bool(wrong) != right, wrong


# --- claims -----------------------------------------------------------------------------------------------------------


def claim(sign: str, left, right, **sides) -> dict:
    return {
        "id": "index-9",
        "chapter": "index",
        "statement": "It rises.",
        "verdict": "holds",
        "facts": (),
        "relations": (
            {
                "sign": sign,
                "holds": True,
                "left": {"value": left, "kind": "measured", "how": "after"} | sides.get("left", {}),
                "right": {"value": right, "kind": "measured", "how": "before"} | sides.get("right", {}),
            },
        ),
    }


@pytest.fixture
def claimed(site):
    """A function that gives the rules broken by a sentence that rests on one relation."""

    def rules(sentence: str, **line) -> list[str]:
        site.add("index", f'[{sentence}]{{.claim .holds data-claim="index-9"}}')
        site.facts = site.facts.model_copy(update={"claims": (Claim.model_validate(claim(**line)),)})
        return [each.rule for each in site.found()]

    return rules


@pytest.mark.parametrize(
    ("sentence", "line", "rules"),
    [
        ("It rises.", {"sign": ">", "left": 2, "right": 1}, []),
        ("It falls.", {"sign": ">", "left": 2, "right": 1}, ["word-against-relation"]),
        ("It rises.", {"sign": ">", "left": 1, "right": 2}, ["relation-fails"]),
        ("It rises by 3.", {"sign": ">", "left": 2, "right": 1}, ["orphan-number"]),
        ("It rises to a higher one.", {"sign": ">", "left": 2, "right": 1}, ["word-without-relation"]),
        ("It rises at least.", {"sign": ">", "left": 2, "right": 1}, []),
    ],
)
def test_a_sentence_says_what_its_relation_says(claimed, sentence, line, rules):
    assert claimed(sentence, **line) == rules


def test_kinds_are_named_where_they_are_compared(site):
    line = claim(">", 2, 1) | {}
    line["relations"][0]["right"]["kind"] = "reported"
    site.facts = site.facts.model_copy(update={"claims": (Claim.model_validate(line),)})
    site.write("index", '[It is higher.]{.claim data-claim="index-9"}')
    assert [each.rule for each in site.found()] == ["kinds-unmarked"]
    site.write("index", '[It is higher than what is reported.]{.claim data-claim="index-9"}')
    assert site.found() == []


@pytest.mark.parametrize(
    ("typed", "shown", "rule"),
    [
        ("So: be**tter**!", "So: better!", "unbound-comparative"),
        ("So: be<wbr>tter!", "So: be<wbr>tter!", "unbound-comparative"),
        ("So: be^tter^!", "So: be^tter^!", "unbound-comparative"),
        ("So: be[tt]{.odd}er!", "So: better!", "unbound-comparative"),
        ("So `{python} 3 * 31` points come.", "So 93 points come.", "orphan-number"),
    ],
)
def test_what_has_markup_in_it_is_told_with_its_line(site, typed, shown, rule):
    for number in range(30):
        site.add("prose", f"Paragraph {'abcdefghijklmnopqrstuvwxyzABCD'[number]} of the chapter.")
    source = site.project.chapter("prose").path
    site.write("prose", f"{source.read_text()}\n{shown}\n")
    source.write_text(f"{source.read_text()}\n{typed}\n\nA last paragraph.\n")
    line = source.read_text().splitlines().index(typed) + 1
    assert told(site.found()) == [(rule, "prose", line)]


def test_a_claim_without_a_log_is_told(site):
    site.write("index", '[It rises.]{.claim data-claim="gone"}')
    assert [each.rule for each in site.found()] == ["claim-unknown"]


def test_a_quotation_may_compare_and_may_not_count(site):
    site.write("prose", "[“It is better by 4.”]{.quotation}")
    assert [each.rule for each in site.found()] == ["orphan-number"]


@pytest.mark.parametrize(
    "typed",
    [
        "[{}]{{.example-text}}",
        "[{}]{{#here .odd .provenance}}",
        '[{}]{{class="odd cross-reference"}}',
        "[{}]{{.quotation}}",
        "::: side\n{}\n:::",
        "::: {{.odd .references}}\n{}\n:::",
        "<p class='colophon-line'>{}</p>",
        "<p class=csl-entry>{}</p>",
        "<dialog open>{}</dialog>",
        "<NAV>{}</NAV>",
        '```{{python}}\nHTML("<b class=\\"bar\\">{}</b>")\n```',
        "```{{python}}\nprint('[{}]{{.caption-number}}')\n```",
    ],
)
def test_a_class_of_the_report_itself_is_refused_with_the_line_on_which_it_is_typed(site, typed):
    source = site.project.chapter("prose").path
    text = typed.format("The tuned one is better by 74.03 % than any other")
    before = source.read_text()
    source.write_text(f"{before}\n{text}\n")
    line = before.count("\n") + (3 if text.startswith("```") else 2)
    assert told(site.found()) == [("class-reserved", "source", line)]


@pytest.mark.parametrize(
    "typed",
    [
        '[Fine.]{.unchecked reason="so it is"}',
        "[Fine.]{.odd .provenance-like}",
        "::: {.gathered-claims}\n:::",
        "<style>.side { color: red }\nmain .more a:hover { color: red }</style>",
        "<p class='sidelong'>Fine.</p>",
        "It stands on a side. References follow.",
    ],
)
def test_other_classes_and_styles_of_the_own_ones_may_be_typed(site, typed):
    source = site.project.chapter("prose").path
    source.write_text(f"{source.read_text()}\n{typed}\n")
    assert site.found() == []


def test_text_in_a_foreign_object_of_a_drawing_is_read(site):
    site.add("prose", f"<svg><foreignObject><p>{SENTENCE}</p></foreignObject></svg>")
    assert {each.rule for each in site.found()} == {"orphan-number", "unbound-comparative"}


@pytest.mark.parametrize(("old", "new"), [("at least", "at most"), ("four", "three")])
def test_a_number_that_is_typed_over_an_accepted_one_is_told_with_its_line(site, old, new):
    line = site.add("prose", "It can be counted in at least four ways.")
    check_render(site.project, site.facts)
    accept(site.project.root)
    assert site.found() == []
    chapter = site.project.chapter("prose")
    for path in (chapter.path, site.project.output_dir / chapter.href):
        path.write_text(path.read_text().replace(old, new))
    assert [(each.rule, each.line) for each in site.found()] == [("number-retyped", line)]


def test_a_word_that_is_typed_into_an_accepted_sentence_is_told_with_its_line(site):
    line = site.add("prose", "The states of several layers are kept.")
    check_render(site.project, site.facts)
    accept(site.project.root)
    chapter = site.project.chapter("prose")
    for path in (chapter.path, site.project.output_dir / chapter.href):
        path.write_text(path.read_text().replace("several layers", "several lower layers"))
    assert [(each.rule, each.line) for each in site.found()] == [("word-put-in", line)]
    check_render(site.project, site.facts)
    accept(site.project.root)
    assert site.found() == []


def test_a_denial_that_is_dropped_from_an_accepted_sentence_is_told_with_its_line(site):
    line = site.add("prose", "Weights stay as they are. No text is generated here.")
    check_render(site.project, site.facts)
    accept(site.project.root)
    assert site.found() == []
    chapter = site.project.chapter("prose")
    for path in (chapter.path, site.project.output_dir / chapter.href):
        path.write_text(path.read_text().replace("No text", "Text"))
    assert [(each.rule, each.line) for each in site.found()] == [("sentence-turned-round", line)]


def test_a_number_of_a_group_is_no_size(site):
    site.add("prose", "The groups 3 and 4 are small.")
    assert site.found() == []
    site.add("prose", "The groups 8.12 GB are small, and layer 3 GB.")
    assert [each.rule for each in site.found()] == ["orphan-number", "orphan-number"]


# --- what is allowed, and what is silenced ----------------------------------------------------------------------------


def test_allowed_entries_count_where_they_say_and_are_told_when_unused(site, allow):
    site.add("prose", "A scale from 3 to 7 rises.")
    assert len(site.found()) == 3
    allow("allowed:\n- {phrase: from 3 to 7, why: a scale}\n- {phrase: scale from 3 to 7 rises, why: its end}\n")
    assert site.found() == []
    allow("allowed:\n- {phrase: scale from 3 to 7 rises, why: its end, in: index}\n")
    assert [each.rule for each in site.found()].count("allowed-unused") == 1
    allow("allowed:\n- {phrase: scale from 3 to 7 rises, why: its end}\n- {phrase: never seen, why: nothing}\n")
    (unused,) = site.found()
    assert (unused.level, unused.file, unused.line) == ("note", "report/allowed.yaml", 3)
    assert site.check().errors == []


def test_a_silenced_part_is_listed_with_its_reason(site):
    line = site.add("prose", '[All 3 are better.]{.unchecked reason="said on a poster"}')
    results = site.check()
    assert results.findings == ()
    (silent,) = results.silenced
    assert (silent.chapter, silent.file, silent.line) == ("prose", "report/prose.qmd", line)
    assert (silent.text, silent.reason) == ("All 3 are better.", "said on a poster")


@pytest.mark.parametrize(
    "written", ["[All 3.]{.unchecked}", '[All 3.]{.unchecked reason=""}', "::: {.unchecked}\nAll.\n:::"]
)
def test_silencing_without_a_reason_is_an_error(site, written):
    site.add("prose", written)
    assert [each.rule for each in site.found()] == ["silenced-without-reason"]


def test_silencing_without_a_reason_is_told_once(site):
    parts = ("All of it is so here.", "Most of it is so there.", '![](a.svg){fig-alt="All is there."}')
    line = site.add("prose", "::: {.unchecked}\n" + "\n\n".join(parts) + "\n:::")
    site.add("index", '::: {.gathered-silenced}\n- [All of it.]{.unchecked data-reason=""}\n:::')
    assert [(each.rule, each.file, each.line) for each in site.found()] == [
        ("silenced-without-reason", "report/prose.qmd", line + 1)
    ]


def test_the_list_of_what_is_silenced_is_no_silenced_part_itself(site):
    silenced = '[All 3 are better.]{.unchecked reason="said on a poster"}'
    site.add("prose", silenced)
    site.add("index", f"::: {{.gathered-silenced}}\n- {silenced}: said on a poster\n:::")
    assert [each.chapter for each in site.check().silenced] == ["prose"]


# --- bad input --------------------------------------------------------------------------------------------------------


def test_a_page_that_is_none_is_one_finding(site):
    (site.project.output_dir / "report" / "prose.html").write_text("no page")
    (found,) = site.found()
    assert (found.rule, found.page) == ("unreadable", "report/prose.html")


def test_what_only_an_unreadable_page_shows_or_needs_is_no_finding(site, allow):
    site.add("prose", "A scale from 3 to 7.")
    allow("allowed:\n- {phrase: scale from 3 to 7, why: a scale}\n")
    path = site.project.output_dir / "report.pdf"
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(path)
    assert [each.rule for each in site.found(pdf=path)] == ["unreadable"]
    (site.project.output_dir / "report" / "prose.html").write_text("no page")
    assert [each.page for each in site.found(pdf=path)] == ["report/prose.html"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"no PDF"])
def test_a_pdf_that_is_none_is_one_finding(site, content):
    path = site.project.output_dir / "report.pdf"
    path.write_bytes(content)
    (found,) = site.found(pdf=path)
    assert (found.rule, found.page) == ("unreadable", "report.pdf")
    assert ".;" not in found.message
    assert "\n" not in found.message


def test_a_pdf_without_text_is_one_finding(site):
    path = site.project.output_dir / "report.pdf"
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(path)
    (found,) = site.found(pdf=path)
    assert (found.rule, found.message) == (
        "unreadable",
        "holds no text that could be checked; render it again",
    )


# --- what comes out ---------------------------------------------------------------------------------------------------


def test_sarif_has_what_code_hosts_need(site):
    site.add("prose", f"{SENTENCE}.")
    refused = ["report/x.qmd:7: a problem", "report/x.qmd:8:41: refused: by the render", "no place"]
    log = json.loads(json.dumps(sarif(site.found(), refused, "1.0")))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    [run] = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert len(run["results"]) == 6
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        [place] = [each["physicalLocation"] for each in result["locations"]]
        assert not place["artifactLocation"]["uri"].startswith("/")
        assert place["region"]["startLine"] >= 1
        assert place["region"].get("startColumn", 1) >= 1
        assert result["partialFingerprints"]
    assert run["results"][3]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert run["results"][4]["locations"][0]["physicalLocation"]["region"] == {"startLine": 8, "startColumn": 41}
    messages = [each["message"]["text"] for each in run["results"][3:]]
    assert messages == ["a problem", "refused: by the render", "no place"]


def test_places_in_sarif_are_addresses(site):
    finding = Finding(rule="orphan-number", message="m", place="prose", file="report/my chapter ü.qmd", line=1)
    [result] = sarif([finding], [], "1.0")["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert " " not in uri
    assert unquote(uri) == finding.file


def test_what_is_printed_as_json_follows_its_published_schema(site):
    site.add("prose", f"{SENTENCE}.")
    schema = json.loads((Path(report.checking.__file__).parent / "check.schema.json").read_text())
    assert schema == Checked.model_json_schema(), "write check.schema.json again"
    found = Checked(problems=("a",), notes=(), rendered=site.check())
    jsonschema.validate(json.loads(found.model_dump_json()), schema)


def test_facts_of_another_render_are_told(site):
    others = [fact.model_copy(update={"id": f"{fact.id}-x"}) for fact in site.facts.facts]
    save_facts(site.project, site.facts.model_copy(update={"facts": tuple(others)}))
    assert any("which no log lists" in line for line in check_site(site.project, read_facts(site.project.output_dir)))


def test_the_numbers_of_a_table_that_a_cell_prints_are_told_once(site):
    source = site.project.chapter("prose").path
    before = source.read_text()
    line = before.count("\n") + 3
    source.write_text(f"{before}\n```{{python}}\n#| label: tbl-frame\nframe\n```\n")
    table = "::: {{#tbl-frame{}}}\n\n| | a |\n|---|---|\n| 0 | 41.5 |\n| 1 | 42.5 |\n| 2 | 43.5 |\n\n:::\n"
    printed = (site.project.root / "printed" / "prose").read_text()
    site.write("prose", f"{printed}\n\n{table.format('')}")
    (found,) = site.found()
    assert (found.rule, found.file, found.line) == ("orphan-number", "report/prose.qmd", line)
    assert "0, 41.5, 1, 42.5 and 2 more in tbl-frame" in found.message
    assert ".unchecked reason=" in str(found)
    site.write("prose", f"{printed}\n\n{table.format(' .unchecked reason=poster')}")
    assert site.found() == []


@pytest.mark.parametrize("module", ["APPLES = 41.5\n", "TOLD = 'there are 41.5 apples in it'\n"])
@pytest.mark.parametrize(
    ("printed", "options"),
    [
        ("::: {.cell-output .cell-output-stdout}\n```\n41.5 apples in it\n```\n:::", ""),
        ("::: {.cell-output .cell-output-display}\n<p>41.5 apples in it</p>\n:::", ""),
        ("41.5", "#| output: asis\n"),
    ],
)
def test_what_a_cell_prints_is_told_with_the_line_of_the_cell(site, module, printed, options):
    (site.project.root / "shown.py").write_text(module)
    log = fact_log_path(site.project.root, "quarto", "counting")
    opening, _, rest = log.read_text().partition("\n")
    log.write_text(json.dumps(json.loads(opening) | {"modules": {"shown": ""}}) + "\n" + rest)
    cells = (f"```{{python}}\n{options}shown.{name}()\n```" for name in ("first", "second"))
    _, line = with_cells(site, printed, *cells)
    assert [(each.rule, each.file, each.line) for each in site.found()] == [
        ("orphan-number", "report/counting.qmd", line)
    ]


def test_the_cell_that_printed_a_text_is_the_one_with_its_words(site):
    source = site.project.chapter("prose").path
    before = source.read_text()
    source.write_text(f'{before}\n```{{python}}\nprint("pears", n)\n```\n\n```{{python}}\nprint("plums", n)\n```\n')
    line = before.count("\n") + 6
    output = "::: {.cell-output .cell-output-stdout}\n```\nplums 41.5\n```\n:::"
    site.write("prose", f"{(site.project.root / 'printed' / 'prose').read_text()}\n\n{output}")
    assert [(each.file, each.line) for each in site.found()] == [("report/prose.qmd", line)]
