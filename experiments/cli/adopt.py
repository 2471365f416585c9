"""`experiments adopt`"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from experiments.tables.errors import printable
from experiments.tables.typed import typed_text

KEYS = ("id", "hash", "gold")
SIDES_OF_TWO = {"before", "after", "predicted"}


def adopt_predictions(
    study: Annotated[str, typer.Option("--study", help="Name of the study that the predictions become.")],
    file: Annotated[Path | None, typer.Argument(help="CSV with one row for each example.")] = None,
    before: Annotated[
        Path | None, typer.Option(help="One of two CSVs, or answers for --squad: the first side.")
    ] = None,
    after: Annotated[Path | None, typer.Option(help="The other one, about the same examples: the second side.")] = None,
    squad: Annotated[Path | None, typer.Option(help="SQuAD data that --before and --after answer, as JSON.")] = None,
    no_answer: Annotated[
        list[str] | None,
        typer.Option(
            "--no-answer",
            parser=typed_text,
            metavar="FILE",
            help="With --squad, data of v2.0: JSON object from question id to no-answer probability, which gives "
            "best_exact and best_f1. Of two sides, before=FILE and after=FILE.",
        ),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            "--map",
            parser=typed_text,
            metavar="id=…,gold=…,NAME=…",
            help="The columns to take: of the gold labels, and of the predictions of one model or more under names of "
            "your own, such as before=base,after=tuned; the first is what the others are compared with. `id=` takes "
            "the unnamed index that pandas writes, hash=TEXT makes ids of a text; rows are numbered without either.",
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            parser=typed_text,
            metavar="TEXT",
            help="All labels in order, such as negative,positive; to numbers it gives names, 0 the first.",
        ),
    ] = None,
    label_map: Annotated[
        str | None, typer.Option(parser=typed_text, metavar="CELL=LABEL,…", help="What cells mean, by label.")
    ] = None,
    invalid: Annotated[
        str | None,
        typer.Option(
            parser=typed_text,
            metavar="CELL,…",
            help='Predictions that are no label, such as PARSE_FAIL,"": they count as wrong and are counted.',
        ),
    ] = None,
    no_gold: Annotated[
        str | None,
        typer.Option(
            parser=typed_text,
            metavar="CELL,…",
            help='What stands for no gold label; such rows are left out and counted. Without it an empty cell, "-", '
            "and -1 and -100 do, unless they are labels.",
        ),
    ] = None,
    probabilities: Annotated[
        list[str] | None,
        typer.Option(
            parser=typed_text,
            metavar="NAME=COLUMN,…",
            help="A model whose predictions are probabilities: their columns in the order of --labels.",
        ),
    ] = None,
    regression: Annotated[bool, typer.Option("--regression", help="Gold and predictions are numbers.")] = False,
    source: Annotated[
        str | None,
        typer.Option(parser=typed_text, metavar="TEXT", help="Whose predictions they are, as the report shall say it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the tables as JSON.")] = False,
) -> None:
    """Freeze predictions made elsewhere, of one model or more, as tables of kind `reported`.

    Labels are class names or numbers. Ids and labels are kept; no other column is read.
    """
    from experiments.adopting.adopt import Request, adopt
    from experiments.adopting.adopt_squad import adopt_squad
    from experiments.adopting.labels import Meaning
    from experiments.cli.progress import show_progress
    from experiments.status.verification import remember_made
    from experiments.study_files import load_study
    from experiments.tables.locations import frozen_root

    files = _files(file, before, after, squad)
    of_classes = {
        "--labels": labels,
        "--label-map": label_map,
        "--invalid": invalid,
        "--probabilities": probabilities or None,
    }
    if squad is not None:
        _refuse({"--map": mapping, "--no-gold": no_gold, "--regression": regression or None, **of_classes}, "--squad")
    elif no_answer:
        raise typer.BadParameter("is for answers to --squad; leave it out", param_hint="--no-answer")
    if regression:
        _refuse(of_classes, "--regression")
    root = frozen_root()
    if squad is not None:
        answers = {side: path for side, path in (("before", before), ("after", after), ("predicted", file)) if path}
        beside = _by_side(no_answer or (), tuple(answers))
        made, notes = adopt_squad(study, squad, answers, source, root, show_progress, beside)
    else:
        by_side = dict(_parts(each, "--probabilities") for each in probabilities or ())
        request = Request(
            study,
            files,
            _columns(mapping, len(files), set(by_side)),
            Meaning(_labels(labels), _pairs(label_map), _cells(invalid) or (), _cells(no_gold)),
            by_side,
            regression,
            source,
        )
        made, notes = adopt(request, root, show_progress)
    remember_made(load_study(study), made, root)
    by_name = {sealed.sidecar.table: sealed for sealed in made}
    if as_json:
        import json

        tables = {name: sealed.table().rows for name, sealed in by_name.items()}
        print(json.dumps({"schema_version": 1, "study": study, "notes": notes, "tables": tables}, indent=2))
        return
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    for sealed in made:
        print(f"froze {sealed.sidecar.id}: {sealed.sidecar.row_count} rows")
    summed = [name for name in ("scores", "values", "transitions", "tests", "differences") if name in by_name]
    _print_summary({name: by_name[name].table().rows for name in summed})


def _refuse(given: dict[str, object], by: str) -> None:
    """Raises BadParameter for the options that are given and mean nothing beside another one."""
    if said := [option for option, value in given.items() if value is not None]:
        raise typer.BadParameter(f"means nothing with {by}; leave it out", param_hint=said[0])


def _files(file: Path | None, before: Path | None, after: Path | None, squad: Path | None) -> tuple[Path, ...]:
    """The file or the two files. Raises BadParameter for any other number of them."""
    pair = tuple(path for path in (before, after) if path is not None)
    if squad is not None and bool(file) != bool(pair):
        return (file,) if file else pair
    if file is not None and not pair and squad is None:
        return (file,)
    if file is None and len(pair) == 2:
        return pair
    raise typer.BadParameter("give one FILE, or --before FILE and --after FILE", param_hint="FILE")


def _by_side(given: Sequence[str], sides: tuple[str, ...]) -> dict[str, Path]:
    """The files of no-answer probabilities by side: a lone one of a lone side needs no name."""
    found: dict[str, Path] = {}
    for entry in given:
        side, equals, path = entry.partition("=")
        if not equals or side not in sides:
            side, path = sides[0], entry
            if len(sides) > 1:
                what = f"say whose {printable(entry)} is, as {' or '.join(f'{name}=FILE' for name in sides)}"
                raise typer.BadParameter(what, param_hint="--no-answer")
        if side in found:
            raise typer.BadParameter(f"give one file for {side}", param_hint="--no-answer")
        found[side] = Path(path)
    return found


def _parts(entry: str, option: str) -> tuple[str, tuple[str, ...]]:
    name, _, columns = entry.partition("=")
    names = tuple(column.strip() for column in columns.split(","))
    _check_side(name, option)
    if not all(names) or len(set(names)) != len(names):
        raise typer.BadParameter("name the columns of a model, each once, as NAME=COLUMN,COLUMN", param_hint=option)
    return name, names


def _check_side(name: str, option: str) -> None:
    from experiments.adopting.study import RESERVED, SIDE

    if name in RESERVED or not re.fullmatch(SIDE, name):
        what = f"{name!r} can name no model; use a-z, 0-9, _ and single hyphens, not {', '.join(RESERVED)}"
        raise typer.BadParameter(what, param_hint=option)


def _columns(mapping: str | None, files: int, others: set[str]) -> dict[str, str]:
    """`id=a,gold=b,…` as a mapping; a comma inside a column's name is kept, and the id may be pandas' unnamed index."""
    if mapping is None:
        raise typer.BadParameter("give the columns, as gold=…,before=…,after=…", param_hint="--map")
    parts = [part.partition("=") for part in re.split(r",(?=[a-z][a-z0-9_-]*=)", mapping)]
    found = {ours.strip(): name.strip() for ours, _, name in parts}
    sides = set(found) - set(KEYS)
    if (
        len(found) != len(parts)
        or not all(equals for _, equals, _ in parts)
        or not all(found[key] for key in found if key != "id")
    ):
        raise typer.BadParameter("give a column for each, once, as id=…,gold=…,before=…,after=…", param_hint="--map")
    for side in sides:
        _check_side(side, "--map")
    if len({side.replace("-", "_") for side in sides | others}) != len(sides | others):
        what = "two sides are one column in the tables, where - is written as _; name one of them otherwise"
        raise typer.BadParameter(what, param_hint="--map")
    if len(set(found.values())) != len(found):
        hint = "; of a single model give one column, as predicted=…"
        raise typer.BadParameter(f"each column can stand for one thing only{hint}", param_hint="--map")
    if "gold" not in found:
        raise typer.BadParameter("gold=… names the column of the gold labels", param_hint="--map")
    if not sides | others or sides & others:
        raise typer.BadParameter("name the predictions of each model once, as predicted=…", param_hint="--map")
    if files == 2 and others:
        what = "the columns of --probabilities stand in one FILE; join the two files first"
        raise typer.BadParameter(what, param_hint="--probabilities")
    if files == 2 and sides not in ({"before", "after"}, {"predicted"}):
        strange = ", ".join(f"{side}={printable(found[side])}" for side in found if side in sides - SIDES_OF_TWO)
        what = f"{strange} means nothing with two files; " if strange else ""
        raise typer.BadParameter(f"{what}give predicted=…, or before=… and after=…", param_hint="--map")
    if "id" in found and "hash" in found:
        raise typer.BadParameter("ids are a column or digests of a text, not both", param_hint="--map")
    return found


def _labels(text: str | None) -> list[str] | None:
    order = _cells(text)
    if order is not None and (not all(order) or len(set(order)) != len(order) or len(order) < 2):
        raise typer.BadParameter("name two labels or more, each once", param_hint="--labels")
    return order


def _cells(text: str | None) -> list[str] | None:
    """Cells parted by commas, as in a line of CSV: "" is an empty one, and "a, b" one with a comma."""
    from experiments.adopting.foreign import in_one_line

    if text is None:
        return None
    line = in_one_line(text)
    try:
        return [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True), [])] or [""]
    except csv.Error as error:
        raise typer.BadParameter(f"{printable(text)} is no line of a CSV: {error}") from None


def _pairs(text: str | None) -> dict[str, str] | None:
    pairs = [part.partition("=") for part in _cells(text) or ()]
    if not all(cell.strip() and label.strip() for cell, _, label in pairs):
        raise typer.BadParameter("give what cells mean as CELL=LABEL,CELL=LABEL", param_hint="--label-map")
    return {cell.strip(): label.strip() for cell, _, label in pairs} or None


def _print_summary(tables: dict[str, list[dict]]) -> None:
    from experiments.cli.output import show_table
    from experiments.statistics.level import CONFIDENCE_TEXT

    def shown(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}" if abs(value) < 1e9 else f"{value:.3g}"

    rows = tables.get("scores") or tables["values"]
    overall = [row for row in rows if row.get("label") is None]
    show_table(
        ("side", "score", "value", f"{CONFIDENCE_TEXT} interval", "n", "baseline"),
        [
            (
                row["side"],
                row["score"],
                shown(row["value"]),
                "" if row["low"] is None else f"{shown(row['low'])} to {shown(row['high'])}",
                str(row["n"]),
                shown(row["baseline"]),
            )
            for row in overall
        ],
    )
    for row in overall:
        if row.get("threshold") is not None:
            print(f"{row['side']}: {row['quantity']} answers up to a no-answer probability of {row['threshold']:.6g}")
    for test in tables.get("tests") or tables.get("differences") or ():
        pair = f"{test['before']} to {test['after']}"
        counts = [
            row
            for row in tables.get("transitions", ())
            if (row["before"], row["after"]) == (test["before"], test["after"])
        ]
        what = ", ".join(f"{row['count']} {row['correctness']}" for row in counts)
        name = test.get("score") or test.get("quantity") or "exact McNemar"
        print(f"{pair}: {what + '; ' if what else ''}{name} p = {test['p_value']:.3g}")
