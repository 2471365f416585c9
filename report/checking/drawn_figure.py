"""One drawing held against what its chapter logged of it: texts, labels, marks, columns and colours."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from report.checking.colours import LEAST, VISIONS, blended, distance
from report.checking.drawings import Drawing
from report.checking.drawn_marks import STEP, Problem, check_cells, check_length, check_points, stands
from report.checking.drawn_texts import Declared, plain, shown, squeeze, with_characters
from report.checking.vocabulary import Fact, Vocabulary, common, stems

PAPER = {"white": "#ffffff", "dark": "#14181f"}


class Figure:
    """What a figure says that it holds."""

    def __init__(
        self, line: Mapping[str, Any], facts: Mapping[str, Fact], of_figure: Sequence[Fact], vocabulary: Vocabulary
    ) -> None:
        """`line` is its line `drawn` of the fact log; `facts` are those of the chapter, by id."""
        self.names: list[str] = line["names"]
        self.words: list[str] = line["words"]
        self.axes: dict[str, Mapping[str, Any]] = {axes["id"]: axes for axes in line["axes"]}
        self.marks: list[Mapping[str, Any]] = line["marks"]
        self._facts = facts
        self._vocabulary = vocabulary
        self._told: dict[str, dict[str, set[str]]] = {}
        self._of_figure = of_figure

    def check(self, drawing: Drawing) -> Iterator[Problem]:
        """Rule and message of everything that is wrong in the drawing."""
        yield from self._texts(drawing)
        yield from self._labels()
        yield from self._marks(drawing)
        yield from self._scales(drawing)
        yield from self._series(drawing)
        yield from self._colours(drawing)

    # --- texts --------------------------------------------------------------------------------------------------------

    def _texts(self, drawing: Drawing) -> Iterator[Problem]:
        """Every text is a tick at its place, a value of the figure, or one of its labels."""
        declared = Declared([*self.names, *self.words])
        for name, panel in drawing.panels.items():
            for which, tick in ((which, tick) for which, ticks in panel.ticks.items() for tick in ticks):
                scale = self.axes[name][which] if name in self.axes else None
                on_scale = scale is not None and stands(tick, scale, panel, which)
                if not on_scale and not declared.has(tick.text):
                    yield from self._text(tick.text, f"the tick {shown(tick.text)} of the {which} axis")
        for text in (*drawing.texts, *(title for panel in drawing.panels.values() for title in panel.titles.values())):
            if not declared.has(text):
                yield from self._text(text, shown(text))

    def _text(self, text: str, what: str) -> Iterator[Problem]:
        if any(plain(text) == plain(fact["text"]) for fact in self._of_figure):
            return
        if any(character.isdigit() for character in text):
            yield "figure-number", f"{what} is drawn, which is no value of the figure and no tick at its place"
        else:
            yield "figure-label", f"{what} is drawn, which is none of the figure's labels"

    def _labels(self) -> Iterator[Problem]:
        """The labels occur in what the figure is made from."""
        words = self._vocabulary.words_of(self._of_figure)
        for name in dict.fromkeys((*self.names, *self.words)):
            text = with_characters(name)
            unknown = [] if STEP.fullmatch(name) else self._vocabulary.unknown_names(text, words, self._of_figure)
            numbers = [word for word in unknown if any(character.isdigit() for character in word)]
            if numbers:
                yield "figure-number", f"{shown(name)} holds {numbers[0]}, which no table of the figure has"
            elif unknown and name in self.names:
                yield "figure-label", f"{shown(name)} is drawn, but no table of the figure says {unknown[0]}"

    # --- marks --------------------------------------------------------------------------------------------------------

    def _marks(self, drawing: Drawing) -> Iterator[Problem]:
        for mark in self.marks:
            shape, panel = drawing.marks.get(mark["id"]), drawing.panels.get(mark["axes"])
            name = shown(mark["name"])
            if shape is None or panel is None:
                yield "figure-mark", f"the mark of {name} is not in the drawing"
                continue
            places = [[None if end is None else self._facts[end] for end in place] for place in mark["places"]]
            match mark["role"]:
                case "cells":
                    yield from check_cells(mark["name"], shape, [place[0] for place in places])
                case "length":
                    yield from check_length(name, shape, places[0], self.axes[mark["axes"]], panel)
                case _:
                    yield from check_points(name, shape, places, self.axes[mark["axes"]], panel)

    # --- columns ------------------------------------------------------------------------------------------------------

    def _scales(self, drawing: Drawing) -> Iterator[Problem]:
        """A scale is called by every column that is drawn along it, and the bound of an interval is no value."""
        for which, number in (("x", 0), ("y", 1)):
            titles = _titles(drawing, which)
            along: dict[tuple[str, tuple], list[Fact]] = {}
            for mark in self.marks:
                ends = [place[number] for place in mark["places"] if place[number] is not None]
                if mark["role"] in ("point", "length") and mark["axes"] in titles:
                    for fact in map(self._facts.__getitem__, ends):
                        column = tuple(sorted({(each["table"], each["column"]) for each in fact["origins"]}))
                        along.setdefault((titles[mark["axes"]], column), []).append(fact)
            for (title, _), facts in along.items():
                if problem := self._vocabulary.contradiction(self._quantity(title), facts):
                    yield "figure-column", f"the {which} axis is called {shown(title)}, but {problem}"
        for mark in self.marks:
            if mark["role"] == "point":
                bound = next((fact for fact in self._facts_of(mark) if self._vocabulary.is_bound(fact)), None)
                if bound is not None:
                    message = f"{shown(mark['name'])} has the end of an interval as its value: {bound['how']}"
                    yield "figure-column", message

    def _quantity(self, title: str) -> str:
        """The title of a scale without the name of its row, which may stand before it."""
        return max((word for word in self.words if squeeze(title).endswith(squeeze(word))), key=len, default=title)

    def _facts_of(self, mark: Mapping[str, Any]) -> list[Fact]:
        return [self._facts[end] for place in mark["places"] for end in place if end is not None]

    def _told_by(self, fact: Fact) -> dict[str, set[str]]:
        if fact["id"] not in self._told:
            self._told[fact["id"]] = _told_by(fact)
        return self._told[fact["id"]]

    def _series(self, drawing: Drawing) -> Iterator[Problem]:
        """What bears a name is drawn from the rows and columns that the name tells, as far as it tells any."""
        said: dict[str, set[str]] = {}
        for told in (self._told_by(fact) for mark in self.marks for fact in self._facts_of(mark)):
            for what, words in told.items():
                said.setdefault(what, set()).update(words)
        known = {what: {word for word in words if not word.isdigit()} - common() for what, words in said.items()}
        drawn: dict[str, list[dict[str, set[str]]]] = {}
        hows: dict[str, str] = {}
        # What stands in each panel tells none from another.
        texts = [set(panel.texts) for panel in drawing.panels.values()]
        everywhere = set.intersection(*texts) if texts else set()
        for mark in self.marks:
            panel = drawing.panels.get(mark["axes"])
            own = [mark["name"]] if mark["role"] != "level" else []  # a level is called by what it means
            titles = [] if panel is None else [text for text in panel.texts if text not in everywhere]
            for label in (*own, *(titles if mark["role"] != "cells" else ())):
                facts = self._facts_of(mark)
                drawn.setdefault(label, []).extend(map(self._told_by, facts))
                hows.setdefault(label, facts[-1]["how"])
        for label, told in drawn.items():
            words = set(stems(label))
            for what, others in known.items():
                if not words & others:
                    continue
                own = [each[what] for each in told if what in each]
                if words & others <= set().union(*own) and all(words & each for each in own):
                    continue  # it names several, as "one against another", and all of them are drawn, and no other
                # An identifier tells many things in one word; a name need not tell all of them.
                meets = (bool(words & others & each) if what.endswith("#") else words & others <= each for each in own)
                if own and not any(meets):
                    yield "figure-column", f"{shown(label)} is drawn from something else: {hows[label]}"
                    break

    # --- colours ------------------------------------------------------------------------------------------------------

    def _colours(self, drawing: Drawing) -> Iterator[Problem]:
        """Each two colours are apart for every reader, or their marks differ otherwise."""
        shapes: dict[tuple[str, float], set[tuple[str, ...]]] = {}
        for mark in self.marks:
            shape = drawing.marks.get(mark["id"])
            if shape is not None and shape.colour is not None and mark["role"] != "ends":
                shapes.setdefault((shape.colour, shape.opacity), set()).add(shape.look)
        for (one, thin), (other, thick) in combinations(shapes, 2):
            if shapes[one, thin].isdisjoint(shapes[other, thick]) or one == other:
                continue
            for page, paper in PAPER.items():
                a, b = (drawing.dark.get(each, each) if page == "dark" else each for each in (one, other))
                a, b = blended(a, thin, paper), blended(b, thick, paper)
                apart, vision = min((distance(a, b, vision), vision) for vision in VISIONS)
                if apart < LEAST:
                    yield (
                        "figure-colours",
                        f"{a} and {b} cannot be told apart with {vision} on a {page} page: they are {apart:.1f} apart "
                        f"(CIEDE2000), less than {LEAST:g}, and have the same marker, dash or hatch",
                    )


def _told_by(fact: Fact) -> dict[str, set[str]]:
    """The words that tell a value from others: of its column, and of its row by each key; `#` marks a lone key.

    Of a share they are those of the part, which comes first among its origins.
    """
    if not fact["origins"]:
        return {}
    origin = fact["origins"][0]
    lone = "#" if len(origin["row"]) == 1 else ""
    keys = {f"{name}{lone}": set(stems(value)) for name, value in origin["row"].items() if isinstance(value, str)}
    return {"@column": set(stems(origin["column"])), **keys}


def _titles(drawing: Drawing, which: str) -> dict[str, str]:
    """What the scale of each pair of axes is called: only the outer ones of a grid say it."""
    side = 0 if which == "x" else 1  # panels of one column share their left side, those of one row their top
    panels = drawing.panels
    named = {name: panel.titles[which] for name, panel in panels.items() if panel.titles.get(which)}
    found = {}
    for name, panel in panels.items():
        beside = [title for other, title in named.items() if abs(panels[other].box[side] - panel.box[side]) < 1]
        if name in named or beside:
            found[name] = named.get(name) or beside[-1]
    return found
