"""Each part counts its steps in a folder of its own, and goes on where an attempt before it stopped.

Beside each step stands who made it, so that a test sees which were made twice. A file `fail-on` in the project names
the processes or machines on which every part fails; while there is a file `hold`, no step follows the one under way.
A file `ends-its-process` names a part that does so, a line of it each time.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from experiments.study import StudyBase
from experiments.system import Context, PartSpec, TableResult, TableSpec
from experiments.tables.errors import UserError
from experiments.tables.files import replace_json
from experiments.tables.locations import project_root
from experiments.tables.sidecar import Column

COLUMNS = (
    Column(name="part", type="integer", meaning="the part"),
    Column(name="total", type="integer", meaning="what it has counted"),
    Column(name="seconds", type="number", meaning="what it took", volatile=True, decimals=3),
)


class Study(StudyBase):
    """`parts` parts of `steps` steps, each of which takes `seconds`."""

    in_parts: ClassVar[bool] = True

    system: Literal["counting"]
    parts: int
    steps: int = 1
    seconds: float = 0.0


def tables(study: Study) -> list[TableSpec]:
    """One table."""
    return [TableSpec("totals", "computed", study.title, ("part",), COLUMNS, code=("countingsystem.system",))]


def parts(study: Study, seeds: tuple[int, ...] = ()) -> Iterator[PartSpec]:
    """What a run falls into."""
    for number in range(study.parts):
        yield PartSpec(f"part-{number}", f"part-{number}", f"part-{number}/found.json")


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError where the project says that this machine fails."""
    wanted = range(study.parts) if context.only is None else [int(context.only.removeprefix("part-"))]
    for number in wanted:
        _make(study, number, context.work() / f"part-{number}", context)
    context.made_parts()
    kept = [context.work() / f"part-{number}" / "found.json" for number in range(study.parts)]
    rows = [json.loads(path.read_text("utf-8")) for path in kept]
    yield TableResult("totals", [{"part": number, **row} for number, row in enumerate(rows)])


def _make(study: Study, number: int, folder: Path, context: Context) -> None:
    if (folder / "found.json").is_file():
        return
    who, faults = _who(), project_root() / "fail-on"
    if faults.is_file() and any(name in who for name in faults.read_text("utf-8").split()):
        raise UserError("this machine was told to fail")
    ends = project_root() / "ends-its-process"
    if ends.is_file() and f"part-{number}" in (left := ends.read_text("utf-8").split())[:1]:
        ends.write_text("\n".join(left[1:]), "utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    folder.mkdir(parents=True, exist_ok=True)
    begun, steps = time.monotonic(), folder / "steps.txt"
    done = len(steps.read_text("utf-8").splitlines()) if steps.is_file() else 0
    for step in context.progress(range(done, study.steps), f"part {number}", study.steps - done):
        time.sleep(study.seconds)
        with steps.open("a", encoding="utf-8") as file:
            file.write(f"{step} {who}\n")
        while (project_root() / "hold").exists():
            time.sleep(0.05)
    total = sum(range(study.steps)) + number
    replace_json(folder / "found.json", {"total": total, "seconds": time.monotonic() - begun})


def _who() -> str:
    ray = sys.modules.get("ray")
    node = ray.get_runtime_context().get_node_id() if ray is not None and ray.is_initialized() else ""
    return os.environ.get("SLURMD_NODENAME") or node or os.environ.get("COLOPHON_NODE") or "here"
