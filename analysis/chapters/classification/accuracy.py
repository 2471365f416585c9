"""Classifiers before and after fine-tuning: the accuracies shown in figure and tables, and the sentences on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.chapters.common import (
    ADOPTED,
    CI,
    MEASURED,
    STAGES,
    Classifier,
    by_outcome,
    change,
    decide,
    estimate,
    interval_in_points,
    named,
    points,
    reads_alike,
    rest_together,
    run_name,
    smallest,
    span,
)
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of, min_of, sum_of
from analysis.facts.escape import markdown
from analysis.figures.curves import Curve, Point
from analysis.figures.paired import Pair
from analysis.sentences import noun, series, verb, whether
from experiments.tables.terms import ALL, TRAINING, Stage

Studies = Sequence[Classifier]
MOST_NAMED = 6


# --- before and after ------------------------------------------------------------------------------------------------


def pairs_of(studies: Studies) -> list[Pair]:
    """A line of the figure for each study: accuracy before and after, over all seeds; adopted ones below the others."""
    return [
        Pair(
            f"{study.title}\n({STAGES[study.before]})" if study.measured else study.title,
            estimate(study.score(study.before)) if study.compared else None,
            estimate(study.score(study.after)),
            baseline=study.score(study.after)["baseline"],
            group=MEASURED if study.measured else ADOPTED,
        )
        for study in sorted(studies, key=lambda study: not study.measured)
    ]


def describe_models(page: Chapter, studies: Studies) -> Markdown:
    """Which models the studies use, and how many parameters they have; and which predictions were adopted."""
    measured, adopted = ([study for study in studies if study.measured is own] for own in (True, False))
    sentences = [page.say("The models: {models}", models=_models(page, measured))] if measured else []
    if adopted:
        sentences.append(
            page.say(
                "The predictions for {studies} were made elsewhere; what follows from them is *reported*.",
                studies=_named_or_counted(page, adopted),
            )
        )
    return Markdown(" ".join(sentences))


def _named_or_counted(page: Chapter, studies: Studies) -> Markdown:
    """The studies by their names, or how many there are where a list would be long."""
    if len(studies) <= MOST_NAMED:
        return series([study.text for study in studies])
    cells = [study.score(study.after)["value"] for study in studies]
    return page.say("{n} comparisons", n=derived(len(studies), cells, "number of adopted comparisons"))


def _models(page: Chapter, studies: Studies) -> Markdown:
    by_model: dict[object, list[tuple[Classifier, Row]]] = {}
    for study in studies:
        cost = study.table("cost").where(stage=TRAINING).rows[0]
        by_model.setdefault(cost["model"].data, []).append((study, cost))
    return Markdown("; ".join(_model(page, found) for found in by_model.values()) + ".")


def _model(page: Chapter, found: Sequence[tuple[Classifier, Row]]) -> Markdown:
    sizes = [cost["logical_base"] for _, cost in found]
    least, most = min_of(sizes), max_of(sizes)
    return page.say(
        "{name} (" + whether(least == most, "{least:,}", "{least:,} to {most:,}") + " parameters) for {studies}",
        name=found[0][1]["model"],
        least=least,
        most=most,
        studies=series([study.text for study, _ in found]),
    )


def describe_changes(studies: Studies) -> Markdown:
    """A list: for each study the change over all seeds, and whether single seeds agree with it."""
    lines = [f"- {describe_change(study)} {_by_seed(study)}".rstrip() for study in studies if study.compared]
    return Markdown("\n".join([*lines, ""]) if lines else "")


def describe_change(study: Classifier) -> Markdown:
    """One sentence on one study: accuracy before and after, with the interval and the test of the difference."""
    seeds: dict[str, Value | Markdown] = {}
    if study.measured:
        seeds["seeds"] = study.score(study.after)["seeds"]
        seeds["word"] = noun(seeds["seeds"], "seed")
    return study.page.say(
        _effect(study) + f" (difference {{difference:+.1f}} points, {CI} {{interval:+.1f}}, {{p}}), evaluated on "
        "{n:,} {examples}" + (" and averaged over {seeds} {word}." if seeds else "."),
        **_before_and_after(study),
        difference=points(study.test["difference"]),
        interval=interval_in_points(study.test, "difference"),
        p=study.test.p_value(),
        n=study.test["n"],
        examples=noun(study.test["n"], "example"),
        rests_on=decide(study.test).rests_on,
        **seeds,
    )


def describe_change_briefly(study: Classifier) -> Markdown:
    """One sentence on one study for the first page: accuracy before, after, and of the majority baseline."""
    if not study.compared:
        return study.page.say(
            "On {study}, accuracy is {after:.1%}; the majority baseline has {baseline:.1%}.",
            study=study.text,
            after=study.score(study.after)["value"],
            baseline=study.score(study.after)["baseline"],
        )
    end = "; the majority baseline has {baseline:.1%}."
    if change(study.test) == "open":
        return study.page.say(
            _effect(study) + " ({difference:+.1f} points, {p})" + end,
            **_before_and_after(study),
            difference=points(study.test["difference"]),
            p=study.test.p_value(),
            baseline=study.score(study.after)["baseline"],
            rests_on=decide(study.test).rests_on,
        )
    return study.page.say(
        _effect(study) + ", by {difference:.1f} points" + end,
        **_before_and_after(study),
        difference=abs(points(study.test["difference"])),
        baseline=study.score(study.after)["baseline"],
        rests_on=decide(study.test).rests_on,
    )


def _effect(study: Classifier) -> str:
    if not study.measured:
        return {
            "gain": "On {study}, accuracy rises significantly from {before:.1%} ({stage}) to {after:.1%} ({later})",
            "loss": "On {study}, accuracy falls significantly from {before:.1%} ({stage}) to {after:.1%} ({later})",
            "open": "On {study}, the change in accuracy from {before:.1%} ({stage}) to {after:.1%} ({later}) is not "
            "significant",
        }[change(study.test)]
    return {
        "gain": "On {study}, fine-tuning significantly raises accuracy from {before:.1%} ({stage}) to {after:.1%}",
        "loss": "On {study}, fine-tuning significantly lowers accuracy from {before:.1%} ({stage}) to {after:.1%}",
        "open": "On {study}, the change in accuracy from {before:.1%} ({stage}) to {after:.1%} is not significant",
    }[change(study.test)]


def _before_and_after(study: Classifier) -> dict[str, Value | Markdown | str]:
    return {
        "study": study.text,
        "stage": Markdown(markdown(STAGES.get(study.before, study.before))),
        "later": study.after,
        "before": study.score(study.before)["value"],
        "after": study.score(study.after)["value"],
    }


def _by_seed(study: Classifier) -> Markdown:
    """Whether the tests of single seeds come to the same result as that over all seeds; nothing without seeds."""
    if not study.seeds:
        return Markdown("")
    tests = [study.table("tests").at(run=run) for run in study.seeds]
    words = {"gain": "a significant gain", "loss": "a significant loss", "open": "no significant difference"}
    some = {outcome: rows for outcome, rows in by_outcome(tests).items() if rows}
    cells = [test["p_holm"] for test in tests]
    alike = derived(
        len(some.get(change(study.test), [])), cells, "number of seeds whose test decides as that of all seeds together"
    )
    if agree := alike == derived(len(tests), cells, "number of seeds"):
        return study.page.say("Each seed alone gives the same result.", rests_on=[agree])
    parts = [
        study.page.say(
            f"{{n}} {verb(len(rows), 'shows', 'show')} {words[outcome]}",
            n=derived(len(rows), cells, how),
            rests_on=rest_together(rows),
        )
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
        return self.study.shown if self.is_first else Markdown("")

    @property
    def stage(self) -> Value:
        """The stage of the row in words, or the side of adopted predictions."""
        return named(STAGES, self._stage)(self.row)

    @property
    def run(self) -> Value | Markdown:
        """The run of the row in words; adopted predictions have none."""
        return run_name(self.row) if self.study.measured else Markdown("–")

    def beside(self, quantity: str) -> Value:
        """Another score of the same stage."""
        return self.study.score(str(self.row[self._stage].data), quantity)["value"]

    @property
    def _stage(self) -> str:
        return "stage" if self.study.measured else "side"


def score_lines(studies: Studies) -> list[Line]:
    """A row for each study and stage, over all seeds; of zero-shot only the ranking that the study chose."""
    return _lines(studies, lambda study: study.accuracies())


def test_lines(studies: Studies) -> list[Line]:
    """A row for the test over all seeds of each study."""
    return _lines([study for study in studies if study.compared], lambda study: [study.test])


def seed_test_lines(studies: Studies) -> list[Line]:
    """A row for the test of each single seed of the studies that we ran."""
    return _lines(
        [study for study in studies if study.compared and study.measured],
        lambda study: [study.table("tests").at(run=run) for run in study.seeds],
    )


def split_lines(studies: Studies) -> list[Line]:
    """A row for each part of the data of every study that we ran."""
    return _lines([study for study in studies if study.measured], lambda study: study.table("splits"))


def counts_unlabelled(line: Line) -> bool:
    """Whether the table of splits counts rows of the file that have no gold label."""
    return "unlabelled" in line.row.cells


def unlabelled(line: Line) -> Value | Markdown:
    """How many rows of the file that a part is taken from have no gold label."""
    return line.row["unlabelled"] if counts_unlabelled(line) else Markdown("–")


def _lines(studies: Studies, rows) -> list[Line]:
    return [Line(study, row, index == 0) for study in studies for index, row in enumerate(rows(study))]


# --- baselines -------------------------------------------------------------------------------------------------------


def compare_with_majority(page: Chapter, studies: Studies) -> Markdown:
    """Which stages have an accuracy whose whole interval lies below the majority baseline."""
    lines = score_lines(studies)
    below = [line for line in lines if line.row["high"] < line.row["baseline"]]
    if not below:
        above = [line.row["high"] - line.row["baseline"] for line in lines]
        return page.say(
            "No stage has a confidence interval wholly below the majority baseline, so there is no sign here of "
            "swapped labels or unparsed answers.",
            rests_on=[smallest(above) >= 0] if above else [],
        )
    named = [
        page.say(
            "the {stage} on {study} ({value:.1%}, baseline {baseline:.1%})",
            stage=str(line.stage.data),
            study=line.study.text,
            value=line.row["value"],
            baseline=line.row["baseline"],
        )
        for line in below
    ]
    return page.say(
        "The confidence interval lies wholly below the majority baseline for {below}. The predictions of such a model "
        "favour rarer labels and should be inspected.",
        below=series(named),
        rests_on=[line.row["high"] < line.row["baseline"] for line in below],
    )


def describe_untrained_heads(page: Chapter, studies: Studies) -> Markdown:
    """The accuracies of heads with random weights, from the lowest to the highest seed; nothing without any."""
    ranges: dict[tuple, tuple[Value, Value, list[str]]] = {}  # the same one of studies that train one model
    for study in (each for each in studies if each.measured):
        rows = study.table("scores").where(stage=Stage.UNTRAINED_HEAD, score="accuracy", run=lambda run: run != ALL)
        if len(rows):
            low, high = min_of(rows.column("value")), max_of(rows.column("value"))
            ranges.setdefault((low.data, high.data), (low, high, []))[2].append(study.text)
    parts: dict[str, list[Markdown]] = {}  # by the verb before them
    for low, high, texts in ranges.values():
        how, start = ("is", "") if reads_alike(".1%", low, high) else ("ranges", "from ")
        told = page.say(f"{start}{span('.1%', low, high)} on {{studies}}", low=low, high=high, studies=series(texts))
        parts.setdefault(how, []).append(told)
    if not parts:
        return Markdown("")
    return page.say(
        "Over the seeds, the accuracy of untrained heads {parts}.",
        parts=Markdown("; it ".join(f"{how} {'; '.join(told)}" for how, told in parts.items())),
    )


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


def describe_best_epochs(page: Chapter, studies: Studies) -> Markdown:
    """The epochs of the checkpoints that were selected."""
    parts = []
    for study in (each for each in studies if each.measured):
        best = study.table("curves").where(best=True).column("epoch")
        low, high = min_of(best), max_of(best)
        template = whether(low == high, "{low:.3g} on {study}", "{low:.3g} to {high:.3g} on {study}")
        parts.append(page.say(template, low=low, high=high, study=study.text))
    if not parts:
        return Markdown("")
    return page.say("The checkpoints chosen are of epoch {parts}.", parts=series(parts))


def describe_left_out(page: Chapter, studies: Studies) -> Markdown:
    """How many examples were left out, and why.

    Their text occurs in a later part, or their row has no gold label.
    """
    cells = [line.row["left_out"] for line in split_lines(studies)]
    if not cells:
        return Markdown("")
    out = sum_of(cells)
    if none := out == 0:
        repeated = page.say("No example was left out for this reason.", rests_on=[none])
    else:
        repeated = page.say(
            "{n} {examples} left out for this reason, summed over the studies.",
            n=out,
            examples=verb(out, "example was", "examples were"),
        )
    return Markdown(" ".join(filter(None, (repeated, _without_gold(page, studies)))))


def _without_gold(page: Chapter, studies: Studies) -> Markdown:
    """How many rows have no gold label; parts that are taken from one split share its rows, which count once."""
    by_split: dict[tuple[str, object], list[Line]] = {}
    for line in split_lines(studies):
        if counts_unlabelled(line) and line.row["unlabelled"].number():
            by_split.setdefault((line.study.name, line.row["split"].data), []).append(line)
    parts = [
        page.say(
            "{unlabelled:,} of the rows read for {parts} on {study}",
            unlabelled=lines[0].row["unlabelled"],
            parts=series([page.say("{part}", part=line.row["part"]) for line in lines]),
            study=lines[0].study.text,
        )
        for lines in by_split.values()
    ]
    return (
        page.say("Rows without a gold label were left out, too: {parts}.", parts=series(parts))
        if parts
        else Markdown("")
    )
