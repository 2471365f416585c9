"""Run by Quarto before a render: the installed hook verifies the tables and drops outputs that went stale."""

import sys

try:
    from report.hooks.pre_render import main
except ImportError as missing:
    sys.exit(f"error: {missing}; activate the environment that `make report` makes (. .venv/bin/activate)")

sys.exit(main())
