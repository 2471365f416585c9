"""scitexlintr: a report in HTML whose numbers are spans that name an entry of a manifest."""

import hashlib
import json
from pathlib import Path

from tests.faults.peers.peer import Peer

FIGURE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="130"
aria-label="Two bars of right answers before and after">
<rect x="40" y="70" width="40" height="30" fill="#0072B2"/><text x="45" y="115">before</text>
<rect x="100" y="30" width="40" height="70" fill="#E69F00"/><text x="105" y="115">after</text>
</svg>
"""
VALUES = {"n_examples": 8, "before_right": 3, "after_right": 7, "difference": 4, "epochs": 2}
DERIVED = {
    "before_accuracy": {"value": 0.375, "unit": "percent", "precision": 1},
    "after_accuracy": {"value": 0.875, "unit": "percent", "precision": 1},
    "latency": {"value": 31.4, "unit": "decimal", "precision": 1},
}
REPORT = """\
<!doctype html>
<html lang="en"><head><title>Fine-tuning a small model</title></head>
<body>
<h1>Fine-tuning a small model</h1>
<!-- Written for the course. -->
<p>Small models are often tuned on a single task, and this one was too.</p>
<p>We trained for <span data-sci-val="epochs">2</span> epochs,
and scored each of <span data-sci-val="n_examples">8</span> examples once.</p>
<h2>Results</h2>
<p>The model answered <span data-sci-val="before_right">3</span> examples correctly before
and <span data-sci-val="after_right">7</span> after fine-tuning,
or <span data-sci-val="before_accuracy">37.5%</span> and <span data-sci-val="after_accuracy">87.5%</span> of them.</p>
<p>The model is better after fine-tuning by <span data-sci-val="difference">4</span> answers,
and one answer took <span data-sci-val="latency">31.4</span> ms.</p>
<figure data-sci-fig="scores" data-sha256="{figure}" data-content-sha256="{content}">
<div class="sci-media"><!-- sci-media -->{media}<!-- /sci-media --></div>
<figcaption>Right answers of each stage, drawn as bars.</figcaption>
</figure>
<h2>Discussion</h2>
<p>The accuracy rises with fine-tuning in this model, and what holds for it need not hold for others.</p>
</body></html>
"""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make(root: Path) -> None:
    """Write the report, its manifest and its figure."""
    (root / "figures").mkdir()
    (root / "figures" / "scores.svg").write_text(FIGURE)
    numbers = [{"id": name, "value": value} for name, value in VALUES.items()]
    numbers += [{"id": name, **entry} for name, entry in DERIVED.items()]
    figures = [{"id": "scores", "path": "figures/scores.svg", "sha256": sha256(FIGURE)}]
    (root / "manifest.json").write_text(json.dumps({"numbers": numbers, "figures": figures}, indent=1))
    (root / "report.html").write_text(REPORT.format(figure=sha256(FIGURE), content=sha256(FIGURE), media=FIGURE))


def span(key: str, shown: str) -> str:
    return f'<span data-sci-val="{key}">{shown}</span>'


SHOWN = {name: str(value) for name, value in VALUES.items()}
SHOWN |= {"before_accuracy": "37.5%", "after_accuracy": "87.5%", "latency": "31.4"}

PEER = Peer(
    tool="scitexlintr",
    command=("scitexlintr", "report.html", "--manifest=manifest.json"),
    make=make,
    alarm=r"^(?P<place>report\.html:\d+:\d+: \[[\w-]+\])",
    text="report.html",
    prose=r"(?<=<p>)[A-Z][^\n<>]{40,}\.(?=</p>)",
    title=r"(?<=<h[12]>)[^<]+(?=</h[12]>)",
    value=r'<span data-sci-val="\w+">[^<]+</span>',
    values=SHOWN,
    bound='<span data-sci-val="{key}">{shown}</span>',
    captions=(("report.html", "Right answers of each stage"), ("report.html", "drawn as bars")),
    alternatives=(("report.html", "Two bars of right answers before"),),
    numbers={
        "a value of a sidecar": ("manifest.json", r'(?<="value": )[\d.]+'),
        "a page of an earlier version": ("report.html", r'(?<=height=")[37]0'),
    },
    comment={"report.html": "<!-- Written for the course. -->"},
    keys={},
)
