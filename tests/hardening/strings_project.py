"""A small report that shows a list of strings in every place where a text out of a table, a study or a file stands."""

import csv
import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from experiments.tables.digest import sha256_bytes
from tests.conftest import freeze_rows
from tests.faults.copies import PROJECT

CONFIG = """\
project: {type: book, output-dir: _site, execute-dir: project}
metadata-files: [_ledger/version.yml]
book: {title: Strings, author: A. Author, output-file: report, chapters: [index.qmd, report/strings.qmd]}
execute: {echo: false}
"""
INDEX = """\
# Summary {.unnumbered}

This report shows texts that are no markup, whatever they look like.

::: {.gathered-claims}
:::
"""
CHAPTER = """\
# Strings {#sec-strings}

```{python}
import places
from analysis.facts import open_chapter

page = open_chapter("strings", unmarked="reported")
texts = page.table("strings/texts")
first = texts.rows[0]
```

Inline stands `{python} page.text(first["text"])` once.

## In a table {#sec-table}

```{python}
#| output: asis
print(places.tabulate(page, texts))
```

## In sentences {#sec-sentences}

```{python}
#| output: asis
print(places.say(page, texts))
```

## In captions {#sec-captions}

```{python}
#| output: asis
print(places.caption(page, texts))
```

## In figures {#sec-figures}

```{python}
#| output: asis
print(places.draw(page, texts))
```

## In titles {#sec-titles}

```{python}
#| output: asis
print(places.head(page))
```
"""
PLACES = '''\
"""Each string in each place."""

from analysis.chapters.floats import join
from analysis.chapters.studies import frozen
from analysis.figures.intervals import intervals
from analysis.figures.lines import Estimate
from analysis.texts import texts_of

AT_ONCE = NUMBER-AT-ONCE


def in_parts(texts):
    rows = list(texts)
    return enumerate((rows[first : first + AT_ONCE] for first in range(0, len(rows), AT_ONCE)), 1)


def tabulate(page, texts):
    read = texts_of(page, texts)
    return join(
        page.tabulate(
            part,
            label=f"tbl-texts-{number}",
            columns={
                "Number": "number",
                "Text": "text",
                "Example": read,
            },
            caption="Texts in a table.",
        )
        for number, part in in_parts(texts)
    )


def say(page, texts):
    return join(
        page.say(
            "Text {number} reads {text} to its end.",
            number=row["number"],
            text=row["text"],
            rests_on=[row["number"] > 0],
        )
        for row in texts
    )


def caption(page, texts):
    return join(
        page.tabulate(
            [row],
            label=f"tbl-caption-{row['number'].data}",
            columns={"Number": "number"},
            caption=page.caption("The caption reads {text}.", text=row["text"]),
        )
        for row in texts
    )


def draw(page, texts):
    return join(
        page.figure(
            intervals([Estimate(str(row["text"].data), row["number"]) for row in part], axis="number"),
            label=f"fig-texts-{number}",
            caption="Texts as names.",
        )
        for number, part in in_parts(texts)
    )


def head(page):
    return join(f"### {study.shown} {{.unnumbered}}" for study in frozen(page, ("named",)))
'''
AT_ONCE = 30
"""Strings in a table or figure."""
TEXTS = {"number": "integer", "id": "string", "text": "string"}
DATA = """\
kind: sentence
fields: {text: words}
labels: [a, b]
splits: {all: mine.jsonl}
"""


def write_project(root: Path, texts: Sequence[str]) -> None:
    """Write the project and freeze its tables: `texts` are the strings, numbered from 1."""
    for name, content in {
        ".gitignore": "/_site/\n/_ledger/\n/.press/\n",
        "_quarto.yml": CONFIG,
        "index.qmd": INDEX,
        "report/strings.qmd": CHAPTER,
        "experiments/registry/data/mine.yaml": DATA,
        "places.py": PLACES.replace("NUMBER-AT-ONCE", str(AT_ONCE)),
        "lockfiles/report.txt": "numpy==2.4.6\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")
    shutil.copytree(PROJECT / "_extensions", root / "_extensions")
    frozen = root / "experiments" / "frozen"
    rows = [{"number": number, "id": f"all-{number}", "text": text} for number, text in enumerate(texts, 1)]
    examples = "".join(json.dumps({"words": text, "label": "a"}) + "\n" for text in texts).encode()
    (root / "data").mkdir()
    (root / "data" / "mine.jsonl").write_bytes(examples)
    made_from = {"mine/all": sha256_bytes(examples)}
    freeze_rows(frozen, "strings/texts", "reported", ("number", "text"), TEXTS, rows, made_from)
    for row in rows:
        name = f"named-{row['number']}"
        freeze_rows(frozen, f"{name}/named", "reported", ("number",), {"number": "integer"}, [{"number": 1}])
        study = {"study": name, "title": row["text"], "report": {"order": row["number"]}}
        path = root / "experiments" / "studies" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(study, allow_unicode=True), "utf-8")


def write_predictions(path: Path, texts: Sequence[str], *, as_id: bool) -> None:
    """Write predictions with each text as an id, or as a prediction that is no label."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["id", "gold", "before", "after"])
    for number, text in enumerate(texts, 1):
        writer.writerow([text if as_id else f"example-{number}", "right", text if not as_id else "wrong", "right"])
    writer.writerow(["the-last", "wrong", "wrong", "wrong"])
    path.write_bytes(written.getvalue().encode("utf-8", "surrogatepass"))
