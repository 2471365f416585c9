"""The model card: every score in it is a cell of the frozen table, whose digest it names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from experiments.data.mapping import Entry as Data
from experiments.models.locate import family
from experiments.models.quantized import NF4
from experiments.models.registry import Entry as Base
from experiments.models.report import Task
from experiments.publishing.trained import TrainedModel
from experiments.statistics.level import CONFIDENCE_TEXT
from experiments.tables.canonical import Row
from experiments.tables.terms import ALL, Stage
from experiments.training.saved import Tuned


@dataclass(frozen=True)
class HubTask:
    """How a task is called on the hub.

    `loader` is the class of transformers that loads the model, `scores` are those that a card shows, by their names in
    the table of scores.
    """

    pipeline: str
    loader: str
    scores: tuple[str, ...]


ANSWERS = ("exact[all]", "f1[all]")
HUB_TASKS: Mapping[Task, HubTask] = {
    "classification": HubTask("text-classification", "AutoModelForSequenceClassification", ("accuracy", "macro_f1")),
    "qa": HubTask("question-answering", "AutoModelForQuestionAnswering", ANSWERS),
    "causal": HubTask("text-generation", "AutoModelForCausalLM", ANSWERS),
}
TRAINED = {
    "head": "A head on the frozen weights",
    "lora": "A LoRA adapter and a head",
    "qlora": "A QLoRA adapter (the base in NF4) and a head",
    "full": "All weights",
}


@dataclass(frozen=True)
class Card:
    """What a card is about.

    `test` is the row of the table of splits for the test set, `with_pad_row` says that the base's embedding was given a
    row for the pad token.
    """

    repository: str
    trained: TrainedModel
    tuned: Tuned
    base: Base
    data: Data
    test: Row
    with_pad_row: bool = False

    @property
    def task(self) -> HubTask:
        return HUB_TASKS[self.tuned.task]

    @property
    def rows(self) -> list[Row]:
        """The rows of the table of scores that the card shows: of this model, of what came before, and the means."""
        runs = (ALL, f"seed-{self.trained.seed}")
        return [
            row
            for row in self.trained.scores.rows
            if row["score"] in self.task.scores and row["run"] in runs and row.get("approach") == self.trained.approach
        ]

    def text(self) -> str:
        """README.md: front matter as the hub reads it, then what people read."""
        front = yaml.safe_dump(self._front_matter(), sort_keys=False, allow_unicode=True)
        parts = [self._introduction(), *self._scores(), *self._training(), *self._usage()]
        return f"---\n{front}---\n\n" + "\n".join(parts) + "\n"

    def _front_matter(self) -> dict:
        adapter, base, data = self.tuned.training.lora is not None, self.base, self.data
        where = data.hub.repo if data.hub else data.name
        ours = [row for row in self.rows if row["stage"] == Stage.FINE_TUNED and row["run"] != ALL]
        return {
            "library_name": "peft" if adapter else "transformers",
            "pipeline_tag": self.task.pipeline,
            **({"base_model": base.hub.repo} if base.hub else {}),
            **({"datasets": [where]} if data.hub else {}),
            "tags": ["colophon", self.tuned.training.method],
            "model-index": [
                {
                    "name": self.repository.rpartition("/")[2],
                    "results": [
                        {
                            "task": {"type": self.task.pipeline},
                            "dataset": {"name": data.title or data.name, "type": where, "split": self.test["split"]},
                            "metrics": [
                                {"type": row["score"], "name": _named(row), "value": row["value"]} for row in ours
                            ],
                        }
                    ],
                }
            ],
        }

    def _introduction(self) -> str:
        scores, labels = self.trained.scores, self.tuned.labels
        for_labels = f" for the labels {', '.join(labels)}" if labels else ""
        return (
            f"# {self.base.title}, fine-tuned\n\n"
            f"{TRAINED[self.tuned.training.method]}{for_labels}, trained with seed {self.trained.seed} in the study "
            f"{scores.sidecar.study}. Tested on {self.test['n']} examples of the split {self.test['split']} "
            f"({self.test['rule']}) of: {self.data.title or self.data.name}.\n"
        )

    def _scores(self) -> Iterator[str]:
        yield f"| stage | run | score | value | {CONFIDENCE_TEXT} interval | n | baseline |"
        yield "|---|---|---|---:|---:|---:|---:|"
        for row in self.rows:
            interval = "" if row["low"] is None else f"{row['low']:.4f} to {row['high']:.4f}"
            baseline = "" if row["baseline"] is None else f"{row['baseline']:.4f}"
            cells = (row["stage"], row["run"], _named(row), f"{row['value']:.4f}", interval, row["n"], baseline)
            yield f"| {' | '.join(map(str, cells))} |"
        scores = self.trained.scores
        made = scores.sidecar.provenance
        baseline = scores.sidecar.column("baseline").meaning
        yield (
            f"\nThe numbers are those of the frozen table `{scores.id}` (SHA-256 `{scores.digest}`), made in the "
            f"profile {made.profile} by `{made.command}` at commit {made.commit or 'unknown'}. Runs are seeds, and "
            f"{ALL} is their mean; baseline: {baseline}. The stage {Stage.UNTRAINED_HEAD} had a newly initialised head "
            "and says nothing about what the base model knows.\n"
        )

    def _training(self) -> Iterator[str]:
        yield "## Training\n"
        for key, value in self.tuned.training.model_dump(mode="json", exclude_none=True).items():
            shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            yield f"- {key}: {shown}"
        yield f"- base weights: SHA-256 `{self.tuned.base_sha256}`\n"

    def _usage(self) -> Sequence[str]:
        """How to load it: an adapter goes onto its base, packed as in training, and told labels and a pad token."""
        loader, tuned, repository = self.task.loader, self.tuned, self.repository
        lines = [
            f"from transformers import {loader}, AutoTokenizer",
            "",
            f"tokenizer = AutoTokenizer.from_pretrained({repository!r})",
        ]
        if tuned.training.lora is None:
            lines.append(f"model = {loader}.from_pretrained({repository!r})")
        else:
            more = f", id2label={dict(enumerate(tuned.labels))!r}" if tuned.labels else ""
            if tuned.task == "qa" and family(self.base) == "decoder":
                more = ", key_mapping={r'^model\\.': 'transformer.'}"  # else transformers loads no backbone
            if tuned.training.quantization is not None:
                lines[0] += ", BitsAndBytesConfig"
                packed = (NF4 | {"bnb_4bit_compute_dtype": tuned.training.dtype}).items()
                lines.append(f"packed = BitsAndBytesConfig({', '.join(f'{key}={value!r}' for key, value in packed)})")
                more += ", quantization_config=packed"
            if self.base.gguf is not None:
                more += f", gguf_file={self.base.gguf!r}"
            where = self.base.hub.repo if self.base.hub else self.base.name
            lines[1:1] = ["from peft import PeftModel"]
            lines += [
                f"base = {loader}.from_pretrained({where!r}{more})",
                *(["base.resize_token_embeddings(len(tokenizer), mean_resizing=False)"] if self.with_pad_row else ()),
                "base.config.pad_token_id = tokenizer.pad_token_id",
                f"model = PeftModel.from_pretrained(base, {repository!r})",
            ]
        return ["## Use\n", "```python", *lines, "```"]


def _named(row: Row) -> str:
    """The name of a score; for answers with the rule for saying nothing."""
    policy = row.get("policy")
    return str(row["score"]) if policy is None else f"{row['score']}, {policy}"
