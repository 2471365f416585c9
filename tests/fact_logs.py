"""The fact logs of a project."""

from pathlib import Path

from analysis.facts.fact_log import FOLDER, FactLog, read_fact_log


def read_fact_logs(project: Path, engine: str) -> dict[str, FactLog]:
    """All readable logs of an engine, by chapter name, in alphabetical order."""
    folder = Path(project) / FOLDER / engine
    found = {path.stem: read_fact_log(path) for path in sorted(folder.glob("*.jsonl"))}
    return {chapter: log for chapter, log in found.items() if log is not None}
