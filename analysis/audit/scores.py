"""Checks of scores: against whole numbers of examples, against guesses and silence, and against each other."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from analysis.audit.classes import class_sizes
from analysis.audit.finding import ONE_BOUND, Result, missing, of_number, unlike_units
from analysis.facts import Interval, Row, Value, derived, interval_of, ratio
from analysis.sources import SCORES, Source, about, bounds, in_words, is_bounded, matching, only, samples
from experiments.statistics.baselines import chance, majority
from experiments.statistics.level import CONFIDENCE
from experiments.statistics.proportions import attainable_counts, wilson_of_rounded
from experiments.tables.terms import Stage

SHARES = ("accuracy", "exact_match", "judged_correct")
"""Scores that are a share of the examples."""
BEFORE, AFTER = ("pretrained", Stage.ZERO_SHOT, Stage.BASE), Stage.FINE_TUNED
"""The methods before and after fine-tuning."""

NEARLY = 0.1
"""F1 gives partial credit, exact match does not. Where less than this part of F1 is partial credit, nearly every answer
is wholly right or wholly wrong, as abstentions are."""
DIGITS = 5
"""Two independent scores agree by accident in three digits easily, in five hardly ever."""

NO_SHARE = re.compile(
    r"f1|precision|macro|weighted|balanced|bleu|rouge|meteor|bertscore|auc|loss|kappa|correlation|perplexity"
)
"""Scores that are no share of the examples and no mean of whole numbers, whatever their number."""

_CONFIDENT = f"{CONFIDENCE:.0%}"


def wilson_interval(row: Row, n: Value) -> Interval | None:
    """The Wilson interval of a printed share of `n` examples, for every count that rounds to the print.

    None where no whole number of the examples does, or it is printed as more or less than a number alone, of which
    `proportion_of_whole_examples` tells, or where it is no share.
    """
    if not is_bounded(row) or row["low"].number() < 0 or row["high"].number() > 1:
        return None
    low, high, examples = row["low"].number(), row["high"].number(), int(n.number())
    if not attainable_counts(low, high, examples):
        return None
    bounds = wilson_of_rounded(low, high, examples)
    parts = [row["value"], row["low"], row["high"], n]
    lower, upper = (
        derived(
            bound, parts, f"{side} bound of the {_CONFIDENT} Wilson interval of {row['value'].how} with n = {n.how}"
        )
        for side, bound in zip(("lower", "upper"), bounds, strict=True)
    )
    return interval_of(lower, upper, method="Wilson, for every count that rounds to the print")


def proportion_of_whole_examples(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check that a share of n examples rounds from a whole number of them; it comes with its interval.

    What is printed with an `n` of its own is a share of so many, unless it is one of the scores that are none.
    """
    without, open_ended = [], []
    for row in source.printed:
        if not _is_share(row):
            continue
        if not is_bounded(row):
            open_ended.append(row)
            continue
        n = _examples(source, row)
        if n is None:
            without.append(row)
            continue
        values = {"share": row["printed"], "n": n}
        if (interval := wilson_interval(row, n)) is None:
            yield Result([row], "inconsistent", "The share {share} is no whole number of {n:,.0f} examples.", values)
            continue
        counts = attainable_counts(row["low"].number(), row["high"].number(), int(n.number()))
        parts, how = [row["low"], row["high"], n], f"number of examples that rounds to {row['value'].how}"
        values["least"] = derived(counts[0], parts, f"least {how}")
        values["most"] = derived(counts[-1], parts, f"greatest {how}")
        values["interval"] = interval
        count = "{least:,}" if counts[0] == counts[-1] else "between {least:,} and {most:,}"
        said = f"The share {{share}} is {count} of {{n:,.0f}} examples; its {_CONFIDENT} interval is {{interval:.1%}}."
        yield Result([row], "consistent", said, values)
    if open_ended:
        yield missing(open_ended, ONE_BOUND)
    yield from _without_n(without)


