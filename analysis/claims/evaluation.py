"""Decide every claim of the published documents, each on the figures of its own document."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pydantic import ValidationError

from analysis.claims import comparisons, quantities, samples
from analysis.claims.own import call_own_predicate
from analysis.claims.own_results import OwnResults
from analysis.claims.ruling import ClaimError, Outcome, Predicate, Read, Ruling, all_hold
from analysis.facts import Markdown, Row, Value, View, derived
from analysis.sentences import series
from analysis.sources import Source, Tables, sources, tables_of
from experiments.tables.claims import AllOf, Test, read_test
from experiments.tables.errors import UserError

_OPEN = " cannot be told: "
"""What stands between the question of a claim that is open and the reason."""


def all_of(test: AllOf, source: Source, read: Read) -> Ruling:
    """Decide whether every part of a claim holds; a part that fails decides."""
    rulings = [PREDICATES.get(part.predicate, call_own_predicate)(part, source, read) for part in test.parts]
    texts, values = [], {}
    for number, ruling in enumerate(rulings):
        texts.append(ruling.template.replace("{gap_", f"{{part_{number}_gap_"))
        values |= {f"part_{number}_{name}": value for name, value in ruling.values.items()}
    template = " ".join(_told_once(texts, values))
    return Ruling(
        all_hold([ruling.decided for ruling in rulings]),
        template,
        {name: value for name, value in values.items() if re.search(rf"{{{name}[:}}]", template)},
    )


def _told_once(texts: Sequence[str], values: Mapping[str, Value | str]) -> list[str]:
    """The sentences on the parts of a claim; those that are open for a reason in the same words are told together."""
    by_reason: dict[str, list[str]] = {}
    for text in texts:
        _, _, reason = text.partition(_OPEN)
        by_reason.setdefault(_filled(reason, values) or text, []).append(text)
    found = []
    for alike in by_reason.values():
        if len(alike) == 1 or _OPEN not in alike[0]:
            found += alike
            continue
        questions = [text.partition(_OPEN)[0] for text in alike]
        others = [question[:1].lower() + question[1:] for question in questions[1:]]
        reason = alike[0].partition(_OPEN)[2]
        found.append(f"{series([Markdown(each) for each in (questions[0], *others)])}{_OPEN}each time, {reason}")
    return found


def _filled(template: str, values: Mapping[str, Value | str]) -> str:
    """A template with the data of its values, to tell whether two say the same."""

    def data(gap: re.Match[str]) -> str:
        value = values[gap[1]]
        return str(value.data if isinstance(value, Value) else value)

    return re.sub(r"\{(\w+)(?::[^}]*)?\}", data, template)


PREDICATES: dict[str, Predicate] = {
    "greater": comparisons.is_greater,
    "less": comparisons.is_greater,
    "rises": comparisons.rises,
    "falls": comparisons.rises,
    "monotone": comparisons.rises,
    "best": comparisons.is_best,
    "times": comparisons.is_times,
    "only-the-last": comparisons.only_the_last,
    "equal": quantities.equal,
    "within-rounding": quantities.equal,
    "within": quantities.within,
    "share-of": quantities.share_of,
    "share-below": quantities.share_below,
    "sum-of": quantities.is_sum,
    "difference-of": quantities.difference_of,
    "mean-of": quantities.mean_of_figures,
    "difference-significant": samples.difference_significant,
    "at-chance": samples.at_chance,
    "label-of-case": quantities.label_of_case,
    "all-of": all_of,
}
"""The predicates by their names in `experiments.tables.claims`, which says what each is told and how it rules."""


@dataclass(frozen=True)
class Verdict:
    """A claim and what became of it.

    `statement` (the claim in our words), `quote` (in the source's, may be missing), `place` and `note` are cells of the
    claims table. `template` is a sentence for `page.say` that says what was tested and found; it is made by the
    predicate, and knows nothing of the statement.
    """

    claim: str
    study: str
    source: str
    statement: Value
    quote: Value
    place: Value
    note: Value
    outcome: Outcome
    template: str
    values: Mapping[str, Value | str]


def evaluate(tables: Tables | Callable[[str], View], of: str | None = None) -> list[Verdict]:
    """The verdicts on all claims, source by source, or on those `of` one source.

    Of claims with one name in several studies, the later ones are named with their study.

    Raises ClaimError where one cannot be tested as it says.
    """
    tables = tables_of(tables)
    wanted = [source for source in sources(tables) if source.claims is not None and of in (None, source.name)]
    read = cache(lambda table_id: OwnResults(tables.table(table_id).table))
    found: dict[str, Verdict] = {}
    for verdict in (_verdict(read, source, row) for source in wanted for row in source.claims or ()):
        name = f"{verdict.study}.{verdict.claim}" if verdict.claim in found else verdict.claim
        found[name] = replace(verdict, claim=name)
    return list(found.values())


def _verdict(read: Read, source: Source, row: Row) -> Verdict:
    claim, name = str(row["claim"].data), str(row["predicate"].data)
    where = f"claim {claim} of {source.study}"
    try:
        test: Test = read_test(name, str(row["parameters"].data))
    except (ValidationError, ValueError) as error:
        raise ClaimError(
            f"{where}: {name} with these parameters is no test of a claim: {_first_line(error)}"
        ) from error
    try:
        ruling = PREDICATES.get(name, call_own_predicate)(test, source, read)
    except UserError as error:
        raise ClaimError(f"{where}: {error}") from error
    except Exception as error:
        raise ClaimError(f"{where}: the predicate {name} failed: {type(error).__name__}: {error}") from error
    return Verdict(
        claim=claim,
        study=source.study,
        source=source.name,
        statement=row["statement"],
        quote=row["quote"],
        place=row["place"],
        note=row["note"],
        outcome=ruling.outcome,
        template=ruling.template,
        values={name: _as_named(value, row) for name, value in ruling.values.items()},
    )


def _as_named(value: Value | str, claim: Row) -> Value | str:
    """A number that the claim's test names, such as a bound, as a value of the claim."""
    if isinstance(value, Value) or not any(letter.isdigit() for letter in value):
        return value
    return derived(value, [claim["parameters"]], f"named in {claim['parameters'].how}")


def _first_line(error: Exception) -> str:
    return "; ".join(str(error).splitlines()[1:3]) or str(error)
