"""Write the software bill of materials of a release, CycloneDX in JSON, from the lock files: `make sbom`.

It lists every package that rendering installs (required) and that running experiments installs on top (optional), with
the SHA-256 of each file that the lock allows. The same lock files and version give the same bytes.
"""

import argparse
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

HERE = Path(__file__).parent
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?P<hashes>(?:.*\n(?:[ \t]+.*\n)*))", re.M)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def locked(lock: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, version and the SHA-256 of each file of every package in the text of a lock file."""
    for found in PINNED.finditer(lock):
        yield found["name"], found["version"], tuple(HASH.findall(found["hashes"]))


def bill(project: Path) -> str:
    """The bill of the project, whose lock files lie in its folder `lockfiles`, as JSON."""
    about = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    texts = {name: (project / "lockfiles" / f"{name}.txt").read_text("utf-8") for name in ("report", "experiments")}
    hashes: dict[tuple[str, str], set[str]] = {}
    for text in texts.values():
        for name, version, digests in locked(text):
            hashes.setdefault((name, version), set()).update(digests)
    required = {(name, version) for name, version, _ in locked(texts["report"])}
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, "\n".join([about["name"], about["version"], *texts.values()])))
    bom.metadata.timestamp = datetime.fromtimestamp(_made(project), UTC)
    bom.metadata.component = root = Component(
        name=about["name"],
        version=about["version"],
        type=ComponentType.APPLICATION,
        bom_ref=about["name"],
    )
    parts = [
        _component(key, sorted(digests), ComponentScope.REQUIRED if key in required else ComponentScope.OPTIONAL)
        for key, digests in sorted(hashes.items())
    ]
    bom.components.update(parts)
    bom.register_dependency(root, parts)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _made(project: Path) -> int:
    """The time of SOURCE_DATE_EPOCH, else that of the commit, so that it is the same each time; 0 without both."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    if not said:
        git = ["git", "-C", str(project), "log", "-1", "--format=%ct"]
        said = subprocess.run(git, capture_output=True, text=True, check=False).stdout
    try:
        return int(said.strip() or 0)
    except ValueError:
        raise SystemExit(f"error: SOURCE_DATE_EPOCH: {said!r} is no number of seconds since 1970") from None


def _component(key: tuple[str, str], digests: Sequence[str], scope: ComponentScope) -> Component:
    name, version = key
    address = PackageURL(type="pypi", name=name.lower().replace("_", "-"), version=version)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        purl=address,
        bom_ref=address.to_string(),
        scope=scope,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests],
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("to", nargs="?", type=Path, default=Path("dist") / "sbom.cdx.json")
    to = parser.parse_args().to
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(bill(HERE.parent), encoding="utf-8", newline="\n")
    print(to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
