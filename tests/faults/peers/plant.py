"""Plant into the projects of other tools, one change at a time: the same run, in their own formats."""

import random
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from tests.faults.copies import Copy
from tests.faults.gates import run
from tests.faults.peers import manuscript_guard, scitexlintr
from tests.faults.peers.peer import Change, Peer

PEERS = (manuscript_guard.PEER, scitexlintr.PEER)
FAULTS, HARMLESS = 6, 4
"""How many of each class."""


def plant_into_peers(seed: int) -> Iterator[dict]:
    """What became of each change in each tool that is installed."""
    for peer in PEERS:
        if find_spec(peer.command[0].replace("-", "_")) is not None:
            yield from plant(peer, seed)


def plant(peer: Peer, seed: int) -> Iterator[dict]:
    """What became of each change in one tool."""
    chance = random.Random(f"{seed} {peer.tool}")
    with tempfile.TemporaryDirectory(prefix="colophon-peer-") as scratch:
        root = Path(scratch, "project")
        root.mkdir()
        peer.make(root)
        copy = Copy(root, Path(scratch, "kept"))
        before = set(peer.alarms(run(peer.command, root).lines))
        texts = {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}
        for is_harmless, number in ((False, FAULTS), (True, HARMLESS)):
            for group, changes in peer.harmless(texts, chance) if is_harmless else peer.faults(texts, chance):
                for change in _distinct(changes, number):
                    file, old, new = change
                    copy.plant({file: texts[file].replace(old, new, 1).encode()})
                    said = [each for each in peer.alarms(run(peer.command, root).lines) if each not in before]
                    copy.restore()
                    yield {
                        "tool": peer.tool,
                        "group": group,
                        "harmless": is_harmless,
                        "what": f"{file}: {new[:80]!r}",
                        "caught": bool(said),
                        "said": said[:3],
                    }


def _distinct(changes: Iterator[Change], number: int) -> list[Change]:
    """So many different changes, or all that there are."""
    found: dict[Change, None] = {}
    for change in changes:
        if change[1] != change[2]:
            found[change] = None
        if len(found) == number:
            break
    return list(found)
