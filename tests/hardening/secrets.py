"""Secrets in the environment: each command is made to tell what it can, and every file and word of it is searched."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import yaml
from pypdf import PdfReader

from experiments.tables.secrets import spellings
from tests.faults.copies import PROJECT, commit, git
from tests.hardening.endpoint import endpoint
from tests.hardening.trial import Trial

SERIES = "secret looked for"
VARIABLES = (
    "HF_TOKEN",
    "COLOPHON_JUDGE_KEY",
    "OPENAI_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "SIGNING_SECRET",
    "PGPASSWORD",
    "PACKAGE_INDEX",  # an address with a password in it
)
SETTINGS = """\
project: {type: book, output-dir: _site, execute-dir: project}
metadata-files: [_ledger/version.yml]
book: {title: Told, author: A. Author, output-file: report, chapters: [index.qmd]}
execute: {echo: false}
"""
TELLING = """\
# Told {.unnumbered}

```{python}
import os, subprocess, sys
from urllib.parse import quote
from base64 import b64encode

found = dict(os.environ) | {"below": subprocess.run(["env"], capture_output=True, text=True).stdout}
found["own"] = open("/proc/self/environ").read() if os.path.exists("/proc/self/environ") else ""
for value in found.values():
    for line in value.replace("\\0", "\\n").splitlines():
        if "marked" in line:
            print(line, quote(line), b64encode(line.encode()).decode())
            print(line, file=sys.stderr)
```

The end.
"""
FAILING = """\
# Fails {.unnumbered}

```{python}
import os

everything = dict(os.environ)
raise RuntimeError(f"it does not work with {everything}")
```
"""
CRASHING = """\
# Crashes {.unnumbered}

```{python}
import faulthandler, os

faulthandler.enable()
everything = dict(os.environ)
os.abort()
```
"""


def measure(seed: int) -> Iterator[Trial]:
    return trials(seed, ACTS)


def trials(seed: int, acts: Iterable[str]) -> Iterator[Trial]:
    """For each act, how many of the secrets are found nowhere afterwards."""
    chance = random.Random(seed)
    for act in acts:
        marks = {name: f"marked+{chance.randbytes(9).hex()}/?&" for name in VARIABLES}
        with tempfile.TemporaryDirectory() as folder:
            done, expected = ACTS[act]
            said = done(Path(folder), marks)
            texts = [("what was printed", said), *_texts(Path(folder))]
        found = [
            f"{act}: {name} stands in {where}"
            for name, mark in marks.items()
            if (where := next((where for where, text in texts if _holds(text, mark)), None))
        ]
        if not found and expected.encode() not in said:
            found = [f"{act}: did not come to {expected!r}: {said[-300:]!r}"] * len(marks)
        yield Trial(SERIES, act, len(marks), len(marks) - len(found), tuple(found))


def _holds(text: bytes, mark: str) -> bool:
    return any(spelling.encode() in text for spelling in spellings(mark))


def _texts(root: Path) -> Iterator[tuple[str, bytes]]:
    """Everything that lies below a folder, the text of PDFs too."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            name = path.relative_to(root).as_posix()
            yield name, name.encode() + path.read_bytes()
            if path.suffix == ".pdf":
                yield f"the text of {name}", "\n".join(page.extract_text() for page in PdfReader(path).pages).encode()


def _run(root: Path, marks: Mapping[str, str], *command: str, more: Mapping[str, str] | None = None) -> bytes:
    """What a command prints that has the secrets in its environment, and all its folders below `root`."""
    for name in ("home", "tmp"):
        (root / name).mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COLOPHON_", "XDG_", "GIT_"))}
    own = {
        **kept,
        **marks,
        "PACKAGE_INDEX": f"https://reader:{quote(marks['PACKAGE_INDEX'], safe='')}@index.invalid/simple",
        "HOME": str(root / "home"),
        "TMPDIR": str(root / "tmp"),
        "PYTHONPATH": str(PROJECT),
        "HF_HUB_OFFLINE": "1",
        "PYTHONFAULTHANDLER": "1",
        **(more or {}),
    }
    package = {"report": "report.rendering.cli", "experiments": "experiments.cli"}[command[0]]
    call = f"import sys; from {package} import main; sys.argv[0] = {command[0]!r}; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", call, *command[1:]],
        cwd=root / "project",
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=600,
    )
    return f"exit code {done.returncode}\n".encode() + done.stdout


