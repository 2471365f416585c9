"""manuscript-guard: a paper in Markdown whose numbers are bindings into results that a script wrote."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.faults.peers.peer import Peer

PAPER = """\
schema: manuscript-guard/paper/1
title: "Fine-tuning a small model"
english_variant: en-GB
stage: drafting
reporting_guideline: []
conventions: []
terms: []
"""
DATA = "example,before,after\n" + "".join(
    f"{n},{before},{after}\n" for n, (before, after) in enumerate(("01", "11", "01", "00", "11", "01", "11", "01"), 1)
)
SCRIPT = '''\
"""Scores before and after fine-tuning."""
import csv
from pathlib import Path

from manuscript_guard.emit import Emitter

# One row for each example.
rows = list(csv.DictReader((Path(__file__).parents[1] / "data" / "scores.csv").open()))
em = Emitter(__file__, inputs=["data/scores.csv"])
n = len(rows)
before, after = (sum(int(row[name]) for row in rows) for name in ("before", "after"))
rate = em.parameter("learning_rate", 0.0005, digits=4)
epochs = em.parameter("epochs", 2)
steps = n * epochs * rate
em.value("examples.n", n)
em.value("before.right", before)
em.value("after.right", after)
em.value("before.accuracy", 100 * before / n, digits=1, unit="%", of="before.right", over="examples.n")
em.value("after.accuracy", 100 * after / n, digits=1, unit="%", of="after.right", over="examples.n")
em.value("difference", after - before)
em.value("latency", 31.4, digits=1, unit="ms")
em.relation("difference", "difference", ["after.right", "before.right"])
em.table("scores", ["Stage", "Right"], [["before", before], ["after", after]], caption="Right answers of each stage.")
em.write()
'''
MANUSCRIPT = """\
---
title: "Fine-tuning a small model"
---

# Introduction

Small models are often tuned on a single task.
An earlier study found an accuracy of {{lit.earlier.accuracy}}% after fine-tuning [@earlier2020].

# Methods

We trained for {{results.param.epochs}} epochs at a learning rate of {{results.param.learning_rate}},
and scored each of {{results.examples.n}} examples once.
The text of each example was shown as it stands, and the answer was read from the label.

# Results

Of {{results.examples.n}} examples, the model answered {{results.before.right}} correctly before
and {{results.after.right}} after fine-tuning, or {{results.before.accuracy}}% and {{results.after.accuracy}}% of them.
The model is better after fine-tuning by {{results.difference}} answers.
One answer took {{results.latency}} ms. {{ref.table.scores}} lists the counts, and {{ref.figure.scores}} draws them.

{{table.scores}}

{{figure.scores}}

{{ref.figure.scores}}. Right answers of each stage, drawn as bars.

# Discussion

The accuracy rises with fine-tuning in this model. What holds for it need not hold for others.
"""
SOURCE = """\
Fine-tuning and its limits. On the test set the tuned model reaches an accuracy of 81.4% over three seeds.
"""
LEDGER = """\
schema: manuscript-guard/ledger/1
entries:
  - key: earlier.accuracy
    value: 81.4
    digits: 1
    unit: "%"
    citekey: earlier2020
    depth: full-text
    source_file: sources/earlier2020.txt
    locator: p. 1
    quote: the tuned model reaches an accuracy of 81.4% over three seeds
"""
BIBLIOGRAPHY = """\
@article{earlier2020,
  title = {Fine-tuning and its limits},
  author = {Author, Anna},
  journal = {Journal of Examples},
  year = {2020}
}
"""
FIGURE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="130">
<rect x="40" y="70" width="40" height="30" fill="#0072B2"/><text x="45" y="115" font-size="9">before</text>
<rect x="100" y="30" width="40" height="70" fill="#E69F00"/><text x="105" y="115" font-size="9">after</text>
</svg>
"""
ABOUT_FIGURE = """\
schema: manuscript-guard/figure/1
alt: Two bars, of the right answers before and after fine-tuning.
"""
FILES = {
    "paper.yaml": PAPER,
    "data/scores.csv": DATA,
    "analysis/scores.py": SCRIPT,
    "manuscript/main.md": MANUSCRIPT,
    "literature/ledger.yaml": LEDGER,
    "literature/sources/earlier2020.txt": SOURCE,
    "literature/references.bib": BIBLIOGRAPHY,
    "figures/scores.svg": FIGURE,
    "figures/scores.guard.yaml": ABOUT_FIGURE,
}
TEXT = "manuscript/main.md"


def make(root: Path) -> None:
    """Write the project, and its results by its own script."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "results").mkdir()
    subprocess.run([sys.executable, "analysis/scores.py"], cwd=root, check=True, capture_output=True)
    shutil.rmtree(root / "__pycache__", ignore_errors=True)


PEER = Peer(
    tool="manuscript-guard",
    command=("manuscript-guard", "check", "."),
    make=make,
    alarm=r"^\s*\[(FAIL|WARN)\] (?P<place>G\d+ \S+)",
    text=TEXT,
    prose=r"[A-Z][^\n{}\[\]]{40,}\.$",
    title=r"^# \w+$",
    value=r"\{\{results\.[\w.]+\}\}",
    values={
        "results.before.right": "3",
        "results.after.right": "7",
        "results.before.accuracy": "37.5",
        "results.after.accuracy": "87.5",
        "results.difference": "4",
        "results.latency": "31.4",
        "results.examples.n": "8",
        "results.param.epochs": "2",
        "results.param.learning_rate": "0.0005",
    },
    bound="{{{{{key}}}}}",
    captions=(("analysis/scores.py", "Right answers of each stage."), (TEXT, "drawn as bars")),
    alternatives=(("figures/scores.guard.yaml", "Two bars, of the right answers"),),
    numbers={
        "a digit of a CSV": ("data/scores.csv", r"(?<=,)[01]$"),
        "a value of a sidecar": ("results/scores.json", r'(?<="value": )[\d.]+'),
        "a study's setting": ("analysis/scores.py", r"(?<=, )(0\.0005|2)\b"),
        "a transcribed figure": ("literature/ledger.yaml", r"(?<=value: )81\.4"),
        "a page of an earlier version": ("figures/scores.svg", r'(?<=height=")[37]0'),
    },
    comment={"analysis/scores.py": "# One row for each example.", "literature/ledger.yaml": "schema:"},
    keys={
        "paper.yaml": ("conventions: []\n", "terms: []\n"),
        "literature/ledger.yaml": ("    depth: full-text\n", "    locator: p. 1\n"),
    },
)
