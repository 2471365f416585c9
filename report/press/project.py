"""The book as `_quarto.yml` describes it, and the objects that the press's stages hand to each other.

`load_project` -> `Project` with its `ChapterRef`s; weaving makes a `Woven` of each chapter; `report.press.book` builds
documents of those. Both engines read the same `_quarto.yml`; keys that mean nothing to the press are left to Quarto.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from report.press.locate import ProjectError, find_root
from report.press.settings import read_settings, read_yaml


@dataclass(frozen=True)
class ChapterRef:
    """One chapter of the book, by position; `number` for chapters, `letter` for appendices, neither if unnumbered."""

    path: Path
    """The .qmd file, absolute."""
    relative: str
    """Its path below the project, with forward slashes: `report/parameters.qmd`."""
    number: int | None = None
    letter: str | None = None
    appendix: bool = False

    @property
    def stem(self) -> str:
        """The chapter's name in commands, journals and folders: `parameters`. Unique in the book."""
        return self.path.stem

    @property
    def href(self) -> str:
        """Its page, relative to the site's root: `report/parameters.html` (as Quarto places it)."""
        return self.relative.removesuffix(".qmd") + ".html"

    @property
    def label(self) -> str | None:
        """What precedes the dot in its numbers: `2` in `Figure 2.1`, `A` in `Figure A.1`."""
        return self.letter if self.number is None else str(self.number)


@dataclass(frozen=True)
class Project:
    """A Quarto book project. Paths are absolute."""

    root: Path
    title: str
    subtitle: str | None
    authors: tuple[str, ...]
    date: str | None
    lang: str
    chapters: tuple[ChapterRef, ...]
    """In reading order, appendices last."""
    bibliography: tuple[Path, ...]
    csl: Path | None
    output_dir: Path
    output_file: str
    """Stem of the PDF: `report` for `_site/report.pdf`."""
    version: str | None = None
    execute: Mapping[str, Any] = field(default_factory=dict)
    """Defaults of the cells' options, such as `{"echo": False}`."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """All of `_quarto.yml` with its `metadata-files` merged in; what `{{< meta key >}}` reads."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """`_variables.yml`; what `{{< var key >}}` reads."""

    def chapter(self, name: str) -> ChapterRef:
        """The chapter called `name`: its stem, its path below the project, or a path to its file."""
        for chapter in self.chapters:
            if name in (chapter.stem, chapter.relative) or Path(name).resolve() == chapter.path:
                return chapter
        known = ", ".join(chapter.stem for chapter in self.chapters)
        raise ProjectError(f"no chapter {name!r} in _quarto.yml; there are: {known}")


@dataclass(frozen=True)
class Woven:
    """A chapter after execution: Pandoc markdown shaped like Quarto's, the same for every format."""

    chapter: ChapterRef
    metadata: Mapping[str, Any]
    """The chapter's front matter, shortcodes resolved."""
    markdown: str
    """Begins with the chapter's title as its only heading of level 1, attributes kept, however it was written."""
    resources: Mapping[str, Path] = field(default_factory=dict)
    """Files made by its cells: link as it stands in `markdown` (relative to the chapter's page) -> file on this disk.

    Other relative links are relative to the chapter's folder, and `/x` to the project's root."""


def load_project(root: Path | None = None) -> Project:
    """Read `_quarto.yml` (default: of the project around the current folder). Raises ProjectError, naming the key."""
    root = find_root() if root is None else Path(root).resolve()
    config = read_settings(root / "_quarto.yml")
    if _mapping(config, "project").get("type") != "book":
        raise ProjectError("_quarto.yml: project.type must be 'book', the one kind of project that the press renders")
    book = _mapping(config, "book")
    if "title" not in book:
        raise ProjectError("_quarto.yml: book.title is missing")
    chapters = _chapters(root, book)
    csl = config.get("csl")
    variables = root / "_variables.yml"
    return Project(
        root=root,
        title=str(book["title"]),
        subtitle=_text(book.get("subtitle")),
        authors=_authors(book.get("author", config.get("author"))),
        date=_text(book.get("date", config.get("date"))),
        lang=str(config.get("lang", "en")),
        chapters=chapters,
        bibliography=tuple(_existing(root, name, "bibliography") for name in _list(config.get("bibliography"))),
        csl=None if csl is None else _existing(root, csl, "csl"),
        output_dir=_output_dir(root, _mapping(config, "project").get("output-dir", "_book"), chapters),
        output_file=str(book.get("output-file", _slug(str(book["title"])))),
        version=_text(config.get("version")),
        execute=_mapping(config, "execute"),
        metadata=config,
        variables=read_yaml(variables) if variables.is_file() else {},
    )


