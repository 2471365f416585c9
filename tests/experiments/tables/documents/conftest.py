"""One small paper in four formats, and a study that transcribes it."""

from types import SimpleNamespace

import pytest

MARKDOWN = """\
# A small paper

## 1. Setup

- Model of 1.2 Billion parameters, of which 5.6 million (LoRA) are trained.
  - The rank is 16.
- It was trained for 2 epochs on **1,000** examples; see [the code](https://example.org/code/77).

## 2. Results

The accuracy drops by −3.2 points, which is **not significant** at the level of 5 %.
Fine-tuning clearly helps a little on every data set that we tried.

Scores of the base model

| Layer    | BLEU     | ROUGE-L | Note |
|----------|----------|---------|------|
| Layer 8  | 0.503511 | 0.478649 | 30% |
| Layer 16 | 0.486005 | 0.427759 | 0   |

Scores of the tuned model

| Layer    | BLEU     | ROUGE-L | Note |
|----------|----------|---------|------|
| Layer 8  | 0.499891 | 0.541094 | 0   |
| Layer 16 | 0.499891 | 0.566753 | 40% |

## 3. Conclusion

EM: 26.27 %, F1: 26.44 %.
"""

HTML = """\
<!doctype html><html><head><title>A small paper 99</title><style>.x{margin:88px}</style></head><body>
<h1>A small paper</h1><h2>1. Setup</h2>
<ul><li>Model of 1.2&nbsp;Billion parameters, of which 5.6&#8239;million (LoRA) are trained.
<ul><li>The rank is 16.</li></ul></li>
<li>It was trained for 2 epochs on <b>1&#8201;000</b> examples;
see <a href="https://example.org/77">the code</a>.</li></ul>
<h2>2. Results</h2>
<p>The accuracy drops by &minus;3.2 points, which is <b>not sig&shy;nificant</b> at the level of 5&nbsp;%.
Fine-tuning clearly helps a little on every data set that we tried.</p>
<table><caption>Scores of the base model</caption>
<thead><tr><th>Layer</th><th>BLEU</th><th>ROUGE-L</th><th>Note</th></tr></thead><tbody>
<tr><td>Layer 8</td><td>0.503511</td><td>0.478649</td><td>30%</td></tr>
<tr><td>Layer 16</td><td><p>0.486005</p></td><td>0.427759</td><td>0</td></tr></tbody></table>
<table><caption>Scores of the tuned model</caption>
<tr><th>Layer</th><th>BLEU</th><th>ROUGE-L</th><th>Note</th></tr>
<tr><td>Layer 8</td><td>0.499891</td><td>0.541094</td><td>0</td></tr>
<tr><td>Layer 16</td><td>0.499891</td><td>0.566753</td><td>40%</td></tr></table>
<h2>3. Conclusion</h2><p>EM: 26.27 %, F1: 26.44 %.</p></body></html>
"""

TYPST = """\
#set page(columns: 2, height: 12cm)
#set par(justify: true)
= A small paper
== 1. Setup
- Model of 1.2 Billion parameters, of which 5.6 million (LoRA) are trained.
  - The rank is 16.
- It was trained for 2 epochs on *1,000* examples; see #link("https://example.org/77")[the code].
== 2. Results
The accuracy drops by −3.2 points, which is *not signifi-?cant* at the level of 5 %.
Fine-tuning clearly helps a little on every data set that we tried.

Scores of the base model
#table(columns: 4, [Layer], [BLEU], [ROUGE-L], [Note], [Layer 8], [0.503511], [0.478649], [30%],
  [Layer 16], [0.486005], [0.427759], [0])
Scores of the tuned model
#table(columns: 4, [Layer], [BLEU], [ROUGE-L], [Note], [Layer 8], [0.499891], [0.541094], [0],
  [Layer 16], [0.499891], [0.566753], [40%])
== 3. Conclusion
EM: 26.27 %, F1: 26.44 %.
"""

