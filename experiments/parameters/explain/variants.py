"""The wider search, where nothing usual gives the numbers: what people do beside LoRA of one rank on every layer.

DoRA, layer subsets, two ranks, modules saved whole, trained biases, a vocabulary of any size, and a trainable count
that a script halves. Each lets more numbers come out by chance, so that at most two are combined, only usual ranks and
documented targets are tried, and every reported number must be exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from experiments.parameters.explain.bases import Base, Shape
from experiments.parameters.explain.explanation import PLAIN, Explanation, Trained, Variant
from experiments.parameters.explain.targets import LikelySet, Targets

SEARCHED = (
    "DoRA",
    "some of the layers only (layers_to_transform)",
    "two ranks (rank_pattern)",
    "embedding and output layer trained whole (modules_to_save)",
    "trained biases (bias=all, bias=lora_only)",
    "a vocabulary resized to any size",
    "a trainable count halved for 4-bit models",
)
RANKS = (8, 16, 32, 64, 4, 128, 2, 256, 1, 24, 12, 48, 96, 512)
_MOST = 2  # of the above at once
_TWO_RANKS = (4, 8, 16, 32, 64, 128)
_LARGEST_VOCABULARY = 1_000_000


@dataclass(frozen=True)
class _Setting:
    """All but the adapter: what else is added and trained, and how the trainable count is printed."""

    saved: tuple[tuple[str, int], ...]
    bias: str
    halved: bool

    @property
    def departures(self) -> int:
        return bool(self.saved) + (self.bias != "none") + self.halved


def variants(
    bases: list[Base],
    shapes: list[Shape],
    trained: dict[int, list[Trained]],
    total: int | None,
    trainable: int | None,
    rank: int | None,
) -> Iterator[Explanation]:
    """Explanations with at most two departures from the usual. ``trained`` gives what each base may train."""
    ranks = RANKS if rank is None else (rank,)
    if total is None:
        yield from _without_total(shapes, trainable, ranks)
        return
    for number, base in enumerate(bases):
        if trainable is None:
            yield from _grown(base, None, total - base.elements(False))
            continue
        yield from _untouched(base, total, trainable)
        for what in trained[number]:
            for in_total in (True, False) if base.copies == 1 else (True,):
                yield from _with_total(base, what, in_total, total, trainable, ranks)


def _untouched(base: Base, total: int, trainable: int) -> Iterator[Explanation]:
    """A resized vocabulary and no adapter: the whole model is trained, or nothing."""
    if base.copies == 1:
        whole = (
            Trained("everything", total) if trainable == total else Trained("nothing", 0) if trainable == 0 else None
        )
        if whole and not (base.nf4 and trainable):
            yield from _grown(base, whole, total - base.elements(False))


def _grown(base: Base, what: Trained | None, gap: int) -> Iterator[Explanation]:
    rows = _rows(base, gap)
    if rows and base.copies == 1:
        yield Explanation(base.with_rows(rows), what)


def _rows(base: Base, gap: int) -> int | None:
    """Rows of the vocabulary that close the gap; None where it is no whole number, or no vocabulary."""
    if gap == 0:
        return 0
    rows, rest = divmod(gap, base.row) if base.row else (0, 1)
    return None if rest or not 0 < base.shape.vocabulary + rows <= _LARGEST_VOCABULARY else rows


def _with_total(
    base: Base, what: Trained, in_total: bool, total: int, trainable: int, ranks: tuple[int, ...]
) -> Iterator[Explanation]:
    for setting in _settings(base.shape, base.nf4):
        printed = 2 * trainable if setting.halved else trainable
        for bias_elements, sets in _biases(base.shape, setting.bias):
            added = printed - what.head_elements - bias_elements  # adapter and copies, which do not depend on the rows
            rows = _rows(base, total - base.elements(in_total) - (added if in_total else 0))
            if rows is None or added <= 0:
                continue
            grown = base.with_rows(rows) if rows else base
            saved = _saved_with(base.shape, setting.saved, rows)
            adapter = added - sum(n for _, n in saved)
            departures = setting.departures + bool(rows)
            variant = _variant(setting, saved, bias_elements, bool(rows))
            for targets, r, found in _adapters(base.shape, sets, adapter, ranks, departures):
                yield _explanation(grown, what, in_total, targets, r, variant, found)


def _without_total(shapes: list[Shape], trainable: int, ranks: tuple[int, ...]) -> Iterator[Explanation]:
    seen: set[tuple] = set()
    for shape in shapes:
        heads = [Trained("adapter", 0)]
        if shape.head in ("classification", "qa"):
            heads.append(Trained("adapter and head", shape.head_elements, shape, 0.5))
        for what in heads:
            for setting in _settings(shape, nf4=True):
                printed = 2 * trainable if setting.halved else trainable
                for bias_elements, sets in _biases(shape, setting.bias):
                    saved = _saved_with(shape, setting.saved, 0)
                    adapter = printed - what.head_elements - bias_elements - sum(n for _, n in saved)
                    variant = _variant(setting, saved, bias_elements, False)
                    for targets, r, found in _adapters(shape, sets, adapter, ranks, setting.departures):
                        key = (what.head_elements, tuple(targets.parts), r, variant, found)
                        if key not in seen:
                            seen.add(key)
                            yield _explanation(None, what, False, targets, r, variant, found)


def _settings(shape: Shape, nf4: bool) -> Iterator[_Setting]:
    whole = [(module.name.rpartition(".")[2], module.elements) for module in shape.savable]
    copies = [(), *((module,) for module in whole), *([tuple(whole)] if len(whole) == 2 else [])]
    for saved in copies:
        for bias in ("none", "lora_only", "all") if shape.biases else ("none",):
            for halved in (False, True) if nf4 else (False,):
                setting = _Setting(saved, bias, halved)
                if setting.departures <= _MOST:
                    yield setting


def _biases(shape: Shape, bias: str) -> Iterator[tuple[int, list[LikelySet] | None]]:
    """Elements of the trained biases, and the target sets that they go with (None: any)."""
    if bias != "lora_only":
        yield (shape.biases if bias == "all" else 0), None
        return
    for chosen in shape.likely_targets:
        if chosen.biases:
            yield chosen.biases, [chosen]


def _saved_with(shape: Shape, saved: tuple[tuple[str, int], ...], rows: int) -> tuple[tuple[str, int], ...]:
    """The copies, in a vocabulary of ``rows`` more rows."""
    return tuple((name, n // shape.vocabulary * (shape.vocabulary + rows)) for name, n in saved)


def _variant(setting: _Setting, saved: tuple[tuple[str, int], ...], bias_elements: int, resized: bool) -> Variant:
    penalty = (0.25 if resized else 0.75) * bool(saved) + 1.0 * (setting.bias != "none") + 0.75 * setting.halved
    bias = (setting.bias, bias_elements) if bias_elements else None
    return Variant(saved=saved, bias=bias, halved=setting.halved, penalty=penalty)


def _explanation(
    base: Base | None,
    what: Trained,
    in_total: bool,
    targets: Targets,
    rank: int,
    variant: Variant,
    found: Variant,
) -> Explanation:
    both = replace(
        found, saved=variant.saved, bias=variant.bias, halved=variant.halved, penalty=variant.penalty + found.penalty
    )
    return Explanation(
        base, what, targets, rank, in_total, 0.05 * RANKS.index(rank) if rank in RANKS else 0.0, variant=both
    )


def _adapters(
    shape: Shape, sets: list[LikelySet] | None, adapter: int, ranks: tuple[int, ...], departures: int
) -> Iterator[tuple[Targets, int, Variant]]:
    """Adapters with exactly ``adapter`` elements: targets, rank, and what is special about them."""
    if adapter <= 0:
        return
    if departures:
        for targets in shape.targets if sets is None else [chosen.as_targets() for chosen in sets]:
            rank, rest = divmod(adapter, targets.width)
            if not rest and rank in ranks:
                yield targets, rank, PLAIN
    if departures >= _MOST:
        return
    for chosen in shape.likely_targets if sets is None else sets:
        yield from _dora(chosen, adapter, ranks)
        yield from _some_layers(chosen, adapter, ranks)
        if not departures:
            yield from _two_ranks(chosen, adapter, ranks)


def _dora(chosen: LikelySet, adapter: int, ranks: tuple[int, ...]) -> Iterator[tuple[Targets, int, Variant]]:
    targets = chosen.as_targets()
    rank, rest = divmod(adapter - chosen.outputs, targets.width)
    if not rest and rank in ranks:
        yield targets, rank, Variant(chosen.outputs, penalty=0.75)


def _some_layers(chosen: LikelySet, adapter: int, ranks: tuple[int, ...]) -> Iterator[tuple[Targets, int, Variant]]:
    """Equal layers, of which some are adapted: only rank times layers is fixed, so that the usual rank is shown."""
    if chosen.layers is None:
        return
    targets = chosen.as_targets()
    for magnitudes in (0, chosen.outputs):
        found = []
        for layers in range(1, chosen.layers):
            here = magnitudes * layers // chosen.layers
            rank, rest = divmod((adapter - here) * chosen.layers, targets.width * layers)
            if not rest and rank in ranks:
                found.append((rank, layers, here))
        found.sort(key=lambda entry: ranks.index(entry[0]))
        for rank, layers, here in found[:1]:
            also = tuple((other, some) for other, some, _ in found[1:])
            yield targets, rank, Variant(here, (layers, chosen.layers), also, penalty=1.25 + 0.75 * bool(magnitudes))


def _two_ranks(chosen: LikelySet, adapter: int, ranks: tuple[int, ...]) -> Iterator[tuple[Targets, int, Variant]]:
    """One rank for all targets but one, or but those of the attention or the MLP."""
    targets = chosen.as_targets()
    names = list(targets.parts)
    splits = [[name] for name in names] + [names[:cut] for cut in range(2, len(names) - 1)]
    for apart in splits if len(names) > 1 else []:
        width = sum(targets.parts[name] for name in apart)
        for other in _TWO_RANKS:
            rank, rest = divmod(adapter - other * width, targets.width - width)
            if not rest and rank in ranks and rank in _TWO_RANKS and rank != other:
                yield targets, rank, Variant(ranks=tuple((name, other) for name in apart), penalty=1.75)
