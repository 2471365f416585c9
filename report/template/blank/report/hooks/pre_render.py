"""Run by Quarto before a render: the installed hook verifies the tables and drops outputs that went stale."""

import runpy
import sys

try:
    runpy.run_module("report.hooks.pre_render", run_name="__main__")
except ModuleNotFoundError as missing:
    sys.exit(f"error: {missing}; activate the environment that `make report` makes (. .venv/bin/activate)")
