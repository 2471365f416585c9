"""Chapters run in real kernels: what comes back, what is cached, and how failures are told."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from analysis.facts.fact_log import fact_log_path
from experiments.tables import stamps
from experiments.tables.digest import sha256_file
from report.ledger.staleness import stale_chapters
from report.press.execute import kernel
from report.press.execute.failures import ExecutionError
from report.press.execute.run import execute
from report.press.execute.warm import WarmProcess
from report.press.source.chapter import read_book
from report.press.weave import weave
from report.rendering.project import load_project

SHY = "class Shy:\n    def _repr_html_(self):\n        raise ValueError('ask me first')"  # fails while it is displayed
CELLS = """\
# One {#sec-one}

```{python}
#| label: first
import os, sys
x = 41
print("stdout ```` :::")
print("stderr", file=sys.stderr)
```

Value `{python} x + 1`, text `{python} "*a* {{< meta x >}}"`, none `{python} None`, `{python} -1.5`.

```{python}
#| label: kernel
#| output: asis
print(sys.executable, os.environ["COLOPHON_ENGINE"], os.getcwd(), sep="\\n")
```

```{python}
#| label: fig-line
#| fig-cap: "A *line*."
#| fig-alt: 'From 1 to "2"'
import matplotlib.pyplot as plt
plt.plot([1, 2])
```

```{python}
#| label: tbl-numbers
#| tbl-cap: "Numbers."
from IPython.display import HTML, Markdown
Markdown("| a |\\n|---|\\n| 1 |")
```

```{python}
#| echo: true
#| code-fold: true
HTML("<b>bold</b>")
```

```{python}
#| error: true
raise ValueError("\\x1b[31mred\\x1b[0m")
```

```{python}
#| warning: false
print("hidden", file=sys.stderr)
```

```{python}
#| include: false
print("never shown")
```

```{python}
#| eval: false
#| echo: true
raise SystemExit("never run")
```
"""


@pytest.fixture(scope="module")
def woven(tmp_path_factory, request):
    """The chapter above, executed once in a kernel and once more out of the cache."""
    root = tmp_path_factory.mktemp("book")
    (root / "_quarto.yml").write_text(
        "project: {type: book, execute-dir: project}\nbook: {title: T, chapters: [index.qmd, one.qmd]}\n"
        "execute: {echo: false}\n"
    )
    (root / "index.qmd").write_text("# Preface {.unnumbered}\n")
    (root / "one.qmd").write_text(CELLS)
    project = load_project(root)
    chapters = read_book(project)
    events: list[list[str]] = []
    results = []
    for _ in range(2):
        heard: list[str] = []
        notebooks = execute(project, chapters, tell=lambda name, event, heard=heard: heard.append(event))
        results.append(weave(project, chapters[1], notebooks[1]))
        events.append(heard)
    return root, results, events


def test_second_time_comes_out_of_the_cache_and_reads_the_same(woven):
    _, (first, second), events = woven
    assert events == [["runs", "done"], ["cached"]]
    assert second.markdown == first.markdown


def test_kernel_is_this_interpreter_in_the_projects_folder(woven):
    root, (first, _), _ = woven
    assert f"\n{sys.executable}\npress\n{root.resolve()}\n" in first.markdown


def test_inline_results_stand_in_the_text_as_in_quarto(woven):
    _, (first, _), _ = woven
    line = next(line for line in first.markdown.splitlines() if line.startswith("Value"))
    assert line == r"Value 42, text \*a\* \{\{< meta x \>\}\}, none None, -1.5."


def test_outputs_have_quartos_shape(woven):
    _, (first, _), _ = woven
    text = first.markdown
    assert text.startswith("# One {#sec-one}\n")
    assert "::: {.cell-output .cell-output-stdout}\n`````\nstdout ```` :::\n`````\n:::" in text
    assert "::: {.cell-output .cell-output-stderr}\n```\nstderr\n```\n:::" in text
    assert "::: {#tbl-numbers}\n::: {.cell-output .cell-output-display}\n| a |" in text
    assert ":::\n\nNumbers.\n:::" in text
    assert '```{.python .cell-code code-fold="true"}\nHTML(' in text
    assert "```{=html}\n<b>bold</b>\n```" in text
    assert '::: {.content-hidden when-format="html"}' in text
    assert "cell-output-error}\n```\nValueError: red\n```" in text
    assert "raise SystemExit" in text
    for absent in ("\nhidden", "never shown", "import os", "Line2D", "\x1b"):
        assert absent not in text
    figure = first.resources["one_files/fig-line-1.svg"]
    assert "::: {#fig-line}\n" in text
    assert 'fig-alt="From 1 to &#34;2&#34;"' in text
    assert figure.read_bytes().startswith(b"<?xml")


def test_failures_name_chapter_line_cell_and_error(write_book):
    failing = """# One

