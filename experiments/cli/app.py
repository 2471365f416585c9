"""Puts the sub-commands together.

Each command is a function in a module of its own that imports nothing heavy at the top: what a command needs, it
imports inside the function, so that `experiments --help` answers at once.
"""

import sys

import typer

from experiments.cli.accept import accept_tables
from experiments.cli.adopt import adopt_predictions
from experiments.cli.cache import cache_app
from experiments.cli.count import count_parameters
from experiments.cli.explain import explain_count
from experiments.cli.listing import list_studies
from experiments.cli.new import write_study
from experiments.cli.push import push_model
from experiments.cli.run import freeze_studies, run_studies
from experiments.cli.score import score_app
from experiments.cli.status import show_status
from experiments.cli.verify import verify_tables
from experiments.tables.outcome import INTERRUPTED, exit_code
from experiments.tables.usage import run_arguments

app = typer.Typer(
    help="Run studies and keep the frozen tables that the report is made from.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new")(write_study)
app.command("list")(list_studies)
app.command("status")(show_status)
app.command("verify")(verify_tables)
app.command("freeze")(freeze_studies)
app.command("run")(run_studies)
app.command("accept")(accept_tables)
app.command("adopt")(adopt_predictions)
app.command("push")(push_model)
app.command("count")(count_parameters)
app.command("explain")(explain_count)
app.add_typer(score_app, name="score")
app.add_typer(cache_app, name="cache")


def main() -> None:
    """Entry point: prints what the user can mend as `error: …` and exits 1; wrong usage exits 2, Ctrl-C 130."""
    left = "the tables of the study that was running are as they were; the same command goes on"
    sys.exit(exit_code(_run, left))


def _run() -> int:
    code = run_arguments(app, "experiments", sys.argv[1:])
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return code
