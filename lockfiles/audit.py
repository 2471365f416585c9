"""Look up every locked package in published advisories: `make audit`. Exits 1 where one of them is known to be faulty.

`pip-audit` reads the lock files and asks OSV (https://osv.dev). Where the network is closed, `--saved FILE` has it ask
a server on this machine, which answers from a file of advisories in OSV's own format, `{"source": …, "date": …,
"advisories": […]}`; it knows nothing newer than that.
"""

import argparse
import json
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

HERE = Path(__file__).parent
OSV = "api.osv.dev"
LOCKS = sorted(path for path in HERE.glob("*.txt") if path.name != "overrides.txt")


def affects(advisory: Mapping, name: str, version: str) -> bool:
    """Whether an advisory is about this version of a package, as OSV's schema tells it (`ECOSYSTEM` ranges)."""
    for affected in advisory.get("affected", ()):
        package = affected.get("package", {})
        if package.get("ecosystem") != "PyPI" or canonicalize_name(package.get("name", "")) != canonicalize_name(name):
            continue
        ranges = [each["events"] for each in affected.get("ranges", ()) if each.get("type") == "ECOSYSTEM"]
        if version in affected.get("versions", ()) or any(_within(events, Version(version)) for events in ranges):
            return True
    return False


def _within(events: list[Mapping[str, str]], version: Version) -> bool:
    inside = False
    for event in sorted(events, key=_when):
        ((kind, said),) = event.items()
        at = Version("0.dev0") if said == "0" else Version(said)
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def _when(event: Mapping[str, str]) -> tuple[Version, bool]:
    ((kind, said),) = event.items()
    return (Version("0.dev0") if said == "0" else Version(said)), kind != "introduced"


@contextmanager
def serve(advisories: list[Mapping]) -> Iterator[str]:
    """The address of a server that answers OSV's `v1/query` from these advisories while the context lasts."""
    by_name: dict[str, list[Mapping]] = defaultdict(list)
    for advisory in advisories:
        for name in {canonicalize_name(each["package"]["name"]) for each in advisory.get("affected", ())}:
            by_name[name].append(advisory)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name, version = asked["package"]["name"], asked["version"]
            found = [each for each in by_name[canonicalize_name(name)] if affects(each, name, version)]
            content = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *said: object) -> None:
            """Nothing: `pip-audit` says what it finds."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


def audit(locks: list[Path], address: str | None) -> int:
    """Have `pip-audit` look at each lock file; its exit code, 0 where nothing is found in any of them."""
    worst = 0
    for lock in locks:
        print(f"{lock.name}:", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
        command += ["--vulnerability-service", "osv", "--progress-spinner", "off"]
        command += ["--osv-url", address] if address else []
        worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst


def _answers() -> bool:
    try:
        socket.create_connection((OSV, 443), timeout=10).close()
    except OSError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("locks", nargs="*", type=Path, default=LOCKS, help="lock files; by default all of them")
    parser.add_argument("--saved", type=Path, metavar="FILE", help="a file of advisories, to be asked instead")
    arguments = parser.parse_args()
    if arguments.saved is None:
        if not _answers():
            print(f"error: {OSV} cannot be reached; --saved FILE asks a file of advisories instead", file=sys.stderr)
            return 2
        return audit(arguments.locks, None)
    saved = json.loads(arguments.saved.read_bytes())
    print(f"{len(saved['advisories'])} advisories of {saved['date']} ({saved['source']})", file=sys.stderr)
    with serve(saved["advisories"]) as address:
        return audit(arguments.locks, address)


if __name__ == "__main__":
    sys.exit(main())
