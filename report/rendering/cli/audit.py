"""`report audit`: what the checks find in published figures, and what becomes of the claims, without rendering.

Studies are those of the system `published`, read as they are frozen; a CSV file needs no project.
"""

import json
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from textwrap import fill as wrapped

from analysis.audit import Finding, audit
from analysis.audit.spreadsheet import read_spreadsheet
from analysis.claims import Verdict, evaluate
from analysis.sources import Source, Tables, TablesAt, references, sources
from experiments.tables.documents.looked_up import Looked, LookUp, look_up
from experiments.tables.errors import UserError, counted, printable
from report.diffing.claims import write_sentence
from report.rendering.cli.audit_freshness import outdated

WIDTH = 100


def run(studies: Sequence[str], csv: Path | None, *, as_json: bool, documents_dir: Path | None = None) -> int:
    """Print findings and verdicts, and what of the figures stands in their documents, where those are at hand.

    Returns 0 whatever it is, but 1 for a study that is invalid. Raises UserError for what cannot be read.
    """
    if csv is not None and studies:
        raise UserError("name studies, or a file with --csv, not both")
    tables: Tables = read_spreadsheet(csv) if csv is not None else TablesAt()
    chosen = _chosen(tables, studies)
    names = {source.study for source in chosen}
    findings = [found for found in audit(tables) if found.study in names]
    verdicts = [found for found in evaluate(tables) if found.study in names]
    found = LookUp() if csv is not None else look_up(folder=documents_dir, studies=sorted(names))
    not_fresh = outdated(sorted(names)) if csv is None else []
    code = int(any(each.state == "invalid" for each in not_fresh))
    if as_json:
        record = _record(chosen, findings, verdicts) | _documents(found)
        record["not_fresh"] = [each._asdict() for each in not_fresh]
        print(json.dumps(record, indent=2, ensure_ascii=False))
        return code
    for each in not_fresh:
        print(each.told())
    for source in chosen:
        _tell(source, findings, verdicts, found, alone=csv is not None)
    print(_counted("finding", Counter(each.verdict for each in findings)))
    if verdicts:
        print(_counted("claim", Counter(each.outcome for each in verdicts)))
    if found.absence:
        print(found.absence)
    return code


def _chosen(tables: Tables, studies: Sequence[str]) -> list[Source]:
    """The documents to audit. Raises UserError for a study that is none."""
    known = {source.study: source for source in sources(tables)}
    for name in studies:
        if name in known:
            continue
        if name in {row.table.id.partition("/")[0] for row in references(tables)}:
            raise UserError(f"{name} gathers figures of several documents: checks refer to it, and it is not audited")
        near = get_close_matches(name, known, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise UserError(
            f"{printable(name)} is no published study with frozen figures{hint}; there are {', '.join(known) or 'none'}"
            f"; `experiments run {printable(name)}` freezes a new one"
        )
    if not known:
        raise UserError("no study of the system `published` is frozen; for a table in a file: report audit --csv FILE")
    return [known[name] for name in dict.fromkeys(studies)] if studies else list(known.values())


def _tell(
    source: Source, findings: Sequence[Finding], verdicts: Sequence[Verdict], found: LookUp, *, alone: bool
) -> None:
    """What was found on one document, the gravest first."""
    order = ("inconsistent", "suspicious", "unverifiable", "consistent")
    mine = sorted((each for each in findings if each.study == source.study), key=lambda each: order.index(each.verdict))
    print(source.figures.table.sidecar.title if alone else f"{source.study} ({source.name})")
    places = _places(source)
    for each in (each for each in found.looked if each.study == source.study):
        print(f"  {_in_document(each)}")
    for each in found.problems:
        if each.table.partition("/")[0] == source.study:
            _line("mistranscribed", each.where, each.what)
    for each in mine:
        _line(each.verdict, each.check, write_sentence(each))
        if each.figures and each.verdict in order[:2]:
            listed = ", ".join(f"{figure} ({places[figure]})" if alone else figure for figure in each.figures[:8])
            _indented(listed + (", …" if len(each.figures) > 8 else ""))
    if not mine:
        print("  no check is about figures of these sorts: quantity, unit and n say what a figure is")
    for verdict in (each for each in verdicts if each.study == source.study):
        _line(verdict.outcome, verdict.claim, f"{verdict.statement.data} {write_sentence(verdict)}")
    print()


def _in_document(looked: Looked) -> str:
    """What was looked up, and in which document."""
    pictures = f"; {looked.pictures} more are shown as pictures" if looked.pictures else ""
    return (
        f"looked up: {looked.figures} figures and {looked.quotations} quotations in {looked.file.name} "
        f"(SHA-256 {looked.digest[:12]}…){pictures}"
    )


def _line(verdict: str, name: str, text: str) -> None:
    print(f"  {verdict:<13}{name}")
    _indented(text)


def _indented(text: str) -> None:
    print(
        wrapped(
            text,
            WIDTH,
            initial_indent=" " * 15,
            subsequent_indent=" " * 15,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _counted(what: str, times: Counter[str]) -> str:
    listed = ", ".join(f"{count} {name}" for name, count in sorted(times.items()))
    return counted(sum(times.values()), what) + (f": {listed}" if listed else "")


def _places(source: Source) -> dict[str, str]:
    return {row.cells["figure"]: row.cells["place"] for row in source.figures}


def _documents(found: LookUp) -> dict[str, object]:
    """What was looked up in documents, as JSON."""
    return {
        "documents": [
            {
                "study": each.study,
                "source": each.source,
                "file": each.file.name,
                "sha256": each.digest,
                "figures": each.figures,
                "quotations": each.quotations,
                "shown_as_pictures": each.pictures,
                "places_not_found": each.unresolved,
            }
            for each in found.looked
        ],
        "documents_not_here": found.absent,
        "mistranscribed": [each._asdict() for each in found.problems],
    }


def _record(chosen: Sequence[Source], findings: Sequence[Finding], verdicts: Sequence[Verdict]) -> dict[str, object]:
    """Everything as JSON."""
    places = {(source.study, figure): place for source in chosen for figure, place in _places(source).items()}
    return {
        "findings": [
            {
                "study": each.study,
                "source": each.source,
                "check": each.check,
                "verdict": each.verdict,
                "figures": [{"figure": name, "place": places[each.study, name]} for name in each.figures],
                "sentence": write_sentence(each),
            }
            for each in findings
        ],
        "claims": [
            {
                "study": each.study,
                "source": each.source,
                "claim": each.claim,
                "verdict": each.outcome,
                "statement": each.statement.data,
                "quote": each.quote.data,
                "place": each.place.data,
                "sentence": write_sentence(each),
            }
            for each in verdicts
        ],
    }
