"""Claims that a predicate of the project decides."""

import traceback
from pathlib import Path

import numpy as np

from analysis.claims.figures import Amount, amount, chosen, name_subject, named, of_row, undecided
from analysis.claims.ruling import ClaimError, Gaps, Read, Ruling
from analysis.facts import Row
from analysis.sources import Source, samples
from experiments.tables.claims import Cell, Figures, Known, Own, Said
from experiments.tables.locations import shown_path
from experiments.tables.own_functions import own_function


def call_own_predicate(test: Own, source: Source, read: Read) -> Ruling:
    """Call the function of the project with the figures that the claim names, and take its word and its sentence."""
    function, given, shown, rows, complete = own_function(test.predicate), {}, {}, [], True
    gaps = Gaps()
    for name, argument in test.arguments.items():
        if isinstance(argument, Cell):
            found = amount(argument, source, read)
            given[name], shown[name] = Known(found.low, found.low, found.high), named(gaps, found)
        elif isinstance(argument, Figures):
            these = chosen(argument, source)
            rows += these
            complete = complete and bool(these) and not any(row["value"].missing for row in these)
            if complete:
                amounts = [of_row(row, name_subject(row.cells)) for row in these]
                known = [_known(row, each, source) for row, each in zip(these, amounts, strict=True)]
                given[name] = known[0] if len(known) == 1 else known
                shown[name] = " and ".join(named(gaps, each) for each in amounts)
        else:
            given[name] = argument
            shown[name] = gaps(str(argument))
    if not complete:
        return undecided(source, f"the test {test.predicate} holds", rows)
    try:
        said = function(**given)
    except (Exception, SystemExit) as error:
        _, *frames = traceback.extract_tb(error.__traceback__)
        own_frames = [frame for frame in frames if frame.filename == frames[0].filename]  # none where the call is wrong
        where = f"{shown_path(Path(own_frames[-1].filename))}:{own_frames[-1].lineno}: " if own_frames else ""
        raise ClaimError(f"{where}{test.predicate} failed: {type(error).__name__}: {error}") from error
    if not (
        isinstance(said, Said)
        and (said.decided is None or isinstance(said.decided, bool | np.bool_))
        and isinstance(said.sentence, str)
    ):
        raise ClaimError(f"{test.predicate} returned {said!r}, not a Said(decided, sentence)")
    try:
        sentence = said.sentence.format_map(shown)
    except (KeyError, ValueError, IndexError, AttributeError, TypeError) as error:
        raise ClaimError(f"the sentence {said.sentence!r} of {test.predicate} cannot be filled: {error}") from None
    return gaps.rule(said.decided, sentence if sentence.endswith(".") else f"{sentence}.")


def _known(row: Row, figure: Amount, source: Source) -> Known:
    n = samples(source, row)
    return Known(figure.value.number(), figure.low, figure.high, None if n is None else int(n.number()))
