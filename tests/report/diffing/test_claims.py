"""Claims that turned over, came or went."""

from hypothesis import given
from hypothesis import strategies as st

from report.diffing.claims import compare_claims
from report.ledger.model import Claim, Relation, Side
from report.ledger.outcomes import Outcome, outcomes


def comparison(number: int, sign: str, statement: str, left: str = "after") -> Claim:
    """A sentence without a name that rests on one comparison."""
    sides = [Side(value=1.0, kind="measured", how=how) for how in (left, "before")]
    relation = Relation(sign=sign, holds=True, left=sides[0], right=sides[1])
    return Claim(
        id=f"one-{number}", chapter="one", statement=statement, verdict="holds", facts=(), relations=(relation,)
    )


def test_a_sentence_that_turns_over_is_told_once_whatever_its_number():
    before = outcomes([comparison(1, ">", "It rises.")])
    after = outcomes([comparison(7, "<=", "It does not rise."), comparison(7, "<", "It does not rise.", left="p")])
    (change,) = compare_claims(before, after)
    assert (change.before, change.after) == (">", "<=")
    assert (change.statement_before, change.statement_after) == ("It rises.", "It does not rise.")


def test_a_sentence_that_rests_on_another_row_but_says_the_same_has_not_changed():
    before = outcomes([comparison(1, ">", "None is below.", left="smallest: a")])
    after = outcomes([comparison(1, ">", "None is below.", left="smallest: b")])
    assert compare_claims(before, after) == []


NAMED = st.dictionaries(
    st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(["x", "y", "z"])),
    st.sampled_from(["holds", "fails", "unverifiable"]),
)


@given(NAMED, NAMED)
def test_claims_compare_alike_in_both_directions(one: dict, other: dict):
    states = [{key: Outcome(result, f"{key} {result}") for key, result in each.items()} for each in (one, other)]

    def moves(*each: dict) -> list[tuple]:
        return [(change.where, change.claim, change.before, change.after) for change in compare_claims(*each)]

    there, back = moves(*states), moves(*reversed(states))
    assert set(there) == {(where, claim, old, new) for where, claim, new, old in back}
    assert {each[:2] for each in there} == {key for key in {*one, *other} if one.get(key) != other.get(key)}
    assert moves(states[0], states[0]) == []
    turned = [old is not None and new is not None for _, _, old, new in there]
    assert turned == sorted(turned, reverse=True)
