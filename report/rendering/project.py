"""The book as `_quarto.yml` describes it: `load_project` gives a `Project` with a `ChapterRef` for each chapter.

Both engines read the same `_quarto.yml`. What only one of them can render is none of this module's business.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from report.rendering.locate import ProjectError, find_root
from report.rendering.settings import read_settings, read_yaml

SOURCES = (".qmd", ".ipynb", ".md", ".py")
"""What Quarto takes for a chapter; the embedded renderer takes the first of them."""


_PACKAGES = {"analysis": "facts", "experiments": "tables", "report": "rendering"}
"""Colophon's packages, each with a part by which it is known."""


@dataclass(frozen=True)
class ChapterRef:
    """One chapter of the book, by position; `number` for chapters, `letter` for appendices, neither if unnumbered."""

    path: Path
    """The file, absolute: a .qmd; under Quarto also a notebook or markdown."""
    relative: str
    """Its path below the project, with forward slashes: `report/parameters.qmd`."""
    number: int | None = None
    letter: str | None = None
    appendix: bool = False

    @property
    def stem(self) -> str:
        """The chapter's name in commands, logs and folders: `parameters`."""
        return self.path.stem

    @property
    def href(self) -> str:
        """Its page, relative to the site's root: `report/parameters.html` (as Quarto places it)."""
        return self.relative.removesuffix(self.path.suffix) + ".html"

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

    @property
    def pdf(self) -> Path:
        """Where the PDF of the book is written."""
        return self.output_dir / f"{self.output_file}.pdf"

    def chapter(self, name: str) -> ChapterRef:
        """The chapter called `name`: its stem, its path below the project, or a path to its file."""
        for chapter in self.chapters:
            if name in (self.name_of(chapter), chapter.relative) or Path(name).resolve() == chapter.path:
                return chapter
        known = ", ".join(map(self.name_of, self.chapters))
        raise ProjectError(f"no chapter {name!r} in _quarto.yml; there are: {known}")

    def name_of(self, chapter: ChapterRef) -> str:
        """The stem of the chapter's file; its path below the project where another chapter has the same stem."""
        stems = [each.stem for each in self.chapters]
        return chapter.relative if stems.count(chapter.stem) > 1 else chapter.stem


def load_project(root: Path | None = None) -> Project:
    """Read `_quarto.yml` (default: of the project around the current folder). Raises ProjectError, naming the key."""
    root = find_root() if root is None else Path(root).resolve()
    return make_project(root, read_settings(root / "_quarto.yml"))


def make_project(
    root: Path, config: Mapping[str, Any], refs: tuple[ChapterRef, ...] | None = None, output: Path | None = None
) -> Project:
    """The project of these settings. `refs` and `output`, where given, are Quarto's own resolution of them.

    Raises ProjectError, naming the key.
    """
    _refuse_hiding(root)
    if _mapping(config, "project").get("type") != "book":
        raise ProjectError(
            "_quarto.yml: project.type must be 'book', the one kind of project that is tracked and checked"
        )
    book = _mapping(config, "book")
    if "title" not in book:
        raise ProjectError("_quarto.yml: book.title is missing")
    chapters = _chapters(root, book) if refs is None else refs
    csl = config.get("csl")
    variables = root / "_variables.yml"
    return Project(
        root=root,
        title=str(book["title"]),
        subtitle=_text(book.get("subtitle")),
        authors=author_names(book.get("author", config.get("author"))),
        date=_text(book.get("date", config.get("date"))),
        lang=str(config.get("lang", "en")),
        chapters=chapters,
        bibliography=tuple(_existing(root, name, "bibliography") for name in _list(config.get("bibliography"))),
        csl=None if csl is None else _existing(root, csl, "csl"),
        output_dir=output or _output_dir(root, _mapping(config, "project").get("output-dir", "_book"), chapters),
        output_file=str(book.get("output-file", _slug(str(book["title"])))),
        version=_text(config.get("version")),
        execute=_mapping(config, "execute"),
        metadata=config,
        variables=read_yaml(variables) if variables.is_file() else {},
    )


def _refuse_hiding(root: Path) -> None:
    """Python looks into the folder where the cells run before it looks into the environment."""
    for package, part in _PACKAGES.items():
        for name in (f"{package}.py", f"{package}/__init__.py"):
            if (root / name).is_file() and not (root / package / part).is_dir():
                raise ProjectError(
                    f"{name}: hides Colophon's package {package!r} from the chapters; rename or delete it"
                )


def _chapters(root: Path, book: Mapping[str, Any]) -> tuple[ChapterRef, ...]:
    main = [_chapter_path(root, name, "chapters") for name in _files(book.get("chapters"), "chapters")]
    appendices = [_chapter_path(root, name, "appendices") for name in _files(book.get("appendices"), "appendices")]
    # Quarto puts the home page first wherever it stands in the list.
    main.sort(key=lambda path: path != root / "index.qmd")
    if not main or main[0] != root / "index.qmd":
        raise ProjectError("_quarto.yml: book.chapters must list index.qmd, the home page")
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


def _files(entries: object, key: str) -> Iterator[str]:
    """The files of a list of chapters, in reading order, those of parts among them."""
    for entry in _list(entries):
        if isinstance(entry, Mapping):
            part = entry.get("part")
            yield from [part] if isinstance(part, str) and part.endswith(SOURCES) else []
            yield from [entry["file"]] if "file" in entry else []
            yield from _files(entry.get("chapters"), key)
        elif isinstance(entry, str) and entry.endswith(SOURCES):
            yield entry
        else:
            raise ProjectError(f"_quarto.yml: book.{key}: {entry!r} is no chapter; list {', '.join(SOURCES)} files")


def _chapter_path(root: Path, name: str, key: str) -> Path:
    path = _existing(root, name, f"book.{key}")
    if not path.is_relative_to(root):
        raise ProjectError(f"_quarto.yml: book.{key}: {name} lies outside the project, where it can have no page")
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


def author_names(value: object) -> tuple[str, ...]:
    """The names in an `author` key: a text, a mapping with `name`, or a list of these."""
    return tuple(str(entry.get("name", entry)) if isinstance(entry, Mapping) else str(entry) for entry in _list(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _slug(title: str) -> str:
    """Quarto's default name of a book's PDF: the title with hyphens."""
    return re.sub(r"[^\w-]+", "-", title).strip("-")
