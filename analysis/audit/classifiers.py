"""Checks of a classifier's scores: F1 by precision and recall, averages over classes, sizes of classes, counts."""

from collections.abc import Iterator, Sequence
from typing import Literal

from analysis.audit.classes import Size, class_sizes, of_classes, sizes_of
from analysis.audit.finding import UNLIKE, Result, Verdict, missing, unlike_units
from analysis.facts import Row, Value, derived, sum_of
from analysis.sources import Source, about, bounds, described, matching, only, set_size
from experiments.statistics.confusion import Bounds, harmonic_mean, macro_recalls, two_classes_give, weighted_mean
from experiments.statistics.proportions import attainable_counts

AVERAGES = ("macro", "weighted")
OF_COUNTS = ("accuracy", "balanced_accuracy", "precision", "recall", "f1")
OF_COUNTS += tuple(f"{average}_{score}" for average in AVERAGES for score in ("precision", "recall", "f1"))
"""Scores that follow from a confusion matrix alone."""
_OF_CLASS = ("precision", "recall", "f1")
OF_ALL = (*OF_COUNTS, *(f"micro_{score}" for score in _OF_CLASS))
"""Scores whose number of examples is that of all classes, where they are of no single one."""
_SLACK = 1e-9  # of the divisions behind a score
TEXTS = ("exact_match", "bleu", "rouge", "rouge_l", "meteor")
"""Scores of texts: an F1 beside one of them is an overlap of words, and counts no classes."""


