"""Does a printed share follow from the two printed counts?"""

from collections.abc import Iterator
from sys import float_info

from analysis.audit.finding import Finding, Read
from analysis.audit.tables import all_figures, name, printed
from analysis.facts import ratio


def share_is_quotient(read: Read) -> Iterator[Finding]:
    """Trainable over total parameters against the printed share, to its last place or to that of a double."""
    for source, view in all_figures(read):
        for share in printed(view).where(quantity="trainable_share"):
            about = {"model": share.cells["model"], "method": share.cells["method"]}
            trainable = view.at(quantity="trainable_parameters", **about)
            total = view.at(quantity="total_parameters", **about)
            quotient = ratio(trainable["value"], total["value"])
            # A share printed to seventeen digits carries the rounding of the division that made it.
            slack = quotient.data * float_info.epsilon
            equal = share["low"].data - slack <= quotient.data <= share["high"].data + slack
            yield Finding(
                check="share-is-quotient",
                source=source,
                figures=(name(share), name(trainable), name(total)),
                verdict="consistent" if equal else "inconsistent",
                template="The printed share, {share}, "
                + ("is" if equal else "is not")
                + " that of {trainable:,.0f} in {total:,.0f}, which is {quotient:.6%}.",
                values={
                    "share": share["printed"],
                    "trainable": trainable["value"],
                    "total": total["value"],
                    "quotient": quotient,
                },
            )
