"""What a model answers and a judge replies, in the project of the strings: each string is said once by both.

The answers of exits and the spans of answered questions are frozen as their systems freeze them; the verdicts are made
by the command, which asks an endpoint on this machine.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from analysis.chapters.early_exit.answers import LONGEST
from analysis.facts.escape import clean
from analysis.texts.join import LONGEST as LONGEST_TEXT
from experiments.judging.judge import shown as shown_reply
from experiments.tables.digest import sha256_bytes
from tests.conftest import freeze_rows
from tests.hardening.endpoint import endpoint
from tests.hardening.strings_browser import Seen, one_line

CHAPTER = """\
# What was said {#sec-said}

```{python}
import said
from analysis.facts import open_chapter

page = open_chapter("said", unmarked="measured")
```

```{python}
#| output: asis
print(said.tabulate(page))
```
"""
PLACES = '''\
"""Each string as models and judges said it, by the functions that the chapters show them with."""

from analysis.chapters.early_exit.answers import answer as of_exit
from analysis.chapters.failure_cases.examples import answer as of_question
from analysis.chapters.floats import join
from analysis.texts import texts_of


def tabulate(page, at_once=NUMBER-AT-ONCE):
    answers, examples = page.table("left/answers"), page.table("asked/examples")
    replies = page.table("judged/verdicts").where(source="answers", order="answer-first")
    texts, rows = texts_of(page, examples), list(answers)
    by_id = {name: {row["id"].data: row for row in of} for name, of in (("asked", examples), ("judged", replies))}
    return join(
        page.tabulate(
            rows[first : first + at_once],
            label=f"tbl-said-{first // at_once + 1}",
            columns={
                "Id": "id",
                "Answer": lambda row: of_exit(page, row),
                "Span": lambda row: of_question(texts, by_id["asked"][row["id"].data], "after"),
                "Reply": lambda row: by_id["judged"][row["id"].data]["raw"],
            },
            caption="What was said.",
        )
        for first in range(0, len(rows), at_once)
    )
'''
DATA = {
    "told": "kind: instruction\nfields: {instruction: instruction, input: input, output: output}\n"
    "splits: {all: told.json}\n",
    "asked": "kind: question\nsplits: {all: asked.json}\n",
}
ANSWERS = dict.fromkeys(("model", "stage", "run", "id", "text"), "string") | {"depth": "integer"}
KEY = ("model", "stage", "run", "depth", "id")
BEFORE = "Here stands "
EXAMPLES = {"id": "string", "after_answered": "boolean", "after_start": "integer", "after_end": "integer"}
Check = Callable[[int, str], str | None]
_NUMBER = re.compile(r"Say text (\d+)\.")


def write_answers(root: Path, texts: Sequence[str], at_once: int) -> None:
    """Write the chapter and what it shows but the verdicts: data, tables of answers and the study of a judge."""
    ids = [f"all-{number}" for number in range(1, len(texts) + 1)]
    told = [
        {"instruction": f"Say text {number}.", "input": "", "output": "Anything."}
        for number, _ in enumerate(texts, start=1)
    ]
    questions = [
        {
            "title": "Texts",
            "paragraphs": [
                {
                    "context": f"{BEFORE}{text}, and no more.",
                    "qas": [{"id": name, "question": "What stands here?", "answers": [], "is_impossible": True}],
                }
            ],
        }
        for name, text in zip(ids, texts, strict=True)
    ]
    for name, content in (("told", told), ("asked", {"version": "v2.0", "data": questions})):
        (root / "experiments" / "registry" / "data" / f"{name}.yaml").write_text(DATA[name], "utf-8")
        (root / "data" / f"{name}.json").write_text(json.dumps(content), "utf-8")
    book = root / "_quarto.yml"
    book.write_text(book.read_text("utf-8").replace("strings.qmd]", "strings.qmd, report/said.qmd]"), "utf-8")
    (root / "report" / "said.qmd").write_text(CHAPTER, "utf-8")
    (root / "said.py").write_text(PLACES.replace("NUMBER-AT-ONCE", str(at_once)), "utf-8")
    (root / "lockfiles" / "experiments.txt").write_text("numpy==2.4.6\n", "utf-8")
    frozen = root / "experiments" / "frozen"
    given = {"model": "small", "stage": "base", "run": "all", "depth": 1}
    rows = [given | {"id": name, "text": text} for name, text in zip(ids, texts, strict=True)]
    columns = [{"name": name, "type": kind, "meaning": f"the {name}"} for name, kind in ANSWERS.items()]
    table = {"title": "answers", "key": list(KEY), "columns": columns}
    left = {"study": "left", "title": "Answers", "system": "script", "programs": ["said.py"], "run": ["{python}"]}
    left["tables"] = {"answers": table}
    (root / "experiments" / "studies" / "left.yaml").write_text(yaml.safe_dump(left), "utf-8")
    freeze_rows(frozen, "left/answers", "measured", KEY, ANSWERS, rows, _made_from(root, "told"), "cpu")
    rows = [
        {"id": name, "after_answered": True, "after_start": len(BEFORE), "after_end": len(BEFORE) + len(text)}
        for name, text in zip(ids, texts, strict=True)
    ]
    freeze_rows(frozen, "asked/examples", "measured", ("id",), EXAMPLES, rows, _made_from(root, "asked"), "cpu")


def _made_from(root: Path, name: str) -> dict[str, str]:
    return {f"{name}/all": sha256_bytes((root / "data" / f"{name}.json").read_bytes())}


def checks(site: Path, seen: Seen, texts: Sequence[str]) -> Iterator[tuple[str, Check]]:
    """For each of what was said a function that tells what is wrong with the string of a number there."""
    facts = json.loads((site / "facts" / "said.json").read_bytes())["facts"]
    listed = {(fact["how"].partition("[")[0], fact["text"]) for fact in facts}
    index = one_line(" ".join(entry["text"] for entry in seen.index))

    def check(cells: Sequence[str], wanted: Callable[[str], str], column: str | None) -> Check:
        def in_place(number: int, text: str) -> str | None:
            shown, there = wanted(texts[number]), cells[number] if number < len(cells) else None
            if there is None or one_line(there) != one_line(shown):
                return f"reads {there!r}"
            if column and shown.strip() and (column, shown) not in listed:
                return "not in facts.json"
            return None if one_line(shown) in index else "not in the index"

        return in_place

    yield "answer of a model", check(seen.answers, _answer, "text")
    yield "answer to a question", check(seen.spans, _span, None)  # whose text is the data set's, and no fact
    yield "verdict of a judge", check(seen.replies, _reply, "raw")
    pages = {one_line(cell) for cell in seen.judged}
    yield (
        "page of verdicts",
        lambda number, _: None if one_line(_reply(texts[number])) in pages else "in no row of the page",
    )


def _answer(text: str) -> str:
    shown = clean(text)
    return f"{shown[:LONGEST].rstrip()}…" if len(shown) > LONGEST else shown


def _span(text: str) -> str:
    shown = clean(text)
    return f"{shown[:LONGEST_TEXT].rsplit(' ', 1)[0]} …" if len(shown) > LONGEST_TEXT else shown


def _reply(text: str) -> str:
    return clean(shown_reply(text))


@contextmanager
def judged(root: Path, texts: Sequence[str]) -> Iterator[str]:
    """The name of a study whose judge replies to the n-th instruction with the n-th text."""

    def reply(asked: str) -> str:
        number = _NUMBER.search(asked)
        return texts[int(number[1]) - 1] if number else "right"

    with endpoint(reply) as address:
        judge = {"kind": "endpoint", "name": "remote", "base_url": address, "model": "small"}
        answers = {"table": "left/answers", "data": {"name": "told"}, "split": "all"}
        settings = {"answers": answers, "prompt": "Right or wrong?\n{material}\nVerdict:", "judges": [judge]}
        study = {"study": "judged", "title": "Judged", "system": "judging", "profiles": {"cpu": settings}}
        (root / "experiments" / "studies" / "judged.yaml").write_text(yaml.safe_dump(study), "utf-8")
        yield "judged"
