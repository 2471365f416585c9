"""The table of mistakes: each made on frozen predictions, answers and probes, beside the figure that is right."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from experiments.exits.scores import Scored, Statistics, difference_of, interval_of, value_of
from experiments.exits.terms import BLEU, NEW_TOKENS, SILENCE, WITH_PROMPT
from experiments.finetuning.derived import Predictions
from experiments.finetuning.pooling import pooled_test_row
from experiments.metrics.classification_tables import mcnemar_row
from experiments.metrics.correctness import Compared
from experiments.mistakes.study import NEW_HEAD, WITHOUT_HEAD, Misread, Settings, Study
from experiments.statistics.baselines import majority
from experiments.statistics.bootstrap import bootstrap, mean, mean_statistics
from experiments.statistics.level import Interval
from experiments.statistics.proportions import wilson
from experiments.system import Read, Row
from experiments.tables.terms import ALL, Stage

GENERATED = f"{Stage.ZERO_SHOT}-generated"
NONE_OF = dict.fromkeys(
    ("model", "least", "most", "baseline", "test", "difference", "low", "high", "p_value", "distinct")
)
"""The cells that not every mistake has."""


def derive_mistakes(study: Study, read: Read) -> Iterator[Row]:
    """A row for each mistake that the study makes, what it is made on, and the quantity that it spoils."""
    frozen = study.chosen.frozen
    for row in _with_classifiers(study.chosen, read("predictions").rows):
        yield {**NONE_OF, **row}
    for misread, make in (
        (frozen.answers, _always_abstain),
        (frozen.statistics, _score_the_prompt),
        (frozen.layers, _probe_a_constant),
    ):
        for row in make(misread, read(misread.table).rows) if misread else ():
            yield {**NONE_OF, "runs": 1, **row}


def _with_classifiers(settings: Settings, rows: Sequence[Row]) -> Iterator[Row]:
    """Labels read as the next ones, and heads that nobody trained."""
    stages: dict[str, dict[str, Predictions]] = {}
    for (run, stage), some in groupby(rows, key=lambda row: (row["run"], row["stage"])):
        stages.setdefault(stage, {})[run] = Predictions(run, stage, list(some))
    zero_shot, tuned = stages[Stage.ZERO_SHOT][ALL], stages[Stage.FINE_TUNED]
    next_label = dict(zip(settings.labels, (*settings.labels[1:], settings.labels[0]), strict=True))
    compare = partial(_compare, settings)

    def misread(found: Predictions) -> tuple[list[str | None], Predictions]:
        return [next_label.get(label) for label in found.predicted], found

    def of_heads(stage: str) -> Iterator[tuple[str, list[str | None]]]:
        for number in range(1, settings.heads + 1):
            yield from ((run, found.predicted) for run, found in stages[f"{stage}-{number}"].items())

    if settings.makes("wrong-labels"):
        yield compare("wrong-labels", "generated answers", [misread(stages[GENERATED][ALL])])
        yield compare("wrong-labels", "fine-tuned classifier", [misread(found) for found in tuned.values()])
    if settings.makes("random-head"):
        yield compare("random-head", "new heads", [(said, zero_shot) for _, said in of_heads(NEW_HEAD)])
    if settings.makes("adapter-without-head"):
        pairs = [(said, tuned[run]) for run, said in of_heads(WITHOUT_HEAD)]
        yield compare("adapter-without-head", "new heads", pairs)


def _compare(
    settings: Settings, mistake: str, case: str, pairs: Sequence[tuple[Sequence[str | None], Predictions]]
) -> Row:
    """What mistaken labels score beside the right predictions, pair by pair."""
    compared = [Compared.of(honest.gold, printed, honest.predicted) for printed, honest in pairs]
    each = [float(found.before.mean()) for found in compared]
    right = {honest.run: found.after for found, (_, honest) in zip(compared, pairs, strict=True)}
    gold = pairs[0][1].gold
    return {
        "mistake": mistake,
        "case": case,
        "quantity": "accuracy",
        "model": settings.model.name,
        **_share("printed", [found.before for found in compared]),
        **_share("honest", [*right.values()]),
        **({"least": min(each), "most": max(each)} if len(each) > 1 else {}),
        "runs": len(pairs),
        "baseline": majority([gold.count(label) for label in settings.labels]),
        **_tested(pooled_test_row(compared) if len(compared) > 1 else mcnemar_row(compared[0])),
    }


def _always_abstain(misread: Misread, rows: Sequence[Row]) -> Iterator[Row]:
    """What answering nothing scores on all questions, and on those that have an answer."""
    questions = {row["id"]: row for row in rows}.values()
    answerable = [row for row in questions if row["answerable"]]
    for quantity in ("exact", "f1"):
        row = {"mistake": "always-abstaining", "case": "all questions", "quantity": quantity}
        for name, some in (("printed", questions), ("honest", answerable)):
            scores = [question["abstaining_exact"] for question in some]
            interval = bootstrap(mean_statistics(scores), mean, [question["paragraph"] for question in some])
            row |= _figure(name, float(np.mean(scores)), interval, len(scores))
        yield row


def _score_the_prompt(misread: Misread, rows: Sequence[Row]) -> Iterator[Row]:
    """BLEU of prompt and answer beside that of the answer: of the deepest exit of the base model, and of no answer."""
    statistics = Statistics(rows)
    model = misread.model or statistics.models[0]
    deepest = partial(statistics.of, model, [(Stage.BASE, ALL)], statistics.depths(model)[-1])

    def figure(name: str, scored: Sequence[Scored]) -> Row:
        low, high = interval_of(scored, BLEU)
        return _figure(name, value_of(scored, BLEU) / 100, (low / 100, high / 100), statistics.n)

    for case, said in (("answers", deepest), ("no answers", partial(statistics.baseline, model, SILENCE))):
        printed, honest = said(scored=WITH_PROMPT), said(scored=NEW_TOKENS)
        test = difference_of(printed, honest, BLEU)
        yield {
            "mistake": "prompt-scored",
            "case": case,
            "quantity": "bleu",
            "model": model,
            **figure("printed", printed),
            **figure("honest", honest),
            "test": "paired-bootstrap",
            "difference": test.difference / 100,
            "low": test.low / 100,
            "high": test.high / 100,
            "p_value": test.p_value,
        }


def _probe_a_constant(misread: Misread, rows: Sequence[Row]) -> Iterator[Row]:
    """Accuracy at the first layer by the last token, of a model in which it is constant, and by the mean of all."""
    first = {
        (row["pooling"], row["model"], row["target"]): row
        for row in rows
        if (row["weights"], row["layer"], row["score"]) == ("trained", 0, "accuracy")
        and misread.model in (None, row["model"])
    }
    both = [(row, first["mean", *key]) for (pooling, *key), row in first.items() if pooling == "last"]
    for printed, honest in sorted(both, key=lambda pair: not pair[0]["degenerate"])[:1]:
        row = {"mistake": "constant-first-state", "case": printed["target"], "quantity": "accuracy"}
        for name, of in (("printed", printed), ("honest", honest)):
            row |= _figure(name, of["value"], (of["low"], of["high"]), of["n"])
        yield {**row, **{name: printed[name] for name in ("model", "baseline", "distinct")}}


def _share(name: str, right: Sequence[NDArray[np.bool_]]) -> Row:
    """A share of right predictions: of one model by Wilson; of several the mean, with the examples resampled."""
    n, shares = len(right[0]), np.mean(right, axis=0)
    interval = wilson(int(shares.sum()), n) if len(right) == 1 else bootstrap(mean_statistics(shares), mean)
    return _figure(name, float(shares.mean()), interval, n)


def _figure(name: str, value: float, interval: Interval | tuple[float, float], n: int) -> Row:
    return {name: value, f"{name}_low": interval[0], f"{name}_high": interval[1], f"{name}_n": n}


def _tested(test: Mapping[str, object]) -> Row:
    return {name: test[name] for name in ("test", "difference", "low", "high", "p_value")}
