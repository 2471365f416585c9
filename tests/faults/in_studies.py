"""Faults in studies: a setting, a transcribed figure, a claim's test, side or source."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from experiments.tables.documents.looked_up import look_up
from tests.faults.plant import AGAINST, CHECK, STATUS, VERIFY, Plant, at, digit_changed, project_files, tries

STUDIES = "experiments/studies/*.yaml"
OPPOSITES = {"rises": "falls", "falls": "rises", "greater": "less", "less": "greater"}
UNTESTED = {"report", "place", "note", "title", "statement", "quote"}
"""Keys on which no table depends."""

Path_ = tuple[str, ...]


def plants(root: Path, chance: random.Random) -> Iterator[tuple[str, Iterator[Plant | None]]]:
    """Each class of faults in studies, with endless candidates."""
    frozen = {path.name for path in (root / "experiments" / "frozen").glob("*")}
    studies = [name for name in project_files(root, STUDIES) if Path(name).stem in frozen]
    texts = {name: (root / name).read_text() for name in studies}
    published = [name for name in studies if "\nsystem: published\n" in texts[name]]
    others = [name for name in studies if name not in published]
    claiming = [name for name in published if "\nclaims:\n" in texts[name]]

    def each(make, among: list[str]) -> Iterator[Plant | None]:
        for _ in tries(40):
            if among:
                name = chance.choice(among)
                yield make(name, texts[name], chance)

    yield "a study's setting", each(setting, others)
    yield "a transcribed figure", each(figure, published)
    at_hand = {looked.study for looked in look_up(root / "experiments" / "frozen").looked}
    with_document = [name for name in published if Path(name).stem in at_hand]
    yield "a transcribed figure, frozen again", map(_frozen_again, each(figure, with_document))
    yield "a claim's test, side or source", each(claim, claiming)
    yield "a claim's test, side or source, frozen again", map(_frozen_again, each(claim, claiming))


def scalars(text: str) -> Iterator[tuple[Path_, yaml.ScalarNode]]:
    """Every value of a YAML file that is no list or mapping, with the keys that lead to it."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    seen: set[int] = set()

    def below(node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, yaml.ScalarNode]]:
        if id(node) in seen:  # an alias
            return
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield from below(value, (*path, str(key.value)))
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                yield from below(value, (*path, str(number)))
        else:
            yield path, node

    return below(root, ())


def written(text: str, node: yaml.Node, instead: str) -> str:
    """The file with something else in the place of a value."""
    return text[: node.start_mark.index] + instead + text[node.end_mark.index :]


def setting(name: str, text: str, chance: random.Random) -> Plant | None:
    numbers = [
        (path, node)
        for path, node in scalars(text)
        if node.tag.endswith((":int", ":float"))
        and not UNTESTED & set(path)
        and (path[0] != "profiles" or path[1] == "cpu")
    ]
    if not numbers:
        return None
    path, node = chance.choice(numbers)
    changed = digit_changed(node.value, chance)
    if changed is None:
        return None
    study = Path(name).stem
    place = rf"^{re.escape(study)}/\S+ .*\b(stale|missing|tampered)\b|{at(name)}"
    files = {name: written(text, node, changed).encode()}
    return Plant("a study's setting", f"{name}: {'.'.join(path)} = {changed}", files, (STATUS,), place)


def figure(name: str, text: str, chance: random.Random) -> Plant | None:
    """A digit of a figure as it is printed."""
    printed = [
        (path, node)
        for path, node in scalars(text)
        if "printed" in path and "claims" not in path and re.search(r"\d", node.value)
    ]
    if not printed:
        return None
    _, node = chance.choice(printed)
    raw = text[node.start_mark.index : node.end_mark.index]
    changed = digit_changed(raw, chance)
    if changed is None:
        return None
    study = Path(name).stem
    place = rf"^{re.escape(study)}/figures .*\b(stale|missing|tampered)\b|{at(name)}"
    files = {name: written(text, node, changed).encode()}
    what = f"{name}:{node.start_mark.line + 1}: {raw} as {changed}"
    return Plant("a transcribed figure", what, files, (STATUS,), place)


def claim(name: str, text: str, chance: random.Random) -> Plant | None:
    """Another predicate, the sides changed over, or a figure of something else."""
    found = list(scalars(text))
    own = [(path, node) for path, node in found if path[0] == "claims"]
    swaps = [("predicate", node, OPPOSITES[node.value]) for _, node in own if node.value in OPPOSITES]
    sides = [
        ("side", node, "right" if node.value == "left" else "left")
        for predicate, node in _keys(text)
        if node.value in ("left", "right") and predicate != "equal"  # which says the same either way
    ]
    values = {
        key: sorted({node.value for path, node in own if path[-1] == key})
        for key in ("quantity", "dataset", "model", "method")
    }
    sources = [
        ("source", node, chance.choice([other for other in values[path[-1]] if other != node.value]))
        for path, node in own
        if len(values.get(path[-1], ())) > 1
    ]
    kinds = [kind for kind in (swaps, sides, sources) if kind]
    if not kinds:
        return None
    kind, node, instead = chance.choice(chance.choice(kinds))
    changed = written(text, node, instead)
    if kind == "side":  # the other side of the same claim is renamed too
        later = [
            each
            for _, each in _keys(changed)
            if each.value == instead and each.start_mark.index != node.start_mark.index
        ]
        near = min(later, key=lambda each: abs(each.start_mark.line - node.start_mark.line), default=None)
        if near is None:
            return None
        changed = written(changed, near, node.value)
    study = Path(name).stem
    place = rf"^{re.escape(study)}/claims .*\b(stale|missing|tampered)\b|{at(name)}"
    what = f"{name}:{node.start_mark.line + 1}: {kind} {node.value} as {instead}"
    return Plant("a claim's test, side or source", what, {name: changed.encode()}, (STATUS,), place)


def _keys(text: str) -> Iterator[tuple[str, yaml.ScalarNode]]:
    """The keys of all claims, each with the predicate around it."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)

    def below(node: yaml.Node, around: str) -> Iterator[tuple[str, yaml.ScalarNode]]:
        if isinstance(node, yaml.MappingNode):
            own = next((value.value for key, value in node.value if key.value == "predicate"), around)
            for key, value in node.value:
                yield own, key
                yield from below(value, own)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                yield from below(value, around)

    for key, value in root.value:
        if key.value == "claims":
            yield from below(value, "")


def _frozen_again(plant: Plant | None) -> Plant | None:
    """The same fault, of which the tables know nothing any more: words may contradict it, and git knows what it was."""
    if plant is None:
        return None
    (name,) = plant.files
    study = Path(name).stem
    return replace(
        plant,
        group=f"{plant.group}, frozen again",
        afterwards=(("experiments", "run", study),),
        gates=(VERIFY, CHECK, AGAINST),
        place=rf"{at(name)}|{at(f'experiments/frozen/{study}/')}(claims|figures)\.csv",
    )
