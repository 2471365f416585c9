"""Probe every layer with its controls by scikit-learn, one pipeline after the other.

Its logistic regression runs to a tolerance at which the predictions are those of the minimum: at the default of 1e-4
some are not yet.
"""

import warnings

import numpy as np
from probes_measured import INNER_FOLDS, PENALTIES, SEED, is_regression, load, outcome
from scoring_measured import measured
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, Ridge, RidgeCV
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

EXACT = {"tol": 1e-8, "max_iter": 100_000}


def logistic(states, targets, held_out):
    """The predictions (tasks, m) for the held-out states."""
    inner = StratifiedKFold(INNER_FOLDS, shuffle=True, random_state=SEED)
    probe = LogisticRegressionCV(
        Cs=[1 / penalty for penalty in PENALTIES],
        cv=inner,
        scoring="neg_log_loss",
        l1_ratios=(0,),
        use_legacy_attributes=False,
        **EXACT,
    )
    first = make_pipeline(StandardScaler(), probe).fit(states, targets[0])
    models = [
        make_pipeline(StandardScaler(), LogisticRegression(C=first[-1].C_, **EXACT)).fit(states, control)
        for control in targets[1:]
    ]
    return [model.predict(held_out) for model in (first, *models)]


def ridge(states, targets, held_out):
    """The predictions (tasks, m) for the held-out states."""
    first = make_pipeline(StandardScaler(), RidgeCV(alphas=PENALTIES)).fit(states, targets[0])
    models = [
        make_pipeline(StandardScaler(), Ridge(alpha=first[-1].alpha_)).fit(states, control) for control in targets[1:]
    ]
    return [model.predict(held_out) for model in (first, *models)]


def main() -> None:
    case = load()
    warnings.simplefilter("ignore")

    def work() -> dict[str, np.ndarray]:
        predicted = {}
        for name, targets in case.targets.items():
            predicted[name] = np.empty((len(case.states), *targets.shape), targets.dtype)
            probe = ridge if is_regression(targets) else logistic
            for layer, states in enumerate(case.states):
                for fold in np.unique(case.folds):
                    held_out = case.folds == fold
                    found = probe(states[~held_out], targets[:, ~held_out], states[held_out])
                    predicted[name][layer][:, held_out] = found
        return predicted

    measured(work, outcome)


if __name__ == "__main__":
    main()
