"""Whether the relations that a sentence rests on hold, and whether its words say what they say."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from experiments.statistics.level import LEVEL
from report.checking.lexicon import Comparative

Relation = Mapping[str, Any]
"""A line of a claim in the fact log: `sign`, `holds`, and `left` and `right`, each with `value`, `kind` and `how`."""

_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_RANKED = {"computed", "measured", "reported", "mixed"}
_SAYS_KIND = re.compile(
    r"\b(?:measured|measure|computed|counted|calculated|reported|reports?|published|prints?|printed|states?|gives)\b",
    re.I,
)
_ROW = re.compile(r"\[.*?\]")
_COUNT = re.compile(r"(?<=est of )\d+")
_BOUND = re.compile(r"\b(?:low|high|lower|upper|interval|bound)|_low\b|_high\b")


def shown(relation: Relation) -> str:
    """The relation in words."""
    return f"{relation['left']['how']} {relation['sign']} {relation['right']['how']}"


def broken(relations: Sequence[Relation]) -> Iterator[str]:
    """The relations that do not hold on the numbers recorded with them, a line each."""
    for relation in relations:
        left, right = relation["left"]["value"], relation["right"]["value"]
        test = _SIGNS.get(relation["sign"])
        if test is None:
            yield f"{shown(relation)}: no relation {relation['sign']!r} is known"
            continue
        try:
            holds = bool(test(left, right))
        except TypeError:
            holds = False
        if not (holds and relation["holds"]):
            yield f"{shown(relation)} does not hold: {left} and {right}"


def says(word: Comparative, relations: Sequence[Relation]) -> bool:
    """Whether one of the relations is what the word says; a superlative wants more than two values compared."""
    fitting = [relation for relation in relations if _says(word, relation)]
    return bool(fitting) and (not word.superlative or word.negated or _ranks(word, fitting))


def without_comparison(words: Sequence[Comparative], relations: Sequence[Relation]) -> Iterator[Comparative]:
    """The words for more and less that have no comparison of their own: what they could rest on, another word says.

    One column compared with another in several rows is one comparison: a sentence says once of all that they rise.
    """
    words = [word for word in words if word.wants in ("up", "down")]
    fitting = [_compared(word, relations) for word in words]
    pairs = zip(words, fitting, strict=True)
    taken_by_both = {columns for word, own in pairs if word.text.lower().endswith(" both") for columns in own}
    owners: dict[str, int] = {}

    def place(word: int, tried: set[str]) -> bool:
        """Whether a comparison is free for the word, if need be since its owner finds another one."""
        for columns in sorted(fitting[word] - taken_by_both - tried):
            tried.add(columns)
            if columns not in owners or place(owners[columns], tried):
                owners[columns] = word
                return True
        return False

    for at, word in enumerate(words):
        if fitting[at] and not word.text.lower().endswith(" both") and not place(at, set()):
            yield word


def _compared(word: Comparative, relations: Sequence[Relation]) -> set[str]:
    """What the word may say of what. That none of some rows is so, and the comparisons in these rows, are one."""
    in_rows = {
        _columns(each)
        for each in relations
        if not (_counts_none(each) or _extreme(each, "largest of") or _extreme(each, "smallest of"))
    }
    found: set[str] = set()
    for relation in relations:
        if _says(word, relation):
            found |= in_rows if in_rows and _counts_none(relation) else {_columns(relation)}
    return found


def _columns(relation: Relation) -> str:
    """What is compared with what, whatever the rows: `accuracy > baseline`."""
    return _COUNT.sub("", _ROW.sub("", shown(relation)))


def _ranks(word: Comparative, relations: Sequence[Relation]) -> bool:
    """Whether they compare a value with the extreme of all others, or with several others."""
    extreme = {"up": "largest of", "down": "smallest of"}.get(word.wants, "")
    sides = [(side["how"], side["value"]) for relation in relations for side in (relation["left"], relation["right"])]
    return any(_extreme(relation, extreme) for relation in relations) or len(set(sides)) > 2


def mixes_kinds(relations: Sequence[Relation]) -> Relation | None:
    """A relation of values of different kinds."""
    for relation in relations:
        kinds = {relation["left"]["kind"], relation["right"]["kind"]} & _RANKED
        if len(kinds) > 1 or kinds == {"mixed"}:
            return relation
    return None


def says_kind(sentence: str) -> bool:
    """Whether the sentence says of what kind a value is."""
    return _SAYS_KIND.search(sentence) is not None


def _says(word: Comparative, relation: Relation) -> bool:
    sign = relation["sign"]
    not_significant = sign in (">=", ">") and _is_level(relation)
    if word.negated and _counts_none(relation):
        return True
    match word.wants, word.negated:
        case ("up", False) | ("down", True):
            holds = {">", ">="} if not word.negated or _is_counted(relation) else {">", ">=", "=="}
            return (
                (sign in holds and not _is_level(relation))
                or (sign == "==" and _extreme(relation, "largest of"))
                or (word.negated and not_significant)
            )
        case ("down", False) | ("up", True):
            holds = {"<", "<="} if not word.negated or _is_counted(relation) else {"<", "<=", "=="}
            return (
                (sign in holds and not _is_level(relation))
                or (sign == "==" and _extreme(relation, "smallest of"))
                or (word.negated and not_significant)
            )
        case "either", False:
            return sign != "=="
        case ("either", True) | ("none", False):
            return sign == "==" or not_significant or (sign in ("<", "<=") and _is_zero(relation))
        case "nothing", False:
            return not_significant or (sign in ("==", "<", "<=") and _is_zero(relation))
        case "significant", False:
            return (sign in ("<", "<=") and _is_level(relation)) or _is_verdict(relation, True) or _bound_off(relation)
        case "significant", True:
            return not_significant or _is_verdict(relation, False) or (_is_bound(relation) and not _bound_off(relation))
        case "all", False:
            return sign in ("==", ">=")
        case "all", True:
            return sign in ("<", "!=", "<=")
        case "ratio", False if word.multiple:
            return _is_about(word.multiple, relation)
    return True


def _is_about(multiple: float, relation: Relation) -> bool:
    """Whether one value is about so many times the other, or is that ratio itself."""
    left, right = relation["left"]["value"], relation["right"]["value"]
    if not all(isinstance(value, int | float) and value for value in (left, right)):
        return False
    return any(2 / 3 <= abs(ratio) / multiple <= 3 / 2 for ratio in (left / right, right / left, left, right))


def _counts_none(relation: Relation) -> bool:
    """Whether a number of rows is said to be 0: "of 12 steps, none is significantly better"."""
    return relation["sign"] == "==" and _is_zero(relation) and relation["left"]["how"].startswith("number of ")


def _is_level(relation: Relation) -> bool:
    """Whether a p-value is compared with the level of the tests."""
    right = relation["right"]
    return right["kind"] is None and right["value"] == LEVEL


def _is_zero(relation: Relation) -> bool:
    return relation["right"]["kind"] is None and relation["right"]["value"] == 0


def _is_counted(relation: Relation) -> bool:
    """Whether a value is said to be one that is typed, as in "all end in one token": that compares no two results."""
    right = relation["right"]
    return right["kind"] is None and not isinstance(right["value"], bool) and right["value"] not in (0, LEVEL)


def _is_verdict(relation: Relation, significant: bool) -> bool:
    """Whether a column that says if a difference is significant is asked."""
    wanted = relation["sign"] == "==" and relation["right"]["value"] is significant
    other = relation["sign"] == "!=" and relation["right"]["value"] is (not significant)
    return "significant" in relation["left"]["how"] and (wanted or other)


def _is_bound(relation: Relation) -> bool:
    return _BOUND.search(relation["left"]["how"]) is not None or _BOUND.search(relation["right"]["how"]) is not None


def _bound_off(relation: Relation) -> bool:
    return relation["sign"] in ("<", ">") and _is_bound(relation)


def _extreme(relation: Relation, what: str) -> bool:
    return any(relation[side]["how"].startswith(what) for side in ("left", "right"))