def f1_from_precision_and_recall(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check F1 as the harmonic mean of precision and recall; an average over classes lies between bounds that both set.

    Where the F1 of the classes is printed, `macro_scores` tells of their average.
    """
    for prefix in ("", "macro_", "weighted_", "micro_"):
        names = [f"{prefix}{score}" for score in ("precision", "recall", "f1")]
        for row in _one_of_each(source, names):
            precision, recall, f1 = (only(source.printed, quantity=name, **about(row)) for name in names)
            there = [each for each in (precision, recall, f1) if each is not None]
            if precision is None or recall is None or f1 is None:
                if len(there) > 1:
                    yield missing(there, "precision, recall and F1 are not all printed")
                continue
            if unlike_units(there):
                yield missing(there, UNLIKE)
                continue
            average = prefix.removesuffix("_")
            if average not in AVERAGES:
                of_one = average == "micro" or row.cells.get("label") is not None
                yield _harmonic(precision, recall, f1, meant="one" if of_one else "either")
            elif not _tells_of_average(source, f1, average):
                yield _harmonic(precision, recall, f1, meant="average")


def _harmonic(precision: Row, recall: Row, f1: Row, *, meant: Literal["one", "average", "either"]) -> Result:
    """F1 against precision and recall, all three of one class, averages over classes, or one or the other.

    A mean of F1 is at most the harmonic mean of the means of precision and recall, and at least their sum less one: F1
    is concave in both, and never less than their sum less one.
    """
    (p_low, p_high), (r_low, r_high), (low, high) = map(bounds, (precision, recall, f1))
    least, most = harmonic_mean(max(p_low, 0), max(r_low, 0)), harmonic_mean(p_high, r_high)
    least_average = p_low + r_low - 1 if f1.cells["unit"] == "fraction" else 0
    parts = [precision["value"], recall["value"]]
    mean = derived(harmonic_mean(*(part.number() for part in parts)), parts, "harmonic mean of precision and recall")
    verdict: Verdict = "consistent"
    word, end = "agrees with", "as it must be"
    if low > most + _SLACK:
        verdict, word = "inconsistent", "does not agree with"
        end = "which F1 cannot exceed, whatever the average over classes"
    elif high < least - _SLACK:
        verdict, word, end = "suspicious", "is below", "and only an average over classes is less than that"
        if meant == "one":
            verdict, word, end = "inconsistent", "does not agree with", "which F1 must equal"
        elif high < least_average - _SLACK:
            verdict, end = "inconsistent", "and below the sum of both less one, which no average over classes can be"
        elif meant == "average":
            verdict, end = "consistent", "as an average over classes can be"
    return Result(
        [precision, recall, f1],
        verdict,
        f"The {{what}} of {{f1}} {word} {{mean:.4f}}, the harmonic mean of precision {{precision}} and recall "
        f"{{recall}}, {end}.",
        {
            "what": described(f1.cells),
            "f1": f1["printed"],
            "mean": mean,
            "precision": precision["printed"],
            "recall": recall["printed"],
        },
    )


def macro_scores(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check an average over classes by the scores of the classes, and by accuracy where class sizes are printed."""
    without = []
    for average in AVERAGES:
        for score in ("precision", "recall", "f1"):
            names = (f"{average}_{score}", *(("balanced_accuracy",) if (average, score) == ("macro", "recall") else ()))
            for row in source.printed.where(quantity=names):
                scores, sizes = of_classes(source, row, score), class_sizes(source, row)
                weights = sizes_of(scores, sizes)
                if unlike_units([row, *scores]):
                    yield missing([row, *scores], UNLIKE)
                elif _can_average(scores, weights, average):
                    yield _average(row, scores, weights, weighted=average == "weighted")
                elif len(names) > 1 and len(sizes) > 1 and (found := _against_accuracy(source, row, sizes)):
                    yield found
                elif len(sizes) != 2:  # of two classes `confusion_counts` tells
                    without.append(row)
    if without:
        yield missing(without, "neither the scores nor the sizes of all classes are printed")


def _tells_of_average(source: Source, row: Row, average: str) -> bool:
    """Whether `macro_scores` holds an average of F1 against the F1 of the classes."""
    scores = of_classes(source, row, "f1")
    weights = sizes_of(scores, class_sizes(source, row))
    return not unlike_units([row, *scores]) and _can_average(scores, weights, average)


def _can_average(scores: Sequence[Row], weights: Sequence[Size], average: str) -> bool:
    """Whether what is printed of the classes makes such an average."""
    return len(scores) > 1 and (average == "macro" or bool(weights))


def _average(row: Row, scores: Sequence[Row], sizes: Sequence[Size], *, weighted: bool) -> Result:
    """An average against the printed scores of the classes. Without their sizes there may be more classes."""
    weights = [size.n.number() if weighted else 1 for size in sizes] or [1] * len(scores)
    found, middle, values = _mean_over(scores, weights)
    fits = _overlap(found, bounds(row))
    how = ", weighted by their sizes" if weighted else ""
    parts = values + [size.n for size in sizes]
    return Result(
        [row, *scores],
        "consistent" if fits else "inconsistent" if sizes else "suspicious",
        f"The {{what}} of {{printed}} {'is' if fits else 'is not'} the mean over the {{classes:,}} printed classes"
        f"{how}, which is {{mean:.4f}}.",
        {
            "what": described(row.cells),
            "printed": row["printed"],
            "classes": derived(len(scores), values, "number of classes with a printed score"),
            "mean": derived(middle, parts, f"mean of the scores of the classes{how}"),
        },
    )


def _against_accuracy(source: Source, row: Row, sizes: Sequence[Size]) -> Result | None:
    """The mean of recalls against what the accuracy allows, None where no accuracy is printed."""
    accuracy = only(source.printed, quantity="accuracy", unit="fraction", **about(row))
    counts = [int(size.n.number()) for size in sizes]
    if accuracy is None or not all(counts):
        return None
    right = attainable_counts(*bounds(accuracy), sum(counts))
    if not right:
        return None
    within = Bounds(macro_recalls(counts, right[0]).low, macro_recalls(counts, right[-1]).high)
    fits = _overlap(within, bounds(row))
    parts = [accuracy["value"], *(size.n for size in sizes)]
    return Result(
        [row, accuracy, *(size.row for size in sizes)],
        "consistent" if fits else "inconsistent",
        "With an accuracy of {accuracy} on {classes:,} classes of the printed sizes the mean of the recalls lies "
        f"between {{low:.4f}} and {{high:.4f}}; {{printed}} {'does' if fits else 'does not'}.",
        {
            "accuracy": accuracy["printed"],
            "classes": derived(len(sizes), parts, "number of classes with a printed size"),
            "low": derived(within.low, parts, "least mean of the recalls with so many right answers"),
            "high": derived(within.high, parts, "greatest mean of the recalls with so many right answers"),
            "printed": row["printed"],
        },
    )


def confusion_counts(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Search for a confusion matrix that gives all scores of a classifier of two classes of printed sizes.

    Of several classes, the scores of each: those of a matrix of this class against all others.
    """
    for row in _one_of_each(source, OF_COUNTS, "label"):
        same, sizes = about(row, "label"), class_sizes(source, row)
        if matching(source.printed, quantity=TEXTS, **same):
            continue
        if len(sizes) > 2:
            yield from _each_against_others(source, row, sizes)
        if len(sizes) != 2:
            continue
        labels = [size.label for size in sizes]
        rows = matching(source.printed, quantity=OF_COUNTS, unit="fraction", **same)
        rows = [each for each in rows if _can_be_of(each, labels)]
        if not rows:
            continue
        scores: dict[tuple[str, int | None], Bounds] = {}
        for each in rows:  # one that is printed twice must be both
            name, (low, high) = (each.cells["quantity"], _place(each, labels)), bounds(each)
            before = scores.get(name, Bounds(low, high))
            scores[name] = Bounds(max(low, before.low), min(high, before.high))
        try:
            given = two_classes_give([int(size.n.number()) for size in sizes], scores)
        except ValueError as error:
            yield missing(rows, str(error))
            continue
        matrix = "A confusion matrix" if given else "No confusion matrix"
        yield Result(
            [*rows, *(size.row for size in sizes if size.row not in rows)],
            "consistent" if given else "inconsistent",
            f"{matrix} of two classes with {{first:,.0f}} and {{second:,.0f}} examples gives all {{scores:,}} scores "
            "of {what}.",
            {
                "first": sizes[0].n,
                "second": sizes[1].n,
                "scores": derived(len(scores), [each["value"] for each in rows], "number of scores of the classifier"),
                "what": described({"quantity": "the classifier", **same}),
            },
        )


def _each_against_others(source: Source, row: Row, sizes: Sequence[Size]) -> Iterator[Result]:
    """Whether counts give the scores of each class, where the sizes of all classes are printed."""
    n = set_size(source, row)
    wholes = {*_sizes_of_all(source, row), *([] if n is None else [n.number()])}
    if wholes != {sum(size.n.number() for size in sizes)}:
        return
    for size in sizes:
        printed = matching(source.printed, quantity=_OF_CLASS, unit="fraction", **{**about(row), "label": size.label})
        scores = {(each.cells["quantity"], 0): Bounds(*bounds(each)) for each in printed}
        if not 2 <= len(scores) == len(printed):
            continue
        rest = sum_of([other.n for other in sizes if other is not size])
        try:
            given = two_classes_give([int(size.n.number()), int(rest.number())], scores)
        except ValueError:
            continue  # of so many examples every score is possible
        yield Result(
            [*printed, *([] if size.row in printed else [size.row])],
            "consistent" if given else "inconsistent",
            f"{'Some counts' if given else 'No counts'} of right and wrong answers give all {{scores:,}} scores of "
            "{label}, a class of {n:,.0f} examples beside {rest:,.0f} others.",
            {
                "scores": derived(len(scores), [each["value"] for each in printed], "number of scores of the class"),
                "label": size.label,
                "n": size.n,
                "rest": rest,
            },
        )


def class_supports(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Check the sizes of the classes by the number of examples, and accuracy by the recalls of the classes."""
    for row in _one_of_each(source, ("support",), "label"):
        sizes = matching(source.figures, quantity="support", **about(row, "label"))
        whole = only(sizes, label=None)
        n = set_size(source, row) if whole is None or whole["value"].missing else whole["value"]
        sizes = [size for size in sizes if size is not whole]
        numbers = {} if n is None else {n.number(): (n, [])}
        numbers |= {number: each for number, each in _sizes_of_all(source, row).items() if number not in numbers}
        if not numbers or not sizes or any(size["value"].missing for size in sizes):
            yield missing(sizes or [row], "not every class and the number of examples are printed")
            continue
        low, high = (sum(bounds(size)[side] for size in sizes) for side in (0, 1))
        for n, beside in numbers.values():
            values = [size["value"] for size in sizes]
            yield _adds_up([*sizes, *beside], values, n, fits=low <= n.number() <= high)
    for row in _one_of_each(source, OF_COUNTS, "label"):
        if matching(source.figures, quantity="support", **about(row, "label")):
            continue
        of_class = [size for size in class_sizes(source, row) if size.row.cells["quantity"] in _OF_CLASS]
        if len(of_class) > 1:
            for n, beside in _sizes_of_all(source, row).values():
                values = [size.n for size in of_class]
                fits = sum(value.number() for value in values) == n.number()
                yield _adds_up([*(size.row for size in of_class), *beside], values, n, fits=fits)
    for accuracy in matching(source.printed, quantity="accuracy", unit="fraction", label=None):
        recalls = matching(of_classes(source, accuracy, "recall"), unit="fraction")
        if sizes := sizes_of(recalls, class_sizes(source, accuracy)):
            yield _accuracy_by_recalls(accuracy, recalls, sizes)


def _sizes_of_all(source: Source, row: Row) -> dict[float, tuple[Value, list[Row]]]:
    """The numbers of examples that stand beside scores of all classes, each with these scores."""
    found: dict[float, tuple[Value, list[Row]]] = {}
    for each in matching(source.printed, quantity=OF_ALL, label=None, **about(row, "label")):
        if each.cells.get("n") is not None:
            found.setdefault(each["n"].number(), (each["n"], []))[1].append(each)
    return found


def _adds_up(figures: Sequence[Row], sizes: Sequence[Value], n: Value, *, fits: bool) -> Result:
    return Result(
        figures,
        "consistent" if fits else "inconsistent",
        f"The sizes of the {{classes:,}} classes add up to {{total:,.0f}}, which {'is' if fits else 'is not'} the "
        "number of examples, {n:,.0f}.",
        {
            "classes": derived(len(sizes), sizes, "number of classes with a size"),
            "total": sum_of(sizes).described("sum of the sizes of the classes"),
            "n": n,
        },
    )


def _accuracy_by_recalls(accuracy: Row, recalls: Sequence[Row], sizes: Sequence[Size]) -> Result:
    """Accuracy is the mean of the recalls, weighted by the sizes of the classes."""
    found, middle, values = _mean_over(recalls, [size.n.number() for size in sizes])
    fits = _overlap(found, bounds(accuracy))
    return Result(
        [accuracy, *recalls],
        "consistent" if fits else "inconsistent",
        f"The {{what}} of {{accuracy}} {'is' if fits else 'is not'} the mean of the recalls of its {{classes:,}} "
        "classes, weighted by their sizes, which is {mean:.4f}.",
        {
            "what": described(accuracy.cells),
            "accuracy": accuracy["printed"],
            "classes": derived(len(recalls), values, "number of classes with a printed recall"),
            "mean": derived(
                middle, values + [size.n for size in sizes], "mean of the recalls, weighted by class sizes"
            ),
        },
    )


def _mean_over(scores: Sequence[Row], weights: Sequence[float]) -> tuple[Bounds, float, list[Value]]:
    """The bounds of a weighted mean of figures, that of their values, and these values."""
    values = [each["value"] for each in scores]
    middle = weighted_mean([Bounds(value.number(), value.number()) for value in values], weights)
    return weighted_mean([Bounds(*bounds(each)) for each in scores], weights), middle.low, values


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] <= other[1] + _SLACK and other[0] <= one[1] + _SLACK


def _one_of_each(source: Source, quantities: Sequence[str], *leaving_out: str) -> list[Row]:
    """A figure for each thing that figures of these quantities are about."""
    first: dict[tuple[object, ...], Row] = {}
    for row in source.printed.where(quantity=tuple(quantities)):
        first.setdefault(tuple(about(row, *leaving_out).values()), row)
    return list(first.values())


def _can_be_of(row: Row, labels: Sequence[str]) -> bool:
    """Whether a score is one of all classes, or one of a single class that a class can have."""
    label = row.cells.get("label")
    return label is None or (label in labels and row.cells["quantity"] in ("precision", "recall", "f1"))


def _place(row: Row, labels: Sequence[str]) -> int | None:
    label = row.cells.get("label")
    return None if label is None else labels.index(label)
