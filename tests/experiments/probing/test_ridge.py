"""Ridge from one factorisation is scikit-learn's, choice of the penalty included."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.probing.features import factorise
from experiments.probing.probe import choose_ridge_penalty, predict_ridge

PENALTIES = (0.01, 1.0, 10.0, 100.0, 1000.0)


@settings(max_examples=30)
@example(seed=522, shape=(30, 60), noise=1.5)
@given(seed=st.integers(0, 1000), shape=st.sampled_from([(50, 6), (30, 60), (25, 25)]), noise=st.floats(0.1, 30))
def test_penalty_and_predictions_are_scikit_learns(seed, shape, noise):
    rng = np.random.default_rng(seed)
    states = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1])) + 7
    values = states @ rng.normal(size=shape[1]) + noise * rng.normal(size=shape[0])
    others, controls = rng.normal(size=(10, shape[1])), rng.normal(size=(shape[0], 4))
    factors = factorise(states)
    theirs = make_pipeline(StandardScaler(), RidgeCV(alphas=PENALTIES, store_cv_results=True)).fit(states, values)
    penalty = choose_ridge_penalty(factors, values, PENALTIES)
    errors = dict(zip(PENALTIES, theirs[-1].cv_results_.mean(axis=0), strict=True))
    # Of two penalties whose errors are the same but for 32 bits of precision, either may be chosen.
    assert errors[penalty] <= (1 + 1e-3) * min(errors.values())
    ours = predict_ridge(factors, np.column_stack([values, controls]), penalty, others)
    same = make_pipeline(StandardScaler(), Ridge(alpha=penalty)).fit(states, values)
    assert ours[:, 0] == pytest.approx(same.predict(others), abs=1e-6 * np.abs(values).max())
    control = make_pipeline(StandardScaler(), Ridge(alpha=penalty)).fit(states, controls)
    assert ours[:, 1:] == pytest.approx(control.predict(others), abs=1e-6)


def test_the_leave_one_out_error_is_that_of_leaving_each_out(states):
    found, _, values = states(n=30, features=4)
    scaled = (found - found.mean(axis=0)) / found.std(axis=0)

    def left_out(penalty):
        errors = []
        for row in range(len(values)):
            rest = np.arange(len(values)) != row
            predicted = Ridge(alpha=penalty).fit(scaled[rest], values[rest]).predict(scaled[[row]])
            errors.append((predicted[0] - values[row]) ** 2)
        return np.mean(errors)

    assert choose_ridge_penalty(factorise(found), values, PENALTIES) == min(PENALTIES, key=left_out)
