"""What the chapter on claims says of each: what was tested and found, and where it stands."""

import pytest

from analysis.chapters.claims import show as claims
from analysis.claims import Tried, Verdict, evaluate
from analysis.claims.trials import Trial
from tests.analysis.chapters.conftest import plain


@pytest.fixture
def verdict(page, published, counts):
    """`verdict(claim)`: what is decided of a claim on the figures of its document."""

    def decide(claim: str) -> Verdict:
        return next(each for each in evaluate(page, claim.partition("-")[0]) if each.claim == claim)

    return decide


def test_a_ruling_reads_as_in_a_paper(page, verdict):
    assert plain(claims.ruling(page, verdict("s1-fine-tuning-raises-accuracy"))) == (
        "The accuracy (SST-2) rises from 13% (zero-shot) to 95% (fine-tuned)."
    )


def test_a_claim_is_quoted_where_the_study_gives_its_words(page, verdict):
    said = verdict("s1-fine-tuning-raises-accuracy")
    assert said.quote.data in plain(claims.wording(page, said))
    assert said.place.data in plain(claims.wording(page, said))


def test_the_table_has_every_claim_with_its_verdict(page, published, counts):
    verdicts = evaluate(page, "s1")
    told = plain(claims.show_claims(page, verdicts, caption="Claims."))
    for each in verdicts:
        assert str(each.statement.data) in told
        assert f"{each.outcome}:" in told
    assert claims.show_claims(page, [], caption="Claims.") == ""


@pytest.mark.parametrize("caveats", [[], ["from afar"], ["from afar", "by night"], ["untold"]])
def test_the_words_behind_a_verdict_are_explained_where_one_has_them(caveats):
    trials = tuple(Trial((), "", "open", "", {}, {}, caveat) for caveat in ["", *caveats])
    meanings = {"from afar": "it is far", "by night": "it is dark"}
    told = claims.explain_caveats([Tried("claim", None, trials)], meanings)
    assert [meaning in told for meaning in meanings.values()] == [caveat in caveats for caveat in meanings]
    assert bool(told) == bool(meanings.keys() & caveats)