TEXT = (
    MARKDOWN.replace("## ", "Section ")
    .replace("# ", "")
    .replace("**", "")
    .replace("[the code](https://example.org/code/77)", "the code")
    .replace("1. Setup", "1: Setup")
    .replace("2. Results", "2: Results")
    .replace("3. Conclusion", "3: Conclusion")
)

STUDY = """\
study: a-paper
system: published
title: A small paper
sources:
  paper: {title: A small paper, place: whole text}
figures:
  - {figure: total, quantity: total_parameters, printed: 1.2 Billion, printed_unit: count, place: "Setup, first point"}
  - {figure: trained, quantity: trained, printed: 5.6 million, printed_unit: count, place: "Section 1, first point"}
  - {figure: rank, quantity: rank, printed: "16", printed_unit: count, place: "Setup, first point"}
  - {figure: epochs, quantity: epochs, printed: "2", printed_unit: count, place: "Setup, last point"}
  - {figure: samples, quantity: samples, printed: "1,000", printed_unit: count, place: "Setup, second point"}
  - {figure: drop, quantity: drop, printed: "-3.2", printed_unit: score, place: Results}
  - {figure: method, quantity: method, printed: LoRA, printed_unit: text, place: Setup}
  - {figure: curve, quantity: curve, printed: "0.77", printed_unit: score, place: Results, shown_as: image}
grids:
  - figure: base-{quantity}-{layer}
    shared: {printed_unit: fraction, method: base, place: "Results, Scores of the base model"}
    rows: layer
    columns: {quantity: [bleu, rouge_l]}
    printed:
      8: ["0.503511", "0.478649"]
      16: ["0.486005", "0.427759"]
  - figure: em-{quantity}
    shared: {printed_unit: percent, place: Conclusion}
    rows: quantity
    printed:
      exact_match: ["26.27%"]
      f1: ["26.44%"]
claims:
  - claim: helps
    statement: So it is.
    quote: Fine-tuning clearly helps […] on every data set that we tried.
    place: Results
    predicate: rises
    of: {quantity: bleu}
    along: layer
"""

NAMES = {"a-paper.md": MARKDOWN, "a-paper.html": HTML, "a-paper.txt": TEXT}


@pytest.fixture(scope="session")
def pdf() -> bytes:
    """The paper as a PDF of two columns."""
    import typst

    return typst.compile(TYPST.replace("signifi-?cant", "significant").encode())


@pytest.fixture
def paper(project, experiments, monkeypatch, pdf):
    """A project with the study and no other; `write` puts the document there, `look_up` gives the lines of `verify`."""
    monkeypatch.delenv("COLOPHON_DOCUMENTS_DIR", raising=False)
    project.study.unlink()
    study = project.study.with_name("a-paper.yaml")
    study.write_text(STUDY, "utf-8")
    folder = project.folder / "documents"

    def write(name: str = "a-paper.md", old: str = "", new: str = "") -> None:
        folder.mkdir(exist_ok=True)
        if name.endswith(".pdf"):
            (folder / name).write_bytes(pdf)
            return
        assert old in NAMES[name]
        (folder / name).write_text(NAMES[name].replace(old, new) if old else NAMES[name], "utf-8")

    def change(old: str, new: str) -> None:
        """Mistype in the study, and freeze it again."""
        text = study.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        study.write_text(text.replace(old, new), "utf-8")
        freeze()

    def freeze() -> None:
        done = experiments("run", "a-paper")
        assert done.code == 0, done.err

    def look_up(*arguments: str):
        done = experiments("verify", *arguments)
        errors = [line.removeprefix("error: ") for line in done.err.splitlines() if line.startswith("error: ")]
        notes = [line.removeprefix("note: ") for line in done.err.splitlines() if line.startswith("note: ")]
        assert (done.code == 0) == (not errors)
        return SimpleNamespace(errors=errors, notes=notes, said=done.out.splitlines())

    return SimpleNamespace(
        project=project, study=study, folder=folder, write=write, change=change, freeze=freeze, look_up=look_up
    )
