"""What a study transcribes is looked up in its document, also after it was frozen again."""

import pytest

from experiments.tables.digest import sha256_bytes
from tests.experiments.tables.documents.conftest import STUDY

ALL = ["a-paper.md", "a-paper.html", "a-paper.txt", "a-paper.pdf"]


@pytest.mark.parametrize("name", ALL)
def test_everything_stands_in_the_document_in_each_format(paper, name):
    paper.write(name)
    paper.freeze()
    found = paper.look_up()
    assert found.errors == []
    assert any("13 published figures and 1 quotation" in line for line in found.said)
    assert any("1 figure" in line and "picture" in line for line in found.said)


@pytest.mark.parametrize("name", ALL)
def test_a_mistyped_figure_is_named_after_freezing_again(paper, name):
    paper.write(name)
    paper.change('"0.486005"', '"0.486065"')
    [line] = paper.look_up().errors
    number = STUDY[: STUDY.index('16: ["0.486005"')].count("\n") + 1
    assert line.startswith(f"experiments/studies/a-paper.yaml:{number}: base-bleu-16: 0.486065")
    assert "did you mean 0.486005?" in line
    assert "Scores of the base model" in line


PERCENT = STUDY[STUDY.index("printed_unit: percent") : STUDY.index("claims:")]

MISTYPED = {
    "a scale word": ("1.2 Billion", "1.2 Million"),
    "a scale word left out": ("1.2 Billion, printed_unit: count", '"1.2", printed_unit: score'),
    "a sign": ('"-3.2"', '"3.2"'),
    "a group of digits": ('"1,000"', '"1,500"'),
    "another number of the document": ('printed: "16"', 'printed: "1,000"'),
    "a word": ("printed: LoRA", "printed: DoRA"),
    "a digit that stands in a picture's address": ('printed: "2"', 'printed: "77"'),
}


@pytest.mark.parametrize("fault", MISTYPED)
@pytest.mark.parametrize("name", ["a-paper.md", "a-paper.pdf"])
def test_each_way_to_mistype_is_found(paper, fault, name):
    paper.write(name)
    paper.change(*MISTYPED[fault])
    assert len(paper.look_up().errors) == 1


def test_a_score_given_for_a_percentage_is_found(paper):
    paper.write()
    scores = PERCENT.replace("percent", "score").replace("%", "")
    paper.change(PERCENT, scores)
    assert len(paper.look_up().errors) == 2


@pytest.mark.parametrize("name", ["a-paper.md", "a-paper.html", "a-paper.pdf"])
def test_two_cells_that_changed_places_are_found(paper, name):
    paper.write(name)
    paper.change('["0.503511", "0.478649"]', '["0.478649", "0.503511"]')
    assert paper.look_up().errors


def test_two_rows_that_changed_places_are_found(paper):
    paper.write()
    paper.change(
        '8: ["0.503511", "0.478649"]\n      16: ["0.486005", "0.427759"]',
        '8: ["0.486005", "0.427759"]\n      16: ["0.503511", "0.478649"]',
    )
    assert any("row Layer 8" in line and "did you mean" in line for line in paper.look_up().errors)


def test_a_figure_of_another_table_is_not_at_its_place(paper):
    paper.write()
    paper.change('"0.478649"', '"0.541094"')
    [line] = paper.look_up().errors
    assert "it does on line 25" in line


def test_a_figure_under_the_name_of_another_is_not_at_its_place(paper):
    paper.write()
    paper.change('exact_match: ["26.27%"]\n      f1: ["26.44%"]', 'exact_match: ["26.44%"]\n      f1: ["26.27%"]')
    assert len(paper.look_up().errors) == 2


def test_two_figures_of_a_row_that_changed_places_in_running_text_are_found(paper):
    paper.write()
    paper.change(
        PERCENT,
        PERCENT.replace("rows: quantity\n", "rows: model\n    columns: {quantity: [a, b]}\n").replace(
            'exact_match: ["26.27%"]\n      f1: ["26.44%"]', 'one: ["26.44%", "26.27%"]'
        ),
    )
    [line] = paper.look_up().errors
    assert "in this order" in line


def test_a_place_that_the_document_lacks_widens_the_search(paper):
    paper.write()
    paper.change('place: "Setup, last point"', 'place: "Appendix K"')
    found = paper.look_up()
    assert found.errors == []
    assert any("Appendix K" in line and "wider" in line for line in found.said)


@pytest.mark.parametrize("name", ALL)
def test_a_quotation_with_other_words_is_found(paper, name):
    paper.write(name)
    paper.change("clearly helps […] on", "clearly shines […] on")
    [line] = paper.look_up().errors
    number = STUDY[: STUDY.index("quote:")].count("\n") + 1
    assert line.startswith(f"experiments/studies/a-paper.yaml:{number}: helps: ")
    assert "Fine-tuning clearly helps" in line


def test_a_quotation_from_another_part_is_found(paper):
    paper.write()
    paper.change("data set that we tried.\n    place: Results", "data set that we tried.\n    place: Conclusion")
    [line] = paper.look_up().errors
    assert 'not at "Conclusion"' in line


def test_few_words_are_no_quotation(paper):
    paper.write()
    paper.change("Fine-tuning clearly helps […] on every data set that we tried.", "shines a lot")
    assert paper.look_up().errors == []


def test_without_the_document_nothing_is_checked_and_a_line_says_so(paper):
    paper.change('"0.486005"', '"0.486065"')
    found = paper.look_up()
    assert found.errors == []
    assert any("not checked here" in line and "a-paper" in line for line in found.notes)


def test_a_document_that_comes_is_noticed_though_nothing_else_changed(paper):
    paper.change('"0.486005"', '"0.486065"')
    assert paper.look_up().errors == []
    paper.write()
    assert len(paper.look_up().errors) == 1


def test_the_document_is_known_by_its_digest_whatever_its_name(paper, tmp_path):
    elsewhere = tmp_path / "papers" / "2024"
    paper.write()
    elsewhere.mkdir(parents=True)
    file = (paper.folder / "a-paper.md").rename(elsewhere / "download.md")
    paper.change("place: whole text}", f"place: whole text, sha256: {sha256_bytes(file.read_bytes())}}}")
    assert any("not checked here" in line for line in paper.look_up().notes)
    assert not paper.look_up("--documents-dir", str(tmp_path / "papers")).notes


def test_a_document_of_another_version_is_one_line(paper):
    paper.write()
    paper.change("place: whole text}", f"place: whole text, sha256: {'a' * 64}}}")
    [line] = paper.look_up().errors
    assert line.startswith("documents/a-paper.md: not the document that was transcribed")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a-paper.pdf", b"%PDF-1.7 broken", "cannot be read as a PDF"),
        ("a-paper.txt", b"a\0b", "not a text"),
    ],
)
def test_a_document_that_cannot_be_read_is_one_line(paper, name, content, said):
    paper.folder.mkdir()
    (paper.folder / name).write_bytes(content)
    paper.freeze()
    [line] = paper.look_up().errors
    assert line.startswith(f"documents/{name}: ")
    assert said in line


def test_a_pdf_without_text_is_one_line(paper):
    import typst

    paper.folder.mkdir()
    (paper.folder / "a-paper.pdf").write_bytes(typst.compile(b"#rect(width: 3cm)"))
    paper.freeze()
    [line] = paper.look_up().errors
    assert "without text" in line


def test_a_folder_that_is_not_there_is_one_line(paper, experiments):
    paper.freeze()
    done = experiments("verify", "--documents-dir", "nowhere")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "nowhere" in done.err