def difference_beyond_sampling(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check whether the intervals of a share before and after fine-tuning stay apart."""
    without = []
    for before, after in _before_and_after(source):
        n = samples(source, before)
        if n is None:
            without += [before, after]
            continue
        one, other = wilson_interval(before, n), wilson_interval(after, n)
        if one is None or other is None:
            continue
        apart = one.upper < other.lower or other.upper < one.lower
        yield Result(
            [before, after],
            "consistent" if apart else "suspicious",
            "On the {split} set, {before} and {after} "
            + ("differ" if apart else "do not differ")
            + f" by more than the sampling of {{n:,.0f}} examples explains: the {_CONFIDENT} intervals are "
            "{one:.1%} and {other:.1%}.",
            {
                "split": before["split"],
                "before": before["printed"],
                "after": after["printed"],
                "n": n,
                "one": one,
                "other": other,
            },
        )
    yield from _without_n(without)
    if apart_only := _on_other_splits(source):
        yield missing(apart_only, "the scores before and after fine-tuning are on different splits")


def below_majority(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Look for accuracy below the majority class: right answers were lost, or labels swapped, on the way to the score.

    Where the source prints neither split nor n, the set is assumed whose size and labels are known.
    """
    unknown = []
    for row in source.printed.where(quantity="accuracy"):
        found = _known(references, row, "majority_samples")
        if found is None:
            unknown.append(row)
            continue
        n, frequent = found["samples"]["value"], found["majority_samples"]["value"]
        interval = wilson_interval(row, n)
        if interval is None:
            continue
        share = majority([int(frequent.number()), int(n.number() - frequent.number())])
        baseline = derived(share, [frequent, n], f"share of the most frequent label, {frequent.how} of {n.how}")
        below = interval.upper < baseline
        yield Result(
            [row],
            "suspicious" if below else "consistent",
            "If the {method} accuracy of {accuracy} is on the {n:,.0f} examples of the {set} set, its "
            + f"{_CONFIDENT} interval, {{interval:.1%}}, "
            + ("lies wholly below" if below else "does not lie below")
            + " the {baseline:.1%} that naming the majority label scores.",
            {
                "method": _method(row),
                "accuracy": row["printed"],
                "n": n,
                "set": _set(found["samples"]),
                "interval": interval,
                "baseline": baseline,
            },
        )
    yield from _no_reference(unknown, "the counts of labels")


def at_chance(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Look for accuracies before fine-tuning that are those of a uniform guess, the mark of random weights."""
    without, unlabelled = [], []
    for row in source.printed.where(quantity="accuracy", method=BEFORE):
        labels = source.printed.where(quantity="label_id", dataset=row.cells["dataset"])
        n = samples(source, row)
        interval = None if n is None else wilson_interval(row, n)
        if not len(labels):
            unlabelled.append(row)
            continue
        if n is None:
            without.append(row)
        if interval is None:
            continue
        guess = derived(chance(len(labels)), labels.column("value"), "one over the number of labels")
        inside = interval.lower <= guess and guess <= interval.upper
        yield Result(
            [row],
            "suspicious" if inside else "consistent",
            "On the {split} set the {method} model scores {accuracy}, with a "
            + f"{_CONFIDENT} interval of {{interval:.1%}}, which "
            + ("holds" if inside else "leaves out")
            + " the {guess:.1%} of a guess among {classes:,} labels.",
            {
                "split": row["split"],
                "method": row["method"],
                "accuracy": row["printed"],
                "interval": interval,
                "guess": guess,
                "classes": labels.count(),
            },
        )
    yield from _without_n(without)
    if unlabelled:
        yield Result(
            unlabelled,
            "unverifiable",
            "Whether {accuracy} is what a guess scores cannot be told: the labels are not printed.",
            {"accuracy": unlabelled[0]["printed"]},
        )


def nearly_all_or_nothing(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check whether exact match is nearly equal to F1."""
    for exact, f1 in _answers(source):
        if exact["value"] > f1["value"]:
            continue  # which `exact_match_above_f1` tells
        partial = ratio(f1["value"] - exact["value"], f1["value"])
        nearly = partial < NEARLY
        yield Result(
            [exact, f1],
            "suspicious" if nearly else "consistent",
            "In the {method} evaluation exact match is {exact} and F1 {f1}: partly right answers make "
            "{partial:.1%} of F1"
            + (", so that nearly all credit is for wholly right answers, as abstentions are." if nearly else "."),
            {
                "method": _method(exact),
                "exact": exact["printed"],
                "f1": f1["printed"],
                "partial": partial.described(f"({f1['value'].how} − {exact['value'].how}) ÷ {f1['value'].how}"),
            },
        )


def always_abstain(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Compare F1 with never answering, which scores the share of unanswerable questions of the set that is known."""
    unknown = []
    for exact, f1 in _answers(source):
        found = _known(references, f1, "unanswerable_samples")
        if found is None:
            unknown.append(f1)
            continue
        baseline = ratio(found["unanswerable_samples"]["value"], found["samples"]["value"])
        below = f1["high"] < baseline
        yield Result(
            [exact, f1],
            "suspicious" if below else "consistent",
            "If the questions are those of the {dataset} {set} set, which holds unanswerable ones, the {method} F1 of "
            "{f1} " + ("is less than" if below else "is not less than") + " the {baseline:.2%} that never answering "
            "scores.",
            {
                "dataset": in_words(f1.cells["dataset"]),
                "set": _set(found["samples"]),
                "method": _method(f1),
                "f1": f1["printed"],
                "baseline": baseline,
            },
        )
    yield from _no_reference(unknown, "the number of unanswerable questions")


def exact_match_above_f1(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check that exact match does not exceed F1, since an answer that matches exactly has an F1 of one."""
    without = []
    for exact in source.printed.where(quantity="exact_match"):
        f1 = only(source.printed, quantity="f1", **about(exact))
        if f1 is None or unlike_units([exact, f1]):
            without.append(exact)
            continue
        above = bounds(exact)[0] > bounds(f1)[1]
        yield Result(
            [exact, f1],
            "inconsistent" if above else "consistent",
            f"In the {{method}} evaluation exact match, {{exact}}, {'is' if above else 'is not'} above F1, {{f1}}"
            + (": an answer that matches exactly has an F1 of one." if above else "."),
            {"method": _method(exact), "exact": exact["printed"], "f1": f1["printed"]},
        )
    if without:
        yield missing(without, "F1 of the same answers is not printed, or in another unit")


def one_scale_per_document(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check that scores are all percentages or all fractions: a reader compares what stands side by side."""
    scores = source.printed.where(quantity=tuple(SCORES))
    if not len(scores):
        return
    percent, fraction = scores.where(printed_unit="percent"), scores.where(printed_unit="fraction")
    mixed = len(percent) > 0 and len(fraction) > 0
    be = "is" if len(percent) == 1 else "are"
    whole = "The one score is" if len(scores) == 1 else "All {all:,} scores are"
    ending = "a fraction" if len(fraction) == 1 else "fractions"
    yield Result(
        scores.rows,
        "inconsistent" if mixed else "consistent",
        f"Of {{all:,}} scores, {{percent:,}} {be} printed in percent and {{fraction:,}} as {ending}."
        if mixed
        else f"{whole} printed {'in percent' if len(percent) else f'as {ending}'}.",
        {"all": scores.count(), "percent": percent.count(), "fraction": fraction.count()},
    )


def values_recur(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Look for the same print of at least `DIGITS` significant digits for one score in several cells.

    The usual cause is that most outputs were the same text, such as an echo of the prompt or nothing at all.
    """
    for quantity, label in SCORES.items():
        cells = source.printed.where(quantity=quantity)
        for text in recurring(row.cells["printed"] for row in cells):
            rows = cells.where(printed=text)
            yield Result(
                rows.rows,
                "suspicious",
                f"{label} {{score}} stands in {{cells:,}} of {{all:,}} cells, "
                "over {models:,} models and {layers:,} layers.",
                {
                    "score": rows.rows[0]["printed"],
                    "cells": rows.count(),
                    "all": cells.count(),
                    "models": _different(rows.rows, "model", "method"),
                    "layers": _different(rows.rows, "layer"),
                },
            )


def recurring(prints: Iterable[str]) -> dict[str, int]:
    """How often each print of at least `DIGITS` significant digits stands that recurs, in order of text."""
    times = Counter(text for text in prints if significant(text) >= DIGITS)
    return {text: count for text, count in sorted(times.items()) if count > 1}


def significant(text: str) -> int:
    """How many significant digits a printed decimal has: 6 for 0.499891, 2 for 0.0050."""
    return len(re.sub("[^0-9]", "", text).lstrip("0"))


def _before_and_after(source: Source) -> Iterator[tuple[Row, Row]]:
    for before in source.printed.where(quantity=SHARES, method=BEFORE):
        same = {name: before.cells[name] for name in ("quantity", "model", "dataset", "split", "layer")}
        after = only(source.printed, method=AFTER, **same)
        if after is not None:
            yield before, after


def _on_other_splits(source: Source) -> list[Row]:
    """Shares before fine-tuning whose counterpart after it is printed for other splits alone."""
    found = []
    for before in matching(source.printed, quantity=SHARES, method=BEFORE):
        same = {"quantity": before.cells["quantity"], **about(before, "method")}
        elsewhere = {name: cell for name, cell in same.items() if name != "split"}
        if not matching(source.printed, **same, method=AFTER) and matching(source.printed, **elsewhere, method=AFTER):
            found.append(before)
    return found


def _examples(source: Source, row: Row) -> Value | None:
    """The number of examples behind a share; behind the recall of a class it is the size of the class."""
    n, label = samples(source, row), row.cells.get("label")
    return (
        n if n is not None or label is None else next((s.n for s in class_sizes(source, row) if s.label == label), None)
    )


def _is_share(row: Row) -> bool:
    """Whether a figure is a share of whole examples. What carries a sign is a difference of shares."""
    if row.cells["unit"] != "fraction" or row.cells["printed"].strip()[:1] in "+-−":
        return False
    quantity = row.cells["quantity"]
    if row.cells.get("label") is not None:
        return quantity == "recall"
    return quantity in SHARES or (row.cells.get("n") is not None and not NO_SHARE.search(quantity))


def _answers(source: Source) -> Iterator[tuple[Row, Row]]:
    """Exact match and F1 of the same answers."""
    for exact in source.printed.where(quantity="exact_match"):
        same = {name: exact.cells[name] for name in ("model", "dataset", "split", "method", "layer")}
        f1 = only(source.printed, quantity="f1", **same)
        if f1 is not None and not unlike_units([exact, f1]) and f1["value"] > 0:
            yield exact, f1


def _known(references: Sequence[Row], row: Row, quantity: str) -> dict[str, Row] | None:
    """The reference figures on the data set of a score: its size and `quantity`; None where they are not known."""
    about = {"dataset": row.cells["dataset"]}
    if row.cells["split"] is not None:
        about["split"] = row.cells["split"]
    wanted = only(references, quantity=quantity, **about)
    size = None if wanted is None else only(references, quantity="samples", **about, source=wanted.cells["source"])
    return None if wanted is None or size is None else {"samples": size, quantity: wanted}


def _without_n(rows: Sequence[Row]) -> Iterator[Result]:
    if rows:
        cells = [row["printed"] for row in rows]
        yield Result(
            rows,
            "unverifiable",
            f"The number of examples behind {{shares:,}} printed {of_number('share', len(rows))} is not printed.",
            {"shares": derived(len(rows), cells, "number of shares without a number of examples")},
        )


def _no_reference(rows: Sequence[Row], what: str) -> Iterator[Result]:
    for dataset in dict.fromkeys(row.cells["dataset"] for row in rows):
        some = [row for row in rows if row.cells["dataset"] == dataset]
        scores = of_number("score", len(some))
        yield Result(
            some,
            "unverifiable",
            f"For {{scores:,}} {scores} on {{dataset}}, no table here has {what} of the whole set.",
            {
                "scores": derived(len(some), [row["printed"] for row in some], "number of scores"),
                "dataset": in_words(dataset or "an unnamed data set"),
            },
        )


def _method(row: Row) -> Value | str:
    return "printed" if row["method"].missing else row["method"]


def _set(row: Row) -> str:
    return {"dev": "development", None: "whole"}.get(row.cells["split"], str(row.cells["split"]))


def _different(rows: Sequence[Row], *columns: str) -> Value:
    cells = {tuple(row.cells[column] for column in columns) for row in rows}
    parts = [row[column] for row in rows for column in columns]
    return derived(len(cells), parts, f"number of different {' and '.join(columns)} of the recurring cells")
