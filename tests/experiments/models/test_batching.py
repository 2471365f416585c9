"""How batches are cut, so that shorter rows go through a model with less padding."""

from experiments.models.batching import narrowed


def parts(lengths):
    return list(narrowed(range(len(lengths)), lengths))


def test_shorter_rows_are_padded_less():
    lengths = [47, 46, 33, 32, 32, 31, 30, 29, 27, 25, 23, 19, 16, 16, 14, 11]
    found = parts(lengths)
    assert [row for rows, _ in found for row in rows] == list(range(len(lengths)))
    assert all(lengths[row] <= width for rows, width in found for row in rows)
    assert sum(len(rows) * width for rows, width in found) < 0.7 * len(lengths) * lengths[0]


def test_parts_have_four_rows_and_widths_at_which_sums_stay_the_same():
    first, *others = parts([90, 60, 50, 40, 30, 20, 20, 20, 20, 9, 8, 7, 6, 5, 4])
    assert others
    assert first[1] == 90
    assert all(len(rows) >= 4 for rows, _ in (first, *others))
    assert all(width % 16 == 0 for _, width in others)


def test_few_rows_and_rows_of_like_length_stay_together():
    for lengths in ([500], [500, 5, 5, 5, 5, 5, 5], [20] * 30, [33, 33, 33, 33, 32, 32, 32, 32]):
        assert parts(lengths) == [(range(len(lengths)), lengths[0])]
