"""Published figures: which rows stand in which table and figure, and in what words."""

from collections.abc import Callable, Iterable, Mapping

from analysis.audit import Finding, wilson_interval
from analysis.claims import Verdict
from analysis.facts import Chapter, Markdown, Row, Value, View, derived
from analysis.figures.intervals import Estimate
from experiments.statistics.baselines import chance

METRICS = {"bleu": "BLEU", "rouge_l": "ROUGE-L", "bertscore": "BERTScore"}
SCORES = ("accuracy", "exact_match", "f1", "rouge", "meteor", *METRICS)
SETTINGS = (
    "samples",
    "lora_rank",
    "lora_alpha",
    "lora_dropout",
    "train_batch_size",
    "epochs",
    "learning_rate",
    "training_time",
    "gpu",
    "gpu_memory",
    "memory",
    "peak_gpu_memory",
)

WORDS = METRICS | {"f1": "F1", "lora_rank": "LoRA rank", "gpu": "GPU", "gpu_memory": "GPU memory"}
WORDS |= {"rouge": "ROUGE", "meteor": "METEOR", "sst2": "SST-2", "snli": "SNLI", "squad": "SQuAD", "qlora": "QLoRA"}
WORDS |= {"lora_alpha": "LoRA alpha", "lora_dropout": "LoRA dropout", "peak_gpu_memory": "peak GPU memory"}


def words(column: str, names: Mapping[str, str] = WORDS) -> Callable[[Row], Value]:
    """A function that reads a column in words: `exact_match` as "exact match", `rouge_l` as "ROUGE-L"."""

    def read(row: Row) -> Value:
        cell = row[column]
        if cell.missing:
            return cell
        return derived(names.get(cell.data, cell.data.replace("_", " ")), [cell], cell.how)

    return read


def scope(row: Row) -> Value:
    """What a figure is about, in words: data set, split and method, as far as the source says."""
    cells = [row[name] for name in ("dataset", "split", "method") if not row[name].missing]
    text = ", ".join(WORDS.get(cell.data, cell.data) for cell in cells)
    return derived(text or "the whole report", cells or [row["place"]], f"scope of {row['figure'].data}")


def accuracies(figures: View) -> list[Estimate]:
    """The accuracies of a source with the Wilson intervals that its sample sizes allow, split by split."""
    estimates = []
    for row in figures.where(quantity="accuracy"):
        samples = figures.at(quantity="samples", split=row["split"].data)["value"]
        bounds = wilson_interval(row, samples)
        low, high = (None, None) if bounds is None else (bounds.lower, bounds.upper)
        estimates.append(Estimate(row["method"].data, row["value"], low, high, group=f"{row['split'].data} set"))
    return estimates


def label_chance(figures: View) -> Value:
    """The accuracy of chance, one over the number of labels that a source lists."""
    labels = figures.where(quantity="label_id").column("printed")
    return derived(chance(len(labels)), labels, f"one of {len(labels)} labels")


def printed(figures: View) -> View:
    """The rows that the source gives a figure for."""
    return figures.where(printed=lambda cell: cell is not None)


def wording(page: Chapter, verdict: Verdict) -> Markdown:
    """The words of the document as a quotation, if the study gives them, and the place where the claim stands."""
    if verdict.quote.missing:
        return page.say("{place}", place=verdict.place)
    return page.say("[“{quote}”]{{.quotation}} ({place})", quote=verdict.quote, place=verdict.place)


def findings_on(findings: Iterable[Finding], source: str, *checks: str) -> list[Finding]:
    """The findings of these checks on one source, in the order of the audit."""
    return [finding for finding in findings if finding.source == source and finding.check in checks]


def ruling(page: Chapter, verdict: Verdict) -> Markdown:
    """What was tested of a claim and found, with the note for its reader."""
    if verdict.note.missing:
        return page.claim(verdict.claim, verdict.outcome, verdict.template, **verdict.values)
    return page.claim(verdict.claim, verdict.outcome, verdict.template + " {note}", **verdict.values, note=verdict.note)
