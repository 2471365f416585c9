"""Includes and shortcodes."""


def test_included_text_and_cells_know_their_own_file_and_line(read):
    found = read(
        "{{< include _parts/a.qmd >}}\n\nAfter @lst-x.",
        files={
            "report/_parts/a.qmd": "From a.\n\n{{< include b.qmd >}}\n",
            "report/_parts/b.qmd": "```{python}\n#| label: deep\n1\n```\n\n[x]{.aside}\n",
        },
    )
    cell = found.chapter.cells[0]
    assert (cell.label, str(cell.place), cell.code_line) == ("deep", "report/_parts/b.qmd:1", 3)
    assert [text.split(": ")[0] for text in found.problems] == ["report/_parts/b.qmd:6", "report/one.qmd:5"]
    assert [path.name for path in found.chapter.files] == ["one.qmd", "a.qmd", "b.qmd"]


def test_circular_include_names_the_circle(read):
    found = read(
        "{{< include _a.qmd >}}",
        files={"report/_a.qmd": "{{< include _b.qmd >}}\n", "report/_b.qmd": "{{< include _a.qmd >}}\n"},
    )
    assert found.problems == ["report/_b.qmd:1: circular include: report/_a.qmd -> report/_b.qmd -> report/_a.qmd"]


def test_missing_include_is_told_where_it_is_asked_for(read):
    assert read("{{< include no.qmd >}}").problems == ["report/one.qmd:3: include: there is no file report/no.qmd"]


def test_include_in_a_code_block_is_no_include(read):
    assert "{{< include x.qmd >}}" in read("```{shortcodes=false}\n{{< include x.qmd >}}\n```").markdown


def test_values_of_metadata_and_variables_stand_in_text_and_titles(read):
    found = read(
        "Version {{< meta release.name >}}, own {{< meta mine >}}, {{< var team.lead >}}, {{< var yes >}}.",
        front="---\nmine: of the chapter\n---\n\n",
        files={"_variables.yml": "team: {lead: Ada}\n'yes': true\n"},
        release={"name": "R1"},
    )
    assert "Version R1, own of the chapter, Ada, true." in found.markdown
    assert found.problems == []


def test_title_takes_shortcodes(write_book):
    from report.press.source.chapter import read_book
    from report.rendering.project import load_project

    root = write_book({"report/one.qmd": "# On {{< var thing >}} {#sec-one}\n", "_variables.yml": "thing: layers\n"})
    chapter = read_book(load_project(root))[1]
    assert (chapter.title, chapter.attributes) == ("On layers", "#sec-one")
