"""A few of the kills of `make hardening`: none does harm."""

import os
import sys

import pytest

from tests.hardening import scenes
from tests.hardening.kills import kill

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or sys.platform != "linux", reason="forks what it kills")


@pytest.mark.parametrize("scene", [scenes.Adopt, scenes.New, scenes.Run])
def test_what_is_killed_leaves_nothing_half_done(scene):
    trial = kill("a command", scene.__name__, 2, scene, seed=5)
    assert (trial.tried, trial.failures) == (2, ())


class Forgetful(scenes.New):
    """Its command leaves a file behind, as one that is killed may."""

    def ready(self, version: int) -> None:
        super().ready(version)
        left = self.folder / f"left-{len(list(self.folder.iterdir()))}"
        left.write_text("")


def test_what_is_left_behind_is_told():
    trial = kill("a command", "forgetful", 1, Forgetful, seed=5)
    assert trial.held == 0
    assert "left behind" in trial.failures[0]
