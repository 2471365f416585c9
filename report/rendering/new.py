"""Write a new project: the template, and what every project has in common (house style, lock files, schema)."""

import json
import os
import re
import shutil
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from experiments.tables.errors import UserError
from experiments.tables.files import beside
from experiments.tables.outcome import first_error
from experiments.tables.typed import typed_text
from report.checking.names import states_result
from report.template import SHARED, TEMPLATE, shared

BLANK = "blank"
_DOT = "dot-"


class NewProjectError(UserError):
    """The project cannot be written where it is to lie."""


def write_project(folder: Path, start: str, title: str | None = None) -> Path:
    """Write a project to `folder`, which must be new or empty; returns its path, absolute.

    `start` is the template, `blank` or one that adds to it. The title defaults to the folder's name, or to "Report"
    where that reads like a result ("best-models"), which no page may state without a table. The folder has all of it
    or, where an error is raised, nothing. Raises NewProjectError.
    """
    folder = Path(os.path.normpath(folder.expanduser().absolute()))
    named = " ".join(re.split(r"[-_\s]+", typed_text(folder.name))).strip()
    named = "Report" if not named or states_result(named) else named
    title = named[0].upper() + named[1:] if title is None else " ".join(typed_text(title).split())
    if not title:
        raise NewProjectError("the title is empty")
    new = beside(folder)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            what = "is not empty" if folder.is_dir() else "is a file"
            raise NewProjectError(f"{folder}: {what}; name a folder that is new or empty")
        folder.parent.mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys((BLANK, start)):
            _fill(TEMPLATE / name, new, _words(title, folder.name))
        for name in SHARED:
            _copy(shared(name), new / name)
        _put_in_place(new, folder)
    except OSError as error:
        raise NewProjectError(f"{folder}: cannot be written: {first_error(error).strerror}") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return folder


def _words(title: str, name: str) -> dict[str, str]:
    """What the words in capitals of the template become, in the order in which they are replaced."""
    source = installed_from()
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "report"
    return {
        '"PROJECT-TITLE"': json.dumps(title, ensure_ascii=False),
        "PROJECT-TITLE": title,
        "PROJECT-NAME": slug,
        "COLOPHON := COLOPHON-SOURCE": f"COLOPHON := {source.replace('$', '$$').replace('#', chr(92) + '#')}".rstrip(),
        "COLOPHON-SOURCE": source or "not known: Colophon was put in place without being installed",
    }


def installed_from() -> str:
    """Where this Colophon was installed from, for pip to install it again: an address, a wheel or a folder.

    That is what the installer recorded (PEP 610); empty where it recorded nothing.
    """
    try:
        record = metadata.distribution("colophon").read_text("direct_url.json")
        origin = json.loads(record or "{}")
        url = str(origin.get("url", ""))
    except (metadata.PackageNotFoundError, ValueError, AttributeError):
        return ""
    parts = urlsplit(url)
    if parts.scheme == "file":
        from urllib.request import url2pathname

        return url2pathname(parts.path)
    url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))  # no password goes into a project
    if "vcs_info" in origin:
        url = f"{origin['vcs_info']['vcs']}+{url}@{origin['vcs_info']['commit_id']}"
        return f"{url}#subdirectory={origin['subdirectory']}" if "subdirectory" in origin else url
    return url


def _fill(template: Path, target: Path, words: dict[str, str]) -> None:
    """Write every file of a template below `target`, in the place of one that is there."""
    for source in sorted(path for path in template.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        names = [re.sub(f"^{_DOT}", ".", part) for part in source.relative_to(template).parts]
        path = target.joinpath(*names)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text("utf-8")
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        path.write_text(text, "utf-8", newline="\n")
        if text.startswith("#!"):
            path.chmod(path.stat().st_mode | 0o111)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, copy_function=shutil.copyfile)
    else:
        shutil.copyfile(source, target)


def _put_in_place(new: Path, folder: Path) -> None:
    """Give the finished project its name; an empty folder that has it already is filled, and keeps what it is."""
    if not folder.exists():
        new.rename(folder)
        return
    moved: list[Path] = []
    try:
        for path in sorted(new.iterdir()):
            moved.append(path.rename(folder / path.name))
    except OSError:
        for path in moved:
            path.rename(new / path.name)
        raise
