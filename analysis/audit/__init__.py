"""Checks of published figures against themselves, each other and what a guess would score.

In a chapter: `findings = audit(page.table)`, and for each finding `page.say(finding.template, **finding.values)`.
"""

from analysis.audit.curves import Curve, curves
from analysis.audit.finding import Check, Finding, Read
from analysis.audit.registry import CHECKS, audit

__all__ = ["CHECKS", "Check", "Curve", "Finding", "Read", "audit", "curves"]
