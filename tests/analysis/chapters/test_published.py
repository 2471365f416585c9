"""What the chapters on published figures and on claims say of the sources."""

from analysis.chapters.published.show import count_claims
from analysis.claims import evaluate
from analysis.this_report import sentences
from tests.analysis.chapters.conftest import plain


def test_what_a_source_prints_reads_as_in_a_paper(page, published):
    assert plain(sentences.describe_cost_of_s2(page)) == (
        "S2 reports a training time of 24.09 minutes and a peak of 14.9 GB of GPU memory on a P100. It does not state "
        "whether the time includes loading and evaluation, nor how the peak was measured."
    )


def test_the_claims_of_a_source_are_counted_in_one_sentence(page, published, counts):
    assert plain(count_claims(page, evaluate(page, "s1"))) == (
        "Of the 7 claims that the published documents make, 4 hold, 0 fail and 3 cannot be decided from what is "
        "printed."
    )
