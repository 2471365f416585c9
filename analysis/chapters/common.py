"""The studies of our own that several chapters tell about: their tables, their stages, and how they are named."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.facts import Chapter, Row, Value, View, derived
from analysis.facts.formatting import rounded

ALL = "all"
"""The run that stands for all seeds together, and for what has no seed."""
ZERO_SHOT, UNTRAINED_HEAD, FINE_TUNED = "zero-shot", "untrained-head", "fine-tuned"
STAGES = {
    ZERO_SHOT: "zero-shot",
    UNTRAINED_HEAD: "untrained\N{NO-BREAK SPACE}head",
    "pretrained-head": "head of the checkpoint",
    "base": "base",
    FINE_TUNED: "fine-tuned",
}
CLASSIFIERS = {
    "sst2-lora": "SST-2, LoRA",
    "sst2-head": "SST-2, head alone",
    "sst2-decoder": "SST-2, decoder",
    "snli-qlora": "SNLI, QLoRA",
}
TEXTS = {
    "sst2-lora": "SST-2 with LoRA",
    "sst2-head": "SST-2 with the head alone",
    "sst2-decoder": "SST-2 with a decoder and LoRA",
    "snli-qlora": "SNLI with QLoRA",
}
CORRECTNESS = ("both-right", "corrected", "broken", "both-wrong")

NO_BREAK = "\N{NO-BREAK SPACE}"
SMALLEST_P = 0.001
ALPHA = 0.05


@dataclass(frozen=True)
class Classifier:
    """A study of a classifier before and after fine-tuning."""

    page: Chapter
    name: str

    @property
    def title(self) -> str:
        """Its name in figures and tables: "SST-2, LoRA"."""
        return CLASSIFIERS[self.name]

    @property
    def text(self) -> str:
        """Its name in a sentence: "SST-2 with LoRA"."""
        return TEXTS[self.name]

    def table(self, name: str) -> View:
        return self.page.table(f"{self.name}/{name}")

    @property
    def before(self) -> str:
        """The stage that fine-tuning is compared with: zero-shot where there is one."""
        stages = self.table("scores").distinct("stage")
        return ZERO_SHOT if ZERO_SHOT in stages else next(str(stage) for stage in stages if stage != FINE_TUNED)

    @property
    def seeds(self) -> list[str]:
        """The runs that have a seed."""
        return [str(run) for run in self.table("tests").distinct("run") if run != ALL]

    def score(self, stage: str, quantity: str = "accuracy", run: str = ALL) -> Row:
        return self.table("scores").at(run=run, stage=stage, score=quantity)


def classifiers(page: Chapter) -> list[Classifier]:
    """All of them, in the order of the source reports."""
    return [Classifier(page, name) for name in CLASSIFIERS]


def unbroken(text: str) -> str:
    """A short text that stays on one line."""
    return text.replace(" ", NO_BREAK)


def named(words: dict[str, str], column: str) -> Callable[[Row], Value]:
    """A cell in the words of the chapter; one that is not among them as it stands."""

    def read(row: Row) -> Value:
        cell = row[column]
        return cell if cell.missing else derived(words.get(str(cell.data), str(cell.data)), [cell], cell.how)

    return read


def run_name(row: Row) -> Value:
    """`seed-1` as "seed 1", and `all` as "all seeds"."""
    said = str(row["run"].data)
    words = "all seeds" if said == ALL else said.replace("-", " ")
    return derived(unbroken(words), [row["run"]], row["run"].how)


def p_bare(p: Value) -> Value:
    """A p-value in the column of a table: "0.012", and "< 0.001" for all below."""
    said = f"< {SMALLEST_P:g}" if p.number() < SMALLEST_P else f"{p.number():.3f}"
    return derived(unbroken(said), [p], p.how)


def p_value(p: Value) -> Value:
    """A p-value with the digits that mean something: "p = 0.012", and "p < 0.001" for all below."""
    bare = p_bare(p)
    said = f"p {bare.data}" if bare.data.startswith("<") else f"p = {bare.data}"
    return derived(unbroken(said), [p], p.how)


def points(difference: Value) -> Value:
    """A difference of shares in points of a hundred."""
    return difference * 100


def interval(low: Value, high: Value, spec: str = ".1%") -> Value:
    """Both bounds as one text: "76.7% to 90.7%"."""
    if low.missing or high.missing:
        return low
    said = " to ".join(rounded(end.number(), spec) for end in (low, high))
    return derived(unbroken(said), [low, high], f"{low.how} to {high.how}")


def with_interval(value: Value, low: Value, high: Value, spec: str = ".1f") -> Value:
    """A value and its interval as one text, "12.3 (10.1 to 14.6)", that may break before the interval."""
    if low.missing or high.missing:
        return value
    bounds = unbroken(f"({rounded(low.number(), spec)} to {rounded(high.number(), spec)})")
    return derived(f"{rounded(value.number(), spec)} {bounds}", [value, low, high], f"{value.how} with its interval")


def verdict(test: Row) -> str:
    """`gain`, `loss` or `open`: what a test of after against before decides, by its corrected p-value."""
    if test["p_holm"].number() >= ALPHA or not test["difference"].number():
        return "open"
    return "gain" if test["difference"].number() > 0 else "loss"
