"""Classifiers before and after fine-tuning: the accuracies shown in figure and tables, and the sentences on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.chapters.common import CI, MEASURED, STAGES, Classifier, change, interval_in_points, points
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of, min_of, sum_of
from analysis.figures.curves import Curve, Point
from analysis.figures.intervals import Estimate
from analysis.figures.paired import Pair
from analysis.sentences import noun, series, verb
from experiments.tables.terms import ALL, Stage

Studies = Sequence[Classifier]


# --- before and after ------------------------------------------------------------------------------------------------


def measured_pairs(studies: Studies) -> list[Pair]:
    """A line of the figure for each study: accuracy before and after, over all seeds."""
    return [
        Pair(
            f"{study.title}\n({STAGES[study.before]})",
            *(_estimate(study.score(stage)) for stage in (study.before, Stage.FINE_TUNED)),
            baseline=study.score(Stage.FINE_TUNED)["baseline"],
            group=MEASURED,
        )
        for study in studies
    ]


def _estimate(row: Row) -> Estimate:
    return Estimate("", row["value"], row["low"], row["high"])


def models(page: Chapter, studies: Studies) -> Markdown:
    """Which models the studies use, and how many parameters they have."""
    by_model: dict[object, list[tuple[Classifier, Row]]] = {}
    for study in studies:
        cost = study.table("cost").where(stage="training").rows[0]
        by_model.setdefault(cost["model"].data, []).append((study, cost))
    return Markdown("; ".join(_model(page, found) for found in by_model.values()) + ".")


def _model(page: Chapter, found: Sequence[tuple[Classifier, Row]]) -> Markdown:
    sizes = [cost["logical_base"] for _, cost in found]
    least, most = min_of(sizes), max_of(sizes)
    return page.say(
        "{name} (" + ("{least:,}" if least == most else "{least:,} to {most:,}") + " parameters) for {studies}",
        name=found[0][1]["model"],
        least=least,
        most=most,
        studies=series([study.text for study, _ in found]),
    )


def changes(studies: Studies) -> Markdown:
    """A list: for each study the effect of fine-tuning over all seeds, and whether single seeds agree with it."""
    return Markdown("\n".join(f"- {describe_change(study)} {_by_seed(study)}" for study in studies) + "\n")


def describe_change(study: Classifier) -> Markdown:
    """One sentence on one study: accuracy before and after, with the interval and the test of the difference."""
    return study.page.say(
        _effect(study) + f" (difference {{difference:+.1f}} points, {CI} {{interval:+.1f}}, {{p}}), evaluated on "
        "{n:,} examples and averaged over {seeds} {word}.",
        **_before_and_after(study),
        difference=points(study.test["difference"]),
        interval=interval_in_points(study.test, "difference"),
        p=study.test.p_value(),
        n=study.test["n"],
        seeds=study.score(Stage.FINE_TUNED)["seeds"],
        word=noun(study.score(Stage.FINE_TUNED)["seeds"], "seed"),
    )


def describe_change_briefly(study: Classifier) -> Markdown:
    """One sentence on one study for the first page: accuracy before, after, and of the majority baseline."""
    end = "; the majority baseline has {baseline:.1%}."
    if change(study.test) == "open":
        return study.page.say(
            _effect(study) + " ({difference:+.1f} points, {p})" + end,
            **_before_and_after(study),
            difference=points(study.test["difference"]),
            p=study.test.p_value(),
            baseline=study.score(Stage.FINE_TUNED)["baseline"],
        )
    return study.page.say(
        _effect(study) + ", by {difference:.1f} points" + end,
        **_before_and_after(study),
        difference=abs(points(study.test["difference"])),
        baseline=study.score(Stage.FINE_TUNED)["baseline"],
    )


def _effect(study: Classifier) -> str:
    return {
        "gain": "On {study}, fine-tuning significantly raises accuracy from {before:.1%} ({stage}) to {after:.1%}",
        "loss": "On {study}, fine-tuning significantly lowers accuracy from {before:.1%} ({stage}) to {after:.1%}",
        "open": "On {study}, the change in accuracy from {before:.1%} ({stage}) to {after:.1%} is not significant",
    }[change(study.test)]


def _before_and_after(study: Classifier) -> dict[str, Value | Markdown | str]:
    return {
        "study": study.text,
        "stage": Markdown(STAGES[study.before]),
        "before": study.score(study.before)["value"],
        "after": study.score(Stage.FINE_TUNED)["value"],
    }


def _by_seed(study: Classifier) -> Markdown:
    """Whether the tests of single seeds come to the same result as that over all seeds."""
    tests = [study.table("tests").at(run=run) for run in study.seeds]
    words = {"gain": "a significant gain", "loss": "a significant loss", "open": "no significant difference"}
    found = {outcome: [test for test in tests if change(test) == outcome] for outcome in words}
    some = {outcome: rows for outcome, rows in found.items() if rows}
    if list(some) == [change(study.test)]:
        return Markdown("Each seed alone gives the same result.")
    cells = [test["p_holm"] for test in tests]
    parts = [
        study.page.say(f"{{n}} {verb(len(rows), 'shows', 'show')} {words[outcome]}", n=derived(len(rows), cells, how))
        for outcome, rows in some.items()
        for how in [f"number of seeds whose test shows {words[outcome]}"]
    ]
    return study.page.say("Of the single seeds, {parts}.", parts=series(parts))


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A row of a table about a study, whose title stands in the first of its rows."""

    study: Classifier
    row: Row
    is_first: bool

    @property
    def title(self) -> Markdown:
        """The title of the study in its first row."""
        return Markdown(self.study.title if self.is_first else "")

    def beside(self, quantity: str) -> Value:
        """Another score of the same stage."""
        return self.study.score(str(self.row["stage"].data), quantity)["value"]


