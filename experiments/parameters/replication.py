"""Layers that are stacked into a deeper model before they are adapted: ``layer_replication`` of PEFT 0.21.2.

Source: ``peft/tuners/tuners_utils.py`` (``replicate_layers``).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from experiments.parameters.lora import Lora, LoraError
from experiments.parameters.modules import Module

_STACK = re.compile(r"(?P<list>(?:(?:model\.)*layers|(?:bert\.)?encoder\.layer|h)\.)(?P<index>\d+)\.")


def replicated(lora: Lora, modules: Sequence[Module]) -> list[Module]:
    """The modules of the model that PEFT stacks: a layer that stands in it again shares its weights.

    Raises :class:`LoraError` for a model whose layers PEFT does not find, and for layers that it does not have.
    """
    layers: dict[int, list[tuple[str, str, Module]]] = {}
    for module in modules:
        if match := _STACK.match(module.name):
            layers.setdefault(int(match["index"]), []).append((match["list"], module.name[match.end() :], module))
    if not layers:
        raise LoraError("layer_replication: PEFT replicates no layers of this architecture")
    last = max(end for _, end in lora.replication) - 1
    if last >= len(layers):
        raise LoraError(f"layer_replication: there is no layer {last}; the last is {len(layers) - 1}")
    order = [index for start, end in lora.replication for index in range(start, end)]
    stacked = [
        replace(module, name=f"{place}{new}.{rest}", tied_weight=True, tied_bias=True)
        if old in order[:new]
        else replace(module, name=f"{place}{new}.{rest}")
        for new, old in enumerate(order)
        for place, rest, module in layers[old]
    ]
    first = next(at for at, module in enumerate(modules) if _STACK.match(module.name))
    apart = [module for module in modules if not _STACK.match(module.name)]
    return [*apart[:first], *stacked, *apart[first:]]
