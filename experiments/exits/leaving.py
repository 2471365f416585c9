"""Rows of one batch that leave a model after different blocks, through hooks on the model's own forward pass.

Rows stand deepest first, so those that go on are always the first ones, a view and no copy. Before the block after an
exit its rows are put aside, and every block is given only what belongs to the rows that go on of the mask, the
positions and whatever else has a row for each. Before the final norm all join again. So every row goes through norm
and head once, and how an architecture comes from states to logits is still its own code.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from experiments.layers.parts import Parts, parts_of, unwrapped
from experiments.tables.errors import UserError

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PreTrainedModel


class Leaving:
    """Say with `all_at` or `rows_at` how the next pass leaves; its logits are (rows of all exits, 1, vocabulary)."""

    def __init__(self, parts: Parts, depths: Sequence[int]) -> None:
        self._parts, self._depths = parts, tuple(depths)
        self._blocks = list(parts.blocks)
        self._rows: Mapping[int, int] | None = None
        self._left: list[torch.Tensor] = []

    def all_at(self, depths: Sequence[int]) -> None:
        """Every row answers at each of these depths and goes on to the next: logits by depth, the deepest first."""
        self._rows = None
        self._end_at(max(depths))

    def rows_at(self, rows: Mapping[int, int]) -> None:
        """So many rows leave at each depth; they stand deepest first in the batch and in the logits."""
        self._rows = rows
        self._end_at(max(rows))

    @contextmanager
    def hooked(self) -> Iterator[None]:
        """Inside, passes through the model leave; afterwards it is as it was."""
        with ExitStack() as stack:
            for depth in range(self._depths[0], self._depths[-1]):
                hook = self._blocks[depth].register_forward_pre_hook(self._before_block(depth), with_kwargs=True)
                stack.callback(hook.remove)
            stack.callback(self._parts.norm.register_forward_pre_hook(self._before_norm).remove)
            stack.callback(setattr, self._parts.owner, self._parts.name, self._parts.blocks)
            yield

    def _end_at(self, depth: int) -> None:
        """No row needs a block after `depth`."""
        from torch import nn

        if depth != len(getattr(self._parts.owner, self._parts.name)):
            setattr(self._parts.owner, self._parts.name, nn.ModuleList(self._blocks[:depth]))
        self._left = []

    def _before_block(self, depth: int):
        def leave(block: "nn.Module", args: tuple, kwargs: dict) -> tuple[tuple, dict] | None:
            states = args[0]
            if self._rows is None:
                if depth in self._depths:
                    self._left.append(states[:, -1:])
                return None
            going = sum(rows for deeper, rows in self._rows.items() if deeper > depth)
            if going < len(states):
                self._left.append(states[going:])
            return (states[:going], *args[1:]), _first(kwargs, going, sum(self._rows.values()))

        return leave

    def _before_norm(self, norm: "nn.Module", args: tuple) -> tuple:
        import torch

        return torch.cat([args[0][:, -1:], *reversed(self._left)]), *args[1:]


def leaving(model: "PreTrainedModel", depths: Sequence[int]) -> Leaving:
    """`depths` rise. Raises UserError for a model whose states go to no final norm."""
    parts = parts_of(model)
    if parts.norm is None or parts.head is None:
        raise UserError(f"{type(unwrapped(model)).__name__} has no final norm and head, so it has no early exits")
    return Leaving(parts, depths)


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