def _project(root: Path, chapter: str) -> None:
    project = root / "project"
    project.mkdir()
    (project / "_quarto.yml").write_text(SETTINGS)
    (project / "index.qmd").write_text(chapter)
    (project / ".gitignore").write_text("/_site/\n/_ledger/\n/.press/\n/runs/\n")
    (project / "_extensions").symlink_to(PROJECT / "_extensions")
    (project / "lockfiles").mkdir()
    for name in ("report", "experiments"):
        (project / "lockfiles" / f"{name}.txt").write_text("numpy==2.4.6\n")


def _rendered(chapter: str):
    def act(root: Path, marks: Mapping[str, str]) -> bytes:
        _project(root, chapter)
        return _run(root, marks, "report", "render", "--engine", "press")

    return act


def _published(root: Path, marks: Mapping[str, str]) -> bytes:
    """To an address that holds a password, where nobody answers."""
    _project(root, "# Plain {.unnumbered}\n\nText.\n")
    git(root / "project", "init", "--quiet")
    commit(root / "project")
    said = _run(root, marks, "report", "render", "--engine", "press")
    address = f"https://reader:{quote(marks['GITHUB_TOKEN'], safe='')}@127.0.0.1:9/report.git"
    return said + _run(root, marks, "report", "publish", "--to", address)


def _archived(root: Path, marks: Mapping[str, str]) -> bytes:
    _project(root, "# Plain {.unnumbered}\n\nText.\n")
    git(root / "project", "init", "--quiet")
    commit(root / "project")
    return _run(root, marks, "report", "render", "--engine", "press") + _run(root, marks, "report", "archive")


def _trained(parts: str | None):
    """With parts of the run in the project, or at an address that holds a password."""

    def act(root: Path, marks: Mapping[str, str]) -> bytes:
        _project(root, "# Trained\n")
        studies = root / "project" / "experiments" / "studies"
        studies.mkdir(parents=True)
        shutil.copy(PROJECT / "experiments" / "studies" / "sst2-head.yaml", studies)
        more = {"COLOPHON_RUNS": parts.format(quote(marks["SIGNING_SECRET"], safe=""))} if parts else {}
        return _run(root, marks, "experiments", "run", "sst2-head", "--profile", "smoke", more=more)

    return act


def _judged(status: int):
    """By an endpoint that sends its key back, in the reply or in an error."""

    def act(root: Path, marks: Mapping[str, str]) -> bytes:
        _project(root, "# Judged\n")
        key = marks["COLOPHON_JUDGE_KEY"]
        told = f"right, Bearer {key} {quote(key, safe='')} {b64encode(b'Bearer ' + key.encode()).decode()}"
        with endpoint(lambda _: told, status, {"X-Told": told}, error=told) as address:
            judge = {
                "kind": "endpoint",
                "name": "remote",
                "base_url": address,
                "model": "tiny",
                "key": "$COLOPHON_JUDGE_KEY",
                "retries": {"attempts": 2, "first_wait_seconds": 0.001, "longest_wait_seconds": 0.002},
            }
            settings = {"answers": None, "prompt": "Right or wrong?\n{material}\nVerdict:", "judges": [judge]}
            study = {"study": "judged", "title": "Judged", "system": "judging", "profiles": {"smoke": settings}}
            studies = root / "project" / "experiments" / "studies"
            studies.mkdir(parents=True)
            (studies / "judged.yaml").write_text(yaml.safe_dump(study))
            run = ("experiments", "run", "judged", "--profile", "smoke")
            return _run(root, marks, *run, more={"NO_PROXY": "127.0.0.1"})

    return act


ACTS = {
    "a chapter prints its environment": (_rendered(TELLING), "exit code 0"),
    "a chapter fails, its environment in the message": (_rendered(FAILING), "RuntimeError"),
    "a chapter's kernel crashes": (_rendered(CRASHING), "the kernel died"),
    "a report is published to an address with a password": (_published, "git ls-remote failed"),
    "a report is archived": (_archived, "report-"),
    "a model is trained": (_trained(None), "exit code 0"),
    "a model is trained, its parts at an address with a password": (
        _trained("https://trainer:{}@127.0.0.1:9/runs"),
        "the address holds a password",
    ),
    "an endpoint sends its key back in a verdict": (_judged(200), "exit code 0"),
    "an endpoint sends its key back in an error": (_judged(500), "HTTP 500"),
}
"""What is done, and what its output must hold for it to have been done."""