```{python}
#| label: sum

def fail():
    return 1 / 0

fail()
```
"""
    root = write_book(
        {
            "report/one.qmd": failing,
            "report/two.qmd": "# Two\n\n```{python}\nimport os\nos._exit(3)\n```\n",
            "report/three.qmd": "# Three\n\n```{python}\n1\n```\n\n`{python} no_such_name`\n",
            "report/four.qmd": "# Four\n\n```{python}\n#| label: slow\nimport time; time.sleep(60)\n```\n",
            "report/five.qmd": "# Five\n\n```{python}\nx = 1\ndef f(:\n```\n",
            "report/six.qmd": f"# Six\n\n```{{python}}\n{SHY}\n\nShy()\n```\n",
        }
    )
    project = load_project(root)
    with pytest.raises(ExecutionError) as caught:
        execute(project, read_book(project), jobs=4, timeout=3)
    one, two, three, four, five, six = str(caught.value).splitlines()
    assert one == "report/one.qmd:9: cell 'sum' (begins at line 3) failed: ZeroDivisionError: division by zero"
    assert two == "report/two.qmd:3: the kernel died in cell without a label (killed, or out of memory)"
    assert three == (
        "report/three.qmd:7: inline `{python} no_such_name`: NameError: name 'no_such_name' is not defined"
    )
    assert four.startswith("report/four.qmd:3: cell 'slow' was still running after 3 s; ")
    assert five == "report/five.qmd:5: cell without a label (begins at line 3) failed: SyntaxError: invalid syntax"
    assert "cell without a label (begins at line 3) failed: ValueError: ask me first" in six


@pytest.fixture
def unready(monkeypatch):
    """`unready(times)` lets that many kernels die at their start, as if their port was taken; lists the starts."""

    def plant(times: int) -> list[int]:
        starts: list[int] = []
        fork = WarmProcess.fork

        def start(warm: WarmProcess, *arguments: object) -> int:
            starts.append(fork(warm, *arguments))
            if len(starts) <= times:
                os.kill(starts[-1], signal.SIGKILL)
            return starts[-1]

        monkeypatch.setattr(WarmProcess, "fork", start)
        return starts

    return plant


def test_a_kernel_that_dies_at_its_start_is_started_again(write_book, unready):
    starts = unready(2)
    project = load_project(write_book({"one.qmd": "# One\n\n```{python}\nprint(6 * 7)\n```\n"}))
    *_, notebook = execute(project, read_book(project))
    assert notebook.cells[0].outputs[0].text == "42\n"
    assert len(starts) == 3


def test_a_kernel_that_never_starts_is_one_line(write_book, unready):
    starts = unready(100)
    project = load_project(write_book({"one.qmd": "# One\n\n```{python}\nprint(6 * 7)\n```\n"}))
    with pytest.raises(ExecutionError, match=r"^one\.qmd: no kernel could be started \(.*\); why stands above$"):
        execute(project, read_book(project))
    assert len(starts) == 3


def test_where_nothing_can_be_forked_kernels_start_as_programs(write_book, monkeypatch):
    monkeypatch.setattr(kernel, "CAN_FORK", False)
    code = "import sys\nprint('ipykernel_launcher' in sys.orig_argv)"
    project = load_project(write_book({"one.qmd": f"# One\n\n```{{python}}\n{code}\n```\n"}))
    *_, notebook = execute(project, read_book(project))
    assert notebook.cells[0].outputs[0].text == "True\n"


APART = """
import json, random
left = getattr(json, "left", None)
json.left = "by another chapter"
print(left, random.random())
"""


def test_chapters_share_what_was_imported_and_nothing_else(write_book):
    cell = f"```{{python}}\n{APART}\n```\n"
    project = load_project(write_book({f"{name}.qmd": f"# {name}\n\n{cell}" for name in ("a", "b")}))
    texts = [notebook.cells[0].outputs[0].text for notebook in execute(project, read_book(project))[1:]]
    assert all(text.startswith("None ") for text in texts)


READER = """\
# One

```{python}
from analysis.facts import open_chapter
import words
page = open_chapter("one")
print(words.SAID, open("note.txt").read())
```

