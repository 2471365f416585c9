"""Try what is hostile and unlucky on this project, and count how often it holds.

    python -m tests.hardening.run [--only SERIES]

Each module of `SERIES` has a function `measure(seed)` that yields trials. The last line of the output is a JSON object
with all of them, for the study `hostile-trials`.
"""

import argparse
import json
import sys
from dataclasses import asdict
from importlib import import_module

from experiments.cli.progress import show_progress
from tests.hardening.trial import Trial

SERIES = ("strings", "kills", "surroundings", "headers", "secrets", "pages")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=SERIES, help="a series; may be given again")
    arguments = parser.parse_args()
    trials: list[Trial] = []
    for name in show_progress(arguments.only or SERIES, "series tried"):
        for trial in import_module(f"tests.hardening.{name}").measure(arguments.seed):
            told = f"{trial.series:40} {trial.group:40} {trial.held:6} of {trial.tried:6}"
            print(told, file=sys.stderr, flush=True)
            for failure in trial.failures:
                print(f"  {failure}", file=sys.stderr, flush=True)
            trials.append(trial)
    kept = [{key: value for key, value in asdict(trial).items() if key != "failures"} for trial in trials]
    print(json.dumps({"trials": kept}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
