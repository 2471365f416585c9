"""Is a rounded count the rounding of the exact one printed beside it?"""

from collections.abc import Iterator

from analysis.audit.finding import Finding, Read
from analysis.audit.tables import figures_of, name


def count_rounds_to_print(read: Read) -> Iterator[Finding]:
    """S3 sets a calculated count beside the one that it quotes from the paper of the model."""
    view = figures_of(read, "s3")
    exact = view.at(quantity="total_parameters", method="calculated")
    quoted = view.at(quantity="total_parameters", method="quoted")
    count, value, low, high = exact["value"], quoted["value"], quoted["low"], quoted["high"]
    rounds = low <= count and count <= high
    # Cut off after the last printed place, a count lies between the print and one whole unit above it.
    truncated = not rounds and value <= count and count < high + (high - value)
    if rounds:
        verdict, ending = "consistent", "it rounds to it."
    elif truncated:
        verdict, ending = "suspicious", "it does not round to it; cut off after the last printed digit it reads so."
    else:
        verdict, ending = "inconsistent", "it neither rounds to it nor is cut off to it."
    yield Finding(
        check="count-rounds-to-print",
        source="s3",
        figures=(name(exact), name(quoted)),
        verdict=verdict,
        template="The calculated {count:,.0f} parameters stand beside the quoted {quoted}: " + ending,
        values={"count": count, "quoted": quoted["printed"]},
    )
