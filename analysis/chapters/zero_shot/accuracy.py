"""The chapter on zero-shot against fine-tuned: which scores stand beside which, and the sentences that follow them."""

from collections.abc import Sequence

from analysis.audit import wilson_interval
from analysis.chapters.common import (
    ALL,
    FINE_TUNED,
    STAGES,
    UNTRAINED_HEAD,
    ZERO_SHOT,
    Classifier,
    classifiers,
    p_value,
    points,
    verdict,
)
from analysis.chapters.published import guess
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of, min_of, ratio, sum_of
from analysis.figures.curves import Curve, Point
from analysis.figures.intervals import Estimate
from analysis.figures.paired import Pair
from analysis.sentences import noun, series, verb

OURS, THEIRS = "Measured for this report", "As reported: other models, other examples"
OUTCOMES = {"gain": "gain", "loss": "lose", "open": "cannot be told from chance"}


# --- the figure ------------------------------------------------------------------------------------------------------


def measured_pairs(page: Chapter) -> list[Pair]:
    """A line for each study of ours: accuracy before and after, over all seeds."""
    return [
        Pair(
            f"{study.title}\n({_words(study.before)})",
            *(_estimate(study.score(stage)) for stage in (study.before, FINE_TUNED)),
            guess=study.score(FINE_TUNED)["baseline"],
            group=OURS,
        )
        for study in classifiers(page)
    ]


def reported_pairs(page: Chapter) -> list[Pair]:
    """The accuracies that S1, S2 and S3 print; intervals where they print the number of examples."""
    s1, s2, s3 = (page.table(f"published-{source}/figures") for source in ("s1", "s2", "s3"))
    first = [s1.at(figure=f"s1-sst2-accuracy-{side}") for side in (ZERO_SHOT, FINE_TUNED)]
    third = [s3.at(figure=f"s3-accuracy-{side}") for side in (ZERO_SHOT, FINE_TUNED)]
    found = [Pair("S1, SST-2", *(Estimate("", row["value"]) for row in first), majority(page), THEIRS)]
    for split in s2.where(quantity="accuracy").distinct("split"):
        sides = [s2.at(quantity="accuracy", split=split, method=side) for side in ("pretrained", FINE_TUNED)]
        samples = s2.at(quantity="samples", split=split)["value"]
        found.append(Pair(f"S2, SNLI, {split}", *(_printed(row, samples) for row in sides), guess(s2), THEIRS))
    return [*found, Pair("S3, SST-2", *(Estimate("", row["value"]) for row in third), majority(page), THEIRS)]


def majority(page: Chapter) -> Value:
    """What always naming the more frequent label scores on the development set of SST-2."""
    baselines = page.table("published-baselines/figures")
    frequent, examples = (baselines.at(figure=f"sst2-dev-{what}")["value"] for what in ("positive", "examples"))
    return ratio(frequent, examples)


def _estimate(row: Row) -> Estimate:
    return Estimate("", row["value"], row["low"], row["high"])


def _printed(row: Row, samples: Value) -> Estimate:
    interval = wilson_interval(row, samples)
    return Estimate("", row["value"], *(() if interval is None else (interval.lower, interval.upper)))


# --- what fine-tuning changed ----------------------------------------------------------------------------------------


def models(page: Chapter) -> Markdown:
    """Which models the studies are about, and how small they are."""
    by_model: dict[object, list[tuple[Classifier, Row]]] = {}
    for study in classifiers(page):
        cost = study.table("cost").where(stage="training").rows[0]
        by_model.setdefault(cost["model"].data, []).append((study, cost))
    return Markdown("; ".join(_model(page, found) for found in by_model.values()) + ".")


def _model(page: Chapter, found: Sequence[tuple[Classifier, Row]]) -> Markdown:
    sizes = [cost["logical_base"] for _, cost in found]
    least, most = min_of(sizes), max_of(sizes)
    return page.say(
        "{name}, with " + ("{least:,}" if least == most else "{least:,} to {most:,}") + " parameters, for {studies}",
        name=found[0][1]["model"],
        least=least,
        most=most,
        studies=series([study.text for study, _ in found]),
    )


