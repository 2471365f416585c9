"""Findings as SARIF 2.1.0, which code hosts show beside the lines."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from experiments.tables.digest import sha256_json
from report.checking.findings import RULES, Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
UNKNOWN = "_quarto.yml"
"""Where a finding without a place in the sources is shown: hosts need a file of the repository."""
_PLACE = re.compile(r"([^:\s]+):(\d+):(?:(\d+):)? ")
"""What a line begins with that has a place: file, line and, where it is known, column."""


def sarif(findings: Iterable[Finding], problems: Iterable[str], version: str) -> dict[str, Any]:
    """The log of one run. `problems` are lines of the other checks, which may begin with a file and a line."""
    results = [_result(finding) for finding in findings] + [_problem(line) for line in problems]
    rules = [
        {"id": name, "shortDescription": {"text": text}, "defaultConfiguration": {"level": "error"}}
        for name, text in {**RULES, "source": "What cannot be rendered, or does not verify"}.items()
    ]
    driver = {"name": "Colophon", "version": version, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding) -> dict[str, Any]:
    page = f"{finding.page}, page {finding.pdf_page}" if finding.pdf_page else finding.page
    around = f" in “{finding.around}”" if finding.around else ""
    meant = "; ".join(f"{each.table}: {each.cell}, {each.text}" for each in finding.nearest)
    text = f"{finding.message}{around} ({page}, {finding.place})" + (f"; nearest: {meant}" if meant else "")
    print_of = {"rule": finding.rule, "message": finding.message, "around": finding.around, "file": finding.file}
    return _located(
        finding.rule, finding.level, text, finding.file, finding.line, finding.column, sha256_json(print_of)
    )


def _problem(line: str) -> dict[str, Any]:
    found = _PLACE.match(line)
    place = (found[1], int(found[2]), int(found[3]) if found[3] else None) if found else (None, None, None)
    return _located("source", "error", line[found.end() :] if found else line, *place, sha256_json(line))


def _located(
    rule: str, level: str, text: str, file: str | None, line: int | None, column: int | None, digest: str
) -> dict[str, Any]:
    region = {"startLine": line or 1} | ({"startColumn": column} if column else {})
    location = {"artifactLocation": {"uri": quote(file or UNKNOWN), "uriBaseId": "%SRCROOT%"}, "region": region}
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"colophon/v1": digest},
    }
