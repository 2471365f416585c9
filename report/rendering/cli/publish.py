"""`report publish`"""

from report.publishing.publish import publish
from report.rendering.locate import find_root


def run(to: str, version: str | None, prune: int | None) -> int:
    """Publish, and say what was done. Raises UserError."""
    print(publish(find_root(), to, version, prune))
    return 0