def changes(page: Chapter) -> Markdown:
    """A list: for each study whether fine-tuning gained or lost, over all seeds and seed by seed."""
    return Markdown("\n".join(f"- {change(study)} {_by_seed(study)}" for study in classifiers(page)) + "\n")


def change(study: Classifier) -> Markdown:
    """One sentence on one study, over all seeds."""
    test = study.table("tests").at(run=ALL)
    said = {
        "gain": "On {study}, fine-tuning gains {points:.1f} points of accuracy",
        "loss": "On {study}, fine-tuning loses {points:.1f} points of accuracy",
        "open": "On {study}, fine-tuning changes the accuracy by {points:+.1f} points, which may be chance,",
    }
    return study.page.say(
        said[verdict(test)] + " against {stage}: from {before:.1%} to {after:.1%} of {n:,} examples, in the mean "
        "of {seeds} {word}. The 95% interval of the difference reaches from {low:+.1f} to {high:+.1f} points ({p}).",
        study=study.text,
        points=abs(points(test["difference"])) if verdict(test) != "open" else points(test["difference"]),
        stage=_said(study.before),
        before=study.score(study.before)["value"],
        after=study.score(FINE_TUNED)["value"],
        n=test["n"],
        seeds=study.score(FINE_TUNED)["seeds"],
        word=noun(study.score(FINE_TUNED)["seeds"], "seed"),
        low=points(test["low"]),
        high=points(test["high"]),
        p=p_value(test["p_holm"]),
    )


def change_in_short(study: Classifier) -> Markdown:
    """One sentence for the first page: gain, loss, or what cannot be told."""
    test = study.table("tests").at(run=ALL)
    said = {
        "gain": "On {study}, fine-tuning gains {points:.1f} points of accuracy against {stage}",
        "loss": "On {study}, fine-tuning loses {points:.1f} points of accuracy against {stage}",
        "open": "On {study}, it cannot be told from chance whether fine-tuning does better than {stage}",
    }[verdict(test)]
    return study.page.say(
        said + ": {before:.1%} become {after:.1%}, where always naming the most frequent label scores {guess:.1%}.",
        study=study.text,
        points=abs(points(test["difference"])),
        stage=_said(study.before),
        before=study.score(study.before)["value"],
        after=study.score(FINE_TUNED)["value"],
        guess=study.score(FINE_TUNED)["baseline"],
    )


def _by_seed(study: Classifier) -> Markdown:
    tests = [study.table("tests").at(run=run) for run in study.seeds]
    found = {outcome: [test for test in tests if verdict(test) == outcome] for outcome in OUTCOMES}
    some = {outcome: rows for outcome, rows in found.items() if rows}
    if list(some) == [verdict(study.table("tests").at(run=ALL))]:
        return Markdown("Each seed by itself says the same.")
    parts = [
        study.page.say(f"{{n}} {OUTCOMES[outcome]}", n=_how_many(rows, tests, f"seeds whose test says {outcome}"))
        for outcome, rows in some.items()
    ]
    return study.page.say("Of the seeds by themselves, {parts}.", parts=series(parts))


def _how_many(some: Sequence[Row], tests: Sequence[Row], what: str) -> Value:
    return derived(len(some), [test["p_holm"] for test in tests], f"number of {what}")


def tests(page: Chapter) -> list[dict[str, Value | Markdown]]:
    """The rows of every test, with the name of its study."""
    return [
        {"study": Markdown(study.title if row is first else ""), "row": row}
        for study in classifiers(page)
        for first in [study.table("tests").rows[0]]
        for row in study.table("tests")
    ]


def scores(page: Chapter) -> list[dict[str, Row | Markdown | Classifier]]:
    """A row for each study and stage, over all seeds: of zero-shot only the ranking that the study chose."""
    return [
        {"study": Markdown(study.title if index == 0 else ""), "of": study, "row": row}
        for study in classifiers(page)
        for index, row in enumerate(study.table("scores").where(run=ALL, score="accuracy", stage=tuple(STAGES)))
    ]


def beside(entry: dict[str, Row | Markdown | Classifier], quantity: str) -> Value:
    """Another score of the run and stage of an entry of `scores`."""
    return entry["of"].score(entry["row"]["stage"].data, quantity)["value"]


# --- what comes before fine-tuning -----------------------------------------------------------------------------------