The value is `{python} page.show(page.table("study/sizes").at(name="a")["size"])`.
"""


@pytest.fixture
def preview(write_book, write_table, monkeypatch):
    """A book in which a chapter reads a module, a file and a table, and what a preview does at a change: it executes
    the chapters again in the same process, and gives what became of `one` with its text."""
    root = write_book({"one.qmd": READER})
    monkeypatch.chdir(root)
    monkeypatch.setattr(stamps, "SETTLED_SECONDS", 0.0)  # else nothing is remembered that was written just now
    (root / "words.py").write_text("SAID = 'said'\n")
    (root / "note.txt").write_text("noted")

    def freeze(size: int) -> None:
        rows = [{"name": "a", "size": size}]
        columns = {"name": "string", "size": "integer"}
        write_table(root / "experiments" / "frozen", "study/sizes", "computed", ["name"], columns, rows)

    def again() -> tuple[list[str], str]:
        project, heard = load_project(root), []
        chapters = read_book(project)
        notebooks = execute(project, chapters, tell=lambda name, event: heard.append(event))
        return heard, weave(project, chapters[1], notebooks[1]).markdown

    freeze(1)
    return SimpleNamespace(root=root, freeze=freeze, again=again, log=fact_log_path(root, "press", "one"))


RAN, CAME = ["runs", "done"], ["cached"]


def test_a_preview_runs_no_cell_where_only_text_changed(preview):
    assert preview.again()[0] == RAN
    body = preview.log.read_bytes().partition(b"\n")[2]
    assert preview.again()[0] == CAME
    # What is remembered takes no look into the cache.
    shutil.rmtree(preview.root / ".press" / "cache")
    chapter = preview.root / "one.qmd"
    for words in ("More words.", "Others."):
        chapter.write_text(f"{READER}\n{words}\n")
        heard, text = preview.again()
        assert heard == CAME
        assert words in text
        assert "said noted" in text
        opening, _, rest = preview.log.read_bytes().partition(b"\n")
        assert rest == body
        assert json.loads(opening)["source_digest"] == sha256_file(chapter)
        assert stale_chapters(load_project(preview.root), "press") == {}


CHANGED = {
    "module": lambda preview: (preview.root / "words.py").write_text("SAID = 'other'\n"),
    "file": lambda preview: (preview.root / "note.txt").write_text("other"),
    "table": lambda preview: preview.freeze(2),
    "cell": lambda preview: (preview.root / "one.qmd").write_text(READER.replace("print(", "print('other', ")),
    "expression": lambda preview: (preview.root / "one.qmd").write_text(f"{READER}\nAnd `{{python}} 'other'`.\n"),
    "lock": lambda preview: (preview.root / "lockfiles" / "report.txt").write_text("numpy==0.1\n"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_preview_runs_cells_whose_surroundings_changed(preview, what):
    (preview.root / "lockfiles").mkdir(exist_ok=True)
    (preview.root / "lockfiles" / "report.txt").write_text("numpy==2.4.6\n")
    (_, before), *others = [preview.again() for _ in range(3)]
    assert others == [(CAME, before)] * 2
    CHANGED[what](preview)
    heard, text = preview.again()
    assert heard == RAN
    assert (text == before) == (what == "lock")
    assert preview.again() == (CAME, text)


def test_a_preview_puts_back_what_was_changed_of_a_run(preview):
    for _ in range(3):
        preview.again()
    kept = preview.log.read_bytes()
    of_another_run = kept.replace(b'"text":"1"', b'"text":"2"')
    assert of_another_run != kept
    for damage, expected in (
        (lambda: preview.log.write_bytes(of_another_run), CAME),
        (preview.log.unlink, RAN),  # nothing is known of what it read
    ):
        damage()
        assert preview.again()[0] == expected
        assert preview.log.read_bytes() == kept


INTERRUPTED = """
import sys
from pathlib import Path
from report.rendering.project import load_project
from report.press.execute.run import execute
from report.press.execute.warm import WarmProcess
from report.press.source.chapter import read_book
project = load_project(Path(sys.argv[1]))
execute(project, read_book(project))
"""


def test_interrupt_kills_the_kernels(write_book):
    # Two chapters run, the third waits for its turn.
    psutil = pytest.importorskip("psutil")
    code = "import os, pathlib, time\npathlib.Path('NAME').write_text(str(os.getpid()))\ntime.sleep(600)"
    cell = f"```{{python}}\n{code}\n```\n"
    root = write_book({f"{name}.qmd": f"# {name}\n\n" + cell.replace("NAME", name) for name in ("a", "b", "c")})
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED, str(root)], stderr=subprocess.PIPE, text=True)
    pids = [_wait_for_number(root / name) for name in ("a", "b")]
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=60)
    assert complaints.rstrip().endswith("KeyboardInterrupt")
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)


def _wait_for_number(path: Path) -> int:
    for _ in range(600):
        if path.is_file() and path.read_text():
            return int(path.read_text())
        time.sleep(0.1)
    raise AssertionError(f"{path} was never written")
