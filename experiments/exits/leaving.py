"""Rows of one batch that leave a model after different blocks, through hooks on the model's own forward pass.

Rows stand deepest first, so those that go on are always the first ones, a view and no copy. Before the block after an
exit its rows are put aside, and every block is given only what belongs to the rows that go on of the mask, the
positions and whatever else has a row for each. After the last block all join again. So every row goes through norm and
head once, and how an architecture comes from states to logits is still its own code.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from experiments.layers.lens import check_way
from experiments.layers.parts import Parts, parts_of, unwrapped
from experiments.tables.errors import UserError

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PreTrainedModel


class Leaving:
    """Lets rows of a batch leave a model after different blocks.

    `end_rows_at` says which rows leave the next pass where, `end_all_at` that all leave it together.
    """

    def __init__(self, parts: Parts, depths: Sequence[int]) -> None:
        self.backbone = parts.backbone
        self._parts, self._depths = parts, tuple(depths)
        self._blocks = list(parts.blocks)
        self._rows: Mapping[int, int] = {}
        self._left: list[torch.Tensor] = []

    def end_all_at(self, depth: int) -> None:
        """End the next passes after this depth, for all rows."""
        self._rows = {}
        self._end_at(depth)

    def end_rows_at(self, rows: Mapping[int, int]) -> None:
        """Let so many rows leave the next passes at each depth; rows stand deepest first, in batch and logits."""
        self._rows = rows
        self._end_at(max(rows))

    @contextmanager
    def hooked(self) -> Iterator[None]:
        """Inside, passes through the model leave; afterwards it is as it was."""
        with ExitStack() as stack:
            for depth in range(self._depths[0], self._depths[-1]):
                hook = self._blocks[depth].register_forward_pre_hook(self._before_block(depth), with_kwargs=True)
                stack.callback(hook.remove)
            for depth in self._depths:
                stack.callback(self._blocks[depth - 1].register_forward_hook(self._after_block(depth)).remove)
            stack.callback(setattr, self._parts.owner, self._parts.name, self._parts.blocks)
            yield

    def try_on(self, model: "PreTrainedModel") -> None:
        """Let one of two rows leave early, inside `hooked`.

        Raises UserError where the others do not go on as before: where blocks are given something that has no row for
        each, such as ALiBi's distances.
        """
        import torch

        ids = torch.arange(1, 5, device=model.device)[None] % self._parts.embedding.num_embeddings
        pairs = {self._depths[-1]: 1, self._depths[0]: 1} if len(self._depths) > 1 else {self._depths[0]: 2}
        self.end_rows_at({self._depths[-1]: 1})
        expected = model(input_ids=ids, use_cache=False).logits
        self.end_rows_at(pairs)
        try:
            found = model(input_ids=ids.repeat(2, 1), use_cache=False).logits[:1]
            same = torch.allclose(found, expected, atol=1e-3 * float(expected[expected.isfinite()].abs().max()))
        except (IndexError, RuntimeError, TypeError, ValueError):
            same = False
        if not same:
            name = type(unwrapped(model)).__name__
            raise UserError(f"{name} does not compute each row by itself, so answers cannot leave it early")

    def _end_at(self, depth: int) -> None:
        """No row needs a block after `depth`."""
        from torch import nn

        if depth != len(getattr(self._parts.owner, self._parts.name)):
            setattr(self._parts.owner, self._parts.name, nn.ModuleList(self._blocks[:depth]))
        self._left = []

    def _before_block(self, depth: int):
        def leave(block: "nn.Module", args: tuple, kwargs: dict) -> tuple[tuple, dict] | None:
            if not self._rows:
                return None
            states, going = args[0], sum(rows for deeper, rows in self._rows.items() if deeper > depth)
            if going < len(states):
                self._left.append(states[going:])
            others, named = _first((args[1:], kwargs), going, sum(self._rows.values()))
            return (states[:going], *others), named

        return leave

    def _after_block(self, depth: int):
        def join(block: "nn.Module", args: tuple, out: object) -> object | None:
            import torch

            if not self._left or depth != len(getattr(self._parts.owner, self._parts.name)):
                return None
            several = isinstance(out, tuple | list)
            states = torch.cat([out[0] if several else out, *reversed(self._left)])
            return type(out)([states, *out[1:]]) if several else states

        return join


def leaving(model: "PreTrainedModel", depths: Sequence[int]) -> Leaving:
    """`depths` rise. Raises UserError for a model of which it is not known how states become words."""
    check_way(model)
    return Leaving(parts_of(model), depths)


def _first(value: object, going: int, rows: int) -> object:
    """What belongs to the first `going` of `rows` rows, of whatever a block is given."""
    import torch

    if isinstance(value, torch.Tensor):
        return value[:going] if value.ndim and len(value) == rows else value
    if isinstance(value, dict):
        return {name: _first(each, going, rows) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(_first(each, going, rows) for each in value)
    return value