def score_lines(studies: Studies) -> list[Line]:
    """A row for each study and stage, over all seeds; of zero-shot only the ranking that the study chose."""
    return _lines(studies, _accuracies)


def test_lines(studies: Studies) -> list[Line]:
    """A row for every test."""
    return _lines(studies, lambda study: study.table("tests"))


def split_lines(studies: Studies) -> list[Line]:
    """A row for each part of the data of every study."""
    return _lines(studies, lambda study: study.table("splits"))


def _lines(studies: Studies, rows) -> list[Line]:
    return [Line(study, row, index == 0) for study in studies for index, row in enumerate(rows(study))]


def _accuracies(study: Classifier) -> Sequence[Row]:
    return study.table("scores").where(run=ALL, score="accuracy", stage=tuple(STAGES)).rows


# --- baselines -------------------------------------------------------------------------------------------------------


def below_majority(page: Chapter, studies: Studies) -> Markdown:
    """Which stages have an accuracy whose whole interval lies below the majority baseline."""
    below = [
        page.say(
            "{stage} on {study} ({value:.1%}, baseline {baseline:.1%})",
            stage=Markdown(STAGES[str(row["stage"].data)]),
            study=study.text,
            value=row["value"],
            baseline=row["baseline"],
        )
        for study in studies
        for row in _accuracies(study)
        if row["high"] < row["baseline"]
    ]
    if not below:
        return Markdown(
            "No stage has a confidence interval wholly below the majority baseline, so nothing here suggests swapped "
            "labels or unparsed answers."
        )
    return page.say(
        "The confidence interval lies wholly below the majority baseline for {below}. The predictions of such a model "
        "favour rarer labels and should be inspected.",
        below=series(below),
    )


def untrained_heads(page: Chapter, studies: Studies) -> Markdown:
    """The accuracies of heads with random weights, from the lowest to the highest seed."""
    parts = []
    for study in studies:
        rows = study.table("scores").where(stage=Stage.UNTRAINED_HEAD, score="accuracy", run=lambda run: run != ALL)
        if len(rows):
            values = rows.column("value")
            parts.append(
                page.say(
                    "from {low:.1%} to {high:.1%} on {study}", low=min_of(values), high=max_of(values), study=study.text
                )
            )
    return page.say("Over the seeds, the accuracy of untrained heads ranges {parts}.", parts=series(parts))


# --- learning and leakage --------------------------------------------------------------------------------------------


def learning_curves(studies: Studies) -> list[Curve]:
    """Accuracy on the validation examples over the epochs: a panel for each study, a line for each seed."""
    return [
        Curve(
            run.replace("-", " "),
            [Point(row["epoch"], row["validation_accuracy"]) for row in study.table("curves").where(run=run)],
            study.title,
        )
        for study in studies
        for run in study.seeds
    ]


def best_epochs(page: Chapter, studies: Studies) -> Markdown:
    """The epochs of the checkpoints that were selected."""
    parts = []
    for study in studies:
        best = study.table("curves").where(best=True).column("epoch")
        low, high = min_of(best), max_of(best)
        template = "{low:.3g} on {study}" if low == high else "{low:.3g} to {high:.3g} on {study}"
        parts.append(page.say(template, low=low, high=high, study=study.text))
    return page.say("The selected epochs are {parts}.", parts=series(parts))


def left_out(page: Chapter, studies: Studies) -> Markdown:
    """How many examples were left out because their text occurs in a later part."""
    out = sum_of([line.row["left_out"] for line in split_lines(studies)])
    return page.say(
        "{n} {examples} left out for this reason, summed over the studies.",
        n=out,
        examples=verb(out, "example was", "examples were"),
    )
