"""The frozen studies that a chapter shows: told apart by their tables, in the order and by the names of their YAML."""

import re
from collections import Counter
from collections.abc import Collection

from analysis.chapters.adopted.sides import pairs_of_sides
from analysis.chapters.common import Classifier, Study
from analysis.facts import Chapter
from analysis.sources import transcribed
from experiments.tables.presentation import Presented, read_presented

CLASSIFICATION = ("confusion", "scores")
REGRESSION = ("values",)
LEFT_OUT = ("left-out",)
ADOPTED_ANSWERS = ("answers", "scores")
ANSWERING = ("thresholds", "scores", "tests")
PROBING = ("layers", "anomalies", "inputs")
EARLY_EXITS = ("baselines", "probabilities", "scores")
JUDGING = ("verdicts", "agreement", "accuracy")
COUNTS = ("counts",)
GEOMETRY = ("geometry",)
MISTAKES = ("mistakes", "miscounts")
LONGEST_TITLE = 64
"""Characters up to which the title of a study is its name; a study with a longer one goes by its own name."""


def classifiers(page: Chapter) -> list[Classifier]:
    """The studies of classifiers before and after fine-tuning; of adopted ones each pair of sides, or the only side."""
    found: list[Classifier] = []
    for study in frozen(page, CLASSIFICATION):
        if _has_sides(study):
            found += pairs_of_sides(study)
        elif study.has("tests"):
            found.append(Classifier(page, study.name, study.title, study.text, study.is_first))
    return found


def regressions(page: Chapter) -> list[Study]:
    """The studies of adopted values of regressions."""
    return frozen(page, REGRESSION)


def with_left_out(page: Chapter) -> list[Study]:
    """The studies of adopted predictions that had cells that are no label."""
    return frozen(page, LEFT_OUT)


def adopted_answers(page: Chapter) -> list[Study]:
    """The studies of adopted answers to questions."""
    return [study for study in frozen(page, ADOPTED_ANSWERS) if _has_sides(study)]


def question_answering(page: Chapter) -> list[Study]:
    """The studies of question answering before and after fine-tuning."""
    return frozen(page, ANSWERING)


def probing(page: Chapter) -> list[Study]:
    """The studies of probes of every layer."""
    return frozen(page, PROBING)


def early_exits(page: Chapter) -> list[Study]:
    """The studies of answers from early exits."""
    return frozen(page, EARLY_EXITS)


def judging(page: Chapter) -> list[Study]:
    """The studies of judged answers."""
    return frozen(page, JUDGING)


def parameter_counts(page: Chapter) -> list[Study]:
    """The studies of exact parameter counts."""
    return frozen(page, COUNTS)


def published(page: Chapter) -> list[Study]:
    """The studies of figures that somebody published."""
    return arrange(page, transcribed(page))


def geometry(page: Chapter) -> list[Study]:
    """The studies of steps of full-size models, for their time and memory alone."""
    return frozen(page, GEOMETRY)


def mistakes(page: Chapter) -> list[Study]:
    """The studies of mistakes made on purpose."""
    return frozen(page, MISTAKES)


def frozen(page: Chapter, needed: Collection[str]) -> list[Study]:
    """The studies that have all the `needed` tables and are not left out by their key `report: {show: false}`."""
    tables: dict[str, set[str]] = {}
    for study, _, table in (each.partition("/") for each in page.table_ids()):
        tables.setdefault(study, set()).add(table)
    return arrange(page, [name for name, found in tables.items() if found.issuperset(needed)])


def arrange(page: Chapter, names: Collection[str]) -> list[Study]:
    """The studies of these names as the chapter shows them; those of one heading are told apart by their names."""
    presented = {name: read_presented(name) for name in names}
    shown = [name for name, each in presented.items() if each.report.show]
    shown.sort(key=lambda name: (presented[name].report.order, _natural(name)))
    titles = {name: _title(name, presented[name]) for name in shown}
    times = Counter(titles.values())
    found = []
    for position, name in enumerate(shown):
        title = titles[name] if times[titles[name]] == 1 else f"{titles[name]} ({name})"
        text = _typeset(_visible(presented[name].report.phrase) or title)
        found.append(Study(page, name, title, text, position == 0, is_only=len(shown) == 1))
    return found


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts names as people do: `task-2` before `task-10`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _title(name: str, presented: Presented) -> str:
    title = _visible(presented.title) or name
    return _typeset(_visible(presented.report.heading) or (title if len(title) <= LONGEST_TITLE else name))


def _visible(text: str | None) -> str | None:
    """The text; None where it is blank, which no heading may be."""
    return text if text and text.strip() else None


def _typeset(text: str) -> str:
    """A text with the apostrophes of print."""
    return re.sub(r"(?<=[^\W\d_])'(?=[^\W\d_])|(?<=s)'(?=\s)", "\N{RIGHT SINGLE QUOTATION MARK}", text)


def _has_sides(study: Study) -> bool:
    return "side" in study.table("scores").columns
