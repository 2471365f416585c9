"""From the opinions of judges to the rows of the tables."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from experiments.judging.answers import ANSWERS, ECHO, EMPTY, Judged
from experiments.judging.labelled import Labelled
from experiments.judging.prompts import (
    ANSWER_FIRST,
    NO_ORDER,
    ORDERS,
    REFERENCE_FIRST,
    Pair,
    Question,
    question,
    skeleton,
)
from experiments.judging.running import Opinions
from experiments.judging.verdicts import INCONSISTENT, LABELS, MARKS, UNDECIDED, UNPARSED, Verdict, is_right, mark
from experiments.statistics.agreement import estimate_kappa
from experiments.statistics.proportions import wilson

ALL = "all"

Row = dict[str, object]
Said = list[tuple[Question, Verdict]]


def labelled_pair(example: Labelled) -> Pair:
    return Pair(example.instruction, example.input, example.reference, example.answer)


def prompt_rows(template: str) -> Iterator[Row]:
    """What every prompt is made of but the texts."""
    for order in ORDERS:
        yield {"order": order, "template": template, "material": skeleton(order)}


def example_rows(examples: Sequence[Labelled], template: str) -> Iterator[Row]:
    """The labelled examples with the prompts that judges read of them."""
    for example in examples:
        prompts = {order: question(template, labelled_pair(example), order).prompt for order in ORDERS}
        yield {
            **example.model_dump(),
            "prompt_answer_first": prompts[ANSWER_FIRST],
            "prompt_reference_first": prompts[REFERENCE_FIRST],
        }


def labelled_rows(opinions: Opinions, examples: Sequence[Labelled], template: str) -> Iterator[Row]:
    """The verdicts on the labelled examples."""
    for example in examples:
        about = {"judge": opinions.settings.name, "id": example.id}
        for row in _verdict_rows(about, opinions.of(template, labelled_pair(example))):
            yield {**row, "category": example.category, "label": example.label}


def verdict_rows(opinions: Opinions, judged: Sequence[Judged], template: str) -> Iterator[Row]:
    """The verdicts on answers and floors."""
    for each in judged:
        yield from _verdict_rows({"judge": opinions.settings.name, **each.key()}, opinions.of(template, each.pair))


def accuracy_rows(opinions: Opinions, judged: Sequence[Judged], template: str) -> Iterator[Row]:
    """The share of answers marked right by model, stage, run and depth, and over the runs where they are of seeds."""
    said = {id(each): opinions.of(template, each.pair) for each in judged}
    floors = {(each.source, each.id): is_right(_mark(said[id(each)])) for each in judged if each.source != ANSWERS}
    cells: dict[tuple, list[Judged]] = {}
    for of_all in (False, True):
        for each in judged:
            if each.source == ANSWERS and (not of_all or each.run != ALL):
                run = ALL if of_all else each.run
                cells.setdefault((each.model, each.stage, run, each.depth), []).append(each)
    for (model, stage, run, depth), answers in cells.items():
        about = {"judge": opinions.settings.name, "model": model, "stage": stage, "run": run, "depth": depth}
        yield about | _accuracy(answers, [said[id(each)] for each in answers], floors)


def _accuracy(answers: Sequence[Judged], said: Sequence[Said], floors: Mapping[tuple[str, str], bool]) -> Row:
    marks = [_mark(each) for each in said]
    ids = list(dict.fromkeys(each.id for each in answers))
    accuracy = fmean(map(is_right, marks))
    low, high = wilson(accuracy * len(ids), len(ids))
    undecided = [each for each in marks if each in (INCONSISTENT, UNPARSED)]
    return {
        "accuracy": accuracy,
        "accuracy_low": low,
        "accuracy_high": high,
        "n": len(ids),
        "seeds": len({each.run for each in answers} - {ALL}),
        "answers": len(answers),
        **_counts(marks),
        "empty_answers": sum(not each.pair.answer.strip() for each in answers),
        "highest": accuracy + len(undecided) / len(marks),
        **_by_order(said),
        "floor_empty": fmean(floors[EMPTY, each] for each in ids),
        "floor_echo": fmean(floors[ECHO, each] for each in ids),
    }


def agreement_rows(opinions: Opinions, examples: Sequence[Labelled], template: str, seed: int) -> Iterator[Row]:
    """How far the judge agrees with our labels, over all examples and by category."""
    for category in (ALL, *dict.fromkeys(example.category for example in examples)):
        chosen = [example for example in examples if category in (ALL, example.category)]
        said = [opinions.of(template, labelled_pair(example)) for example in chosen]
        labels = [example.label for example in chosen]
        yield {"judge": opinions.settings.name, "category": category, **_agreement(labels, said, seed)}


def _agreement(labels: Sequence[str], said: Sequence[Said], seed: int) -> Row:
    marks = [_mark(each) for each in said]
    decided = [each if each in LABELS else UNDECIDED for each in marks]
    pairs = list(zip(labels, decided, strict=True))
    clear = [pair for pair in pairs if pair[1] != UNDECIDED]
    same = sum(label == given for label, given in pairs)
    found = {
        "kappa": estimate_kappa(labels, decided, LABELS, MARKS, seed),
        "decided_kappa": estimate_kappa(*([pair[side] for pair in clear] for side in (0, 1)), LABELS, MARKS, seed),
        "agreement": (same / len(pairs), *wilson(same, len(pairs))),
    }
    return {
        **{
            f"{name}{end}": value
            for name, values in found.items()
            for end, value in zip(("", "_low", "_high"), values, strict=True)
        },
        "n": len(pairs),
        "decided_n": len(clear),
        **{f"{label}_as_{given}": pairs.count((label, given)) for label in LABELS for given in MARKS},
        **{name: marks.count(name) for name in (INCONSISTENT, UNPARSED)},
        **_by_order(said),
    }


def _verdict_rows(about: Row, said: Said) -> Iterator[Row]:
    for asked, verdict in said:
        reads = asked.order != NO_ORDER
        yield {
            **about,
            "order": asked.order,
            "verdict": verdict.verdict,
            "mark": _mark(said),
            "raw": verdict.raw,
            "raw_characters": verdict.raw_characters,
            "margin": verdict.margin,
            "truncated": verdict.truncated,
            "prompt_sha256": asked.digest if reads else None,
            "prompt_tokens": verdict.prompt_tokens,
            "verdict_tokens": verdict.verdict_tokens,
        }


def _mark(said: Said) -> str:
    return mark(verdict.verdict for _, verdict in said)


def _counts(marks: Sequence[str]) -> Row:
    return {name: marks.count(name) for name in (*LABELS, INCONSISTENT, UNPARSED)}


def _by_order(said: Sequence[Said]) -> Row:
    """The share of verdicts that are right in each order; none for a judge to whom order is nothing."""
    by_order: dict[str, list[bool]] = {}
    for each in said:
        for asked, verdict in each:
            by_order.setdefault(asked.order, []).append(is_right(verdict.verdict))
    return {
        f"right_{order.replace('-', '_')}": fmean(by_order[order]) if order in by_order else None for order in ORDERS
    }
