"""Print which characters no font of Quarto's PDF has: `python -m report.hooks.unshown`, with the characters as input.

A PDF for archives allows none that cannot be shown, and Typst stops at it. The house style asks before it writes the
PDF, and sets boxes. Typst itself is asked, since it also knows the fonts of the machine.
"""

import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

from analysis.figures.fonts import font_folder
from report.rendering.resolved import quarto_of_hook

_HEAD = '#set document(title: "t")\n#set text(font: ("Libertinus Serif", "New Computer Modern"))\n'
_LINE = re.compile(r"trial\.typ:(\d+):\d+")
_MOST = 20
"""Times that Typst is asked: it may tell of some characters only once others are gone."""


def unshown(characters: str, quarto: Path) -> str:
    """The characters among these that cannot be shown.

    Each is tried in a line of its own, which Typst names.
    """
    left = list(dict.fromkeys(characters))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trial.typ"
        for _ in range(_MOST):
            file.write_text(_HEAD + "".join(f'#"{_within_text(each)}" \n' for each in left), "utf-8")
            command = [quarto, "typst", "compile", file, file.with_suffix(".pdf")]
            options = ["--pdf-standard", "a-2a", "--font-path", font_folder()]
            said = subprocess.run([*command, *options], capture_output=True, text=True, encoding="utf-8").stderr
            wrong = {int(line) - _HEAD.count("\n") - 1 for line in _LINE.findall(said)}
            if not wrong:
                break
            left = [each for place, each in enumerate(left) if place not in wrong]
    return "".join(each for each in dict.fromkeys(characters) if each not in left)


def _within_text(character: str) -> str:
    """Its number in a string of Typst; what only shapes its neighbours is tried between letters."""
    written = f"\\u{{{ord(character):x}}}"
    return f"a{written}a" if unicodedata.category(character)[0] in "MC" else written


if __name__ == "__main__":
    program = quarto_of_hook()
    found = unshown(sys.stdin.buffer.read().decode(), program) if program else ""
    sys.stdout.buffer.write(found.encode())