def _chapters(root: Path, book: Mapping[str, Any]) -> tuple[ChapterRef, ...]:
    main = [_chapter_path(root, entry, "chapters") for entry in _list(book.get("chapters"))]
    appendices = [_chapter_path(root, entry, "appendices") for entry in _list(book.get("appendices"))]
    # Quarto puts the home page first wherever it stands in the list.
    main.sort(key=lambda path: path != root / "index.qmd")
    if not main or main[0] != root / "index.qmd":
        raise ProjectError("_quarto.yml: book.chapters must list index.qmd, the home page")
    names = [path.stem for path in main + appendices]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ProjectError(f"_quarto.yml: two chapters are called {twice!r}; file names must differ across the book")
    refs = []
    for paths, appendix in ((main, False), (appendices, True)):
        number = 0
        for path in paths:
            numbered = not _unnumbered(path)
            number += numbered
            refs.append(
                ChapterRef(
                    path=path,
                    relative=path.relative_to(root).as_posix(),
                    number=number if numbered and not appendix else None,
                    letter=chr(64 + number) if numbered and appendix else None,
                    appendix=appendix,
                )
            )
    return tuple(refs)


def _chapter_path(root: Path, entry: object, key: str) -> Path:
    if not isinstance(entry, str) or not entry.endswith(".qmd"):
        raise ProjectError(f"_quarto.yml: book.{key}: {entry!r} is not supported; list .qmd files (no parts, no links)")
    path = _existing(root, entry, f"book.{key}")
    if not path.is_relative_to(root):
        raise ProjectError(f"_quarto.yml: book.{key}: {entry} lies outside the project, where it can have no page")
    return path


def _output_dir(root: Path, name: object, chapters: tuple[ChapterRef, ...]) -> Path:
    """The output folder, which a render replaces as a whole: it must not hold anything that is not output."""
    output = (root / str(name)).resolve()
    holds = [root, *(chapter.path for chapter in chapters)]
    if not isinstance(name, str) or any(path.is_relative_to(output) for path in holds):
        raise ProjectError(f"_quarto.yml: project.output-dir: {name!r} is no folder of its own; write `_site`")
    return output


_TITLE_KEY = re.compile(r"^title\s*:", re.MULTILINE)
_HEADING = re.compile(r"^#\s+.*?(?:\{([^}]*)\})?\s*$", re.MULTILINE)


def _unnumbered(path: Path) -> bool:
    """Whether the chapter's title heading carries `.unnumbered` or `-`; a title in the front matter cannot."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    front = re.match(r"---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|$)", text, re.DOTALL)
    if front and _TITLE_KEY.search(front.group(1)):
        return False
    heading = _HEADING.search(re.sub(r"^(```+|~~~+).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE))
    return bool(heading and {".unnumbered", "-"} & set((heading.group(1) or "").split()))


def _existing(root: Path, name: object, key: str) -> Path:
    path = (root / str(name)).resolve()
    if not path.is_file():
        raise ProjectError(f"_quarto.yml: {key}: no file {name}")
    return path


def _mapping(config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = config.get(key) or {}
    if not isinstance(value, Mapping):
        raise ProjectError(f"_quarto.yml: {key} must hold keys, not {value!r}")
    return value


def _list(value: object) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _authors(value: object) -> tuple[str, ...]:
    return tuple(str(entry.get("name", entry)) if isinstance(entry, Mapping) else str(entry) for entry in _list(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _slug(title: str) -> str:
    """Quarto's default name of a book's PDF: the title with hyphens."""
    return re.sub(r"[^\w-]+", "-", title).strip("-")
