"""Where a study's YAML says what it transcribes: the line of each figure, quotation and printed case."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from experiments.tables import safe_yaml
from experiments.tables.errors import UserError, printable
from experiments.tables.figures import slug
from experiments.tables.locations import shown_path


@dataclass(frozen=True)
class Spot:
    """One figure in the YAML: its line, how the document shows it, and the grid, row and column that it is from."""

    line: int
    shown_as: str | None = None
    grid: int | None = None
    row: int = 0
    column: int = 0


@dataclass
class Spots:
    """The spots of a study: figures and cases by their ids, the line of each claim's quotation, the keys of sources."""

    where: str
    figures: dict[str, Spot] = field(default_factory=dict)
    quotations: dict[str, int] = field(default_factory=dict)
    cases: dict[tuple[str, int], int] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    def at(self, line: int | None) -> str:
        return self.where if line is None else f"{self.where}:{line}"


def find_spots(path: Path) -> Spots:
    """The spots in a study's file. Raises UserError where it is not YAML.

    The file was checked when it was frozen; what is not as a study has it is passed over here.
    """
    spots = Spots(shown_path(path))
    try:
        root = safe_yaml.compose(safe_yaml.read_text(path))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{spots.where}: cannot be read: {printable(str(error), 120)}") from None
    study = _mapping(root)
    spots.sources = tuple(_mapping(study.get("sources")))
    for node in _items(study.get("figures")):
        said = _mapping(node)
        printed = said.get("printed") or said.get("figure")
        if printed is not None and "figure" in said:
            spots.figures[said["figure"].value] = Spot(_line(printed), _text(said.get("shown_as")))
    for number, node in enumerate(_items(study.get("grids"))):
        spots.figures.update(_grid(number, _mapping(node)))
    for node in _items(study.get("claims")):
        said = _mapping(node)
        if (quote := said.get("quote")) is not None and "claim" in said:
            spots.quotations[said["claim"].value] = _line(quote)
    for node in _items(study.get("cases")):
        said = _mapping(node)
        if "group" in said and "case" in said:
            spots.cases[said["group"].value, int(said["case"].value)] = _line(said.get("printed") or node)
    return spots


def _grid(number: int, grid: dict[str, yaml.Node]) -> Iterator[tuple[str, Spot]]:
    """The cells of a grid by the names that its pattern gives them."""
    pattern, along = _text(grid.get("figure")), _text(grid.get("rows"))
    shared = {name: _text(node) for name, node in _mapping(grid.get("shared")).items()}
    across = _mapping(grid.get("columns"))
    columns = [{name: _text(item)} for name, node in across.items() for item in _items(node)] or [{}]
    for at, (row, cells) in enumerate(_mapping(grid.get("printed")).items()):
        for column, (about, cell) in enumerate(zip(columns, _items(cells), strict=False)):
            names = {key: slug(value) for key, value in {**shared, along: row, **about}.items() if value is not None}
            try:
                name = pattern.format(**names)
            except (AttributeError, KeyError, IndexError, ValueError):
                continue
            yield name, Spot(_line(cell), shared.get("shown_as"), number, at, column)


def _mapping(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _text(node: yaml.Node | None) -> str | None:
    return node.value if isinstance(node, yaml.ScalarNode) else None


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
