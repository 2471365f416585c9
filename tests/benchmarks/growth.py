"""Measure how time, memory and pages grow with examples, studies and chapters.

    python tests/benchmarks/growth.py [--examples N…] [--studies N…] [--chapters N…]

The last line of the output is a JSON object with the table `sizes` of the study `time-by-size`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from write_million_rows import write_rows

EXAMPLES = (1_000, 10_000, 100_000, 1_000_000)
STUDIES = (10, 100, 1_000)
CHAPTERS = (10, 50, 200)
MEASURED = Path(__file__).with_name("measured.py")
MIB = 2**20
MAPPED = "id=id,gold=gold,before=before,after=after"
CHAPTER = """# Chapter {number} {{#sec-{number}}}

```{{python}}
from analysis.facts import open_chapter

page = open_chapter("{name}")
scores = page.table("{study}/scores")
```

`{{python}} page.say("The first of all scores is {{score:.3f}}.", score=scores.rows[0]["value"])`
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, nargs="*", default=EXAMPLES)
    parser.add_argument("--studies", type=int, nargs="*", default=STUDIES)
    parser.add_argument("--chapters", type=int, nargs="*", default=CHAPTERS)
    sizes = parser.parse_args()
    rows: list[dict] = []
    for grows, measure in (("examples", with_examples), ("studies", with_studies), ("chapters", with_chapters)):
        for size in getattr(sizes, grows):
            with tempfile.TemporaryDirectory(prefix="colophon-growth-") as scratch:
                for row in measure(Path(scratch), size):
                    rows.append({"grows": grows, "size": size, **row})
                    print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    print(json.dumps({"sizes": rows}))


def with_examples(scratch: Path, size: int) -> Iterator[dict]:
    """One adopted study of so many examples, shown by the chapters of a new project."""
    project = new_project(scratch)
    write_rows(scratch / "rows.csv", size)
    yield timed(
        project, "experiments", "adopt", "../rows.csv", "--study", "predictions", "--map", MAPPED, name="freeze"
    )
    yield timed(project, "experiments", "verify")
    yield timed(project, "experiments", "status")
    yield {**timed(project, "report", "render", "--engine", "press", name="render"), **written(project)}


def with_studies(scratch: Path, size: int) -> Iterator[dict]:
    """So many adopted studies of 20 examples, and one chapter that shows one of them."""
    project = new_project(scratch)
    write_chapters(project, ["study-0"])
    adopt_many(project, size)
    yield timed(project, "experiments", "verify")
    yield timed(project, "experiments", "status")
    run(project, "report", "render", "--engine", "press")
    yield {
        **timed(project, "report", "render", "--engine", "press", name="render, nothing changed"),
        **written(project),
    }


def with_chapters(scratch: Path, size: int) -> Iterator[dict]:
    """So many chapters that show one study each, of ten."""
    project = new_project(scratch)
    adopt_many(project, 10)
    write_chapters(project, [f"study-{number % 10}" for number in range(size)])
    yield timed(project, "experiments", "status")
    yield {**timed(project, "report", "render", "--engine", "press", name="render"), **written(project)}
    yield timed(project, "report", "render", "--engine", "press", name="render, nothing changed")


def new_project(scratch: Path) -> Path:
    """A project as `report new` writes it."""
    run(scratch, "report", "new", "project")
    return scratch / "project"


def adopt_many(project: Path, count: int) -> None:
    """Adopt one small file under so many names, in processes that import once."""
    write_rows(project.parent / "few.csv", 20)
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as workers:
        list(workers.map(_adopt, [project] * count, range(count), chunksize=10))


def _adopt(project: Path, number: int) -> None:
    from experiments.cli.app import main as experiments

    os.chdir(project)
    sys.argv = ["experiments", "adopt", "../few.csv", "--study", f"study-{number}", "--map", MAPPED]
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        try:
            experiments()
        except SystemExit as stop:
            if stop.code:
                raise RuntimeError(f"adopting study-{number} ended with {stop.code}") from None


def write_chapters(project: Path, studies: list[str]) -> None:
    """Make the book one of chapters that show a value of a study each."""
    for old in project.glob("report/*.qmd"):
        old.unlink()
    names = ["index", *(f"chapter-{number}" for number in range(1, len(studies)))]
    files = ["index.qmd", *(f"report/{name}.qmd" for name in names[1:])]
    for number, (name, file, study) in enumerate(zip(names, files, studies, strict=True), 1):
        (project / file).write_text(CHAPTER.format(number=number, name=name, study=study), "utf-8")
    config = project / "_quarto.yml"
    head, _, rest = config.read_text("utf-8").partition("  chapters:\n")
    rest = rest.partition("  sidebar:\n")[2]
    listed = "".join(f"    - {file}\n" for file in files)
    config.write_text(f"{head}  chapters:\n{listed}  sidebar:\n{rest}", "utf-8")


def timed(project: Path, *command: str, name: str = "") -> dict:
    """A command's CPU time with all that it starts, and the largest memory of one of its processes."""
    program = [sys.executable, MEASURED, *command]
    took = json.loads(subprocess.run(program, cwd=project, check=True, capture_output=True, text=True).stdout)
    code, said = took.pop("code"), took.pop("said")
    if code and command[1] not in ("status", "verify"):
        raise SystemExit(f"{' '.join(command)} ended with {code}: {said}")
    return {"command": name or command[1], **took, "pages": None, "facts": None}


def written(project: Path) -> dict:
    """The size of the pages, and of the lists of what they show."""
    site = project / "_site"
    facts = [site / "facts.json", *(site / "facts").glob("*.json")]
    return {
        "pages": sum(path.stat().st_size for path in site.rglob("*.html")) / MIB,
        "facts": sum(path.stat().st_size for path in facts) / MIB,
    }


def run(folder: Path, *command: str) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-300:]}")


if __name__ == "__main__":
    main()
