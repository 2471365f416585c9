"""`experiments adopt`"""

import re
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.output import typed_text

FIELDS = ("id", "gold", "before", "after")


def adopt_predictions(
    file: Annotated[Path, typer.Argument(help="CSV with one row for each example.")],
    study: Annotated[str, typer.Option("--study", help="Name of the study that the predictions become.")],
    mapping: Annotated[
        str,
        typer.Option(
            "--map",
            parser=typed_text,
            metavar="id=…,gold=…,before=…,after=…",
            help="The columns of the file to take; `id=` takes the unnamed index that pandas writes.",
        ),
    ],
    labels: Annotated[
        str | None,
        typer.Option(
            parser=typed_text,
            metavar="TEXT",
            help="All labels in order, such as negative,positive; to numbers it gives names, 0 the first.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(parser=typed_text, metavar="TEXT", help="Whose predictions they are, as the report shall say it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the tables as JSON.")] = False,
) -> None:
    """Freeze predictions made elsewhere, before and after, as tables of kind `reported`.

    Labels are class names or numbers. Ids and labels are kept; no other column is read.
    """
    columns = _columns(mapping)
    order = [label.strip() for label in labels.split(",")] if labels is not None else None
    if order is not None and (not all(order) or len(set(order)) != len(order) or len(order) < 2):
        raise typer.BadParameter("name two labels or more, each once", param_hint="--labels")

    from experiments.adopting.adopt import adopt
    from experiments.cli.progress import show_progress
    from experiments.tables.locations import frozen_root

    made, notes = adopt(file, study, columns, order, source, frozen_root(), show_progress)
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
    _print_summary({name: by_name[name].table().rows for name in ("scores", "transitions", "tests")})


def _columns(mapping: str) -> dict[str, str]:
    """`id=a,gold=b,…` as a mapping; a comma inside a column's name is kept, and the id may be pandas' unnamed index."""
    parts = re.split(rf",(?=(?:{'|'.join(FIELDS)})=)", mapping)
    found = {ours: name.strip() for ours, _, name in (part.partition("=") for part in parts)}
    if len(parts) != len(FIELDS) or set(found) != set(FIELDS) or not all(found[field] for field in FIELDS[1:]):
        raise typer.BadParameter("give a column for each, as id=…,gold=…,before=…,after=…", param_hint="--map")
    if len(set(found.values())) != len(FIELDS):
        raise typer.BadParameter("each column can stand for one thing only", param_hint="--map")
    return found


def _print_summary(tables: dict[str, list[dict]]) -> None:
    from experiments.cli.output import show_table
    from experiments.statistics.level import CONFIDENCE_TEXT

    def shown(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    overall = [row for row in tables["scores"] if row["label"] is None]
    headers = ("side", "score", "value", f"{CONFIDENCE_TEXT} interval", "n", "majority guess")
    show_table(
        headers,
        [
            (
                row["side"],
                row["score"],
                shown(row["value"]),
                f"{shown(row['low'])} to {shown(row['high'])}",
                str(row["n"]),
                shown(row["baseline"]),
            )
            for row in overall
        ],
    )
    counts = ", ".join(f"{row['count']} {row['correctness']}" for row in tables["transitions"])
    (test,) = tables["tests"]
    print(f"{counts}; exact McNemar p = {test['p_value']:.3g}")
