"""Run by Quarto after a render: the installed hook writes facts.json, and checks pages and PDF against it."""

import runpy
import sys

try:
    runpy.run_module("report.hooks.post_render", run_name="__main__")
except ModuleNotFoundError as missing:
    sys.exit(f"error: {missing}; activate the environment that `make report` makes (. .venv/bin/activate)")
