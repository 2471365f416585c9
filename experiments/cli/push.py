"""`experiments push`"""

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.run import ModelsDir


def push_model(
    study: Annotated[str, typer.Argument(help="The study whose trained model to push.")],
    to: Annotated[str, typer.Option("--to", help="Repository on the hub: owner/name, or a name of your own.")],
    seed: Annotated[int | None, typer.Option(help="Seed of the model; the first of the frozen run without.")] = None,
    approach: Annotated[str | None, typer.Option(help="Which model, of a study that trains several.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write the folder, and upload nothing.")] = False,
    private: Annotated[bool, typer.Option("--private", help="Make a new repository private.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write; by default below runs/pushed.", show_default=False)
    ] = None,
    models_dir: ModelsDir = None,
) -> None:
    """Write the folder that the hub takes (adapter or model, head, tokenizer, model card), and upload it.

    The numbers of the card are those of the frozen table, and the model must be the one that the table is about.
    """
    import re

    from experiments.cli.folders import look_first_in
    from experiments.publishing.folder import upload, write_folder
    from experiments.publishing.trained import find_trained
    from experiments.study_files import load_study
    from experiments.tables.locations import folder_here, frozen_root, runs_root, shown_path

    if not re.fullmatch(r"(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*", to):
        raise typer.BadParameter(f"{to!r} is no repository; write owner/name", param_hint="--to")
    root = frozen_root()
    folder = folder_here(out, "--out") if out else runs_root() / "pushed" / to.replace("/", "--")
    if out is not None and out.exists():
        raise typer.BadParameter(f"{out} is there already; name a folder that is not", param_hint="--out")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with look_first_in(models_dir, None):
        files = write_folder(find_trained(load_study(study), seed, approach, root), to, root, folder)
    print(f"wrote {shown_path(folder)}: {', '.join(files)}", flush=True)
    print("nothing was uploaded" if dry_run else f"uploaded to {upload(folder, to, private)}")
