"""What a study or a registry file says of a data set: where its files lie, and which column is which field."""

import math
import re
from collections.abc import Mapping
from dataclasses import make_dataclass
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from experiments.data.examples import Instruction, Pair, Question, Record, Sentence
from experiments.hub.place import HubPlace, leads_out
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable

Kind = Literal["sentence", "pair", "question", "instruction", "free"]
Columns = Mapping[str, tuple[str, ...] | None]

KINDS: Mapping[Kind, type] = {"sentence": Sentence, "pair": Pair, "question": Question, "instruction": Instruction}
FIELDS: Mapping[Kind, Columns] = {
    "sentence": {"text": ("sentence", "text"), "label": ("label",)},
    "pair": {"premise": ("premise",), "hypothesis": ("hypothesis",), "label": ("label",)},
    "question": {"question": ("question",), "context": ("context",), "answers": ("answers",)},
    "instruction": {"instruction": ("instruction",), "input": ("input",), "output": ("output",)},
    "free": {},
}
"""The fields of each kind with the columns that they are taken from where nobody says otherwise."""
OPTIONAL: Mapping[Kind, tuple[str, ...]] = {"question": ("title", "is_impossible"), "instruction": ("input",)}
NO_LABEL = ("-1", "-", "")
"""What stands for "no gold label" in a data set of one's own that does not say it."""
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
TYPES = {"text": str, "number": float, "integer": int, "list": tuple[str, ...]}


def optional(default: Any, description: str | None = None) -> Any:
    """A field that the digest of a study leaves out at its default: a new key leaves old studies as they are."""
    return Field(default, exclude_if=lambda value: value == default, description=description)


def as_written(value: object) -> str:
    """A label or an id as text: None and NaN are empty, and 1.0 is the 1 that a table with gaps makes of it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = str(value).strip()
    whole, point, zeros = said.partition(".")
    return whole if point and zeros and not zeros.strip("0") and whole.removeprefix("-").isdecimal() else said


def _words(value: object) -> object:
    """A cell's content as a file writes it: YAML reads 0 as a number, and an empty value as none."""
    if isinstance(value, bool):
        raise ValueError("YAML reads yes, no, true and false as truth values; put the label in quotes")
    return "" if value is None else str(value) if isinstance(value, int | float) else value


def _label_names(value: object) -> object:
    """Labels as a list, or as a mapping from what a file writes to ours."""
    if isinstance(value, Mapping):
        return {_words(code): None if label is None else _words(label) for code, label in value.items()}
    return tuple(_words(label) for label in value) if isinstance(value, list | tuple) else value


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Word = Annotated[str, BeforeValidator(_words, json_schema_input_type=str | float | None)]
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=str | tuple[str, ...]),
    Field(min_length=1),
]
Labels = Annotated[
    tuple[str, ...] | dict[str, str | None],
    BeforeValidator(_label_names, json_schema_input_type=tuple[str | float, ...] | dict[str, str | float | None]),
]


class Column(Closed):
    """A field of a data set of free fields: the column (or the first of several that there is), and what it holds."""

    column: Names
    type: Literal["text", "number", "integer", "list"] = optional("text", "list: texts with commas between them")
    at_least: float | None = optional(None, "the least that a number may be")
    at_most: float | None = optional(None, "the most that a number may be")
    may_be_empty: bool = optional(False, "whether a text may be empty; a list always may")


