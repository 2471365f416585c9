"""A data set of the hub, served by a real server on this machine: downloaded in its shards, or streamed."""

import io
import json
import os
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from urllib.parse import unquote

import pyarrow
import pyarrow.parquet
import pytest

from tests.experiments.answering_server import AnsweringHandler

COMMIT = "a" * 40
CODE = f"""
import json
from experiments.choices import DataChoice
from experiments.data.load import load_split
for keys in ({{}}, {{}}, {{"stream": True, "rows": 5}}):
    data = DataChoice(
        name="pairs", kind="pair", labels=["a", "b", "c"], configuration="mnli", splits={{"train": {{"hub": "train"}}}},
        hub={{"repo": "own/glue", "revision": {COMMIT!r}}}, **keys,
    )
    split = load_split(data.entry, "train")
    print(json.dumps([split.how, split.revision, [pair.premise for pair in split.examples], split.unlabelled]))
"""
README = "---\nconfigs:\n" + "".join(
    f"- config_name: {name}\n  data_files:\n  - split: train\n    path: {name}/train-*\n" for name in ("mnli", "other")
)


def parquet(first, n):
    """Pairs, of which each third has no label."""
    numbers = range(first, first + n)
    columns = {"premise": [f"p{i}" for i in numbers], "hypothesis": ["h"] * n, "label": [i % 3 - 1 for i in numbers]}
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), file)
    return file.getvalue()


FILES = {
    "README.md": f"{README}---\n".encode(),
    "mnli/train-00000-of-00002.parquet": parquet(0, 4),
    "mnli/train-00001-of-00002.parquet": parquet(4, 3),
    "other/train-00000-of-00001.parquet": parquet(90, 2),
}


class Hub(AnsweringHandler):
    """What the client asks of a repository: what it is, which files it has, and the bytes of a file."""

    def do_GET(self):
        path = unquote(self.path.partition("?")[0])
        if "/tree/" in path:
            below = path.partition("/tree/")[2].partition("/")[2]
            files = [name for name in FILES if name.startswith(below)]
            found = [{"type": "file", "path": name, "size": len(FILES[name]), "oid": "0"} for name in files]
            folders = [] if below else [{"type": "directory", "path": name, "oid": "1"} for name in ("mnli", "other")]
            self.answer(json.dumps([*found, *folders]))
        elif path.startswith("/api/"):
            files = [{"rfilename": name} for name in FILES]
            self.answer(json.dumps({"id": "own/glue", "sha": COMMIT, "siblings": files}))
        else:
            name = path.partition(f"/resolve/{COMMIT}/")[2]
            body = FILES.get(name)
            if body is None:
                return self.answer("{}", 404, {"X-Error-Code": "EntryNotFound"})
            asked = self.headers.get("Range")
            headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{len(body)}"', "Accept-Ranges": "bytes"}
            if asked is None or self.command == "HEAD":
                return self.answer(body, 200, headers)
            start, _, end = asked.removeprefix("bytes=").partition("-")
            end = int(end or len(body) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
            self.answer(body[int(start) : end + 1], 206, headers)
        return None


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """What a process of its own, which knows our server as the hub, reads of the data set: twice, then as a stream."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kept = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    hub = {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HUB_DISABLE_XET": "1"}
    environment = {**kept, **hub, "HF_HOME": str(tmp_path_factory.mktemp("hub"))}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=False)
    server.shutdown()
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_all_files_of_a_configuration_are_downloaded_at_the_pinned_commit_once(loaded):
    assert loaded[0] == ["hub", COMMIT, ["p1", "p2", "p4", "p5"], 3]
    assert loaded[1] == ["hub cache", *loaded[0][1:]]


def test_a_stream_gives_the_first_rows_alone(loaded):
    assert loaded[2] == ["hub", COMMIT, ["p1", "p2", "p4"], 2]
