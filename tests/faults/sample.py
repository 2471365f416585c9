"""A small project of one chapter, with a computed study, and a published one whose document is at hand."""

import shutil
from pathlib import Path

from tests.experiments.tables.documents.conftest import MARKDOWN, STUDY
from tests.faults.copies import PROJECT

CONFIG = """\
project: {type: book, output-dir: _site, execute-dir: project}
metadata-files: [_ledger/version.yml]
book: {title: Counts, author: A. Author, output-file: report, chapters: [index.qmd, report/counts.qmd]}
execute: {echo: false}
"""
COUNTS = """\
study: counts
system: parameters
title: Exact counts of two models

configurations:
  - {name: stories260k, model: stories260k}
  - {name: minilm-l6, model: minilm-l6, head: classification, labels: 2}
"""
CLAIMS = """\
  - claim: deeper-layers-score-less
    statement: The BLEU falls with depth.
    place: Results
    predicate: falls
    of: {quantity: bleu, method: base}
    along: layer
  - claim: rouge-is-less-than-bleu
    statement: ROUGE-L is lower than BLEU.
    place: Results
    predicate: less
    left: {quantity: rouge_l, layer: 8}
    right: {quantity: bleu, layer: 8}
"""
INDEX = """\
# Summary {.unnumbered}

This report counts two models, and says what another one printed about its own.
"""
CHAPTER = """\
# Counts {#sec-counts}

```{python}
import sentences
from analysis.facts import open_chapter

page = open_chapter("counts")
counts = page.table("counts/counts")
printed = page.table("a-paper/figures")
```

The parameters of both models are counted from their shapes alone, and no weights are loaded for it.

The paper prints `{python} page.show(printed.at(figure="epochs")["value"])` epochs, and describes its model.

## What they are made of {#sec-parts}

Each part of a model is shown with its share in the text that follows, and the sum stands at the end of a bar.

```{python}
#| output: asis
print(sentences.describe(page, counts))
print(sentences.draw(page, counts))
print(sentences.tabulate(page, counts))
```
"""
SENTENCES = '''\
"""What the chapter says."""

from analysis.figures.stacked import stacked_shares
from analysis.tables import column


def describe(page, counts):
    """Which of both has more parameters."""
    sums = [counts.at(configuration=name, component="total") for name in ("stories260k", "minilm-l6")]
    small, large = (row["logical_base"] for row in sums)
    return page.say(
        "The sentence encoder has {large:,} parameters, which is more than the {small:,} of the story writer.",
        large=large,
        small=small,
        rests_on=[large > small],
    )


def draw(page, counts):
    """Their parts as bars."""
    parts = counts.where(component=lambda part: part != "total")
    drawn = stacked_shares(parts, bars="configuration", parts="component", amount="logical_base", whole="parameters")
    return page.figure(drawn, label="fig-parts", caption="What the parameters of both models belong to, as shares.")


def tabulate(page, counts):
    """Their sums as a table."""
    return page.tabulate(
        counts.where(component="total"),
        label="tbl-sums",
        columns={
            "Configuration": column("configuration"),
            "Parameters": column("logical_base", ","),
            "Stored": column("stored", ","),
        },
        caption="The sums of both models, as they follow from the shapes of their weights.",
    )
'''
FILES = {
    ".gitignore": "/_site/\n/_ledger/\n/.press/\n/runs/\n/documents/\n/earlier/\n__pycache__/\n",
    "_quarto.yml": CONFIG,
    "index.qmd": INDEX,
    "report/counts.qmd": CHAPTER,
    "sentences.py": SENTENCES,
    "lockfiles/report.txt": "numpy==2.4.6\n",
    "experiments/studies/counts.yaml": COUNTS,
    "experiments/studies/a-paper.yaml": STUDY.replace("So it is.", "The BLEU rises with depth.") + CLAIMS,
    "documents/a-paper.md": MARKDOWN,
}
STUDIES = ("counts", "a-paper")


def write_sample(root: Path) -> None:
    """Write the project; nothing is frozen yet."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    shutil.copytree(PROJECT / "_extensions", root / "_extensions")
