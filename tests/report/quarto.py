"""A real `quarto render` for tests."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

# Quarto's kernels are told free ports and bind them a moment later: beside other tests one may be taken by then.
_PORT_TAKEN = "Address already in use"


def quarto_render(root: Path, *options: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`quarto render`, once more if a kernel lost its port before it ran a cell."""
    for _ in range(3):
        done = subprocess.run(
            ["quarto", "render", *options],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=3600,
            check=False,
        )
        if not done.returncode or _PORT_TAKEN not in done.stderr:
            break
    return done
