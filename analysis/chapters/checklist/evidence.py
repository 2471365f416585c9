"""A function for each sort of evidence: it looks at tables and sidecars, and gives an answer with its sentence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from analysis.chapters.checklist.answer import Answer, answered
from analysis.facts import Value, View, derived, max_of, min_of, sum_of
from experiments.tables import safe_yaml
from experiments.tables.locations import PACKAGE_ROOT, registry_root, studies_root
from experiments.tables.sidecar import Column, Sidecar

BENCHMARKS = frozenset({"ratio", "target", "ours", "theirs"})
"""Columns of tables that compare speeds: they test programs, and no model."""
CHOSEN_BY = ("curves", "penalties", "selection", "thresholds", "zero-shot")
"""Tables that tell how a value was chosen: epochs, penalties of probes, layers, thresholds of answers, label words."""


class Inventory:
    """All frozen tables of a project, by what the items ask about. Tables of speeds count for packages alone."""

    def __init__(self, tables: Sequence[View]) -> None:
        self.all = list(tables)

    @cached_property
    def published(self) -> list[View]:
        """Tables of studies of published figures."""
        studies = {_sidecar(table).study for table in self.all if _sidecar(table).table == "figures"}
        return [table for table in self.all if _sidecar(table).study in studies]

    @cached_property
    def results(self) -> list[View]:
        """Tables that were run, adopted or worked out, without those of studies that compare speeds."""
        published = {table.id for table in self.published}
        speeds = {_sidecar(table).study for table in self.all if set(table.columns) >= BENCHMARKS}
        return [t for t in self.all if t.id not in published and _sidecar(t).study not in speeds]

    @cached_property
    def studies(self) -> list[View]:
        """One table of each study with results of models: that which took longest to make."""
        longest: dict[str, View] = {}
        for table in self.results:
            sidecar = _sidecar(table)
            tests_programs = sidecar.kind == "measured" and not sidecar.digests.models and not sidecar.digests.smoke
            if sidecar.made != "run" or sidecar.kind == "computed" or tests_programs:
                continue
            before = longest.get(sidecar.study)
            if before is None or _seconds(before) < _seconds(table):
                longest[sidecar.study] = table
        return list(longest.values())

    @cached_property
    def runs(self) -> list[View]:
        """The tables of `studies` that were measured here: how adopted predictions were made is not on record."""
        return [table for table in self.studies if _sidecar(table).kind == "measured"]

    @cached_property
    def scores(self) -> list[View]:
        """Tables worked out from runs or adopted predictions that hold scores: numbers with a direction."""
        return [t for t in self.results if _sidecar(t).made == "derived" and _directed(t)]

    def of_study(self, run: View, names: Iterable[str]) -> list[View]:
        """The tables with these names of the study of a run."""
        return [t for t in self.all if _sidecar(t).study == _sidecar(run).study and _sidecar(t).table in set(names)]


def commands(found: Inventory) -> Answer:
    """Whether each table names the command that makes it again."""
    having = [table for table in found.all if _sidecar(table).provenance.command]
    redone = [table for table in found.all if _sidecar(table).made == "derived"]
    return answered(
        having,
        found.all,
        "number of tables that name their command",
        "{having} of {asked} tables name the command that makes them again; {derived} are worked out of others, which "
        "`experiments verify` repeats.",
        "No table is frozen.",
        derived=lambda: _number(redone, found.all, "number of derived tables"),
    )


def code(found: Inventory) -> Answer:
    """Whether tables were made by code that a commit holds."""
    clean = [t for t in found.all if (commit := _sidecar(t).provenance.commit) and not commit.endswith("-dirty")]
    return answered(
        clean,
        found.all,
        "number of tables made at a commit without local changes",
        "{having} of {asked} tables were made at a commit without local changes; each carries the SHA-256 of the code "
        "that made it.",
        "No table was made at a commit without local changes.",
    )


def data_files(found: Inventory) -> Answer:
    """Whether runs name the files of their data by SHA-256."""
    having = [table for table in found.runs if _sidecar(table).digests.data]
    files = {name for table in having for name in _sidecar(table).digests.data}
    return answered(
        having,
        found.studies,
        "number of studies that name their data files",
        "{having} of {asked} studies name their data by SHA-256, in {files} files.",
        "No study names its data files.",
        files=lambda: _count(len(files), having, "number of data files"),
        called=_study,
    )


def model_files(found: Inventory) -> Answer:
    """Whether runs name the files of their models by SHA-256."""
    having = [table for table in found.runs if any("/" in name for name in _sidecar(table).digests.models)]
    models = {name.partition("/")[0] for t in having for name in _sidecar(t).digests.models if "/" in name}
    return answered(
        having,
        found.studies,
        "number of studies that name their model files",
        "{having} of {asked} studies name the files of their models by SHA-256, of {models} models.",
        "No study names its model files.",
        models=lambda: _count(len(models), having, "number of models"),
        called=_study,
    )


def licences(found: Inventory) -> Answer:
    """Whether the registries state a licence of each data set and model that runs used."""
    data = {name.partition("/")[0] for t in found.runs for name in _sidecar(t).digests.data if "/" in name}
    models = {name.partition("/")[0] for t in found.runs for name in _sidecar(t).digests.models if "/" in name}
    stated = {name: _licence("data", name) for name in sorted(data)} | {
        name: _licence("models", name) for name in sorted(models)
    }
    known = {name: licence for name, licence in stated.items() if licence and not licence.startswith("none")}
    if not known:
        return Answer("no", "No data set and no model has a licence on record.")
    counts = {
        "known": _count(len(known), found.runs, "number of data sets and models with a licence on record"),
        "all": _count(len(stated), found.runs, "number of data sets and models"),
    }
    listed = "; ".join(f"{name}: `{licence.partition(', http')[0]}`" for name, licence in known.items())
    without = ", ".join(name for name in stated if name not in known)
    return Answer(
        "yes" if len(known) == len(stated) else "partly",
        f"{{known}} of {{all}} data sets and models have a licence on record ({listed})"
        + (f"; not on record: {without}." if without else "."),
        counts,
    )


def documents(found: Inventory) -> Answer:
    """Whether tables of published figures name the document and the place in it."""
    if not found.published:
        return Answer("not applicable", "No published figures are used.")
    having = [table for table in found.published if _sidecar(table).sources]
    return answered(
        having,
        found.published,
        "number of tables of published figures that name their documents",
        "{having} of {asked} tables of published figures name their documents.",
        "No table of published figures names its document.",
    )


def documentation(found: Inventory) -> Answer:
    """Whether the columns of all tables are described."""
    having = [table for table in found.all if all(column.meaning for column in _sidecar(table).columns)]
    columns = sum(len(_sidecar(table).columns) for table in having)
    return answered(
        having,
        found.all,
        "number of tables whose columns are described",
        "{having} of {asked} tables describe each of their {columns:,} columns in a sidecar (JSON).",
        "No table is frozen.",
        columns=lambda: _count(columns, having, "number of described columns"),
    )


def splits(found: Inventory) -> Answer:
    """Whether runs on data have a table of the parts of their data."""
    named = {run.id: found.of_study(run, ("splits", "inputs", "labelled"))[:1] for run in found.runs}
    return _by_tables(
        found,
        named,
        "number of studies with a table of their splits",
        "{having} of {asked} studies have a table of their splits or inputs, with their sizes.",
        "No study has a table of its splits.",
    )


def settings(found: Inventory) -> Answer:
    """Whether the file with all settings of a study is here, and its SHA-256 in the tables."""
    having = [run for run in found.runs if (studies_root() / f"{_sidecar(run).study}.yaml").is_file()]
    return answered(
        having,
        found.studies,
        "number of studies whose settings are in a file",
        "{having} of {asked} studies have their settings, hyper-parameters among them, in one YAML file "
        "in `experiments/studies/`; their tables carry the SHA-256 of its content.",
        "No file with settings is here.",
        called=_study,
    )


def selection(found: Inventory) -> Answer:
    """Whether studies that have something to choose have a table of how it was chosen."""
    named = {run.id: found.of_study(run, CHOSEN_BY) for run in found.runs}
    return _by_tables(
        found,
        named,
        "number of studies with a table of how a value was chosen",
        "{having} of {asked} studies have tables of how values were chosen: learning curves, penalties or thresholds.",
        "No study has a table of how values were chosen.",
    )


def seeds(found: Inventory) -> Answer:
    """Whether runs name their seeds, and how many there are."""
    having = [run for run in found.runs if _sidecar(run).provenance.seeds]
    numbers = [_count(len(_sidecar(run).provenance.seeds), [run], f"seeds of {_sidecar(run).study}") for run in having]
    same = len({number.data for number in numbers}) == 1
    return answered(
        having,
        found.studies,
        "number of studies that name their seeds",
        "{having} of {asked} studies name their seeds, {few} " + ("each." if same else "to {many} each."),
        "No study names a seed.",
        few=lambda: min_of(numbers),
        many=lambda: max_of(numbers),
        called=_study,
    )


def intervals(found: Inventory) -> Answer:
    """Whether tables of scores hold intervals."""
    having = [t for t in found.scores if any(column.lower_bound_of for column in _sidecar(t).columns)]
    return answered(
        having,
        found.scores,
        "number of tables of scores with intervals",
        "{having} of {asked} tables of scores hold intervals; the column says by which method.",
        "No table of scores holds an interval.",
    )


def tests(found: Inventory) -> Answer:
    """Whether studies with scores have a table with p-values."""
    studies = {_sidecar(table).study: table for table in found.scores}
    with_p = [t for t in found.results if any(column.name.startswith("p_") for column in _sidecar(t).columns)]
    having = [table for study, table in studies.items() if any(_sidecar(each).study == study for each in with_p)]
    answer = answered(
        having,
        list(studies.values()),
        "number of studies with tests",
        "{having} of {asked} studies with scores have tables of tests, with p-values corrected for their number.",
        "No study has a table of tests.",
        _study,
    )
    return _with_tables(answer, with_p)


def numbers_of_examples(found: Inventory) -> Answer:
    """Whether tables of scores say on how many examples."""
    having = [t for t in found.scores if any(column.n_of or column.name == "n" for column in _sidecar(t).columns)]
    return answered(
        having,
        found.scores,
        "number of tables of scores with the number of examples",
        "{having} of {asked} tables of scores say on how many examples each score rests.",
        "No table of scores says on how many examples a score rests.",
    )


def hardware(found: Inventory) -> Answer:
    """Whether runs name processor and cores."""
    having = [run for run in found.runs if _sidecar(run).provenance.hardware.processor]
    if not having:
        return Answer("no", "No study names its machine.")
    with_gpu = [run for run in having if _sidecar(run).provenance.hardware.accelerators]
    gpu = _number(with_gpu, having, "number of studies that used an accelerator")
    named = "{having} of {asked} studies name processor and cores; "
    answer = answered(
        having,
        found.studies,
        "number of studies that name their machine",
        named + ("{gpu} of them used an accelerator." if with_gpu else "none used an accelerator."),
        "No study names its machine.",
        called=_study,
        **({"gpu": lambda: gpu} if with_gpu else {}),
    )
    return replace(answer, rests_on=[gpu == 0]) if not with_gpu else answer


def time(found: Inventory) -> Answer:
    """Whether runs say how long they took."""
    having = [run for run in found.runs if _seconds(run) > 0]
    seconds = [run.about("provenance.cost.wall_seconds") for run in having]
    return answered(
        having,
        found.studies,
        "number of studies that say how long they took",
        "{having} of {asked} studies say how long they took: {hours:.1f} hours for the tables that are "
        "frozen. Trials before that are not on record.",
        "No study says how long it took.",
        hours=lambda: sum_of(seconds) / 3600,
        called=_study,
    )


def memory(found: Inventory) -> Answer:
    """Whether runs say their peak memory."""
    having = [run for run in found.runs if _sidecar(run).provenance.cost.peak_memory_bytes]
    peaks = [run.about("provenance.cost.peak_memory_bytes") for run in having]
    return answered(
        having,
        found.studies,
        "number of studies that say their peak memory",
        "{having} of {asked} studies say their peak memory, up to {peak:.1f} GB.",
        "No study says its peak memory.",
        peak=lambda: max_of(peaks) / 1_000_000_000,
        called=_study,
    )


def energy(found: Inventory) -> Answer:
    """Whether a counter measured the energy of runs; an estimate is none."""
    having = [run for run in found.runs if _sidecar(run).provenance.cost.energy_source in ("nvml", "rapl")]
    return answered(
        having,
        found.studies,
        "number of studies whose energy was measured",
        "The energy of {having} of {asked} studies was measured by a counter of the machine.",
        "No machine of a study gave a counter of energy.",
        called=_study,
    )


def parameters(found: Inventory) -> Answer:
    """Whether runs have a table with the number of parameters of their models."""
    named = {run.id: [t for t in found.of_study(run, ("cost",)) if "logical_base" in t.columns] for run in found.runs}
    return _by_tables(
        found,
        named,
        "number of studies that state numbers of parameters",
        "{having} of {asked} studies state the numbers of parameters of their models.",
        "No study states a number of parameters.",
    )


def packages(found: Inventory) -> Answer:
    """Whether tables name the versions that made them, and the lock file."""
    having = [table for table in found.all if len(_sidecar(table).provenance.environment) > 1]
    return answered(
        having,
        found.all,
        "number of tables that name the versions of packages",
        "{having} of {asked} tables name the versions of Python and of the packages that made them; each carries the "
        "SHA-256 of the lock file, which pins each package by its hash.",
        "No table names the versions of packages.",
    )


EVIDENCE: Mapping[str, Callable[[Inventory], Answer]] = {
    each.__name__: each
    for each in (
        *(commands, code, data_files, model_files, licences, documents, documentation, splits, settings, selection),
        *(seeds, intervals, tests, numbers_of_examples, hardware, time, memory, energy, parameters, packages),
    )
}
"""By the names in `items.yaml`."""


# --- what several of them ask ----------------------------------------------------------------------------------------


def _sidecar(table: View) -> Sidecar:
    return table.table.sidecar


def _study(table: View) -> str:
    return _sidecar(table).study


def _seconds(table: View) -> float:
    return _sidecar(table).provenance.cost.wall_seconds


def _directed(table: View) -> list[Column]:
    return [column for column in _sidecar(table).columns if column.direction is not None]


def _count(number: int, tables: Sequence[View], what: str) -> Value:
    return derived(number, [table.about("digests.table") for table in tables], what)


def _number(some: Sequence[View], tables: Sequence[View], what: str) -> Value:
    return _count(len(some), tables, what)


def _by_tables(found: Inventory, named: Mapping[str, Sequence[View]], what: str, some: str, none: str) -> Answer:
    """How many of the studies that were run have the tables that are `named` for them, with a link to each."""
    having = [run for run in found.runs if named[run.id]]
    return _with_tables(
        answered(having, found.studies, what, some, none, _study), [table for run in having for table in named[run.id]]
    )


def _with_tables(answer: Answer, tables: Sequence[View]) -> Answer:
    return Answer(
        answer.word, answer.template, answer.values, [table.id for table in tables] or answer.tables, answer.lacking
    )


def _licence(sort: str, name: str) -> str | None:
    """The licence in the description of a data set or a model: the project's own, else that which comes with us."""
    for folder in (registry_root() / sort, PACKAGE_ROOT / "experiments" / sort / "registry"):
        path: Path = folder / f"{name}.yaml"
        if path.is_file():
            said = safe_yaml.load(safe_yaml.read_text(path))
            licence = said.get("licence") if isinstance(said, dict) else None
            return str(licence) if licence else None
    return None
