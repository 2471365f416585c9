"""The first page counts claims and findings; the colophon counts tables and speeds."""

from analysis.audit import audit
from analysis.chapters.audit.overview import count_findings
from analysis.chapters.colophon import show as colophon
from analysis.chapters.parameters import show as parameters
from analysis.chapters.published.show import count_claims
from analysis.chapters.summary import show as summary
from analysis.claims import evaluate
from analysis.facts.formatting import formatted
from analysis.this_report.sentences import describe_total_of_s2
from tests.analysis.chapters.conftest import CLEAR, plain, shown


def test_a_finding_of_the_first_page_reads_as_in_a_paper(page, freeze, study):
    freeze("sst2-lora/confusion", [])
    study("zero-shot", (0.5, 0.7), (0.2, CLEAR), [(0.2, CLEAR)] * 3)
    assert plain(summary.list_sentences(summary.describe_results(page))) == (
        "- On sst2-lora, fine-tuning significantly raises accuracy from 50.0% (zero-shot) to 70.0%, by 20.0 points; "
        "the majority baseline has 55.0%."
    )


def test_every_claim_and_finding_is_counted(page, published, counts):
    verdicts, findings = evaluate(page), audit(page)
    whole, *parts = map(int, shown(count_claims(page, verdicts)))
    assert (whole, sum(parts)) == (len(verdicts), len(verdicts))
    made, undecided, doubtful, decided = map(int, shown(count_findings(page, findings)))
    assert made == undecided + decided == len(findings)
    assert 0 < doubtful < decided
    assert shown(count_findings(page, [each for each in findings if each.verdict != "unverifiable"])) == [
        str(decided),
        str(doubtful),
    ]


def test_published_counts_are_counted_by_verdict(page, counts):
    validation = page.table("parameter-counts/validation")
    whole, *parts = map(int, shown(parameters.describe_verdicts(page, validation)))
    assert whole == sum(parts) == len(validation)
    assert plain(describe_total_of_s2(page, validation)) == (
        "A report on Phi-2 (S2) gives a total of 1,408,634,880 parameters, but the model with its adapter, the head "
        "and the copy of the head that is trained has 2,666,926,080. The share of trainable parameters is 0.69%, not "
        "1.30% as reported."
    )


def test_ratios_lose_their_decimal_where_they_are_large(page, freeze):
    rows = [
        {
            "comparison": work,
            "work": work,
            "ratio": low + 1,
            "ratio_low": low,
            "ratio_high": low + 2,
            "target": 3,
            "pairs": 5,
        }
        for work, low in (("a", 1.5), ("b", 1000.5))
    ]
    freeze("speed-of-counting/ratios", rows)
    found = colophon.speeds([page.table("speed-of-counting/ratios")])
    ranges = [formatted(colophon.range_over_pairs(row), colophon.precision(row)) for row in found]
    assert [text.replace("\xa0", " ") for text in ranges] == ["1.5 to 3.5", "1,000 to 1,002"]
    assert (colophon.number_of_comparisons(found).data, colophon.reached(found).data) == (2, 1)


def test_products_stand_against_their_limit_where_a_program_tells_them(page, book, write_table):
    rate = {"type": "number", "decimals": 1, "nullable": True, "unit": "GFLOP/s"}
    rows = [
        {"comparison": "a", "ratio": 1.5, "products_rate": 3.0, "products_limit": 4.0},
        {"comparison": "b", "ratio": 1.5, "products_rate": None, "products_limit": None},
    ]
    ratio = {"type": "number", "decimals": 2}
    columns = {"comparison": "string", "ratio": ratio, "products_rate": rate, "products_limit": rate}
    write_table(book / "experiments" / "frozen", "speed-of-lists/ratios", "measured", ["comparison"], columns, rows)
    told, silent = page.table("speed-of-lists/ratios")
    assert colophon.products_share(told).data == 0.75
    assert colophon.ratio_at_the_limit(told).data == 2
    assert not colophon.products_share(silent)
    assert not colophon.ratio_at_the_limit(silent)
