"""Kill commands of this project at random moments, and see what is left.

After each kill every table verifies, the old site is whole or the new one complete, and the next call goes through
without cleaning: it makes what an undisturbed one makes, and leaves nothing else behind.
"""

import os
import random
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from experiments.tables.errors import UserError
from tests.faults.plant import STATUS, Command
from tests.hardening import scenes
from tests.hardening.ended import At
from tests.hardening.scenes import Scene
from tests.hardening.trained import kill_trainings
from tests.hardening.trial import Trial

TRAININGS = ("experiments run", "amid trainings", 16)
KILLS: tuple[tuple[str, str, int, type[Scene]], ...] = (
    ("experiments run", "studies of counts and of figures", 24, scenes.Run),
    ("experiments freeze", "studies of counts and of figures", 30, scenes.Freeze),
    ("experiments adopt", "in the place of others", 30, scenes.Adopt),
    ("report render", "pages", 20, scenes.RenderPages),
    ("report render", "pages and PDF", 10, scenes.Render),
    ("report publish", "to a branch", 20, scenes.PublishToBranch),
    ("report publish", "to a folder", 20, scenes.PublishToFolder),
    ("report archive", "in the place of another", 30, scenes.Archive),
    ("report new", "a new folder", 15, scenes.New),
)
_TRIES = 20
_BAD = re.compile("tampered|missing|Traceback|error")


def measure(seed: int) -> Iterator[Trial]:
    """Trials of every command. Raises RuntimeError where one fails that nobody kills."""
    for program, group, number, scene in KILLS:
        yield kill(program, group, number, scene, seed)
    program, group, number = TRAININGS
    wrong = kill_trainings(random.Random(f"{seed} {group}"), number)
    yield Trial(f"kill -9 of {program}", group, number, number - len(wrong), tuple(wrong))


def kill(program: str, group: str, number: int, kind: type[Scene], seed: int) -> Trial:
    """Kill one command so often; a third of the times at a random moment, else before a random change of the disk."""
    chance = random.Random(f"{seed} {program} {group}")
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        wrong = list(_kill(kind(Path(folder).resolve()), chance, number))
    return Trial(f"kill -9 of {program}", group, number, number - len(wrong), tuple(wrong))


def _kill(scene: Scene, chance: random.Random, number: int) -> Iterator[str]:
    """What went wrong, a line for each kill that did harm."""
    made, names = [], []
    for version in (0, 1, 0, 1):
        scene.ready(version)
        if scene.alternates or version:
            undisturbed = scene.do(scene.command)
        made.append(scene.found())
        names.append(_names(scene.folder))
    if made[0] == made[1] or made[:2] != made[2:]:
        raise RuntimeError(f"`{' '.join(scene.command)}`: one input gives two outputs, or two give one")
    now = 1 if scene.alternates else 0
    for times in range(number):
        for _ in range(_TRIES):
            scene.ready(1 - now)
            by_step = At(step=chance.randint(1, undisturbed.steps))
            at = by_step if times % 3 else At(seconds=chance.uniform(0.005, undisturbed.seconds))
            ended = scene.run(scene.command, at)
            if ended.code == -signal.SIGKILL:
                break
            now = 1 - now if scene.alternates else now  # it was done before its time
        else:
            raise RuntimeError(f"`{' '.join(scene.command)}` ends before it can be killed: {ended.said}")
        if problem := _problem(scene, made[now], made[1 - now], names[1 - now]):
            yield f"`{' '.join(scene.command)}`, {at}: {problem}"
        now = 1 - now if scene.alternates else now


def _problem(scene: Scene, old: object, new: object, names: set[str]) -> str | None:
    """What is wrong after a kill. The next call is made in any case."""
    problem = None
    try:
        if scene.finished_by:
            problem = _failure(scene, scene.finished_by)
        if not scene.is_whole(scene.found(), old, new):
            problem = problem or "what is there is neither old nor new"
    except UserError as error:
        problem = f"what is there is damaged: {error}"
    again = scene.command if scene.repeats or scene.found() != new else None
    for command in filter(None, (again, scene.verified_by)):
        problem = problem or _failure(scene, command)
    if scene.found() != new:
        problem = problem or "the next call makes something else than an undisturbed one"
    left = sorted(_names(scene.folder) ^ names)
    return problem or (f"left behind, or gone: {', '.join(left[:3])}" if left else None)


def _failure(scene: Scene, command: Command) -> str | None:
    ended = scene.run(command)
    if not ended.code or (command == STATUS and ended.code == 1 and not _BAD.search(ended.said)):
        return None
    return f"then `{' '.join(command)}` ends with {ended.code}: {ended.said[-300:]}"


def _names(folder: Path) -> set[str]:
    """What lies there, by place, but for what commands keep for themselves."""
    found = set()
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in scenes.KEPT]
        found |= {os.path.relpath(os.path.join(where, name), folder) for name in {*folders, *names} - scenes.KEPT}
    return found
