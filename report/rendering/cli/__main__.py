"""`python -m report.rendering.cli`"""

from report.rendering.cli import main

raise SystemExit(main())
