"""The search: every combination of base, adapter and trained part that gives exactly the reported numbers.

Ranks are not tried one by one. A base and a choice of what is trained fix how many elements the adapter has (or the
interval they lie in); dividing by the width of a target set gives the rank.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from experiments.parameters.architectures import architecture_of
from experiments.parameters.architectures.shape import Method
from experiments.parameters.catalogue import Model
from experiments.parameters.count import task
from experiments.parameters.explain.bases import LABELS, Base, Shape, bases, shapes
from experiments.parameters.explain.explanation import ODD_RANK, Explanation, Trained
from experiments.parameters.explain.figure import Figure
from experiments.parameters.explain.other_adapters import SEARCHED as OTHERS
from experiments.parameters.explain.other_adapters import other_adapters
from experiments.parameters.explain.targets import Targets
from experiments.parameters.explain.variants import SEARCHED, variants
from experiments.tables.errors import UserError

SAVED = ("classification", "qa")  # the heads that PEFT trains and saves whole
LARGEST_RANK = 1024
MOST_EXTRA_ROWS = 1024
MOST_ADDED_TOKENS = 8
_RANKS = {8: 0.0, 16: 0.0, 4: 0.25, 32: 0.25, 64: 0.5, 2: 0.75, 128: 0.75, 1: 1.0, 256: 1.0, 512: 1.5, 1024: 1.5}
_OTHER_RANKS = (12, 20, 24, 28, 36, 40, 48, 60, 80, 96, 100, 160, 192, 200, 320, 384, 400, 500, 640, 768, 1000)
_SMALL_RANKS = 10
_MANY = 64  # with more ranks than this in a rounded interval, only the usual ones are worth naming


@dataclass(frozen=True)
class Findings:
    """All explanations, the likeliest first, and the figures they explain."""

    model: str
    total: Figure | None
    trainable: Figure | None
    explanations: list[Explanation]
    method: Method
    """How the model is counted that they start from."""
    searched: list[str]
    """What was tried, in words: what an answer that nothing was found means."""

    @property
    def plausible(self) -> list[Explanation]:
        return [entry for entry in self.explanations if entry.likelihood != "far-fetched"]


def explain(
    model: Model,
    total: Figure | None = None,
    trainable: Figure | None = None,
    labels: int | None = None,
    rank: int | None = None,
) -> Findings:
    """Search for the ways of counting ``model`` that give the reported ``total`` and ``trainable`` elements.

    ``labels`` and ``rank`` narrow the search where the report states them. For a total that is not rounded, a
    vocabulary that was padded or got a few more tokens is tried as well; where nothing plausible rounds to a rounded
    one, its digits may have been cut off. Where nothing usual gives numbers that are not rounded, the search goes on to
    what :data:`SEARCHED` lists. Raises UserError.
    """
    if total is None and trainable is None:
        raise UserError("there is nothing to explain: give a total, a trainable count, or both")
    if rank is not None and not 1 <= rank <= LARGEST_RANK:
        raise UserError(f"the LoRA rank is {rank}; it must lie between 1 and {LARGEST_RANK}")
    if labels is not None:
        task(model, "classification", labels)
    search = _Search(total, trainable, rank, shapes(model, labels), labels)
    found = [*search.run(), *search.others()]
    wider = [] if any(entry.likelihood == "usual" and not entry.other for entry in found) else search.wider()
    if all(entry.likelihood == "far-fetched" for entry in found):
        wider += _cut_off(search)
    found = sorted([*found, *wider], key=lambda entry: entry.sort_key)
    return Findings(model.name, total, trainable, found, architecture_of(model.config).method, search.scope())


def _cut_off(search: "_Search") -> Iterator[Explanation]:
    """What gives the numbers if one of them, or both, are printed without rounding."""
    printed = {"total": search.total, "trainable": search.trainable}
    for sides in (("total",), ("trainable",), ("total", "trainable")):
        figures = {side: figure.cut_off for side in sides if (figure := printed[side]) is not None}
        if len(figures) == len(sides) and None not in figures.values():
            yield from (replace(entry, cut_off=sides) for entry in replace(search, **figures).run())


@dataclass
class _Search:
    total: Figure | None
    trainable: Figure | None
    rank: int | None
    shapes: list[Shape]
    labels: int | None

    def run(self) -> list[Explanation]:
        if self.total is None:
            found = list(self._without_total())
        else:
            every = list(bases(self.shapes, self.labels))
            found = [entry for base in every for entry in (*self._explain(base), *self._resized(base))]
        return sorted(found, key=lambda entry: entry.sort_key)

    def wider(self) -> list[Explanation]:
        """What else people do, where a reported number is exact; far-fetched ways are left out."""
        if not self._exact:
            return []
        every = [] if self.total is None else [base for base in bases(self.shapes, self.labels) if base.penalty < 3]
        # Without a trainable count, only that of the adapter beside the head is looked for in the total.
        trained = {
            number: [t for t in self._trained(base) if t is not None] if self.trainable else [Trained("adapter", 0)]
            for number, base in enumerate(every)
        }
        found = variants(every, self.shapes, trained, self.total, self.trainable, self.rank)
        told = self.rank is not None
        return [replace(entry, rank_is_told=told) for entry in found if entry.likelihood != "far-fetched"]

    def others(self) -> Iterator[Explanation]:
        """Adapters that have no rank, where a reported number is exact and no rank was reported."""
        if not self._exact or self.rank is not None:
            return
        if self.total is None:
            yield from self._others_without_total()
            return
        for base in bases(self.shapes, self.labels):
            for trained in self._trained(base) if base.penalty < 3 else ():
                head = trained.head_elements if trained else 0
                if self.trainable is not None and self.trainable.exact:
                    elements = self.trainable.low - head
                else:
                    elements = self.total.low - base.elements(True)
                    if trained is not None and elements + head not in self.trainable:
                        continue
                for in_total in (True, False) if trained and base.copies == 1 else (True,):
                    if base.elements(in_total) + in_total * elements in self.total:
                        for other in other_adapters(base.shape, elements):
                            yield Explanation(base, trained, in_total=in_total, other=other)

    def _others_without_total(self) -> Iterator[Explanation]:
        seen = set()
        for shape in self.shapes:
            heads = [Trained("adapter", 0)]
            if shape.head in SAVED:
                heads.append(Trained("adapter and head", shape.head_elements, shape, 0.5))
            for trained in heads:
                for other in other_adapters(shape, self.trainable.low - trained.head_elements):
                    if (trained.head_elements, other) not in seen:
                        seen.add((trained.head_elements, other))
                        yield Explanation(None, trained, other=other)

    @property
    def _exact(self) -> bool:
        return any(figure.exact for figure in (self.total, self.trainable) if figure)

    def scope(self) -> list[str]:
        """What the search covers, in words."""
        heads = list(dict.fromkeys(shape.head for shape in self.shapes))
        labels = f"{self.labels}" if self.labels else f"{LABELS[0]} to {LABELS[-1]}"
        sets = max((len(shape.targets) for shape in self.shapes), default=0)
        found = [f"heads: {', '.join(heads)}" + (f" (labels: {labels})" if "classification" in heads else "")]
        found.append(f"LoRA of rank {self.rank or f'1 to {LARGEST_RANK}'} on up to {sets} sets of linear layers")
        found.append("with and without adapter in the total; a saved head once and twice; NF4; tied weights twice")
        found.append("trained: everything, nothing, the head, the adapter, or both; the last blocks")
        if self._exact:
            if self.total:
                found.append(f"a vocabulary padded to 64, or of up to {MOST_ADDED_TOKENS} more tokens")
            found += [] if self.rank else [OTHERS]
            found.append(f"with a usual rank, up to two of: {'; '.join(SEARCHED)}")
        else:
            found.append("digits cut off instead of rounded; other ways of training where a number is printed in full")
        return found

    def _explain(self, base: Base) -> Iterator[Explanation]:
        yield from self._untouched(base)
        for trained in self._trained(base):
            yield from self._adapters(base, trained, in_total=True)
            if trained is not None and base.copies == 1:
                yield from self._adapters(base, trained, in_total=False)

    def _untouched(self, base: Base) -> Iterator[Explanation]:
        """No adapter: the whole model is trained, or its head alone."""
        if base.copies == 2 or base.elements(False) not in self.total:
            return
        if self.trainable is None:
            yield Explanation(base, None)
            return
        if base.elements(False) in self.trainable and not base.nf4:
            yield Explanation(base, Trained("everything", base.elements(False)))
        for shape, penalty in self._heads(base):
            if shape.head_elements in self.trainable:
                yield Explanation(base, Trained("head", shape.head_elements, shape, penalty))
        if 0 in self.trainable:
            yield Explanation(base, Trained("nothing", 0))
        if self.trainable.exact and not base.nf4:
            yield from self._last_blocks(base)

    def _last_blocks(self, base: Base) -> Iterator[Explanation]:
        """The last blocks are trained and all before them frozen; with them often the norm after them, and the head."""
        blocks, norm = base.shape.blocks, base.shape.final_norm
        heads = [(0, None, 0.5 if base.shape.head in SAVED else 0.0)]
        heads += [(shape.head_elements, shape, penalty) for shape, penalty in self._heads(base)]
        for n in range(1, len(blocks)):
            words = f"the last {n} of {len(blocks)} blocks" if n > 1 else f"the last of {len(blocks)} blocks"
            terms = [(words, sum(blocks[-n:]))]
            for beside in (terms, [*terms, ("the norm after them", norm)]) if norm else (terms,):
                for elements, shape, penalty in heads:
                    if sum(number for _, number in beside) + elements in self.trainable:
                        yield Explanation(base, Trained("blocks", elements, shape, penalty + 0.5, beside))

    def _adapters(self, base: Base, trained: Trained | None, in_total: bool) -> Iterator[Explanation]:
        elements = base.elements(in_total)
        low, high = 1, 10**15
        if in_total:
            low, high = self.total.low - elements, self.total.high - elements
        elif elements not in self.total:
            return
        if trained is not None:
            low = max(low, self.trainable.low - trained.head_elements)
            high = min(high, self.trainable.high - trained.head_elements)
        yield from self._ranks(base, base.shape.targets, trained, in_total, low, high)

    def _ranks(
        self, base: Base | None, sets: list[Targets], trained: Trained | None, in_total: bool, low: int, high: int
    ) -> Iterator[Explanation]:
        """Solve rank x width for every target set, with rank x width between ``low`` and ``high``."""
        if high < max(low, 1):
            return
        for targets in sets:
            first = max(-(-low // targets.width), 1)
            last = min(high // targets.width, LARGEST_RANK)
            ranks = range(first, last + 1)
            if self.rank is not None:
                ranks = [self.rank] if self.rank in ranks else []
            elif len(ranks) > _MANY:
                ranks = [rank for rank in _RANKS if rank in ranks]
            for rank in ranks:
                unusual = 0.0 if self.rank is not None else rank_penalty(rank)  # a rank that is told is no guess
                told = self.rank is not None
                yield Explanation(base, trained, targets, rank, in_total, unusual, rank_is_told=told)

    def _trained(self, base: Base) -> Iterator[Trained | None]:
        """What is trained beside the adapter: nothing, the head that is counted, or one that the total leaves out."""
        if self.trainable is None:
            yield None
            return
        saved = base.shape.head in SAVED
        usual = saved and base.copies == 2  # PEFT's way: it trains the second copy
        yield Trained("adapter", 0, penalty=0.5 if usual else 0.25 if saved else 0.0)
        for shape, penalty in self._heads(base):
            yield Trained("adapter and head", shape.head_elements, shape, penalty + (0.0 if usual else 0.75))

    def _heads(self, base: Base) -> Iterator[tuple[Shape, float]]:
        """The heads that can be trained on their own: the one that the total counts, or one that it leaves out."""
        if base.shape.head_elements and (base.shape.head in SAVED or base.copies == 2 or not base.shape.tied):
            yield base.shape, 0.0
        if base.shape.head not in SAVED and base.copies == 1:
            for shape in self.shapes:
                if shape.head in SAVED:
                    yield shape, 1.5

    def _without_total(self) -> Iterator[Explanation]:
        """Only a trainable count: packing, copies and ties do not show in it."""
        seen = set()
        for shape in self.shapes:
            penalty = next(bases([shape], self.labels)).penalty
            if shape.head_elements and shape.head_elements in self.trainable:
                yield Explanation(None, Trained("head", shape.head_elements, shape, penalty))
            if shape.logical in self.trainable:
                yield Explanation(None, Trained("everything", shape.logical, shape, penalty))
            fresh = [targets for targets in shape.targets if tuple(targets.parts) not in seen]
            seen.update(tuple(targets.parts) for targets in fresh)
            yield from self._trainable_only(fresh, Trained("adapter", 0))
            if shape.head in SAVED:
                trained = Trained("adapter and head", shape.head_elements, shape, penalty)
                yield from self._trainable_only(shape.targets, trained)

    def _trainable_only(self, targets: list[Targets], trained: Trained) -> Iterator[Explanation]:
        low, high = self.trainable.low - trained.head_elements, self.trainable.high - trained.head_elements
        yield from self._ranks(None, targets, trained, False, low, high)

    def _resized(self, base: Base) -> Iterator[Explanation]:
        """Search with the vocabulary resized by as many rows as close the gap, if they are whole rows."""
        if not self.total.exact or (base.copies == 2 and base.shape.head == "causal"):
            return
        missing = {self.total.low - base.elements(False)}
        if self.trainable is not None and self.trainable.exact:
            trained = (entry.head_elements for entry in self._trained(base) if entry is not None)
            missing |= {self.total.low - base.elements(True) - (self.trainable.low - head) for head in trained}
        for gap in sorted(missing):
            rows, rest = divmod(gap, base.row)
            if not rest and plausible_rows(base.shape.vocabulary, rows):
                yield from self._explain(base.with_rows(rows))


def plausible_rows(vocabulary: int, rows: int) -> bool:
    """Whether a vocabulary is resized like this: padded to a multiple of 64, or a few tokens added."""
    padded = (vocabulary + rows) % 64 == 0 and 0 < abs(rows) <= MOST_EXTRA_ROWS
    return padded or 0 < rows <= MOST_ADDED_TOKENS


def rank_penalty(rank: int) -> float:
    """How unusual a rank is; one that nobody chooses makes an explanation far-fetched."""
    rare = 2.0 if rank in _OTHER_RANKS else 3.0 if rank <= _SMALL_RANKS else ODD_RANK
    return _RANKS.get(rank, rare)
