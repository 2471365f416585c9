"""The small project with its tables frozen."""

import pytest

from experiments.cli.progress import show_progress
from experiments.freezing import run_study
from experiments.status.freshness import all_statuses
from experiments.study_files import load_study


@pytest.fixture
def frozen(project):
    """The project with its tables frozen."""
    run_study(load_study("toy"), project.root, show_progress)
    return project


def states(project) -> dict[str, str]:
    """Of each table, how it stands."""
    return {status.table: status.state for status in all_statuses(project.root)}
