"""What a chapter is made from, read from its source."""

import os
import py_compile
import time
from pathlib import Path

import pytest

from analysis.facts.dependencies import depends_on, find_source, opens_chapter

SOURCE = """# Story

{{< include parts/_first.qmd >}}
{{< include /shared/_third.qmd >}}

```{python}
#| echo: false
from analysis.figures.stacked import stacked_shares
import analysis.sentences as words
import numpy
```

```{.python}
from analysis.figures.curves import curves
```
"""


@pytest.fixture
def story(tmp_path):
    for folder in ("report/parts", "shared", "lockfiles"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "report" / "story.qmd").write_text(SOURCE)
    (tmp_path / "report" / "parts" / "_first.qmd").write_text("{{< include parts/_second.qmd >}}\n")
    second = "```{python}\nfrom analysis.facts import open_chapter\npage = open_chapter('story')\n```\n"
    (tmp_path / "report" / "parts" / "_second.qmd").write_text(second + "{{< include story.qmd >}}\n")
    (tmp_path / "lockfiles" / "report.txt").write_text("numpy==2.4.6\n")
    return tmp_path


def test_includes_are_followed_as_quarto_does(story):
    found = depends_on(story, story / "report" / "story.qmd")["includes"]
    assert list(found) == ["report/parts/_first.qmd", "report/parts/_second.qmd", "shared/_third.qmd"]
    assert found["shared/_third.qmd"] is None
    assert len(found["report/parts/_second.qmd"]) == 64


def test_modules_are_those_that_its_cells_import_and_all_that_these_import(story):
    found = depends_on(story, story / "report" / "story.qmd")["modules"]
    assert {"analysis.figures.stacked", "analysis.figures.style", "analysis.sentences", "analysis.facts"} <= set(found)
    assert "analysis.figures.curves" not in found
    assert not any(name.startswith("numpy") for name in found)


def test_a_cell_that_does_not_parse_is_left_to_the_kernel(story):
    (story / "report" / "story.qmd").write_text("```{python}\nfrom analysis import (\n```\n")
    assert "analysis.facts" in depends_on(story, story / "report" / "story.qmd")["modules"]


def test_a_chapter_opens_chapter_itself_or_in_an_include(story):
    assert opens_chapter(story, story / "report" / "story.qmd")
    (story / "report" / "prose.qmd").write_text("Not `open_chapter(x)` in words.\n")
    assert not opens_chapter(story, story / "report" / "prose.qmd")


def test_a_module_that_changed_after_it_was_compiled_is_compiled_again(story):
    """Python itself goes by size and time, which `touch -r` keeps."""
    module, chapter = story / "report" / "words.py", story / "report" / "story.qmd"
    chapter.write_text("```{python}\nimport words\n```\n")
    module.write_text("said = 'old'\n")
    compiled = Path(py_compile.compile(str(module)))
    depends_on(story, chapter)
    assert compiled.exists()
    status = module.stat()
    time.sleep(0.02)
    module.write_text("said = 'new'\n")
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    depends_on(story, chapter)
    assert not compiled.exists()


def test_a_module_of_the_chapters_name_is_not_the_chapter(tmp_path):
    for name in ("costs.py", "report/costs.qmd", "script.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert find_source(tmp_path, "costs") == tmp_path / "report" / "costs.qmd"
    assert find_source(tmp_path, "script") == tmp_path / "script.py"
