"""The model card: every number in it is a cell of the frozen table, whose digest it names."""

from collections.abc import Iterator, Sequence

import yaml

from experiments.data.registry import dataset_entry
from experiments.models.registry import Entry
from experiments.publishing.trained import TrainedModel
from experiments.tables.canonical import Row
from experiments.tables.read import FrozenTable
from experiments.training.saved import Tuned

FINE_TUNED = "fine-tuned"
SHOWN = ("accuracy", "macro_f1")


def card(trained: TrainedModel, tuned: Tuned, base: Entry, splits: FrozenTable, name: str) -> str:
    """The text of README.md for the repository `name`: front matter as the hub reads it, then what people read."""
    rows = [row for row in trained.scores.rows if row["score"] in SHOWN]
    ours = [row for row in rows if row["stage"] == FINE_TUNED and row["run"] == f"seed-{trained.seed}"]
    test = splits.row(part="test")
    front = yaml.safe_dump(_front_matter(tuned, base, ours, test, name), sort_keys=False, allow_unicode=True)
    body = "\n".join(_body(trained, tuned, base, rows, test, name))
    return f"---\n{front}---\n\n{body}\n"


def _front_matter(tuned: Tuned, base: Entry, rows: Sequence[Row], test: Row, name: str) -> dict:
    dataset = dataset_entry(str(test["dataset"]))
    where = dataset.hub.repo if dataset.hub else dataset.name
    adapter = tuned.training.lora is not None
    results = [{"type": row["score"], "value": row["value"], "name": row["score"]} for row in rows]
    return {
        "library_name": "peft" if adapter else "transformers",
        "pipeline_tag": "text-classification",
        **({"base_model": base.hub.repo} if base.hub else {}),
        **({"datasets": [where]} if dataset.hub else {}),
        "tags": ["colophon", tuned.training.method],
        "model-index": [{
            "name": name.rpartition("/")[2],
            "results": [{
                "task": {"type": "text-classification"},
                "dataset": {"name": dataset.title, "type": where, "split": test["split"]},
                "metrics": results,
            }],
        }],
    }  # fmt: skip


def _body(
    trained: TrainedModel, tuned: Tuned, base: Entry, rows: Sequence[Row], test: Row, name: str
) -> Iterator[str]:
    scores, training = trained.scores, tuned.training
    made, data = scores.sidecar.provenance, dataset_entry(str(test["dataset"]))
    yield f"# {base.title}, fine-tuned"
    yield ""
    yield (
        f"{_METHODS[training.method]}: {base.title} for the labels {', '.join(tuned.labels)}, trained with seed "
        f"{trained.seed} in the study {scores.sidecar.study}. Tested on {test['n']} examples ({test['rule']}; split "
        f"{test['split']}) of: {data.title}."
    )
    yield ""
    yield "| stage | run | score | value | 95 % interval | n | always the majority |"
    yield "|---|---|---|---:|---:|---:|---:|"
    for row in rows:
        if row["run"] in ("all", f"seed-{trained.seed}"):
            interval = "" if row["low"] is None else f"{row['low']:.4f} to {row['high']:.4f}"
            yield (
                f"| {row['stage']} | {row['run']} | {row['score']} | {row['value']:.4f} | {interval} | {row['n']} "
                f"| {row['baseline']:.4f} |"
            )
    yield ""
    yield (
        f"The numbers are those of the frozen table `{scores.id}` (SHA-256 `{scores.digest}`), made in the profile "
        f"{made.profile} by `{made.command}` at commit {made.commit or 'unknown'}. Runs are seeds; all is their mean. "
        "The stage untrained-head had a newly initialised head and says nothing about what the base model knows."
    )
    yield ""
    yield "## Training"
    yield ""
    for key, value in training.model_dump(mode="json", exclude_none=True).items():
        shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        yield f"- {key}: {shown}"
    yield f"- base weights: SHA-256 `{tuned.base_sha256}`"
    yield ""
    yield "## Use"
    yield ""
    yield "```python"
    yield from _usage(tuned, base, name)
    yield "```"


_METHODS = {"head": "A head on the frozen weights", "lora": "A LoRA adapter and a head",
            "qlora": "A QLoRA adapter (the base in NF4) and a head", "full": "All weights"}  # fmt: skip


def _usage(tuned: Tuned, base: Entry, repository: str) -> Iterator[str]:
    """How to load it: an adapter goes onto its base, which needs to know how many labels there are."""
    adapter = tuned.training.lora is not None
    yield "from transformers import AutoModelForSequenceClassification, AutoTokenizer"
    if adapter:
        yield "from peft import PeftModel"
    yield ""
    yield f"tokenizer = AutoTokenizer.from_pretrained({repository!r})"
    if not adapter:
        yield f"model = AutoModelForSequenceClassification.from_pretrained({repository!r})"
        return
    labels = dict(enumerate(tuned.labels))
    where = base.hub.repo if base.hub else base.name
    yield f"base = AutoModelForSequenceClassification.from_pretrained({where!r}, id2label={labels!r})"
    yield "base.config.pad_token_id = tokenizer.pad_token_id"
    yield f"model = PeftModel.from_pretrained(base, {repository!r})"
