"""Whether the packages that are installed are those of a lock file."""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

_PIN = re.compile(r"^[A-Za-z0-9][^#\\\n]*", re.MULTILINE)


def differences(lock: Path) -> Iterator[str]:
    """Each package that a lock file pins for this machine and that is absent or of another version here.

    Raises OSError for a file that cannot be read, and packaging's InvalidRequirement for one that is no lock file.
    """
    for pin in _PIN.findall(lock.read_text("utf-8")):
        wanted = Requirement(pin.strip())
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            yield f"{wanted.name}{wanted.specifier} is not installed"
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            yield f"{wanted.name} {found} is installed, not {wanted.specifier}"
