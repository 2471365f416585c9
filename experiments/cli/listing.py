"""`experiments list`"""

from pathlib import Path


def list_studies() -> None:
    """Show the studies, the profiles they run in, and the tables they make."""
    from experiments.cli.output import show_table
    from experiments.status.remembered import remembered

    rows = remembered("list", None, _rows)
    if not rows:
        print("no studies yet; add one under experiments/studies")
        return
    show_table(("study", "profiles", "table", "kind", "title"), rows)


def _rows(watched: list[Path]) -> list[tuple[str, ...]]:
    from experiments.freezing.declared import specs
    from experiments.study_files import load_study, study_names
    from experiments.system import system_packages

    watched += system_packages()
    rows = []
    for name in study_names():
        study = load_study(name)
        profiles = ", ".join(study.profile_names) or "any"
        rows += [(name, profiles, spec.name, spec.kind, spec.title) for spec in specs(study).values()]
    return rows
