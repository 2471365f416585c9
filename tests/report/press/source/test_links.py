"""Links, images, references and citations that lead nowhere."""

import pytest

from report.press.source.chapter import read_book
from report.press.source.links import link_problems
from report.rendering.project import load_project

BIBLIOGRAPHY = "@article{known,\n title={T}}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("See @fig-none.", "@fig-none refers to nothing that the book defines"),
        ("As [@known; @unknown] say.", "citation @unknown is not in the bibliography"),
        ("![](no.png)", "link or image no.png: there is no such file"),
        ("[x](/no.txt)", "link or image /no.txt"),
        ("![A [b] c](https://example.org/a.png)", "image https://example.org/a.png is on another host"),
        ("![](//example.org/a.png)", "is on another host"),
        ("[x](javascript:alert(1))", "only http, https and mailto lead out of the book"),
        ("![](../../outside.png)", "no such file"),
        ("[x](../_notes.qmd)", "no chapter of the book"),
        ("See @sec-two and [two](two.qmd#sec-two), [page](two.html), [web](https://example.org), [top](#top).", None),
        ("See @fig-drawn.", None),
        ("![](../data.png)", None),
        ("![](data:image/png;base64,AA==) and [mail](mailto:me@example.org)", None),
        ("Code `@fig-none` and mail me@example.org", None),
    ],
)
def test_what_leads_nowhere_is_told(write_book, text, problem):
    root = write_book(
        {
            "report/one.qmd": f"# One\n\n{text}\n",
            "report/two.qmd": "# Two {#sec-two}\n\n```{python}\nprint('::: {#fig-drawn}')\n```\n",
            "_notes.qmd": "x",
            "data.png": "",
            "refs.bib": BIBLIOGRAPHY,
        },
        bibliography="refs.bib",
    )
    project = load_project(root)
    found = [str(found) for found in link_problems(project, read_book(project))]
    assert len(found) == (problem is not None)
    assert problem is None or found[0].startswith("report/one.qmd:3: ")
    assert problem is None or problem in found[0]


def test_what_a_module_prints_is_known_by_the_names_in_it(write_book):
    root = write_book(
        {
            "report/one.qmd": "# One\n\nSee @fig-mine, @fig-mine-study and @fig-other.\n\n"
            "```{python}\nimport mine\nmine.show()\n```\n",
            "report/two.qmd": "# Two\n",
            "mine.py": "def show():\n    print('::: {#' + 'fig-mine' + '}')\n",
        }
    )
    project = load_project(root)
    (found,) = link_problems(project, read_book(project))
    assert "@fig-other" in str(found)
