"""What a chapter is made from, read from its source."""

import os
import py_compile
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis.facts.dependencies import depends_on, forget_old_bytecode, opens_chapter
from experiments.tables.stamps import SETTLED_SECONDS

PRINTED = {"capture_output": True, "text": True, "check": True}
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


@pytest.mark.parametrize("look", ["depends_on", "forget_old_bytecode"])
def test_a_module_that_changed_after_it_was_compiled_is_compiled_again(story, look):
    """Python itself goes by size and time, which `touch -r` keeps."""
    module, chapter = story / "report" / "words.py", story / "report" / "story.qmd"
    chapter.write_text("```{python}\nimport words\n```\n")
    module.write_text("said = 'old'\n")
    compiled = Path(py_compile.compile(str(module)))
    later = time.time() + SETTLED_SECONDS + 1
    os.utime(compiled, (later, later))
    asked = {
        "depends_on": lambda: depends_on(story, chapter),
        "forget_old_bytecode": lambda: forget_old_bytecode(story, [chapter]),
    }[look]
    asked()
    assert compiled.exists()
    status = module.stat()
    os.utime(compiled, (status.st_ctime, status.st_ctime))
    module.write_text("said = 'new'\n")
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    asked()
    assert not compiled.exists()


def test_what_was_compiled_amid_a_change_is_compiled_again(story):
    """Python reads a module, it changes, and only then what was read is written: later than the change, and old."""
    module, chapter = story / "report" / "words.py", story / "report" / "story.qmd"
    chapter.write_text("```{python}\nimport words\n```\n")
    module.write_text("said = 'old'\n")
    status = module.stat()
    compiled = Path(py_compile.compile(str(module)))
    module.write_text("said = 'new'\n")
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    os.utime(compiled, ns=(time.time_ns(), module.stat().st_ctime_ns + 10**7))
    forget_old_bytecode(story, [chapter])
    said = subprocess.run([sys.executable, "-c", "import words; print(words.said)"], cwd=module.parent, **PRINTED)
    assert said.stdout == "new\n"
