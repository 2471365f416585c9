"""`report archive`"""

from pathlib import Path

from report.publishing.archive import archive
from report.rendering.locate import find_root


def run(target: Path | None) -> int:
    """Write the archive, and say where it lies. Raises UserError."""
    root = find_root()
    written = archive(root, None if target is None else target.expanduser().absolute())
    print(f"archived: {written.relative_to(root) if written.is_relative_to(root) else written}")
    return 0
