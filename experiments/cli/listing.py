"""`experiments list`"""


def list_studies() -> None:
    """Show the studies, the profiles they run in, and the tables they make."""
    from experiments.cli.output import show_table
    from experiments.freezing.declared import specs
    from experiments.study_files import load_study, study_names

    rows = []
    for name in study_names():
        study = load_study(name)
        profiles = ", ".join(study.profile_names) or "any"
        rows += [(name, profiles, spec.name, spec.kind, spec.title) for spec in specs(study).values()]
    if not rows:
        print("no studies yet; add one under experiments/studies")
        return
    show_table(("study", "profiles", "table", "kind", "title"), rows)
