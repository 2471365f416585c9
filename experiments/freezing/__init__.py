"""Run studies and freeze what they make, so that a table is always wholly old or wholly new."""

from experiments.freezing.freeze import derive_study, freeze, run_study
from experiments.freezing.lock import recover_all
from experiments.freezing.provenance import Meter

__all__ = ["Meter", "derive_study", "freeze", "recover_all", "run_study"]
