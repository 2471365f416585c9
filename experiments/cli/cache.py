"""`experiments cache`"""

import typer

cache_app = typer.Typer(help="Models that were converted from GGUF files, for all projects.", no_args_is_help=True)


@cache_app.command("list")
def list_cache() -> None:
    """Show what is kept, where, and how large it is."""
    from experiments.models.gguf import cached_conversions
    from experiments.tables.locations import cache_root

    kept = list(cached_conversions())
    for each in kept:
        print(f"{each.folder.name[:12]}  {each.bytes / 1e6:>8,.0f} MB  {each.file}: {each.stored}")
    total = sum(each.bytes for each in kept) / 1e6
    print(f"{len(kept)} kept, {total:,.0f} MB in {cache_root()}")


@cache_app.command("clear")
def clear_cache() -> None:
    """Remove all of it; what is needed again is converted again."""
    from experiments.models.gguf import clear_conversions

    print(f"freed {clear_conversions() / 1e6:,.0f} MB")
