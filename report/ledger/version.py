"""The version of what is being rendered, in a file that both engines merge into the book's metadata."""

import json
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from experiments.tables.digest import SHORT, sha256_json
from experiments.tables.errors import UserError, printable
from experiments.tables.git import GitError, ask_git, run_git

STAMP = Path("_ledger") / "version.yml"


def write_stamp(root: Path, settings: Mapping[str, object] | None = None) -> dict[str, object]:
    """Write `_ledger/version.yml` of the project at `root` and return what it holds. Call it before `load_project`.

    `settings` are of this machine, for an engine that reads them there.

    Keys: `version` (for the title page), `book.date` (of the commit, so that the same commit renders the same report;
    below `book`, or each chapter would show it), and `build` with `version`, `tag`, `commit`, `modified` and `date`.
    The version is that of the tag `v…` on the commit, else the project's own. Outside of a Git repository `commit` is
    null, and the date is that of SOURCE_DATE_EPOCH, else today's.
    """
    commit = ask_git(root, "rev-parse", f"--short={SHORT}", "HEAD")
    tag = ask_git(root, "describe", "--tags", "--exact-match", "--match", "v[0-9]*", "HEAD") if commit else None
    version = tag.removeprefix("v") if tag else project_version(root)
    modified = bool(commit and ask_git(root, "status", "--porcelain"))
    day = (commit and ask_git(root, "log", "-1", "--format=%cs")) or _today()
    stamp = {
        "version": " · ".join(filter(None, (version, commit, "with local changes" if modified else None))),
        "book": {"date": day},
        "build": {"version": version, "tag": tag, "commit": commit, "modified": modified, "date": day},
        **(settings or {}),
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


def tables_digest(tables: Mapping[str, str]) -> str:
    """One digest over ids and digests of tables, shortened."""
    return sha256_json(dict(tables))[:SHORT]


def why_no_commit(root: Path) -> str:
    """Why Git knows no commit of the project, as the predicate of a sentence."""
    try:
        run_git(root, "rev-parse", "HEAD")
    except GitError as error:
        said = "\n".join(error.said)
        if not said:
            return "cannot be looked up, since there is no git"
        if "dubious ownership" in said:
            return (
                "is in a Git repository of somebody else, which git does not read (`git config --add safe.directory`)"
            )
        if "not a git repository" in said:
            return "is in no Git repository"
    return "has no commit yet"


def source_date() -> datetime | None:
    """The time of SOURCE_DATE_EPOCH; None where it is not set. Raises UserError for what is no such time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return None
    with suppress(ValueError, OverflowError, OSError):
        if (seconds := int(epoch)) >= 0:
            return datetime.fromtimestamp(seconds, UTC)
    what = f"{printable(epoch, 40)} is no number of seconds since 1970 that a calendar has"
    raise UserError(f"SOURCE_DATE_EPOCH: {what}; mend or unset it")


def _today() -> str:
    found = source_date()
    return (date.today() if found is None else found.date()).isoformat()
