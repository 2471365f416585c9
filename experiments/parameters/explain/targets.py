"""Every set of modules that LoRA could have targeted, grouped by how many elements one unit of rank adds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from experiments.parameters.architectures.shape import Architecture
from experiments.parameters.lora import layer_of, output_layer
from experiments.parameters.modules import Module

RANKS = (8, 16, 32, 64, 4, 128, 2, 256, 1, 24, 12, 48, 96, 512)
"""The ranks that people choose, the likeliest first."""
USUAL_RANKS = RANKS[:4]


def is_likely_number(some: int, every: int) -> bool:
    """Whether somebody says of himself that he adapts so many layers: few, a power of two, or thirds or quarters."""
    return some <= 4 or some.bit_count() == 1 or any(some * part % every == 0 for part in (3, 4))


@dataclass(frozen=True)
class Targets:
    """Target sets of equal ``width`` (elements for each unit of rank), the likeliest first.

    ``parts`` gives the width of each name of the likeliest set; ``label`` is ``default``, ``all-linear`` or None;
    ``same`` are the other sets; ``layers`` the number of equal layers, None where they differ; ``documented`` the sets
    that somebody documents, which may have as many elements in some of their layers.
    """

    parts: dict[str, int]
    label: str | None
    penalty: float
    same: tuple[tuple[str, ...], ...]
    layers: int | None = None
    documented: tuple["LikelySet", ...] = field(default=(), compare=False, repr=False)

    @property
    def width(self) -> int:
        return sum(self.parts.values())

    @property
    def words(self) -> str:
        names = ", ".join(self.parts)
        return {"default": f"PEFT's default targets {names}", "all-linear": f"all linear layers ({names})"}.get(
            self.label, names
        )


@dataclass(frozen=True)
class LikelySet:
    """One target set that somebody documents. ``layers`` is None where its modules are not the same in every layer."""

    parts: dict[str, int]
    label: str | None
    penalty: float
    outputs: int
    biases: int
    layers: int | None

    def as_targets(self) -> Targets:
        return Targets(self.parts, self.label, self.penalty, (), self.layers)

    def in_some_layers(self, elements: int) -> list[tuple[int, int]]:
        """Usual ranks, and in how many of the layers each gives so many elements; none where all layers can give it."""
        width = sum(self.parts.values())
        if self.layers is None or (elements % width == 0 and elements // width in RANKS):
            return []
        products = elements * self.layers
        pairs = ((rank, *divmod(products, width * rank)) for rank in USUAL_RANKS)
        return [
            (rank, some)
            for rank, some, rest in pairs
            if not rest and some < self.layers and is_likely_number(some, self.layers)
        ]


_MOST_ROLES = 12  # with more, not every set of them is tried


def target_sets(architecture: Architecture, modules: Sequence[Module]) -> list[Targets]:
    """Non-empty sets of linear layers by role (the same projection in every layer is one role).

    All of them, or where there are too many roles for that, the documented sets, each role, and each two.
    """
    widths, components, heads = _roles(modules)
    default = _resolve(architecture.default_targets, widths)
    inner = frozenset(widths) - heads
    layers = {name: _layers(held) for name, held in _by_role(modules).items()}
    documented = tuple(likely_sets(architecture, modules))
    groups: dict[int, list[tuple[float, int, tuple[str, ...], str | None]]] = defaultdict(list)
    for names in _choices(widths, default, inner):
        chosen = frozenset(names)
        label = "default" if chosen == default else "all-linear" if chosen == inner else None
        penalty = _penalty(chosen, label, components, heads, inner)
        groups[sum(widths[name] for name in names)].append((penalty, len(names), names, label))
    found = []
    for sets in groups.values():
        sets.sort(key=lambda entry: entry[:3])
        penalty, _, names, label = sets[0]
        same = tuple(other for _, _, other, _ in sets[1:])
        numbers = {layers[name] for name in names}
        equal = numbers.pop() if len(numbers) == 1 else None
        parts = {name: widths[name] for name in names}
        found.append(Targets(parts, label, penalty, same, equal, documented))
    return found


def _choices(roles: Iterable[str], default: frozenset[str], inner: frozenset[str]) -> Iterator[tuple[str, ...]]:
    roles = list(roles)
    few = len(roles) <= _MOST_ROLES
    for size in range(1, len(roles) + 1 if few else 3):
        yield from combinations(roles, size)
    if not few:
        yield from {tuple(role for role in roles if role in chosen) for chosen in (default, inner) if len(chosen) > 2}


def likely_sets(architecture: Architecture, modules: Sequence[Module]) -> list[LikelySet]:
    """PEFT's default, all linear layers, attention, MLP, queries with values or keys and values, and all `dense`."""
    widths, components, heads = _roles(modules)
    inner = [name for name in widths if name not in heads]
    by_name = _by_role(modules)
    dense = frozenset(n for n in inner if n.rpartition(".")[2] == "dense" and _layers(by_name[n]))
    candidates = {
        **({dense: None} if len(dense) > 1 else {}),
        **{frozenset(some): None for some in _TOGETHER if set(some) <= {*inner}},
        **{frozenset(n for n in inner if components[n] == part): None for part in ("attention", "mlp")},
        frozenset(inner): "all-linear",
        _resolve(architecture.default_targets, widths): "default",
    }
    found = []
    for chosen, label in candidates.items():
        held = [module for name in chosen for module in by_name[name]]
        if held:
            penalty = {"default": 0.0, "all-linear": 0.5}.get(label, 1.0)
            parts = {name: widths[name] for name in widths if name in chosen}
            sizes = sum(m.outputs for m in held), sum(m.bias for m in held)
            found.append(LikelySet(parts, label, penalty, *sizes, _layers(held)))
    return found


