"""`report check`: every problem of chapters, tables and rendered pages, without running anything."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from analysis.facts.reads import paused
from experiments.tables.documents.files import documents_folder
from experiments.tables.errors import UserError
from experiments.tables.files import replace_file
from experiments.tables.locations import frozen_root, shown_path, studies_root
from experiments.tables.read import table_ids
from experiments.tables.verify import problems as table_problems
from report.checking.findings import Checked, Finding, Results
from report.checking.remembered import Remembered
from report.ledger import CHAPTERS, INDEX
from report.rendering import stamp
from report.rendering.backend import embedded_renderer, has_embedded_renderer
from report.rendering.locate import find_root, quarto_in_reach
from report.rendering.memory import collect_rarely
from report.rendering.project import ChapterRef, Project, load_project

if TYPE_CHECKING:
    from report.ledger.model import SiteFacts

MOST_NAMED = 3
"""Changed files of a render that are named one by one."""


@paused()  # no chapter runs here, so that nobody need hear of the files that are opened
def run(*, as_json: bool = False, sarif_file: Path | None = None, since: str | None = None) -> int:
    """Print the problems; returns 1 if there are any. Raises UserError if the project cannot be read at all.

    With `since`, a git revision, the claims that came out another way since then are listed too.
    """
    collect_rarely()
    root = find_root()
    current = stamp.is_current(root, "auto", quarto_in_reach(), ()) is not None
    if not current:
        from report.ledger.version import write_stamp

        write_stamp(root)  # a fresh clone has no version yet, which chapters may show
    project = load_project(root)
    kept = Remembered(root) if current else None
    lines = list(kept.problems(lambda: _problems(project)) if kept else _problems(project))
    lines += kept.tables(_table_problems) if kept else _table_problems()
    refusal = stamp.refused(root)
    lines += [line for line in refusal.why if line not in lines]
    if documents_folder() is not None:
        from experiments.tables.documents.looked_up import look_up

        lines += map(str, look_up().problems)
    gone = "no study makes these tables any more, and chapters show them until the folder is removed"
    notes = [f"{shown_path(folder)}: {gone}" for folder in _without_study()]
    changed = stamp.changed_outputs(root)
    found, more, told = _rendered(project, kept, changed)
    lines += more
    lines += _as_not_written(path for path in changed if not _is_told(path, project, found))
    notes += told
    if found is not None and not stamp.has_made(root, "pdf") and (pdf := project.pdf).is_file():
        notes.append(
            f"{shown_path(pdf)}: of an earlier render than the pages, and not checked; `report render` makes both"
        )
    findings = list(found.findings) if found else []
    again = set(map(str, findings))  # what the pages of before have too
    lines = [line for line in lines if line not in again]
    refused = [each for each in _read_again(refusal) if str(each) not in again]
    plain = [line for line in lines if line not in set(map(str, refused))]
    if sarif_file is not None:
        _write_sarif(sarif_file, [*refused, *findings], plain, root)
    wrong = bool(lines) or any(finding.level == "error" for finding in findings)
    other_claims = _changed(project, since) if since is not None else []
    if as_json:
        told = {} if since is None else {"since": other_claims}
        checked = Checked(problems=plain, refused=refused, notes=notes, rendered=found, **told)
        print(checked.model_dump_json(indent=1, exclude=None if since is not None else {"since"}))
        return int(wrong)
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
    for line in notes:
        print(f"note: {line}", file=sys.stderr)
    for line in _grouped(findings):
        print(line, file=sys.stderr)
    for line in other_claims:
        print(line)
    if found is not None:
        print(_summary(found))
    if not wrong:
        unseen = "; no page was checked, since nothing is rendered yet (`report render`)" if found is None else ""
        print(f"{len(project.chapters)} chapters and their tables: no problems{unseen}")
    return int(wrong)


def _read_again(refusal: stamp.Refusal) -> list[Finding]:
    """The findings for which the last render was refused; none where another version recorded them."""
    try:
        return [Finding.model_validate(each) for each in refusal.findings]
    except ValidationError:
        return []


def _as_not_written(paths: Iterable[Path]) -> list[str]:
    """A line for each file that is not as the last render wrote it; for many one that names the first."""
    changed = [shown_path(path) for path in paths]
    if len(changed) > MOST_NAMED:
        changed = [_first(changed[0], len(changed))]
    return [f"{place}: not as the last render wrote it; `report render` makes it again" for place in changed]


def _is_told(path: Path, project: Project, found: Results | None) -> bool:
    """Whether a changed file of the render was told already, as no page, as no PDF or as other facts."""
    if found is None:
        return (project.output_dir / INDEX).is_file() and _are_facts(path, project)
    return path in {project.output_dir / (each.page or "") for each in found.findings if each.rule == "unreadable"}


def _are_facts(path: Path, project: Project) -> bool:
    """Whether a file is a part of what the site says of itself."""
    return path == project.output_dir / INDEX or path.parent == project.output_dir / CHAPTERS


def _changed(project: Project, since: str) -> list[str]:
    from report.checking.since import changes_since

    return list(changes_since(project, since).lines)


def _problems(project: Project) -> list[str]:
    """What is wrong in the chapters themselves."""
    return embedded_renderer().problems(project) if has_embedded_renderer() else []


def _table_problems() -> list[str]:
    return list(map(str, table_problems()))


def _rendered(
    project: Project, kept: Remembered | None, changed: Sequence[Path]
) -> tuple[Results | None, list[str], list[str]]:
    """What is found in the rendered pages, with the problems of the ledger and with notes on what was not checked."""
    index = project.output_dir / INDEX
    if not index.is_file():
        return None, [], []
    others = [path for path in changed if _are_facts(path, project)]
    try:
        if kept is not None:
            return kept.results(lambda: _check(project)), [], []
        if others:  # nothing that they say of the pages counts
            raise ValueError("it is not as the last render wrote it")
        return _check_fresh(project)
    except (FileNotFoundError, ValueError) as error:
        place, why = shown_path(others[0] if others else index), str(error).splitlines()[0]
        return None, [f"{place}: not the facts of this version ({why}); render the report again"], []


def _check_fresh(project: Project) -> tuple[Results | None, list[str], list[str]]:
    """Check the pages that their chapters still stand for, after a change. What is returned is as from `_rendered`."""
    from report.ledger.check import check_site
    from report.ledger.site_facts import read_facts
    from report.ledger.staleness import listed_otherwise, ran_again, stale_chapters

    facts = read_facts(project.output_dir)
    if others := listed_otherwise(project, facts):  # pages that gather values show those of all chapters
        (name, chapter), more = next(iter(others.items())), len(others)
        place = shown_path(project.output_dir / (INDEX if more > 1 else f"{CHAPTERS}/{name}.json"))
        why = f"{_first(chapter.href, more)}: shows other values, which its last run gave"
        return None, [f"{place}: the facts of another render ({why}); render the report again"], []
    stale = {} if stamp.inputs_are_current(project.root) else stale_chapters(project, facts.engine)
    older = [chapter for chapter in ran_again(project, facts) if project.name_of(chapter) not in stale]
    fresh = [each for each in project.chapters if project.name_of(each) not in stale and each not in older]
    notes = []
    if stale:
        name, because = next(iter(stale.items()))
        notes.append(
            f"{_first(project.chapter(name).relative, len(stale))}: changed since the last render ({because[0]}), and "
            "not checked; `report render`, then `report check` again"
        )
    found = _check(project, facts, fresh)
    told = {f"{finding.page}: {finding.message}" for finding in found.findings}
    lines = [line for line in check_site(project, facts, fresh) if line not in told]
    if older:
        lines.append(
            f"{_first(older[0].relative, len(older))}: cells ran again since the pages were written, which are of an "
            "earlier render and not checked; `report render` writes them anew, or says why it does not"
        )
    return found, lines, notes


def _first(name: str, number: int) -> str:
    """The first of so many, and how many more there are."""
    return name + (f", and {number - 1} more" if number > 1 else "")


def _check(project: Project, facts: "SiteFacts | None" = None, chapters: Sequence[ChapterRef] | None = None) -> Results:
    """What is found in the pages of these chapters (default: the book); its facts are read where they are not given."""
    from report.checking.check import check_report
    from report.ledger.site_facts import read_facts

    facts = facts or read_facts(project.output_dir)
    pdf = project.pdf
    whole = (chapters is None or len(chapters) == len(project.chapters)) and stamp.has_made(project.root, "pdf")
    return check_report(project, facts, chapters, pdf if whole and pdf.is_file() else None)


def _grouped(findings: list[Finding]) -> Iterator[str]:
    """The findings under the source that they are in, with their number."""
    ordered = sorted(findings, key=lambda finding: finding.file or finding.page or "")
    for file, group in groupby(ordered, key=lambda finding: finding.file or finding.page or ""):
        found = sorted(group, key=lambda finding: (finding.line or 0, finding.column or 0))
        yield f"{file}: {len(found)}"
        yield from (f"  {'note' if finding.level == 'note' else 'error'}: {finding}" for finding in found)


def _summary(found: Results) -> str:
    printed = f" and {found.pdf_pages} printed ones" if found.pdf_pages else ""
    silenced = f"; {len(found.silenced)} silenced" if found.silenced else ""
    return (
        f"{found.pages} pages{printed}: {found.numbers} numbers, {found.bound} of them shown values; "
        f"{found.comparatives} comparisons, {found.claimed} of them in tested sentences; "
        f"{len(found.errors)} errors on them{silenced}"
    )


def _write_sarif(file: Path, findings: list[Finding], lines: list[str], root: Path) -> None:
    from report.checking.sarif import sarif
    from report.ledger.version import project_version

    try:
        replace_file(
            file, json.dumps(sarif(findings, lines, project_version(root)), ensure_ascii=False, indent=1).encode()
        )
    except OSError as error:
        raise UserError(f"{file}: cannot be written: {error.strerror or error}") from None


def _without_study() -> list[Path]:
    """The folders of tables whose study is gone; none in a project that has no studies."""
    if not studies_root().is_dir():
        return []
    studies = dict.fromkeys(table_id.partition("/")[0] for table_id in table_ids())
    return [frozen_root() / study for study in studies if not (studies_root() / f"{study}.yaml").is_file()]
