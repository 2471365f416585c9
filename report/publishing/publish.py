"""Publish the report as it was rendered last: `publish` is the whole of it."""

import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from experiments.tables.digest import SHORT
from experiments.tables.errors import UserError
from experiments.tables.git import ask_git
from report.diffing.compare import PAGE, compare
from report.diffing.model import Changes
from report.diffing.page import write_page
from report.diffing.sides import Finder, read_version
from report.ledger.model import VersionFile
from report.ledger.site_facts import VERSION
from report.ledger.version import why_no_commit
from report.publishing.model import Version, Versions
from report.publishing.overview import LATEST, write_overview
from report.publishing.places import LIST, Place, PublishError, find_place
from report.publishing.staging import add_switcher, copy_version, describe
from report.rendering.project import Project, load_project
from report.rendering.stamp import inputs_are_current

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]*")
_CHANGES = "changes.json"


def publish(root: Path, to: str, name: str | None = None, prune: int | None = None) -> str:
    """Publish the rendered report of the project at `root` to the place `to`; returns what was done, in a sentence.

    `name` is the version's, by default that of its tag or commit; `prune` is how many of the newest versions stay.
    Raises PublishError, and what was published before is then as it was.
    """
    lock = root / ".press" / "lock"
    lock.parent.mkdir(exist_ok=True)
    staged = root / ".press" / "publish"
    try:
        with FileLock(lock, timeout=0):
            try:
                shutil.rmtree(staged, ignore_errors=True)
                staged.mkdir()
                with find_place(root, to) as place:
                    return _publish(load_project(root), staged, place, name, prune)
            finally:
                shutil.rmtree(staged, ignore_errors=True)
    except Timeout:
        raise PublishError("this project is being rendered or published; wait until that is done") from None


def _publish(project: Project, staged: Path, place: Place, name: str | None, prune: int | None) -> str:
    rendered = rendered_version(project)
    or_given = ", or name a --version"
    name = default_name(rendered, project.root, or_given=or_given) if name is None else _checked(name)
    known = _known(place)
    folder = staged / "v" / name
    copy_version(project.output_dir, rendered, folder)
    if rendered.build.modified and not inputs_are_current(project.root):
        raise _changed_since(project.output_dir)
    new = describe(folder, name, rendered)
    same = next((each for each in known if each.version == name), None)
    if same and same.content != new.content:
        raise PublishError(f"version {name} is published already, with other content; choose another --version")
    if known and not same:
        new = _with_changes(project, place, folder, new, known[0].version)
    versions = list(known) if same else [new, *known]
    kept, gone = versions[:prune], [each.version for each in versions[prune:]] if prune else []
    if same:
        shutil.rmtree(folder)
        if not gone:
            return f"version {name} is published already, and is the same: {place.where}"
    else:
        _complete(staged, versions)
    write_overview(staged, project.title, kept, _changes(place, staged, kept))
    done = ", and ".join(
        ([] if same else [f"published version {name}"]) + ([f"removed {', '.join(gone)}"] if gone else [])
    )
    place.put(staged, [*([] if same else [LATEST]), *(f"v/{each}" for each in gone)], done[0].upper() + done[1:])
    return f"{done}: {place.where}"


def rendered_version(project: Project) -> VersionFile:
    """The version of the report in the output folder. Raises PublishError where that is not the report as it is now."""
    site, again = project.output_dir, "run `report render`"
    try:
        found = VersionFile.model_validate_json((site / VERSION).read_bytes())
    except FileNotFoundError:
        raise PublishError(f"{site} holds no rendered report; {again}") from None
    except ValueError:
        raise PublishError(f"{site / VERSION} is not what this version of Colophon writes; {again}") from None
    for file in [chapter.href for chapter in project.chapters] + [found.pdf]:
        if file and not (site / file).is_file():
            raise PublishError(f"{site / file} is missing; {again}")
    commit = ask_git(project.root, "rev-parse", f"--short={SHORT}", "HEAD")
    if commit != found.build.commit:
        was = found.build.commit or "no commit"
        raise PublishError(f"{site} was rendered from {was}, and the project is at {commit or 'none'} now; {again}")
    if not found.build.modified and ask_git(project.root, "status", "--porcelain", "--untracked-files=no"):
        raise _changed_since(site)
    return found


def _changed_since(site: Path) -> PublishError:
    what = f"the project has local changes since {site} was rendered"
    return PublishError(f"{what}; commit or undo them; run `report render`")


def default_name(rendered: VersionFile, root: Path, *, or_given: str = "") -> str:
    """The name that the version goes by where none is given: that of its tag, else its commit.

    `or_given` ends the advice of a PublishError, where a command takes a name.
    """
    build = rendered.build
    if build.modified:
        raise PublishError(f"the report was rendered with local changes; commit them and render again{or_given}")
    if build.commit is None:
        reason = f"the project {why_no_commit(root)}, so that its version has no name"
        raise PublishError(f"{reason}; commit it and render again{or_given}")
    return _checked(build.version) if build.tag else build.commit


def _checked(name: str) -> str:
    name = name.removeprefix("v") if re.match(r"v\d", name) else name
    if not _NAME.fullmatch(name):
        raise PublishError(f"{name!r} is no name of a version: use letters, digits, and . _ + - between them")
    return name


def _known(place: Place) -> tuple[Version, ...]:
    """The versions that are published now, the newest first."""
    content = place.read(LIST)
    if content is None:
        if place.read("index.html") is not None:
            raise PublishError(f"{place.where} holds another site, without {LIST}; publish to an empty place")
        return ()
    try:
        return Versions.model_validate_json(content).versions
    except ValueError:
        raise PublishError(f"{place.where}: {LIST} is not what this version of Colophon writes") from None


def _with_changes(project: Project, place: Place, folder: Path, new: Version, since: str) -> Version:
    """Add to the new version what changed since the one before, as a file and as a page.

    Nothing is added where the older version is one that this version of Colophon cannot read.
    """
    with TemporaryDirectory(prefix="colophon-publish-") as scratch:
        before = place.folder(f"v/{since}", Path(scratch))
        try:
            read_version(before)
        except UserError:
            return new
        finder = Finder(project.root, Path(scratch))
        found = compare(finder.site(since, before), finder.site(new.version, folder))
    text = found.changes.model_dump_json(indent=1) + "\n"
    (folder / _CHANGES).write_text(text, encoding="utf-8", newline="\n")
    (folder / PAGE).write_text(write_page(found, project.title, "index.html"), encoding="utf-8", newline="\n")
    return new.model_copy(update={"pages": (*new.pages, PAGE)})


def _complete(staged: Path, versions: Sequence[Version]) -> None:
    """Add the switcher to the newest version, and make `latest/` of it."""
    new, folder = versions[0], staged / "v" / versions[0].version
    shutil.copytree(folder, staged / LATEST)
    add_switcher(folder, new, versions, "../../")
    add_switcher(staged / LATEST, new, versions, "../")


def _changes(place: Place, staged: Path, versions: Sequence[Version]) -> dict[str, Changes]:
    """What changed with each version, as it was found when it was published; not where that is in another form."""
    found = {}
    for each in versions:
        name = f"v/{each.version}/{_CHANGES}"
        content = (staged / name).read_bytes() if (staged / name).is_file() else place.read(name)
        if content:
            with suppress(ValueError):
                found[each.version] = Changes.model_validate_json(content)
    return found
