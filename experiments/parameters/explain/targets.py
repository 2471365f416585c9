"""Every set of modules that LoRA could have targeted, grouped by how many elements one unit of rank adds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from experiments.parameters.architectures import Architecture
from experiments.parameters.lora import output_layer
from experiments.parameters.modules import Module


@dataclass(frozen=True)
class Targets:
    """Target sets of equal ``width`` (elements for each unit of rank), the likeliest first.

    ``parts`` gives the width of each name of the likeliest set; ``label`` is ``default``, ``all-linear`` or None;
    ``same`` are the other sets.
    """

    parts: dict[str, int]
    label: str | None
    penalty: float
    same: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        return sum(self.parts.values())

    @property
    def words(self) -> str:
        names = ", ".join(self.parts)
        return {"default": f"PEFT's default targets {names}", "all-linear": f"all linear layers ({names})"}.get(
            self.label, names
        )


def target_sets(architecture: Architecture, modules: Sequence[Module]) -> list[Targets]:
    """All non-empty sets of linear layers by role (the same projection in every layer is one role)."""
    widths, components = _roles(modules)
    outputs = {_path(name) for name in output_layer(modules)}
    heads = {name for name, path in _paths(modules).items() if path in outputs}
    default = _resolve(architecture.default_targets, widths)
    inner = frozenset(widths) - heads
    groups: dict[int, list[tuple[float, int, tuple[str, ...], str | None]]] = defaultdict(list)
    for size in range(1, len(widths) + 1):
        for names in combinations(widths, size):
            chosen = frozenset(names)
            label = "default" if chosen == default else "all-linear" if chosen == inner else None
            penalty = _penalty(chosen, label, components, heads)
            groups[sum(widths[name] for name in names)].append((penalty, size, names, label))
    found = []
    for sets in groups.values():
        sets.sort(key=lambda entry: entry[:3])
        penalty, _, names, label = sets[0]
        same = tuple(other for _, _, other, _ in sets[1:])
        found.append(Targets({name: widths[name] for name in names}, label, penalty, same))
    return found


def _penalty(chosen: frozenset[str], label: str | None, components: dict[str, str], heads: set[str]) -> float:
    """How unusual a target set is: 0 for PEFT's default, more for sets that nobody documents."""
    if label:
        return 0.0 if label == "default" else 0.5
    inner = chosen - heads
    whole = [{n for n, c in components.items() if c == part and n not in heads} for part in ("attention", "mlp")]
    if inner in whole or inner in ({"q_proj", "v_proj"}, {"q_proj", "k_proj", "v_proj"}, {"query", "key", "value"}):
        penalty = 1.0
    else:
        penalty = 2.0
    return penalty + 2.0 * bool(chosen & heads)


def _roles(modules: Sequence[Module]) -> tuple[dict[str, int], dict[str, str]]:
    """Width and component of every role, by the shortest name that no other role ends in."""
    widths: dict[str, int] = defaultdict(int)
    components = {}
    names = {path: name for name, path in _paths(modules).items()}
    for module in modules:
        if module.kind == "linear":
            name = names[_path(module.name)]
            widths[name] += module.adapter_width
            components[name] = module.component
    return dict(widths), components


def _paths(modules: Sequence[Module]) -> dict[str, str]:
    """Dotted path with ``*`` for the layer, by the shortest end of it that is unique."""
    paths = dict.fromkeys(_path(module.name) for module in modules if module.kind == "linear")
    short = {}
    for path in paths:
        parts = path.split(".")
        ends = (".".join(parts[start:]) for start in range(len(parts) - 1, -1, -1))
        short[next(end for end in ends if sum(f".{other}".endswith(f".{end}") for other in paths) == 1)] = path
    return short


def _path(name: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in name.split("."))


def _resolve(targets: Sequence[str], roles: dict[str, int]) -> frozenset[str]:
    return frozenset(role for role in roles if role.rpartition(".")[2] in targets)
