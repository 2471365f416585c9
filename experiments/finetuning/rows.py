"""From what the runs found to the rows of the tables."""

from collections.abc import Iterator, Mapping, Sequence

from experiments.finetuning.features import features
from experiments.finetuning.parts import TEST, Parts
from experiments.finetuning.pooling import pooled_score_rows, pooled_test_row, pooled_transition_rows
from experiments.finetuning.results import Found, Predictions, before_stage
from experiments.finetuning.study import Settings
from experiments.metrics.classification import confusion
from experiments.metrics.classification_tables import Example, classification_tables, score_rows
from experiments.statistics.corrections import holm
from experiments.training.runs import ALL, FINE_TUNED, ZERO_SHOT, cost_rows, curve_rows, run_name

Row = dict[str, object]
NONE = "(none)"  # in place of a label that could not be read


class Rows:
    """The rows of the tables of one run of the study. `shared` is what has no seed: the zero-shot part, or None."""

    def __init__(self, settings: Settings, parts: Parts, shared: Found | None, seeds: Mapping[int, Found]) -> None:
        self._settings, self._parts = settings, parts
        self._labels, self._lengths = settings.labels, next(iter(seeds.values())).lengths
        self._shared, self._seeds = shared, seeds
        self._test = parts.examples[TEST]
        self._gold = [example.label for example in self._test]
        self._before = before_stage(settings)

    def splits(self) -> Iterator[Row]:
        for part, lengths in self._lengths.items():
            row = self._parts.row(part, self._labels, self._settings.data.name)
            yield {**row, "truncated": sum(map(self._cut, lengths)), "longest": max(lengths)}

    def scores(self) -> Iterator[Row]:
        shared = [found.stage for found in self._shared.predictions] if self._shared else []
        for run, stage, found in self._by_run():
            if len(found) == 1:
                yield from self._scored(run, found[0], seeds=0 if stage in shared else 1)
            else:
                yield from self._pooled(stage, found)

    def confusion(self) -> Iterator[Row]:
        for run, stage, found in self._by_run():
            counts = sum(confusion(self._gold, self._named(each), self._labels) for each in found)
            for gold, row in zip(self._labels, counts.tolist(), strict=True):
                for predicted, count in zip((*self._labels, NONE), row, strict=True):
                    yield {"run": run, "stage": stage, "gold": gold, "predicted": predicted, "count": count}

    def _by_run(self) -> Iterator[tuple[str, str, list[Predictions]]]:
        """Every run and stage with its predictions, `all` with those of every seed."""
        for found in self._shared.predictions if self._shared else ():
            yield ALL, found.stage, [found]
        for stage in (found.stage for found in next(iter(self._seeds.values())).predictions):
            by_seed = {seed: found.of(stage) for seed, found in self._seeds.items()}
            yield from ((run_name(seed), stage, [found]) for seed, found in by_seed.items())
            yield ALL, stage, list(by_seed.values())

    def _scored(self, run: str, found: Predictions, seeds: int) -> Iterator[Row]:
        counts = confusion(self._gold, self._named(found), self._labels)
        for row in score_rows("", counts, self._labels):
            del row["side"]
            yield {"run": run, "stage": found.stage, **row, "seeds": seeds, "ties": found.ties}

    def _pooled(self, stage: str, found: Sequence[Predictions]) -> Iterator[Row]:
        for row in pooled_score_rows(self._gold, [self._named(each) for each in found], self._labels):
            yield {"run": ALL, "stage": stage, **row, "seeds": len(found), "ties": None}

    def examples(self) -> Iterator[Row]:
        for seed, found in self._seeds.items():
            before, after = self._of_before(found), found.of(FINE_TUNED)
            for index, compared in enumerate(self._compared(found)):
                yield {
                    "run": run_name(seed),
                    **compared._asdict(),
                    "correctness": compared.correctness,
                    **self._probabilities("before", before.probabilities[index]),
                    **self._probabilities("after", after.probabilities[index]),
                    **features(self._test[index]),
                    "tokens": self._lengths[TEST][index],
                    "truncated": self._cut(self._lengths[TEST][index]),
                }

    def transitions(self) -> Iterator[Row]:
        for seed, found in self._seeds.items():
            made = classification_tables(self._compared(found), self._labels)
            yield from ({"run": run_name(seed), **row, "seeds": 1} for row in made["transitions"])
        compared = [self._compared(found) for found in self._seeds.values()]
        rows = pooled_transition_rows(compared) if len(compared) > 1 else made["transitions"]
        yield from ({"run": ALL, **row, "seeds": len(compared)} for row in rows)

    def tests(self) -> list[Row]:
        compared = {seed: self._compared(found) for seed, found in self._seeds.items()}
        rows = [
            {"run": run_name(seed), **classification_tables(examples, self._labels)["tests"][0]}
            for seed, examples in compared.items()
        ]
        adjusted = holm([row["p_value"] for row in rows])
        rows = [{**row, "p_holm": p} for row, p in zip(rows, adjusted, strict=True)]
        pooled = pooled_test_row(list(compared.values()))
        return [*rows, {"run": ALL, **pooled, "p_holm": pooled["p_value"]}]

    def curves(self) -> Iterator[Row]:
        return curve_rows(self._seeds)

    def cost(self) -> Iterator[Row]:
        return cost_rows(self._shared, self._seeds)

    def _cut(self, length: int) -> bool:
        return length > self._settings.training.max_tokens

    def _of_before(self, found: Found) -> Predictions:
        if self._before == ZERO_SHOT:
            return self._shared.of(ZERO_SHOT)
        return next(each for each in found.predictions if each.stage != FINE_TUNED)

    def _compared(self, found: Found) -> list[Example]:
        before, after = self._named(self._of_before(found)), self._named(found.of(FINE_TUNED))
        return [Example(example.id, example.label, before[i], after[i]) for i, example in enumerate(self._test)]

    def _named(self, found: Predictions) -> list[str | None]:
        return [None if choice is None else self._labels[choice] for choice in found.choices]

    def _probabilities(self, side: str, values: Sequence[float]) -> Row:
        return {f"{side}_{label}": value for label, value in zip(self._labels, values, strict=True)}
