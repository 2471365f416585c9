"""Rows with branches let each label see exactly what it would see alone, and batches keep to their limits."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from experiments.scoring.encoding import EncodedLabel
from experiments.scoring.forward import branch_mask
from experiments.scoring.rows import Row, batches, plain_rows, shared_row

tokens = st.lists(st.integers(0, 2), min_size=1, max_size=6)


@st.composite
def examples(draw):
    """Labels of one example: a context, and what follows it."""
    context = draw(tokens)
    after = draw(st.lists(tokens, min_size=1, max_size=4))
    return [EncodedLabel((context + label)[:-1], label, False) for label in after]


def seen(row):
    """For each token asked for: its label, the token, and the (token, position) pairs that the model sees for it."""
    mask = branch_mask(torch.tensor([row.branches]), torch.float32)[0, 0]
    visible = [[(row.ids[key], row.positions[key]) for key in keys.eq(0).nonzero()] for keys in mask]
    return sorted((ask.label, ask.place, ask.token, visible[ask.place]) for ask in row.asks)


def alone(labels):
    return [
        (number, token, list(zip(label.window[: place + 1], range(place + 1), strict=True)))
        for number, label in enumerate(labels, start=5)
        for place, token in enumerate(label.targets, len(label.window) - len(label.targets))
    ]


@given(examples())
def test_in_a_shared_row_each_label_sees_what_it_sees_alone(labels):
    row = shared_row(labels, 5)
    assert [(label, token, keys) for label, _, token, keys in seen(row)] == alone(labels)
    assert len(row.ids) <= sum(len(label.window) for label in labels)


@given(examples())
def test_plain_rows_hold_each_label_whole(labels):
    found = [entry for row in plain_rows(labels, 5) for entry in seen(row)]
    assert sorted((label, token, keys) for label, _, token, keys in found) == sorted(alone(labels))


@given(st.lists(examples(), max_size=12), st.integers(1, 60), st.integers(1, 20))
def test_batches_hold_every_row_once_within_the_limits(sets, budget, places):
    rows = [shared_row(labels, 10 * number) for number, labels in enumerate(sets)]
    made = list(batches(rows, budget, places))
    assert sorted(map(id, rows)) == sorted(id(row) for batch in made for row in batch)
    for batch in made:
        assert len({row.branched for row in batch}) == 1
        assert len(batch) == 1 or len(batch) * max(len(row.ids) for row in batch) <= budget
        assert len(batch) == 1 or sum(row.places for row in batch) <= places


def test_labels_that_differ_in_the_last_token_need_no_branch():
    labels = [EncodedLabel([1, 2, 3], [3, token], False) for token in (4, 5, 6)]
    row = shared_row(labels, 0)
    assert row == Row([1, 2, 3], [0, 1, 2], [0, 0, 0], row.asks)
    assert row.places == 2