def below_a_guess(page: Chapter) -> Markdown:
    """Which stages score surely less than always naming the most frequent label."""
    below = [
        page.say(
            "{stage} on {study}, with {value:.1%} against {guess:.1%}",
            stage=_said(row["stage"].data),
            study=study.text,
            value=row["value"],
            guess=row["baseline"],
        )
        for study in classifiers(page)
        for row in study.table("scores").where(run=ALL, score="accuracy", stage=tuple(STAGES))
        if row["high"] < row["baseline"]
    ]
    if not below:
        return Markdown(
            "No stage of ours scores surely below the majority baseline, so nothing here hints at swapped "
            "labels or at answers that could not be read."
        )
    return page.say(
        "Surely below the majority baseline {are} {below}. An interval that ends below it says that the predictions "
        "lean towards rarer labels, and asks for a look at them.",
        are=verb(len(below), "is", "are"),
        below=series(below),
    )


def reported_pitfalls(page: Chapter) -> Markdown:
    """What the baselines show about the accuracies that S1 and S2 print."""
    before = page.table("published-s1/figures").at(figure="s1-sst2-accuracy-zero-shot")["value"]
    if before < 1 - majority(page):
        beside = "is less than always giving the same answer scores, whichever it is"
    elif before < majority(page):
        beside = "is less than always naming the most frequent label scores, {majority:.1%}"
    else:
        beside = "stands beside the {majority:.1%} of always naming the most frequent label"
    return page.say(
        "The pairs of S1 and S2 show what baselines are for. The {before:.0%} that S1 calls zero-shot " + beside + ", "
        "and the model that S2 calls pretrained is an untrained head; @sec-s1 and @sec-s2 take both apart.",
        before=before,
        majority=majority(page),
    )


def untrained(page: Chapter) -> Markdown:
    """What heads of random weights score, and that each seed is another guess."""
    parts = []
    for study in classifiers(page):
        rows = study.table("scores").where(stage=UNTRAINED_HEAD, score="accuracy", run=lambda run: run != ALL)
        if len(rows):
            values = rows.column("value")
            parts.append(
                page.say(
                    "from {low:.1%} to {high:.1%} on {study}", low=min_of(values), high=max_of(values), study=study.text
                )
            )
    return page.say("Seed by seed, the untrained heads score {parts}.", parts=series(parts))


# --- learning and leakage --------------------------------------------------------------------------------------------


def learning_curves(page: Chapter) -> list[Curve]:
    """Accuracy on the validation examples as training goes on: a panel for each study, a line for each seed."""
    return [
        Curve(
            run.replace("-", " "),
            [Point(row["epoch"], row["validation_accuracy"]) for row in study.table("curves").where(run=run)],
            study.title,
        )
        for study in classifiers(page)
        for run in study.seeds
    ]


def best_epochs(page: Chapter) -> Markdown:
    """Where the chosen checkpoints lie."""
    parts = []
    for study in classifiers(page):
        best = study.table("curves").where(best=True).column("epoch")
        low, high = min_of(best), max_of(best)
        template = "{low:.3g} on {study}" if low == high else "{low:.3g} to {high:.3g} on {study}"
        parts.append(page.say(template, low=low, high=high, study=study.text))
    return page.say("The chosen epochs are {parts}.", parts=series(parts))


def splits(page: Chapter) -> list[dict[str, Row | Markdown]]:
    """The parts of every study."""
    return [
        {"study": Markdown(study.title if index == 0 else ""), "row": row}
        for study in classifiers(page)
        for index, row in enumerate(study.table("splits"))
    ]


def leakage(page: Chapter) -> Markdown:
    """How many examples were left out, since their text stands in a later part."""
    out = sum_of([row["row"]["left_out"] for row in splits(page)])
    return page.say(
        "{n} {examples} left out for this reason, counted study by study.",
        n=out,
        examples=verb(out, "example was", "examples were"),
    )


def _words(stage: object) -> str:
    return STAGES.get(str(stage), str(stage))


def _said(stage: object) -> Markdown:
    """A stage as the subject of a sentence."""
    known = {ZERO_SHOT: "the zero-shot classifier", FINE_TUNED: "the fine-tuned classifier"}
    return Markdown(known.get(str(stage), f"the {_words(stage)}"))
