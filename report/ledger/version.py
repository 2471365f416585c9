"""The version of what is being rendered, in a file that both engines merge into the book's metadata."""

import json
import subprocess
import tomllib
from datetime import date
from pathlib import Path

from experiments.tables.digest import SHORT, sha256_json
from experiments.tables.read import frozen_root, read_sidecar, table_ids

STAMP = Path("_ledger") / "version.yml"


def write_stamp(root: Path) -> dict[str, object]:
    """Write `_ledger/version.yml` of the project at `root` and return what it holds. Call it before `load_project`.

    Keys: `version` (for the title page), `book.date` (of the commit, so that the same commit renders the same report;
    below `book`, or each chapter would show it), and `build` with `version`, `commit`, `modified` and `tables` (digest
    over all frozen tables). Outside of a Git repository `commit` is null and the date is today's. Raises TableError for
    a sidecar that cannot be read.
    """
    version, commit = project_version(root), _git(root, "rev-parse", f"--short={SHORT}", "HEAD")
    modified = bool(commit and _git(root, "status", "--porcelain"))
    shown = " · ".join(filter(None, (version, commit, "with local changes" if modified else None)))
    stamp = {
        "version": shown,
        "book": {"date": (commit and _git(root, "log", "-1", "--format=%cs")) or date.today().isoformat()},
        "build": {"version": version, "commit": commit, "modified": modified, "tables": tables_digest()},
    }
    path = root / STAMP
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(stamp, indent=2, ensure_ascii=False) + "\n"  # JSON is YAML
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
    return stamp


def read_stamp(root: Path) -> dict[str, object]:
    """What the last `write_stamp` wrote."""
    return json.loads((root / STAMP).read_text("utf-8"))


def project_version(root: Path) -> str:
    """The version in the project's `pyproject.toml`; `unversioned` without one."""
    try:
        return str(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unversioned"


def tables_digest() -> str:
    """One digest over the ids and digests of all frozen tables, shortened."""
    root = frozen_root()
    return sha256_json({table: read_sidecar(table, root).digests.table for table in table_ids(root)})[:SHORT]


def _git(root: Path, *arguments: str) -> str | None:
    """What a Git command prints, None where there is no Git, no repository or no commit."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
