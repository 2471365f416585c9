"""`experiments new`"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from experiments.tables.typed import typed_text


def write_study(
    study: Annotated[str, typer.Argument(help="Name of the new study, in a-z, 0-9 and single hyphens.")],
    like: Annotated[str, typer.Option("--like", help="The study to go by, such as sst2-lora or layer-probe-movies.")],
    data: Annotated[
        str | None,
        typer.Option("--data", help="A data file, whose columns are described in the study, or a data set by name."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            parser=typed_text,
            metavar="FIELD=COLUMN",
            help="The column of a field of --data whose name tells nothing, such as label=lab; once for each.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="A model: by its name, its repository on the hub, its folder or GGUF file."),
    ] = None,
) -> None:
    """Write a commented study that validates, after one that ships, for you to change.

    It has the profile smoke, which runs anywhere in seconds, and the profile cpu with your data set and model.
    """
    from experiments.new_study import new_study
    from experiments.tables.errors import UserError, printable
    from experiments.tables.locations import NAME, project_root, shown_path, studies_root

    if not NAME.fullmatch(study):
        raise typer.BadParameter(f"{printable(study)}: name it in a-z, 0-9 and single hyphens", param_hint="STUDY")
    path: Path = studies_root() / f"{study}.yaml"
    if path.exists():
        raise UserError(f"{shown_path(path)} is there already; choose another name, or edit it")
    text = new_study(study, like, data, model, _fields(field or ()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
    print(f"wrote {shown_path(path)}")
    if data:
        print("look at its labels, prompts and words under cpu: they are made from the columns of the file")
    for given in (data, model):
        if given and (lies := Path(given).expanduser()).exists() and not _is_inside(lies, project_root()):
            shown = shown_path(lies.resolve())
            print(f"{shown} lies outside the project; for others to run the study, copy it there and name the copy")
    smoke = f"experiments run {study} --profile smoke, to try it in seconds; then " if "\n  smoke:" in text else ""
    print(f"next: {smoke}experiments run {study}")


def _fields(given: Sequence[str]) -> dict[str, str]:
    """`label=lab` and the like as a mapping. Raises BadParameter for anything else, and for a field given twice."""
    parts = [each.partition("=") for each in given]
    fields = {field.strip(): column for field, _, column in parts}
    if len(fields) < len(parts) or not all(name.isidentifier() and column for name, column in fields.items()):
        raise typer.BadParameter("give the column of each field once, as FIELD=COLUMN", param_hint="--field")
    return fields


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
