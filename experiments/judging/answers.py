"""The answers of a frozen table, with instruction and reference from their data set, and the trivial baselines."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.data.examples import Instruction
from experiments.data.load import load_split
from experiments.judging.prompts import Pair
from experiments.judging.study import Answers
from experiments.judging.verdicts import ANSWERS, ECHO, EMPTY
from experiments.system import Context
from experiments.tables.digest import SHORT, sha256_bytes
from experiments.tables.errors import TableError, UserError
from experiments.tables.read import FrozenTable

COLUMNS = ("model", "stage", "run", "depth", "id", "text")


@dataclass(frozen=True)
class Judged:
    """Something to be judged: an answer of the table, or one of a trivial baseline, which no model gave."""

    source: str
    model: str
    stage: str
    run: str
    depth: int
    id: str
    pair: Pair

    def key(self) -> dict[str, object]:
        """The cells of the table of verdicts that say which one this is."""
        return {name: value for name, value in vars(self).items() if name != "pair"}


@dataclass(frozen=True)
class Found:
    """The answers, then those of the trivial baselines to the same instructions; `data` holds SHA-256 by split."""

    judged: tuple[Judged, ...]
    data: dict[str, str]


def find(answers: Answers, context: Context) -> Found:
    """Find the answers that the study judges.

    Raises UserError where the table is not there, of another profile, has no answers or does not fit the data set, and
    for an empty reference, against which nothing can be judged.
    """
    table = _table(answers, context)
    split = load_split(answers.data.entry, answers.split)
    name = f"{split.dataset}/{split.split}"
    then, now = table.sidecar.digests.data.get(name), split.digests[name]
    if then not in (None, now):  # ids may be numbers of rows, so another file would give other texts to them
        old, new = then[:SHORT], now[:SHORT]
        raise UserError(f"{table.id} was made from another file of {name} ({old}, not {new}); make it again from this")
    ids = _chosen(list(dict.fromkeys(row["id"] for row in table.rows)), answers.n)
    wanted = set(ids)
    instructions = {example.id: example for example in split.examples if example.id in wanted}
    for example_id in ids:
        if example_id not in instructions:
            raise UserError(f"{table.id} answers {example_id}, which is not in {name}")
        if not instructions[example_id].output.strip():
            raise UserError(f"{name}: the reference of {example_id} is empty, so no answer can be judged against it")
    given = [
        Judged(
            ANSWERS,
            row["model"],
            row["stage"],
            row["run"],
            row["depth"],
            row["id"],
            pair_of(instructions[row["id"]], row["text"]),
        )
        for row in table.rows
        if row["id"] in wanted
    ]
    baselines = [
        Judged(source, "none", "none", "none", 0, example_id, baseline_of(source, instructions[example_id]))
        for source in (EMPTY, ECHO)
        for example_id in ids
    ]
    return Found((*given, *baselines), split.digests)


def pair_of(example: Instruction, answer: str) -> Pair:
    """An answer beside what it answers."""
    return Pair(example.instruction, example.input, example.output, answer)


def baseline_of(source: str, example: Instruction) -> Pair:
    """What a model that can do nothing answers: nothing, or what it was told."""
    echo = "\n".join(filter(None, (example.instruction, example.input)))
    return pair_of(example, {EMPTY: "", ECHO: echo}[source])


def _table(answers: Answers, context: Context) -> FrozenTable:
    study, profile = answers.table.partition("/")[0], context.profile
    command = f"`experiments run {study} --profile {profile}`"
    try:
        table = context.read(answers.table)
    except TableError as error:
        raise UserError(
            f"{answers.table}, whose answers are to be judged, cannot be read: "
            f"{error.where}: {error.what}; make it with {command}"
        ) from None
    made_in = table.sidecar.provenance.profile
    if made_in != profile:
        raise UserError(
            f"{table.id} was frozen in the profile {made_in}, and this run is of the profile {profile}; "
            f"run {command} first, or judge with --profile {made_in}"
        )
    missing = [name for name in COLUMNS if name not in (column.name for column in table.sidecar.columns)]
    if missing:
        raise UserError(f"{table.id} has no column {missing[0]}, so it holds no answers that can be judged")
    if not table.rows:
        raise UserError(f"{table.id} holds no answers")
    return table


def _chosen(ids: Sequence[str], n: int | None) -> list[str]:
    """`n` of the ids as if drawn at random, the same ones for every study: those with the least digests."""
    drawn = set(sorted(ids, key=lambda name: sha256_bytes(name.encode()))[:n])
    return [name for name in ids if name in drawn]
