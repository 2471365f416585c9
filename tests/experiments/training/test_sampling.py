"""The order of the training examples."""

from hypothesis import given
from hypothesis import strategies as st

from experiments.training.trainer import POOL, ByLength

LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=200)


def order(lengths, batch_size, seed=0, epoch=0) -> list[int]:
    sampler = ByLength(lengths, batch_size, seed)
    sampler.set_epoch(epoch)
    return list(sampler)


@given(LENGTHS, st.integers(1, 9), st.integers(0, 5), st.integers(0, 5))
def test_every_example_stands_in_every_epoch_once(lengths, batch_size, seed, epoch):
    found = order(lengths, batch_size, seed, epoch)
    assert sorted(found) == list(range(len(lengths)))
    assert found == order(lengths, batch_size, seed, epoch)


def test_epochs_and_seeds_differ():
    lengths = list(range(1, 61))
    assert len({tuple(order(lengths, 4, seed, epoch)) for seed in range(3) for epoch in range(3)}) == 9


@given(LENGTHS, st.integers(1, 9))
def test_no_other_order_of_whole_batches_pads_less(lengths, batch_size):
    lengths = (lengths * batch_size)[: POOL * batch_size]
    lengths = lengths[: len(lengths) // batch_size * batch_size]
    found = order(lengths, batch_size)

    def padded(order: list[int]) -> int:
        batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
        return sum(len(batch) * max(lengths[index] for index in batch) for batch in batches)

    assert padded(found) <= padded(list(range(len(lengths))))


def test_training_asks_for_another_order_in_each_epoch(tiny, tmp_path, monkeypatch):
    orders = []
    iterate = ByLength.__iter__
    monkeypatch.setattr(ByLength, "__iter__", lambda self: orders.append(tuple(iterate(self))) or iter(orders[-1]))
    tiny.run(tiny.settings("head", epochs=3), tmp_path)
    assert len(orders) == len(set(orders)) == 3