_TOGETHER = (("q_proj", "v_proj"), ("q_proj", "k_proj", "v_proj"), ("query", "key", "value"))


def _layers(modules: Sequence[Module]) -> int | None:
    """The number of layers, where each has the same modules."""
    by_layer: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for module in modules:
        by_layer[layer_of(f"model.{module.name}")].append((module.rows, module.columns))
    shapes = {tuple(sorted(sizes)) for sizes in by_layer.values()}
    return len(by_layer) if None not in by_layer and len(shapes) == 1 and len(by_layer) > 1 else None


def _penalty(
    chosen: frozenset[str], label: str | None, components: dict[str, str], heads: set[str], every: frozenset[str]
) -> float:
    """How unusual a target set is: 0 for PEFT's default, more for sets that nobody documents."""
    if label:
        return 0.0 if label == "default" else 0.5
    inner = chosen - heads
    if inner == every:
        return 1.5  # QLoRA as many tutorials have it: the output layer too
    whole = [{n for n, c in components.items() if c == part and n not in heads} for part in ("attention", "mlp")]
    if inner in whole or inner in ({"q_proj", "v_proj"}, {"q_proj", "k_proj", "v_proj"}, {"query", "key", "value"}):
        penalty = 1.0
    else:
        penalty = 2.0
    return penalty + 2.0 * bool(chosen & heads)


def _by_role(modules: Sequence[Module]) -> dict[str, list[Module]]:
    names, found = _names(modules), defaultdict(list)
    for module in modules:
        if module.kind == "linear":
            found[names[_path(module.name)]].append(module)
    return found


def _roles(modules: Sequence[Module]) -> tuple[dict[str, int], dict[str, str], set[str]]:
    """Width and component of every role, and the roles that are output layers."""
    widths: dict[str, int] = defaultdict(int)
    components = {}
    names, outputs = _names(modules), output_layer(modules)
    heads = set()
    for module in modules:
        if module.kind == "linear":
            name = names[_path(module.name)]
            widths[name] += module.adapter_width
            components[name] = module.component
            heads |= {name} if module.name in outputs else set()
    return dict(widths), components, heads


def _names(modules: Sequence[Module]) -> dict[str, str]:
    """The role of every dotted path with ``*`` for the layer: the shortest end of it that no other path has.

    Where these are too many, it is the last name of the path, by which PEFT targets them too.
    """
    paths = dict.fromkeys(_path(module.name) for module in modules if module.kind == "linear")
    if len(paths) > _MOST_ROLES:
        return {path: path.rpartition(".")[2] for path in paths}
    short = {}
    for path in paths:
        parts = path.split(".")
        ends = (".".join(parts[start:]) for start in range(len(parts) - 1, -1, -1))
        alone = (end for end in ends if sum(f".{other}".endswith(f".{end}") for other in paths) == 1)
        short[path] = next(alone, path)
    return short


@lru_cache(maxsize=4096)
def _path(name: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in name.split("."))


def _resolve(targets: Sequence[str], roles: dict[str, int]) -> frozenset[str]:
    return frozenset(role for role in roles if role.rpartition(".")[2] in targets)
