"""Fonts for what Latin faces lack: Noto for other scripts and for emoji, out of a locked package.

A machine may have no font for them, so figures, pages and the PDF take these.
"""

import logging
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from experiments.tables.errors import UserError

_PACKAGE = "manimgx_fonts"
_LATIN = "NotoSans[-[]*.ttf"


def font_folder() -> Path:
    """Where the fonts lie. Raises UserError in an environment without them."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"the package {_PACKAGE.replace('_', '-')} is not installed; lockfiles/report.txt has it")
    return Path(spec.submodule_search_locations[0])


def font_files() -> list[Path]:
    """The fonts, each for a script of its own or for emoji."""
    return sorted(set(font_folder().glob("*.ttf")) - set(font_folder().glob(_LATIN)))


@lru_cache(maxsize=1)
def matplotlib_families() -> tuple[str, ...]:
    """The names of the fonts, once matplotlib knows them."""
    from matplotlib.font_manager import FontProperties, fontManager

    # They have one weight, of which a bold title is told on standard error, and so on the page.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    for path in font_files():
        fontManager.addfont(path)
    return tuple(FontProperties(fname=path).get_name() for path in font_files())
