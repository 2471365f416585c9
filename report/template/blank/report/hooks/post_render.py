"""Run by Quarto after a render: the installed hook writes facts.json, and checks pages and PDF against it."""

import sys

try:
    from report.hooks.post_render import main
except ImportError as missing:
    sys.exit(f"error: {missing}; activate the environment that `make report` makes (. .venv/bin/activate)")

sys.exit(main())
