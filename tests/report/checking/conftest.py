"""A chapter that draws figures of a small table of scores, and a rendered site of the small project."""

import html
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.facts import Chapter, open_chapter
from analysis.figures.drawn import Drawn
from report.checking.figures import FigureFinding, check_figures
from report.rendering.project import load_project
from tests.report.checking.sites import Site

CHAPTER = """# Story

```{python}
#| label: fig-scores
print(page.figure(drawn, label="fig-scores", caption="Scores."))
```
"""
NUMBER = {"type": "number", "decimals": 3}
COLUMNS = {
    "model": "string",
    "stage": "string",
    "layer": "integer",
    "accuracy": {**NUMBER, "meaning": "share of examples that are answered right", "direction": "higher"},
    "accuracy_low": {**NUMBER, "meaning": "lower bound of its interval", "lower_bound_of": "accuracy"},
    "accuracy_high": {**NUMBER, "meaning": "upper bound of its interval", "upper_bound_of": "accuracy"},
    "f1": {**NUMBER, "meaning": "harmonic mean of precision and recall", "direction": "higher"},
    "loss": {**NUMBER, "meaning": "cross-entropy", "direction": "lower"},
}
ROWS = [
    ("tiny-1b", "before", 0.5),
    ("tiny-1b", "after", 0.75),
    ("small-2b", "before", 0.61),
    ("small-2b", "after", 0.9),
]


@pytest.fixture
def story(tmp_path: Path, write_table, monkeypatch) -> Chapter:
    """A chapter `story` that is running; `rows` of its table `runs/scores` are those of two models at two stages."""
    (tmp_path / "_quarto.yml").write_text(
        "project: {type: book}\nbook: {title: Book, chapters: [index.qmd, story.qmd]}\n"
    )
    (tmp_path / "index.qmd").write_text("# Preface\n")
    (tmp_path / "story.qmd").write_text(CHAPTER)
    rows = [
        {
            "model": model,
            "stage": stage,
            "layer": 4,
            "accuracy": score,
            "accuracy_low": score - 0.05,
            "accuracy_high": score + 0.05,
        }
        | {"f1": score - 0.1, "loss": 1 - score}
        for model, stage, score in ROWS
    ]
    write_table(tmp_path / "experiments" / "frozen", "runs/scores", "measured", ["model", "stage"], COLUMNS, rows)
    monkeypatch.chdir(tmp_path)
    for name in ("COLOPHON_FROZEN", "COLOPHON_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    return open_chapter("story")


@pytest.fixture
def findings(story: Chapter, tmp_path: Path) -> Callable[..., list[FigureFinding]]:
    """A function that puts a drawing into the site, as the function `changed` gives it, and checks it."""

    def check(drawn: Drawn, changed: Callable[[str], str] = lambda svg: svg) -> list[FigureFinding]:
        story.figure(drawn, label="fig-scores", caption="Scores.")
        svg = (tmp_path / "report" / "figures" / "story-scores.svg").read_text()
        project = load_project(tmp_path)
        shown = project.output_dir / "report" / "figures" / "story-scores.svg"
        shown.parent.mkdir(parents=True)
        shown.write_text(changed(svg))
        alt = html.escape(drawn.alt)
        image = f'<figure id="fig-scores"><img src="report/figures/story-scores.svg" alt="{alt}"></figure>'
        (project.output_dir / "story.html").write_text(f"<!doctype html><html><body>{image}</body></html>")
        return list(check_figures(project, "quarto"))

    return check


@pytest.fixture
def site(project) -> Site:
    return Site(project)


@pytest.fixture
def allow(project) -> Callable[[str], None]:
    """A function that writes `report/allowed.yaml`."""
    return lambda text: (project.root / "report" / "allowed.yaml").write_text(text) and None
