"""The chapter on published figures: which rows stand in which table and figure, and in what words."""

from collections.abc import Callable, Iterable

from analysis.audit import Finding, wilson_interval
from analysis.claims import Verdict
from analysis.facts import Chapter, Markdown, Row, Value, View, derived
from analysis.figures.curves import Curve, Point
from analysis.figures.intervals import Estimate
from experiments.statistics.baselines import chance

METRICS = {"bleu": "BLEU", "rouge_l": "ROUGE-L", "bertscore": "BERTScore"}
MODELS = {"llama-2-7b": "Llama 2", "phi-2": "Phi-2", "mistral-7b": "Mistral"}
METHODS = ("base", "fine-tuned")
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

WORDS = METRICS | MODELS | {"f1": "F1", "lora_rank": "LoRA rank", "gpu": "GPU", "gpu_memory": "GPU memory"}
WORDS |= {"rouge": "ROUGE", "meteor": "METEOR", "sst2": "SST-2", "snli": "SNLI", "squad": "SQuAD", "qlora": "QLoRA"}
WORDS |= {"lora_alpha": "LoRA alpha", "lora_dropout": "LoRA dropout", "peak_gpu_memory": "peak GPU memory"}


def words(column: str) -> Callable[[Row], Value]:
    """A cell of `column` in words: `exact_match` reads "exact match", `rouge_l` "ROUGE-L"."""

    def read(row: Row) -> Value:
        cell = row[column]
        if cell.missing:
            return cell
        return derived(WORDS.get(cell.data, cell.data.replace("_", " ")), [cell], cell.how)

    return read


def scope(row: Row) -> Value:
    """What a figure is about, in words: data set, split and method, as far as the source says."""
    cells = [row[name] for name in ("dataset", "split", "method") if not row[name].missing]
    said = ", ".join(WORDS.get(cell.data, cell.data) for cell in cells)
    return derived(said or "the whole report", cells or [row["place"]], f"scope of {row['figure'].data}")


def layer_curves(figures: View) -> list[Curve]:
    """The score curves of S4: one for each model, method and metric; the metrics are the panels."""
    return [
        Curve(f"{MODELS[model]}, {method}", [Point(row["layer"], row["value"]) for row in rows], METRICS[metric])
        for metric in METRICS
        for model in MODELS
        for method in METHODS
        for rows in [figures.where(quantity=metric, model=model, method=method)]
    ]


def layer_table(figures: View) -> list[dict[str, Value]]:
    """S4's scores as printed: a row for each model, method and layer, with a column for each metric."""

    def line(first: Row) -> dict[str, Value]:
        key = {name: first[name].data for name in ("model", "method", "layer")}
        scores = {metric: figures.at(quantity=metric, **key)["printed"] for metric in METRICS}
        return {"model": words("model")(first), "method": first["method"], "layer": first["layer"], **scores}

    return [line(row) for row in figures.where(quantity=next(iter(METRICS)))]


def accuracies(figures: View) -> list[Estimate]:
    """S2's accuracies with the 95% Wilson interval that their sample sizes allow, split by split."""
    estimates = []
    for row in figures.where(quantity="accuracy"):
        samples = figures.at(quantity="samples", split=row["split"].data)["value"]
        bounds = wilson_interval(row, samples)
        estimates.append(
            Estimate(row["method"].data, row["value"], bounds.lower, bounds.upper, group=f"{row['split'].data} set")
        )
    return estimates


def guess(figures: View) -> Value:
    """The accuracy of a guess among the labels that S2 lists."""
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


def ruling(page: Chapter, verdict: Verdict) -> Markdown:
    """What was tested of a claim and found, with the note for its reader."""
    if verdict.note.missing:
        return page.claim(verdict.claim, verdict.outcome, verdict.template, **verdict.values)
    return page.claim(verdict.claim, verdict.outcome, verdict.template + " {note}", **verdict.values, note=verdict.note)


def told(findings: Iterable[Finding], source: str, *checks: str) -> list[Finding]:
    """The findings of these checks on one source, in the order of the audit."""
    return [finding for finding in findings if finding.source == source and finding.check in checks]
