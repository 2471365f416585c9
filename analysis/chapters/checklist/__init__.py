"""The reproducibility checklists of NeurIPS and ACL Rolling Review, answered from tables and sidecars."""

from analysis.chapters.checklist.show import count_answers, show_checklist

__all__ = ["count_answers", "show_checklist"]
