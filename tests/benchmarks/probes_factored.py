"""Probe every layer with its controls by experiments.probing: one factorisation of a layer and fold for all."""

import numpy as np
import sklearn.model_selection  # noqa: F401 - imported here, so that no import is on the clock
from probes_measured import INNER_FOLDS, PENALTIES, SEED, is_regression, load, outcome
from scoring_measured import measured

from experiments.probing.probe import cross_fit
from experiments.probing.tasks import Plan, Task


def main() -> None:
    case = load()
    plan = Plan(case.folds, INNER_FOLDS, PENALTIES, SEED)
    tasks = {
        name: Task(targets[0], targets[1:], None if is_regression(targets) else int(targets.max()) + 1)
        for name, targets in case.targets.items()
    }

    def work() -> dict[str, np.ndarray]:
        found = [cross_fit(states, tasks, plan) for states in case.states]
        return {
            name: np.stack([np.vstack([layer[name].targets[None], layer[name].controls]) for layer in found])
            for name in tasks
        }

    measured(work, outcome)


if __name__ == "__main__":
    main()
