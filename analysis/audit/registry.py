"""All checks, in the order in which their findings are reported."""

from analysis.audit.checks.abstention import always_abstain, nearly_all_or_nothing
from analysis.audit.checks.chance import at_chance, below_majority
from analysis.audit.checks.layers import score_rises_with_layer, tuning_helps_at_last_layer
from analysis.audit.checks.memory import peak_fits_device
from analysis.audit.checks.missing import figures_are_printed
from analysis.audit.checks.proportions import difference_beyond_sampling, proportion_of_whole_examples
from analysis.audit.checks.recurrence import values_recur
from analysis.audit.checks.rounding import count_rounds_to_print
from analysis.audit.checks.scales import one_scale_per_document
from analysis.audit.checks.shares import share_is_quotient
from analysis.audit.finding import Check, Finding, Read

CHECKS: dict[str, Check] = {
    "share-is-quotient": share_is_quotient,
    "count-rounds-to-print": count_rounds_to_print,
    "proportion-of-whole-examples": proportion_of_whole_examples,
    "difference-beyond-sampling": difference_beyond_sampling,
    "below-majority": below_majority,
    "at-chance": at_chance,
    "nearly-all-or-nothing": nearly_all_or_nothing,
    "always-abstain": always_abstain,
    "one-scale-per-document": one_scale_per_document,
    "values-recur": values_recur,
    "score-rises-with-layer": score_rises_with_layer,
    "tuning-helps-at-last-layer": tuning_helps_at_last_layer,
    "peak-fits-device": peak_fits_device,
    "figures-are-printed": figures_are_printed,
}


def audit(read: Read) -> list[Finding]:
    """The findings of all checks. An error inside a check is an error of the audit: nothing is skipped in silence."""
    return [finding for check in CHECKS.values() for finding in check(read)]
