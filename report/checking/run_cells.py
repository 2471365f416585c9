"""Run the cells and inline expressions of chapters for what they log; what they show is thrown away.

`python -m report.checking.run_cells '[{"chapter": …, "folder": …}, …]' ANSWER` writes a JSON file that says of each
chapter why it failed, null where it did not.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(\{python\b[^}]*\})?")
_INLINE = re.compile(r"(?<!`)`\{python\}\s+([^`]+)`")
_INCLUDE = re.compile(r"\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_NOT_RUN = re.compile(r"#\|\s*eval:\s*false\b")


def codes(chapter: Path) -> Iterator[str]:
    """The cells and inline expressions of a chapter, in their order; included files are read where they stand."""
    cell: list[str] | None = None
    fence = ""
    for line in chapter.read_text("utf-8").splitlines():
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line.strip().strip("`~"):
                if cell is not None and not any(_NOT_RUN.match(each) for each in cell):
                    yield "\n".join(cell)
                fence, cell = "", None
            elif cell is not None:
                cell.append(line)
        elif found:
            fence, cell = found[1], [] if found[2] else None
        elif included := _INCLUDE.match(line):
            yield from codes(chapter.parent / included[1])
        else:
            yield from (expression.strip() for expression in _INLINE.findall(line))


def main(asked: str, answer: str) -> None:
    """Run the chapters one after another, each in a namespace and a folder of its own."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    said: dict[str, str | None] = {}
    for each in json.loads(asked):
        shell.reset(new_session=False)
        os.chdir(each["folder"])
        said[each["chapter"]] = None
        with capture_output():
            for code in codes(Path(each["chapter"])):
                done = shell.run_cell(code, store_history=False)
                if not done.success:
                    error = done.error_before_exec or done.error_in_exec
                    said[each["chapter"]] = f"{type(error).__name__}: {error}".splitlines()[0]
                    break
    Path(answer).write_text(json.dumps(said), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
