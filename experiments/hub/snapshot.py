"""Snapshots of hub repositories: from the local cache, or fetched at a pinned commit while somebody waits."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from experiments.hub.place import HubPlace, Located, RepoType
from experiments.tables.errors import UserError, printable

ANSWER_SECONDS = 10.0  # how long the hub has for its first answer; looking up a name can block longer than a socket
T = TypeVar("T")


class HubError(UserError):
    """The hub cannot give what is asked of it, in one line."""


def offline() -> bool:
    """Whether HF_HUB_OFFLINE (or TRANSFORMERS_OFFLINE, which means the same) forbids the network."""
    yes = ("1", "ON", "YES", "TRUE")
    return any(os.environ.get(name, "").upper() in yes for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def cached(name: str, place: HubPlace, kind: RepoType, first: str, complete: Callable[[Path], bool]) -> Located | None:
    """The snapshot in the local hub cache that has the file `first` and is `complete`; None without one.

    `first` may be a pattern, such as train-*.parquet. Without a pinned revision the cache's own `main` is taken; its
    commit is in the answer, so that it is recorded.
    """
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ModuleNotFoundError:  # the report's environment, in which only what was made is looked at
        return None

    # Asked for more than one file, the client would miss those that were never wanted (weights in another format).
    where = {"repo_type": kind, "revision": place.revision, "allow_patterns": [first]}
    try:
        folder = Path(snapshot_download(place.repo, local_files_only=True, **where))
    except (LocalEntryNotFoundError, OSError):
        return None
    if not any(path.is_file() for path in folder.glob(first)) or not complete(folder):
        return None
    return Located(name, folder, "hub cache", folder.name)


def fetch(name: str, place: HubPlace, kind: RepoType, wanted: Callable[[Sequence[str]], list[str]]) -> Located:
    """Download the files that `wanted` picks from the repository's list, at the pinned commit.

    Raises HubError as `list_files` does, and where none of the files is wanted or one cannot be fetched.
    """
    chosen = wanted(list_files(place, kind))
    if not chosen:
        raise HubError(f"{place.repo} has none of the files that are needed")
    from huggingface_hub import snapshot_download

    try:
        folder = snapshot_download(
            place.repo, repo_type=kind, revision=place.revision, allow_patterns=chosen, etag_timeout=ANSWER_SECONDS
        )
    except Exception as error:  # the client's errors, those of its HTTP library and of the file system have no base
        raise HubError(_describe(place, error)) from None
    return Located(name, Path(folder), "hub", place.revision)


def list_files(place: HubPlace, kind: RepoType) -> list[str]:
    """The files of a repository at its pinned commit.

    Raises HubError where no commit is pinned, the network is forbidden, the hub does not answer within
    `ANSWER_SECONDS`, or it refuses.
    """
    if place.revision is None:
        raise HubError(f"{place.repo} has no pinned revision: set `revision` (the 40-digit commit) in the study")
    if offline():
        raise HubError("the network is switched off (HF_HUB_OFFLINE)")
    from huggingface_hub import HfApi

    return _answer_in_time(place, lambda: _files(HfApi(), place, kind))


def _files(api, place: HubPlace, kind: RepoType) -> list[str]:
    found = api.repo_info(place.repo, repo_type=kind, revision=place.revision, timeout=ANSWER_SECONDS / 2)
    return [sibling.rfilename for sibling in found.siblings or ()]


def _answer_in_time(place: HubPlace, ask: Callable[[], T]) -> T:
    """What `ask` returns, given up after `ANSWER_SECONDS`: a thread, since a blocked name look-up cannot be stopped."""
    answers: list[T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            answers.append(ask())
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    if answers:
        return answers[0]
    raise HubError(_describe(place, errors[0]) if errors else f"the hub did not answer within {ANSWER_SECONDS:.0f} s")


def _describe(place: HubPlace, error: Exception) -> str:
    """The client's error in a few words, without the addresses and headers that it carries."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "GatedRepoError" in kinds:
        return f"{place.repo} is gated: accept its licence on the hub and set HF_TOKEN"
    if "RevisionNotFoundError" in kinds:
        return f"{place.repo} has no revision {place.revision}"
    if "RepositoryNotFoundError" in kinds:
        return f"there is no {place.repo} on the hub, or it is private and HF_TOKEN is not set"
    if isinstance(error, OSError) and error.strerror:
        return f"fetching {place.repo} failed: {printable(error.strerror)}"
    return f"the hub cannot be reached or does not answer as it should ({type(error).__name__})"
