"""`experiments list`"""


def list_studies() -> None:
    """Show the studies, the profiles they run in, and the tables they make."""
    from experiments.cli.output import show_table
    from experiments.study import load_study, study_names
    from experiments.system import load_system

    rows = []
    for name in study_names():
        study = load_study(name)
        profiles = ", ".join(study.profile_names) or "any"
        for spec in load_system(study.system).tables(study):
            rows.append((name, profiles, spec.name, spec.kind, spec.title))
    if not rows:
        print("no studies yet; add one under experiments/studies")
        return
    show_table(("study", "profiles", "table", "kind", "title"), rows)
