"""The wider search, where nothing usual gives the numbers: what people do beside LoRA of one rank on every layer.

DoRA, layer subsets, two ranks, modules saved whole, trained biases, a vocabulary of any size, and a trainable count
that a script halves. Each lets more numbers come out by chance, so that at most two are combined, only usual ranks and
documented targets are tried, and one of the reported numbers must be exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from experiments.parameters.explain.bases import Base, Shape
from experiments.parameters.explain.explanation import PLAIN, Explanation, Trained, Variant
from experiments.parameters.explain.figure import Figure
from experiments.parameters.explain.targets import RANKS, LikelySet, Targets, is_likely_number

SEARCHED = (
    "DoRA",
    "some of the layers only (layers_to_transform)",
    "two ranks (rank_pattern)",
    "embedding and output layer trained whole (modules_to_save)",
    "trained biases (bias=all, bias=lora_only)",
    "a vocabulary resized to any size",
    "a trainable count halved for 4-bit models",
)
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
    total: Figure | None,
    trainable: Figure | None,
    rank: int | None,
) -> Iterator[Explanation]:
    """Explanations with at most two departures from the usual. ``trained`` gives what each base may train."""
    ranks = RANKS if rank is None else (rank,)
    if total is None:
        yield from _without_total(shapes, trainable.low, ranks)
    elif not total.exact:
        for entry in _without_total(shapes, trainable.low, ranks):
            yield from _with_rounded_total(entry, bases, total)
    else:
        for number, base in enumerate(bases):
            yield from _grown_alone(base, total.low, trainable)
            for what in trained[number]:
                for in_total in (True, False) if base.copies == 1 else (True,):
                    yield from _with_total(base, what, in_total, total.low, trainable, ranks)


def _grown_alone(base: Base, total: int, trainable: Figure | None) -> Iterator[Explanation]:
    """A resized vocabulary and no adapter: the whole model is trained, or nothing is."""
    rows = _rows(base, total - base.elements(False))
    if not rows or base.copies == 2:
        return
    if trainable is None:
        yield Explanation(base.with_rows(rows), None)
    elif total in trainable and not base.nf4:
        yield Explanation(base.with_rows(rows), Trained("everything", total))
    elif 0 in trainable:
        yield Explanation(base.with_rows(rows), Trained("nothing", 0))


def _with_rounded_total(entry: Explanation, bases: list[Base], total: Figure) -> Iterator[Explanation]:
    """The likeliest way to count the model that gives the rounded total together with what is trained."""
    for base in sorted(bases, key=lambda base: base.penalty):
        whole = replace(entry, base=base, in_total=True)
        wanted = entry.trained.shape or base.shape
        if wanted is base.shape and whole.total in total and (base.nf4 or not entry.variant.halved):
            yield whole
            return


def _rows(base: Base, gap: int) -> int | None:
    """Rows of the vocabulary that close the gap; None where it is no whole number, or no vocabulary."""
    if gap == 0:
        return 0
    rows, rest = divmod(gap, base.row) if base.row else (0, 1)
    return None if rest or not 0 < base.shape.vocabulary + rows <= _LARGEST_VOCABULARY else rows


def _with_total(
    base: Base, what: Trained, in_total: bool, total: int, trainable: Figure | None, ranks: tuple[int, ...]
) -> Iterator[Explanation]:
    for setting in _settings(base.shape, base.nf4):
        for bias_elements, sets in _biases(base.shape, setting.bias):
            beside = what.head_elements + bias_elements
            if trainable is not None and trainable.exact:
                added = trainable.low * (1 + setting.halved) - beside  # adapter and copies, whatever the vocabulary
                rows = _rows(base, total - base.elements(in_total) - (added if in_total else 0))
            else:
                added, rows = total - base.elements(True) if in_total else 0, 0
                if trainable is not None and (added + beside) // (1 + setting.halved) not in trainable:
                    continue
                if trainable is None and (bias_elements or setting.halved):
                    continue  # nothing in the total tells of these
            if rows is None or added <= 0:
                continue
            grown = base.with_rows(rows) if rows else base
            saved = _saved_with(base.shape, setting.saved, rows)
            adapter = added - sum(n for _, n in saved)
            variant = _variant(setting, saved, bias_elements, bool(rows))
            departures = setting.departures + bool(rows) + (trainable is None)
            for targets, r, found in _adapters(base.shape, sets, adapter, ranks, departures):
                yield _explanation(grown, what if trainable else None, in_total, targets, r, variant, found)


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
    what: Trained | None,
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
            yield from _one_layer(chosen, adapter, ranks)


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
        found.sort(key=lambda entry: (not is_likely_number(entry[1], chosen.layers), ranks.index(entry[0])))
        for rank, layers, here in found[:1]:
            also = tuple((other, some) for other, some, _ in found[1:])
            penalty = 0.75 + 0.75 * bool(magnitudes) + 0.5 * (not is_likely_number(layers, chosen.layers))
            yield targets, rank, Variant(here, (layers, chosen.layers), also, penalty=penalty)


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


def _one_layer(chosen: LikelySet, adapter: int, ranks: tuple[int, ...]) -> Iterator[tuple[Targets, int, Variant]]:
    """One rank for all targets, but for one of them in one layer."""
    targets = chosen.as_targets()
    for name, width in targets.parts.items() if chosen.layers else ():
        here = width // chosen.layers
        for other in _TWO_RANKS:
            rank, rest = divmod(adapter - other * here, targets.width - here)
            if not rest and rank in ranks and rank in _TWO_RANKS and rank != other:
                yield targets, rank, Variant(one_layer=(name, other, (other - rank) * here), penalty=2.0)
