"""Validate RO-Crates with roc-validator, without the network: `python validate_crate.py FOLDER…`.

The one address that a crate asks for, its JSON-LD context, is answered from the copy that the package `rocrate` has.
Prints, as JSON, what each crate violates: the checks and messages of severity REQUIRED.
"""

import json
import sys
import tempfile
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from rocrate_validator.services import validate
from urllib3 import HTTPResponse

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


class Carried(HTTPAdapter):
    """Answers with the context."""

    def send(self, request: PreparedRequest, **_: object) -> Response:
        content = BytesIO((files("rocrate") / "data" / "ro-crate.jsonld").read_bytes())
        answer = HTTPResponse(content, {"Content-Type": "application/ld+json"}, 200, preload_content=False)
        return self.build_response(request, answer)


def violations(crate: str, cache: str) -> list[str]:
    """What the crate violates of the profile; `cache` holds all that may be asked for."""
    settings = {"rocrate_uri": crate, "profile_identifier": "process-run-crate", "requirement_severity": "REQUIRED"}
    found = validate(settings | {"cache_path": cache, "offline": True}).get_issues()
    return [f"{each.check.identifier}: {each.message}" for each in found]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = str(Path(folder, "cache"))
        with CachedSession(cache) as session:
            session.mount(CONTEXT, Carried())
            session.get(CONTEXT)
        print(json.dumps([violations(crate, cache) for crate in sys.argv[1:]]))


if __name__ == "__main__":
    main()
