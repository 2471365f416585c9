"""A project in which nothing has run yet."""

from types import SimpleNamespace

import pytest

from tests.experiments.smoke import Command, environment, experiments, make_project


@pytest.fixture(name="offline")
def _offline() -> dict[str, str]:
    """The environment of a command in a project."""
    return environment()


@pytest.fixture
def project(tmp_path) -> SimpleNamespace:
    """A project in which nothing has run yet, and ways to call the command in it."""
    folder = make_project(tmp_path)
    return SimpleNamespace(
        folder=folder,
        frozen=folder / "runs" / "smoke" / "frozen",
        start=lambda *arguments: Command(folder, *arguments),
        experiments=lambda *arguments: experiments(folder, *arguments),
    )