class Condition(Closed):
    """What a record can be or not be, by one of its fields."""

    field: str
    above: float | None = optional(None)
    below: float | None = optional(None)
    is_not: Word | None = optional(None, "the text that stands for none")

    def holds(self, value: Any) -> bool:
        return (
            (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
            and (self.is_not is None or value != self.is_not)
        )


def _a_file(value: object) -> object:
    return {"file": value} if isinstance(value, str) else value


class SplitFiles(Closed):
    """Where one split lies: below a data folder or the project, and in the repository of the hub."""

    file: Names | None = optional(
        None, "the file (or its parts, train-*.parquet), or several places of which the first that there is counts"
    )
    hub: str | None = optional(
        None, "the split as the hub calls it, such as validation, or a file or pattern in the repository"
    )

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if self.file is None and self.hub is None:
            raise ValueError("a split needs a file, or its name on the hub")
        if self.hub is not None and leads_out(self.hub):
            raise ValueError("hub: the file of a split must lie in its repository, without `..`")
        return self


Split = Annotated[SplitFiles, BeforeValidator(_a_file, json_schema_input_type=str | SplitFiles)]


class Cut(Closed):
    """Two splits made of one, at random and, where there are labels, in the proportions of the labels."""

    split: str = Field(description="the split that is cut")
    into: tuple[str, str] = Field(description="the names of the two")
    share: float = Field(gt=0, lt=1, description="share of the examples that the first of them gets")
    seed: int = Field(0, ge=0, lt=2**32)


class DataMapping(Closed):
    """The keys with which a study describes a data set of its own under `data`, and a file of the registry its own."""

    kind: Kind | None = optional(None, "what an example is: a text, a pair, a question, an instruction or free fields")
    fields: dict[str, Annotated[Names | Column | None, Field(union_mode="left_to_right")]] = optional(
        {}, "the column of each field, or several of which the first that there is counts; `id` names examples"
    )
    labels: Labels = optional(
        (), "the labels in the order of their numbers, or what the file writes for each; null: no gold label"
    )
    unlabelled: tuple[Word, ...] | None = optional(None, "values that mean `no gold label`: left out, and counted")
    targets: tuple[str, ...] = optional((), "free fields that must not be empty; rows without one are left out")
    conditions: dict[str, Condition] = optional({}, "what a study can ask of a record of free fields")
    splits: dict[str, Split] = optional({}, "the splits by name, each a file or a mapping")
    cut: Cut | None = optional(None)
    hub: HubPlace | None = optional(None)
    configuration: str | None = optional(None, "the configuration of a data set of the hub, such as mnli")
    stream: bool = optional(
        False,
        "keep examples on the disk from the first on, as is done of splits of more than 128 million characters; where "
        "no file of a split is here, read it from the hub as rows are needed, without downloading the files",
    )
    rows: int | None = Field(None, ge=1, exclude_if=lambda n: n is None, description="rows of a split to read at most")
    delimiter: str | None = optional(None, "what stands between the cells of a .csv file; a comma without")
    example: str = optional("Record", "the word for one record of free fields")
    title: str = optional("", "what a model card calls the data set")
    source: str = optional("", "where it comes from")
    licence: str = optional("not stated")


class Entry(DataMapping):
    """One data set. `origin` says who describes it; only the files of a shipped one lie in this package."""

    name: str
    kind: Kind
    note: str | None = None
    shipped: bool = Field(False, description="whether its files lie in this package")
    origin: Literal["package", "project", "study"] = "package"

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        known = {"id", *FIELDS[self.kind], *OPTIONAL.get(self.kind, ())}
        for field, column in self.fields.items():
            if self.kind != "free" and field not in known:
                raise ValueError(f"fields: a {self.kind} has no {printable(field)}; it has {', '.join(sorted(known))}")
            if self.kind != "free" and isinstance(column, Column):
                raise ValueError(f"fields: {field} of a {self.kind} is the name of a column, nothing more")
            if column is None and field not in OPTIONAL.get(self.kind, ()):
                raise ValueError(f"fields: {printable(field)} needs a column")
            if not field.isidentifier():
                raise ValueError(f"fields: {printable(field)} is no name; use letters, digits and _")
        if self.kind == "free" and not set(self.fields) - {"id"}:
            raise ValueError("fields: name the fields of a record and their columns")
        if self.kind in ("sentence", "pair") and len(self.label_names) < 2:
            raise ValueError("labels: name two labels or more, as a list or as what the file writes for each")
        written = [as_written(label) for label in self.labels]
        if len(set(self.label_names)) < len(self.label_names) or len(set(written)) < len(written):
            raise ValueError("labels: a label stands twice")
        labelled = {as_written(code) for code in self.labels if not isinstance(self.labels, dict) or self.labels[code]}
        if self.unlabelled is not None and (both := sorted(labelled & set(self.no_label))):
            raise ValueError(f"unlabelled: {printable(both[0])} is a label, too")
        for what, names in (("targets", self.targets), ("conditions", [c.field for c in self.conditions.values()])):
            for name in names:
                if self.kind != "free" or name not in self.fields:
                    raise ValueError(f"{what}: there is no free field {printable(name)}")
        if not self.splits:
            raise ValueError("splits: name the splits and their files, such as {train: train.csv, test: test.csv}")
        if any(split.file is None for split in self.splits.values()) and self.hub is None:
            raise ValueError("splits: a split without a file needs the repository under hub")
        if self.cut and (self.cut.split not in self.splits or set(self.cut.into) & set(self.splits)):
            raise ValueError("cut: split names a split that there is, and into two that there are not")
        if self.stream and self.hub is not None and self.hub.revision is None:
            raise ValueError("stream: the revision of the hub must be pinned")
        return self

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels in the order of a head's outputs."""
        if isinstance(self.labels, dict):
            return tuple(dict.fromkeys(label for label in self.labels.values() if label is not None))
        return self.labels

    @property
    def codes(self) -> dict[str, str | None]:
        """What files write for each label; None stands for no gold label."""
        if isinstance(self.labels, dict):
            known = {as_written(code): label for code, label in self.labels.items()}
        else:
            # Labels that are numbers stand for themselves: of 1, 2 and 3 no 0 is the first.
            names = () if any(map(NUMBER.fullmatch, self.labels)) else self.labels
            numbers = {str(number): label for number, label in enumerate(names)}
            known = {**numbers, **{as_written(label): label for label in self.labels}}
            known = {
                code: label for code, label in known.items() if self.unlabelled is None or code not in self.no_label
            }
        return {**known, **{code: None for code in self.no_label if code not in known}}

    @property
    def no_label(self) -> tuple[str, ...]:
        """The values that mean "no gold label"."""
        if self.unlabelled is not None:
            return tuple(map(as_written, self.unlabelled))
        return () if self.origin == "package" else NO_LABEL if self.kind != "free" else NO_LABEL[1:]

    @property
    def counts_unlabelled(self) -> bool:
        """Whether a table of splits counts the examples that were left out for want of a label."""
        return self.kind in ("sentence", "pair") and None in self.codes.values()

    @property
    def columns(self) -> Columns:
        """The columns that each field of the kind may come from."""
        own = {f: c.column if isinstance(c, Column) else c for f, c in self.fields.items()}
        return {**FIELDS[self.kind], **own}

    @property
    def split_names(self) -> tuple[str, ...]:
        """The splits that a study can name, those of a cut among them."""
        return (*self.splits, *(self.cut.into if self.cut else ()))

    @property
    def example_type(self) -> type:
        """The class of its examples; of free fields one with these very fields, and its conditions as properties."""
        return KINDS[self.kind] if self.kind != "free" else _record(self.model_dump_json())

    def free_fields(self) -> dict[str, Column]:
        """The free fields with what each holds."""
        return {
            name: column if isinstance(column, Column) else Column(column=column)
            for name, column in self.fields.items()
            if name != "id"
        }

    def check_split(self, name: str) -> None:
        """Raises UserError with the known splits for one that there is not."""
        if name not in self.split_names:
            known = ", ".join(self.split_names)
            raise UserError(f"{self.name} has no split {printable(name)}; it has {known}")

    def read_from(self, name: str) -> str:
        """The split whose files hold the examples of a split: for one of a cut the split that is cut."""
        self.check_split(name)
        return self.cut.split if self.cut and name in self.cut.into else name

    def split(self, name: str) -> SplitFiles:
        """The files of a split. Raises UserError with the known ones."""
        return self.splits[self.read_from(name)]


@cache
def _record(described: str) -> type:
    entry = Entry.model_validate_json(described)

    def condition(rule: Condition) -> property:
        return property(lambda record: rule.holds(getattr(record, rule.field)))

    return make_dataclass(
        entry.example,
        [(name, TYPES[column.type]) for name, column in entry.free_fields().items()],
        bases=(Record,),
        namespace={name: condition(rule) for name, rule in entry.conditions.items()},
        frozen=True,
    )
